/* Training by the graphics processor, the engine "graphics" of kit/trainer/trainer.js, which loads this when it is first wanted. */
(function () {
  "use strict";

  const { listsOf, machineFor, matrices, network, planOf } = Timeless.graphics;
  const { judged, named, scalesAt } = Timeless.trainer.parts;

  const ARRAYS = { weights: "W", moment1: "moment1", moment2: "moment2" }; // of a state, on the device

  const total = (values) => values.reduce((sum, value) => sum + value, 0);

  /** Returns a promise of a network on the device, and what is asked of it: its step, its losses, its weights and moments. */
  async function networkOn(config, { labels, train, weights }) {
    const plan = planOf(config, train.length);
    const { size, forward, backward, update, norm2 } = plan;
    const machine = await machineFor({ ...matrices, ...network }, plan.arrays, [...forward, ...backward, update, norm2]);
    machine.write("lists", listsOf(Array.from(train), config.p));
    machine.write("W", weights);
    return {
      close: machine.close,
      /** Puts pairs in the place of those that were asked before, as many. */
      ask(pairs) {
        machine.write("pairs", Uint32Array.from(pairs));
        machine.write("labels", Uint32Array.from(pairs, (pair) => labels[pair]));
      },
      answer: () => machine.run(forward),
      step(epoch) {
        machine.tell(update, scalesAt(epoch, config));
        machine.run([...forward, ...backward, update]);
      },
      async found() {
        const [losses, answers] = await machine.read("losses", "answers");
        return { losses: new Float32Array(losses), answers: new Uint32Array(answers) };
      },
      async norm2() {
        machine.run([norm2]);
        return total(new Float32Array((await machine.read("norm2"))[0]));
      },
      async arrays(...names) {
        const read = await machine.read(...names.map((name) => ARRAYS[name]));
        return Object.fromEntries(names.map((name, i) => [name, new Float32Array(read[i]).slice(0, size)]));
      },
      restore(state) {
        if (state.weights.length !== size) throw new Error(`the state holds ${state.weights.length} weights, this network has ${size}`);
        for (const [name, array] of Object.entries(ARRAYS)) machine.write(array, state[name]);
      },
    };
  }

  /** Returns a promise of the functions of a trainer (see kit/trainer/trainer.js), which answer by promises, one at a time. */
  async function begin(chosen, problem) {
    const { labels, kinds, train } = problem;
    const [config, n] = [{ ...chosen }, train.length];
    const net = await networkOn(config, problem);
    let epoch = 0;

    net.ask(train);
    return {
      async run(steps) {
        for (let i = 0; i < steps; i++) net.step(++epoch);
        const { losses, answers } = await net.found();
        const right = train.reduce((sum, pair, i) => sum + (answers[i] === labels[pair]), 0);
        return { epoch, train_loss: total(losses) / n, train_accuracy: right / n, norm2: await net.norm2() };
      },
      /** Asks as many pairs at a time as there are to train on, for which there is room. */
      async evaluate() {
        const parts = [];
        for (let first = 0; first < labels.length; first += n) {
          net.ask(Array.from({ length: n }, (_, i) => Math.min(first + i, labels.length - 1)));
          net.answer();
          const { answers, losses } = await net.found();
          const count = Math.min(n, labels.length - first);
          parts.push({ answers: answers.subarray(0, count), losses: losses.subarray(0, count) });
        }
        net.ask(train);
        return judged(parts, { labels, kinds });
      },
      weights: async () => named((await net.arrays("weights")).weights, config),
      state: async () => ({ epoch, ...(await net.arrays(...Object.keys(ARRAYS))) }),
      async restore(state) {
        net.restore(state);
        epoch = state.epoch;
      },
      set: async (changes) => void Object.assign(config, changes),
      close: net.close,
    };
  }

  /** Returns a promise of a trainer: what is asked of it is done in turn, and what waits when it is closed yields null. */
  async function trainerOn(config, problem) {
    const { close, ...functions } = await begin(config, problem);
    let [last, closed] = [Promise.resolve(), false];
    const inTurn = (work) => (...args) => {
      const done = last.then(() => (closed ? null : work(...args))).catch((error) => {
        if (closed) return null;
        throw error;
      });
      last = done.catch(() => null);
      return done;
    };
    return {
      ...Object.fromEntries(Object.entries(functions).map(([name, work]) => [name, inTurn(work)])),
      close() {
        closed = true;
        close();
      },
    };
  }

  Timeless.graphics.trainerOn = trainerOn;
})();
