/* Work that would block the page: functions of kit/network in a worker made from its own source,
   since a page opened from a file cannot load one by path. An instrument names
   "background" among its needs, after "network". */
(function () {
  "use strict";

  const PATIENCE = 30; // seconds after which a reader is told that no answer has come

  /* What a function throws travels as text, and whether it is in our own words or the browser's. */
  const answered = async (functions, { id, method, args }) => {
    try {
      return { id, result: await functions[method](...args) };
    } catch (error) {
      return { id, error: error.message, own: error.constructor === Error };
    }
  };

  const SERVE = `const answered = ${answered};\nonmessage = async ({ data }) => postMessage(await answered(functions, data));`;

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

  /** Returns `{begin, end}` around a job: a reader is told once it takes long, and when that is over. */
  function patience(tell) {
    let [timer, told] = [0, false];
    return {
      begin() {
        timer = setTimeout(() => {
          told = true;
          tell(`This has been computed for ${PATIENCE} seconds without an answer, which may still come on a slow device. Should none come, reload the page.`);
        }, 1000 * PATIENCE);
      },
      end() {
        clearTimeout(timer);
        if (told) tell("");
        told = false;
      },
    };
  }

  /** Returns one worker that takes a job at a time; where none can be made, or the browser refuses it, the page computes
      itself. `ended(job, {result, error})` is called with each job, `refused(job)` with one that is to be taken again. */
  function handOf(functions, { ended, refused, tell }) {
    let worker = spawn(functions.source);
    let now = null; // the job that it has
    const watch = patience(tell);

    function take(job) {
      const { id, method, args } = job;
      now = job;
      job.started = performance.now();
      watch.begin();
      if (worker) worker.postMessage({ id, method, args }, portsIn(args));
      else setTimeout(async () => finish(await answered(functions, job)), 0);
    }
    function leave() {
      const job = now;
      now = null;
      watch.end();
      return job;
    }
    function finish({ id, ...found }) {
      if (now && now.id === id) ended(leave(), found);
    }
    if (worker) {
      worker.onmessage = ({ data }) => finish(data);
      worker.onerror = (event) => {
        event.preventDefault(); // refused by the browser: from now on the page computes itself
        worker.terminate();
        worker = null;
        refused(leave());
      };
    }
    return {
      take,
      free: () => now === null,
      end() {
        if (worker) worker.terminate();
        leave()?.resolve(null);
      },
    };
  }

  /** Returns `{run, took, destroy}`. As many jobs run at a time as there are `hands`, others wait; of the waiting ones a
      later job with the same key takes the place of the earlier, whose promise then yields null. A job that is not answered
      for long is told of by `tell(message)`, and `tell("")` when it is. */
  function start(functions = Timeless.network, hands = 1, tell = () => {}) {
    const waiting = [];
    let [ids, took] = [0, 0];
    const all = Array.from({ length: hands }, () => handOf(functions, { ended, refused, tell }));

    function next() {
      for (const hand of all) if (waiting.length && hand.free()) hand.take(waiting.shift());
    }
    function ended({ started, resolve, reject }, { result, error, own }) {
      took = performance.now() - started;
      if (error === undefined) resolve(result);
      else reject(own ? new Error(error) : new TypeError(error));
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

  /** The same for an instrument, which tells where it tells failures. */
  const startFor = (it, hands = 1) => start(Timeless.network, hands, (message) => it.view.failure.tell(message));

  Timeless.background = { HANDS, start, startFor };
})();
