/* Work that would block the page: functions of kit/network in a worker made from its own source,
   since a page opened from a file cannot load one by path. An instrument names
   "background" among its needs, after "network". */
(function () {
  "use strict";

  const SERVE = `onmessage = async ({ data: { id, method, args } }) => {
    try {
      postMessage({ id, result: await functions[method](...args) });
    } catch (error) {
      postMessage({ id, error: error.message });
    }
  };`;

  /** Returns a worker that has `functions`, whose source is given, or null where none can be made. */
  function spawn(source) {
    const address = URL.createObjectURL(new Blob([`const functions = ${source};\n${SERVE}`], { type: "text/javascript" }));
    try {
      return new Worker(Timeless.trusted(address));
    } catch {
      return null;
    } finally {
      setTimeout(URL.revokeObjectURL, 10_000, address);
    }
  }

  /** Returns the ends of channels among arguments: they are handed over, all else is copied. */
  const portsIn = (args) => args.flat().filter((one) => one instanceof MessagePort);

  /** How many workers this machine can keep busy at once. */
  const HANDS = Math.min(Math.max(navigator.hardwareConcurrency || 1, 1), 4);

  /** Returns one worker that takes a job at a time; where none can be made, or the browser refuses it, the page computes
      itself. `ended(job, {result, error})` is called with each job, `refused(job)` with one that is to be taken again. */
  function handOf(functions, { ended, refused }) {
    let worker = spawn(functions.source);
    let now = null; // the job that it has

    function take(job) {
      const { id, method, args } = job;
      now = job;
      job.started = performance.now();
      if (worker) worker.postMessage({ id, method, args }, portsIn(args));
      else setTimeout(async () => finish({ id, ...(await attempt(method, args)) }));
    }
    async function attempt(method, args) {
      try {
        return { result: await functions[method](...args) };
      } catch (error) {
        return { error: error.message };
      }
    }
    function finish({ id, ...found }) {
      if (!now || now.id !== id) return;
      const job = now;
      now = null;
      ended(job, found);
    }
    if (worker) {
      worker.onmessage = ({ data }) => finish(data);
      worker.onerror = (event) => {
        event.preventDefault(); // refused by the browser: from now on the page computes itself
        worker.terminate();
        worker = null;
        const job = now;
        now = null;
        refused(job);
      };
    }
    return {
      take,
      free: () => now === null,
      end() {
        if (worker) worker.terminate();
        if (now) now.resolve(null);
        now = null;
      },
    };
  }

  /** Returns `{run, took, destroy}`. As many jobs run at a time as there are `hands`, others wait; of the waiting ones a
      later job with the same key takes the place of the earlier, whose promise then yields null. */
  function start(functions = Timeless.network, hands = 1) {
    const waiting = [];
    let [ids, took] = [0, 0];
    const all = Array.from({ length: hands }, () => handOf(functions, { ended, refused }));

    function next() {
      for (const hand of all) if (waiting.length && hand.free()) hand.take(waiting.shift());
    }
    function ended({ started, resolve, reject }, { result, error }) {
      took = performance.now() - started;
      if (error === undefined) resolve(result);
      else reject(new Error(error));
      next();
    }
    function refused(job) {
      if (job) waiting.unshift(job);
      next();
    }
    return {
      /** Returns a promise of functions[method](...args), or of null if a job of this key replaced it. */
      run(method, args, key = null) {
        return new Promise((resolve, reject) => {
          const at = key === null ? -1 : waiting.findIndex((job) => job.key === key);
          if (at >= 0) waiting.splice(at, 1)[0].resolve(null);
          waiting.push({ id: ++ids, method, args, key, resolve, reject });
          next();
        });
      },
      /** Returns the milliseconds of the last job that ended, from when it was handed over, without its wait. */
      took: () => took,
      /** Ends the workers; what waits yields null. */
      destroy() {
        for (const hand of all) hand.end();
        for (const job of waiting.splice(0)) job.resolve(null);
      },
    };
  }

  Timeless.background = { HANDS, start };
})();
