/* The tokens of a network that trains, as particles, and those of a simulation that starts from the same places. Node's tests
   require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const physics = inNode ? require("./particles.js") : Timeless.particles;
  const kit = inNode
    ? { chance: require("../../../site_src/kit/chance.js"), runs: require("../../../site_src/kit/runs/runs.js") }
    : Timeless; // in the page these come after this script

  const STEPS = 1; // of the simulation, each of physics.DT, for an epoch
  const TEMPERATURE = 0.005; // of the simulation, as its own mode has it at first
  const ORDERED = 0.95; // order parameter that is called order
  const SHUFFLES = 8; // random orders of the numbers, for comparison
  const SPANS = [300, 600, 1000, 1600]; // epochs that the charts show, the last also the longest training

  /** Returns the configuration, as Timeless.trainer takes it, of a network that has had no weight decay so far. */
  const configOf = ({ p, share, n_heads, d_model, d_mlp, activation, learning_rate, warmup }, seed) =>
    ({ p, operation: "a+b", share, n_heads, d_model, d_mlp, activation, learning_rate, weight_decay: 0, warmup, seed });

  // --- tokens as particles ------------------------------------------------------------------

  /** Returns the number tokens of W_E [p + 1, d] about their mean as particles [p * 3], in the plane of `look`. */
  function tokensOf(W_E, { x, y }, { p, d_model: d }) {
    const mean = new Float64Array(d);
    for (let t = 0; t < p; t++) for (let i = 0; i < d; i++) mean[i] += W_E[t * d + i] / p;
    const lengths = Float64Array.from({ length: p }, (_, t) => Math.hypot(...mean.map((m, i) => W_E[t * d + i] - m)));
    const xy = new Float64Array(2 * p);
    for (let t = 0; t < p; t++) xy.set([x[t], y[t]], 2 * t);
    return physics.places(xy, lengths);
  }

  /** Returns the ring that is written into the simulation: every token at its angle for frequency k, as far out as they are on
      average (root mean square), and nothing outside the plane. */
  function ringOf(at, k) {
    const n = at.length / physics.AXES;
    const radius = Math.sqrt((2 * planeEnergy(at)) / n);
    const ring = new Float64Array(at.length);
    for (let t = 0; t < n; t++) {
      const angle = (2 * Math.PI * ((k * t) % n)) / n;
      ring.set([radius * Math.cos(angle), radius * Math.sin(angle), 0], physics.AXES * t);
    }
    return ring;
  }

  /** Returns the part of the energy that lies in the plane. */
  function planeEnergy(at) {
    let sum = 0;
    for (let j = 0; j < at.length; j += physics.AXES) sum += at[j] ** 2 + at[j + 1] ** 2;
    return sum / 2;
  }

  /** Returns the measures of particles in the plane of frequency k, whose share of the power is their order, with the part of
      their energy that lies in it. */
  function measuresOf(at, k) {
    const found = physics.measures(at, { freqs: [k] });
    return { ...found, inside: planeEnergy(at) / found.energy, k };
  }

  /** Returns the order parameter in the strongest plane of the same tokens in random orders, on average: what choosing a plane
      gives by itself. */
  function chanceOrder(W_E, config) {
    const { p, d_model: d } = config;
    const orders = Array.from({ length: SHUFFLES }, (_, seed) => {
      const mixed = new W_E.constructor(W_E.length);
      kit.chance.drawn(Array(p).keys(), p, kit.chance.uniform(seed)).forEach((t, i) => mixed.set(W_E.subarray(t * d, (t + 1) * d), i * d));
      const look = kit.runs.lookInto(mixed, config);
      return measuresOf(tokensOf(mixed, look, config), look.k).order;
    });
    return orders.reduce((sum, order) => sum + order, 0) / SHUFFLES;
  }

  // --- the simulation beside it -------------------------------------------------------------

  /** Returns a simulation of tokens that starts where they are, at rest without weight decay; `run` is the weight decay at which
      they are at rest on the ring. */
  function analogyOf(start, k, run, seed) {
    const ring = ringOf(start, k);
    return { k, ring, well: physics.crystalWell(start, ring, { run, start: 0 }), system: physics.begin(start, seed) };
  }

  /** Moves a simulation on by so many epochs. */
  function follow({ system, well }, lambda, epochs) {
    for (let i = 0; i < STEPS * epochs; i++) physics.step(system, well, { lambda, temperature: TEMPERATURE });
  }

  // --- what is told -------------------------------------------------------------------------

  /** Returns the epoch of the first moment at which `of(moment)` is at least a level, or null. */
  const since = (moments, of, level) => moments.find((moment) => of(moment) >= level)?.epoch ?? null;

  /** Returns how many epochs the charts show, after so many. */
  const spanFor = (epochs) => SPANS.find((span) => span >= epochs) ?? SPANS.at(-1);

  const core = { STEPS, TEMPERATURE, ORDERED, SPANS, configOf, tokensOf, ringOf, planeEnergy, measuresOf, chanceOrder, analogyOf, follow, since, spanFor };
  if (inNode) module.exports = core;
  else Timeless.parts.sandbox.training = { core };
})();
