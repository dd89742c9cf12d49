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

  /** Returns `{run, took, destroy}`. One job runs at a time, others wait; of the waiting ones a later job with
      the same key takes the place of the earlier, whose promise then yields null. */
  function start(functions = Timeless.network) {
    let worker = spawn(functions.source);
    let running = null;
    let [started, took] = [0, 0];
    const waiting = [];

    function next() {
      if (running || !waiting.length) return;
      running = waiting.shift();
      const { id, method, args } = running;
      started = performance.now();
      if (worker) worker.postMessage({ id, method, args }, portsIn(args));
      else setTimeout(async () => finish(await attempt(id, method, args)));
    }
    async function attempt(id, method, args) {
      try {
        return { id, result: await functions[method](...args) };
      } catch (error) {
        return { id, error: error.message };
      }
    }
    function finish({ id, result, error }) {
      if (!running || running.id !== id) return;
      const { resolve, reject } = running;
      running = null;
      took = performance.now() - started;
      if (error === undefined) resolve(result);
      else reject(new Error(error));
      next();
    }
    if (worker) {
      worker.onmessage = ({ data }) => finish(data);
      worker.onerror = (event) => {
        event.preventDefault(); // refused by the browser: from now on the page computes itself
        worker.terminate();
        worker = null;
        if (running) waiting.unshift(running);
        running = null;
        next();
      };
    }

    let ids = 0;
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
      /** Ends the worker; what waits yields null. */
      destroy() {
        if (worker) worker.terminate();
        for (const job of [running, ...waiting.splice(0)]) if (job) job.resolve(null);
        running = null;
      },
    };
  }

  Timeless.background = { start };
})();
