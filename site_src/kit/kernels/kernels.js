/* Training by compiled kernels (site_src/kernels/), the engine "wasm" of kit/trainer/trainer.js, which loads this when it is first wanted:
   finds the kernels that this browser runs, starts a worker a core, and says which one leads. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const parts = inNode ? { ...require("./memory.js"), ...require("./tables.js"), ...require("./work.js"), ...require("./workers.js") } : { ...Timeless.kernels };
  const { BETA1, BETA2, EPSILON, judged, named, scalesAt } = inNode ? require("../trainer/plain.js") : Timeless.trainer.parts;
  const { sourceOf } = inNode ? require("../instrument.js") : Timeless.instrument;

  /** Returns a promise of the kernels, compiled by the build: with products and sums fused where this browser can, else
      without. Raises an error where it has no vectors at all. */
  async function available() {
    const coded = await Timeless.require("kernels");
    const found = ["fused", "simd"].map((name) => Timeless.decode(coded[name]).array).find((code) => WebAssembly.validate(code));
    if (!found) throw new Error("this browser does not run WebAssembly with vectors of 128 bits");
    return found;
  }

  /** Returns a promise of `count` workers that are ready: `leader`, a job for which is a call of `wasm`, and `close`. The leader
      waits for the others, so what `tell` is told of one that does not answer is told of it. */
  async function crew(config, problem, { count = parts.handsFor(problem.train.length, navigator.hardwareConcurrency || 1), tell } = {}) {
    const code = await available();
    const source = sourceOf({ ...parts, BETA1, BETA2, EPSILON, judged, named, scalesAt }, "wasm()");
    const hands = Array.from({ length: count }, () => Timeless.background.start({ ...parts.wasm(), source }, 1, tell));
    const channels = hands.slice(1).map(() => new MessageChannel());
    const close = () => {
      for (const hand of hands) hand.destroy();
      for (const { port1, port2 } of channels) [port1, port2].forEach((port) => port.close());
    };
    try {
      await Promise.all(hands.map((hand, index) => hand.run("begin", [config, problem, code, { index, count }])));
      await Promise.all(channels.map(({ port2 }, index) => hands[index + 1].run("follow", [port2])));
      await hands[0].run("lead", [channels.map(({ port1 }) => port1)]);
    } catch (error) {
      close();
      throw error;
    }
    return { leader: hands[0], close };
  }

  const exported = { available, crew };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.kernels, exported);
})();
