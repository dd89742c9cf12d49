/* What a network is trained on in the page: the pairs of an operation modulo p, their split, and initial weights as
   timeless/training/model.py draws them (other draws, the same distribution). An instrument names "trainer" among its
   needs, after "chance"; Node's tests require it.

   A configuration is {p, operation, share, n_heads, d_model, d_mlp, activation, learning_rate, weight_decay, warmup, seed}. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const chance = inNode ? require("../chance.js") : Timeless.chance;
  const layout = inNode ? require("./layout.js") : Timeless.trainer;
  const { named, shapesOf, sizeOf } = layout;

  const ACCELERATION = 10; // of the velocity law, as in timeless/config.py

  const OPERATIONS = {
    "a+b": (a, b) => a + b,
    "a-b": (a, b) => a - b,
    "a*b": (a, b) => a * b,
    "v0+a*t": (v0, t) => v0 + ACCELERATION * t,
  };
  const ACTIVATIONS = ["relu", "gelu"];
  const [MOST_P, MOST_WIDTH] = [251, 4096]; // an answer is one byte

  /* Of a mirrored pair the exchange (b, a) is trained on, of an unseen one it is not. */
  const KINDS = { train: 0, mirrored: 1, unseen: 2 };

  const isPrime = (n) => n > 1 && Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, i) => i + 2).every((d) => n % d);

  /** Returns the number of pairs that are trained on. */
  const trainedPairs = ({ p, share }) => Math.floor(share * p * p);

  /** Returns what is wrong with a configuration, a text for each problem. */
  function problemsOf(config) {
    const { p, operation, share, n_heads, d_model, d_mlp, activation, learning_rate, weight_decay, warmup, seed } = config;
    const whole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
    const rules = [
      [whole(p, 3, MOST_P) && isPrime(p), `p must be an odd prime up to ${MOST_P}; got ${p}`],
      [Object.hasOwn(OPERATIONS, operation), `operation must be one of ${Object.keys(OPERATIONS).join(", ")}; got "${operation}"`],
      [share > 0 && share < 1 && trainedPairs(config) > 0, `share must leave pairs to train on and to test; got ${share}`],
      [whole(d_model, 1, MOST_WIDTH) && whole(d_mlp, 1, MOST_WIDTH), `d_model and d_mlp must be whole numbers up to ${MOST_WIDTH}; got ${d_model} and ${d_mlp}`],
      [whole(n_heads, 1, MOST_WIDTH) && d_model % n_heads === 0, `n_heads must divide d_model = ${d_model}; got ${n_heads}`],
      [ACTIVATIONS.includes(activation), `activation must be one of ${ACTIVATIONS.join(", ")}; got "${activation}"`],
      [learning_rate > 0 && weight_decay >= 0 && warmup >= 0, `learning_rate must be positive, weight_decay and warmup not negative; got ${learning_rate}, ${weight_decay}, ${warmup}`],
      [whole(seed, 0, 2 ** 31 - 1), `seed must be a whole number below 2^31; got ${seed}`],
    ];
    return rules.filter(([holds]) => !holds).map(([, text]) => text);
  }

  /** Returns the right answers [p * p] of an operation, at a*p + b. */
  function labelsOf({ p, operation }) {
    const rule = OPERATIONS[operation];
    return Uint8Array.from({ length: p * p }, (_, pair) => (((rule(Math.floor(pair / p), pair % p) % p) + p) % p));
  }

  /** Returns the kind of each pair [p * p], values of KINDS, given those that are trained on. */
  function kindsBy(trained, p) {
    const kinds = new Uint8Array(p * p).fill(KINDS.unseen);
    for (const pair of trained) kinds[pair] = KINDS.train;
    return kinds.map((kind, pair) => (kind !== KINDS.train && kinds[(pair % p) * p + Math.floor(pair / p)] === KINDS.train ? KINDS.mirrored : kind));
  }

  /** Returns the kind of each pair [p * p]; those to train on are drawn without replacement. */
  function kindsOf(config) {
    const { p, seed } = config;
    const pairs = Array.from({ length: p * p }, (_, pair) => pair);
    return kindsBy(chance.drawn(pairs, trainedPairs(config), chance.uniform(2 * seed + 1)), p);
  }

  const trainedOf = (kinds) => Uint16Array.from(kinds.keys()).filter((pair) => kinds[pair] === KINDS.train);

  /** Returns initial weights, flat: normal with standard deviation 1/sqrt(d_model), biases zero. */
  function weightsOf(config) {
    const shapes = shapesOf(config);
    const flat = new Float32Array(shapes.reduce((sum, [, shape]) => sum + sizeOf(shape), 0));
    const views = named(flat, config);
    const [draw, deviation] = [chance.normal(2 * config.seed), 1 / Math.sqrt(config.d_model)];
    for (const [name] of shapes) if (!name.startsWith("b_")) for (let i = 0; i < views[name].length; i++) views[name][i] = deviation * draw();
    return flat;
  }

  /** Returns what a configuration trains, `{labels, kinds, train, weights}`: right answers and kinds of the pairs
      [p * p], the pairs a*p + b that are trained on, and the initial weights, flat. Raises an error that lists what cannot
      be trained. */
  function problem(config) {
    const wrong = problemsOf(config);
    if (wrong.length) throw new Error(`this cannot be trained: ${wrong.join("; ")}`);
    const kinds = kindsOf(config);
    return { labels: labelsOf(config), kinds, train: trainedOf(kinds), weights: weightsOf(config) };
  }

  /** Returns the same of a network that is given: its weights, flat, and the pairs that it was trained on. */
  function problemFrom(config, trained, weights) {
    const kinds = kindsBy(trained, config.p);
    return { labels: labelsOf(config), kinds, train: trainedOf(kinds), weights };
  }

  const exported = { ...layout, ACCELERATION, OPERATIONS, ACTIVATIONS, KINDS, isPrime, trainedPairs, problemsOf, labelsOf, kindsOf, weightsOf, problem, problemFrom };
  if (inNode) module.exports = exported;
  else Timeless.trainer = exported;
})();
