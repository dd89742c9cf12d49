/* Training in compiled kernels, one worker a core: each has a share of the pairs, and the first, which leads, sums the shares'
   gradients and updates the weights. Leader and followers speak through channels of their own, so that the page is not
   asked between two steps. What it exports is also text for the workers, see kernels.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { BETA1, BETA2, EPSILON, judged, named, scalesAt } = inNode ? require("../trainer/plain.js") : Timeless.trainer.parts;
  const { addTo, hand } = inNode ? { ...require("./work.js"), ...require("./tables.js") } : Timeless.kernels;

  const LEAST_PAIRS = 256; // of a worker: with fewer, speaking costs more than it gains
  const FEW_CORES = 4;
  const MOST_HANDS = 16;

  /** Returns how many workers a split is shared among, where a browser tells of so many cores. Where they are many, half of
      them are often slow, or but second threads of the others; a step waits for its slowest worker, so they stay free. */
  function handsFor(pairs, cores) {
    const worth = cores > FEW_CORES ? Math.max(FEW_CORES, Math.floor(cores / 2)) : cores;
    return Math.max(1, Math.min(worth, MOST_HANDS, Math.floor(pairs / LEAST_PAIRS)));
  }

  /** Returns part `index` of `count` parts of an array, in its order. */
  const shareOf = (array, index, count) => array.subarray(Math.floor((index * array.length) / count), Math.floor(((index + 1) * array.length) / count));

  /** Updates the weights that a hand holds, by its gradient, in its epoch. */
  function updateBy({ kernels, it }, config, epoch) {
    const { scale1, scale2, kept } = scalesAt(epoch, config);
    kernels.update(it.W.flat, it.G.flat, it.moment1, it.moment2, it.n, BETA1, BETA2, scale1, scale2, kept, EPSILON);
  }

  /** Does a piece of work with weights as they are given: "learn" or "answer". */
  function workedOn(own, { weights, method }) {
    own.weights().set(weights);
    const found = own[method]();
    if (method === "learn") found.gradient = own.gradient().slice();
    return found;
  }

  /** Returns ask(method, weights): what a follower has found by them. */
  function asking(port) {
    const waiting = [];
    port.onmessage = ({ data: { found, error } }) => {
      const { resolve, reject } = waiting.shift();
      if (error) reject(new Error(error));
      else resolve(found);
    };
    return (method, weights) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        port.postMessage({ method, weights }, [weights.buffer]);
      });
  }

  /** Returns the functions of a worker; of a leader, those of a trainer (see kit/trainer/trainer.js), some of which return promises. */
  function wasm() {
    let [config, problem, own, epoch, size] = [];
    let others = [];

    function together(method) {
      const asked = others.map((ask) => ask(method, own.weights().slice()));
      return Promise.all([own[method](), ...asked]);
    }
    const arrays = () => ({ weights: own.weights(), moment1: own.memory.floats(own.it.moment1, own.it.n), moment2: own.memory.floats(own.it.moment2, own.it.n) });
    return {
      async begin(chosen, given, code, { index, count }) {
        const { instance } = await WebAssembly.instantiate(code);
        [config, problem, epoch, size] = [{ ...chosen }, given, 0, given.weights.length];
        const every = Uint16Array.from(given.labels.keys());
        const [pairs, labels] = [shareOf(given.train, index, count), given.labels];
        own = hand(instance, config, { pairs, every: shareOf(every, index, count), labels, share: 1 / given.train.length });
        own.weights().set(given.weights);
      },
      lead(ports) {
        others = ports.map(asking);
      },
      follow(port) {
        port.onmessage = ({ data }) => {
          try {
            const found = workedOn(own, data);
            port.postMessage({ found });
          } catch (error) {
            port.postMessage({ error: error.message });
          }
        };
      },
      async run(n) {
        let [loss, right] = [NaN, NaN];
        for (let step = 0; step < n; step++) {
          const parts = await together("learn");
          for (const { gradient } of parts.slice(1)) addTo(own.gradient(), gradient);
          loss = parts.reduce((sum, part) => sum + part.loss, 0);
          right = parts.reduce((sum, part) => sum + part.right, 0);
          epoch += 1;
          updateBy(own, config, epoch);
        }
        const norm2 = own.kernels.sumOfSquares(own.it.W.flat, own.it.n);
        return { epoch, train_loss: loss, train_accuracy: right / problem.train.length, norm2 };
      },
      evaluate: async () => judged(await together("answer"), problem),
      weights: () => named(own.weights().slice(0, size), config),
      state: () => ({ epoch, ...Object.fromEntries(Object.entries(arrays()).map(([name, array]) => [name, array.slice(0, size)])) }),
      restore(state) {
        if (state.weights.length !== size) throw new Error(`the state holds ${state.weights.length} weights, this network has ${size}`);
        epoch = state.epoch;
        for (const [name, array] of Object.entries(arrays())) array.set(state[name]);
      },
      set: (changes) => void Object.assign(config, changes),
    };
  }

  const exported = { LEAST_PAIRS, FEW_CORES, MOST_HANDS, handsFor, shareOf, updateBy, workedOn, asking, wasm };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.kernels, exported);
})();
