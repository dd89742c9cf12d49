/* A network that is none of the published ones, such as a reader's own, in the form in which kit/checkpoints.js has those; and on
   which circle a network's operation adds. An instrument names "opened" among its needs, after "fourier" and "group"; Node's
   tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { group, fourier, network } = inNode
    ? { group: require("./group.js"), fourier: require("./fourier.js"), network: require("./network/network.js") } : Timeless;

  /* How the trainer calls an operation, and how the study does; with its sign between two numbers. */
  const NAMES = { "a+b": "addition", "a-b": "subtraction", "a*b": "multiplication", "v0+a*t": "velocity" };
  const SIGNS = { addition: "+", subtraction: "−", multiplication: "·", velocity: `+ ${network.ACCELERATION} ·` };
  const SLOPES = { subtraction: -1, velocity: network.ACCELERATION };

  /** Returns the circle on which an operation of a network adds, {order, slope}: the n numbers as they stand on it, and the answer
      to those at i and j stands at i + slope·j mod n. A product adds the logarithms to the base of the least primitive root. */
  function circleOf({ p, operations }, op = 0) {
    const name = operations[op];
    const order = name === "multiplication" ? group.powers(p, group.nextRoot(p, 1)) : network.numbersOf({ p });
    return { order, slope: SLOPES[name] ?? 1 };
  }

  /** Returns an expression in words, such as "3 + 4". */
  const sumText = ({ operations }, a, b, op = 0) => `${a} ${SIGNS[operations[op]]} ${b}`;

  /** Returns a network as kit/checkpoints.js has one, with a single checkpoint. `config` is what the trainer takes, `weights` its
      tensors by name, `kinds` [p * p] tells the pairs that are trained on by 0; `name` is what a reader is told. */
  function opened({ name, config, weights, kinds, epoch = 0 }) {
    const { p, d_model, n_heads, d_mlp, activation, operation } = config;
    const info = { p, d_model, n_heads, d_mlp, act: activation, d_head: d_model / n_heads, operations: [NAMES[operation]], curves: null };
    info.key_freqs = fourier.spectrumOf(weights.W_E, d_model, circleOf(info).order).keys;
    const mask = Uint8Array.from(kinds, (kind) => Number(kind === 0));
    return { name, info, epochs: [epoch], index: (one) => (one === epoch ? 0 : -1), weights: async () => weights, trainMask: () => mask };
  }

  /** Returns a promise of what an instrument is to show, {run, op, own}: of its tools' `source`, or the run of an experiment. `own`
      says whether it is another network than the one that the instrument's payload tells of. */
  async function shownBy({ source }, experiment) {
    return source ? { ...source, own: true } : { run: await Timeless.checkpoints.open(experiment), op: 0, own: false };
  }

  const exported = { NAMES, circleOf, sumText, opened, shownBy };
  if (inNode) module.exports = exported;
  else Timeless.opened = exported;
})();
