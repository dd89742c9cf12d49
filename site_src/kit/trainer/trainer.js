/* Training a network in the page, in workers, behind one interface for every engine. An instrument names "chance",
   "background" and "trainer" among its needs; Node's tests require it.

     trainer = await Timeless.trainer.create(engine, config, problem)

   `engine` is a name in `engines`; configuration and problem are those of problem.js. A fourth argument may have `count`, of
   workers, and `tell(message)`, which is told when no answer comes for long, and that one has come (""). Calls are answered in their order,
   each by a promise:

     run(n)          n steps of full-batch AdamW; {epoch, train_loss, train_accuracy, norm2}. Loss and accuracy are those of the last
                     step's forward pass, thus of epoch - 1; norm2, the sum of squared weights, is that of epoch
     evaluate()      {train_loss, train_accuracy, test_loss, test_accuracy, answers}, nats per pair and the answers [p * p]
     weights()       the weights by name, row-major
     state()         {epoch, weights, moment1, moment2}, flat in the order of `shapesOf`: can be cloned and stored
     restore(state)  goes on from such a state
     set(changes)    changes weight_decay or learning_rate from the next step on
     close()         ends its workers; what waits yields null */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const trainer = inNode ? { ...require("./problem.js"), parts: require("./plain.js") } : Timeless.trainer;
  const { sourceOf } = inNode ? require("../instrument.js") : Timeless.instrument;

  const METHODS = ["run", "evaluate", "weights", "state", "restore", "set"];

  /** Returns the trainer whose work is done by jobs of kit/background.js. */
  const trainerBy = (jobs, close = jobs.destroy) => ({ ...Object.fromEntries(METHODS.map((method) => [method, (...args) => jobs.run(method, args)])), close });

  /** Returns the trainer whose work `functions` do, in a worker made from their `source`, or in the page where none can
      be made. */
  async function served(functions, config, problem, { tell }) {
    const jobs = Timeless.background.start(functions, 1, tell);
    try {
      await jobs.run("begin", [config, problem]);
    } catch (error) {
      jobs.destroy();
      throw error;
    }
    return trainerBy(jobs);
  }

  /** Returns a promise of what kit/kernels/ exports, loaded when it is first wanted. */
  async function compiled() {
    if (inNode) return require("../kernels/kernels.js");
    await Timeless.load("kit/kernels.js");
    return Timeless.kernels;
  }

  /** Returns the trainer whose work is shared by workers with compiled kernels, one a core unless `count` says otherwise. */
  async function shared(config, problem, options) {
    const { crew } = await compiled();
    const { leader, close } = await crew(config, problem, options);
    return trainerBy(leader, close);
  }

  /** Returns a promise of what kit/graphics/ exports, loaded when it is first wanted. */
  async function graphical() {
    await Timeless.load("kit/graphics.js");
    return Timeless.graphics;
  }

  const engines = {
    plain: (config, problem, options) => served({ ...trainer.parts.plain(), source: sourceOf(trainer.parts, "plain()") }, config, problem, options),
    wasm: shared,
    graphics: async (config, problem) => (await graphical()).trainerOn(config, problem),
  };

  /** Returns a promise of a trainer; it is refused where the configuration cannot be trained, or by that engine. */
  async function create(engine, config, problem = trainer.problem(config), options = {}) {
    if (!Object.hasOwn(engines, engine)) throw new Error(`no engine is called "${engine}": use one of ${Object.keys(engines).join(", ")}`);
    return engines[engine](config, problem, options);
  }

  /** Returns a promise of whether this browser offers a graphics processor. */
  async function hasGraphics() {
    try {
      return Boolean(navigator.gpu && (await navigator.gpu.requestAdapter()));
    } catch {
      return false;
    }
  }

  /** Returns a promise of the engine that works here: "graphics" if it is wished for, else "wasm", or else "plain". */
  async function fastest(wish) {
    if (wish === "graphics" && (await hasGraphics())) return "graphics";
    try {
      await WebAssembly.compile(await (await compiled()).available());
      return "wasm";
    } catch {
      return "plain";
    }
  }

  Object.assign(trainer, { METHODS, engines, served, shared, create, fastest });
  if (inNode) module.exports = trainer;
})();
