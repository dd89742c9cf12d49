/* The trained transformer on typed arrays: its weights, and one pair, plainly. One layer, no layer normalisation of its own,
   as in timeless/training/model.py. What it exports is also text for a worker, see network.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { activationOf } = inNode ? require("./activation.js") : Timeless.network;

  const NONE = { attention: false, mlp: false, final: false };
  const EPSILON = 1e-5;
  const PLACES = 3; // a, b and the operation
  const ACCELERATION = 10; // of the velocity law, as in timeless/config.py

  // --- weights ------------------------------------------------------------------------------

  /** Returns the numbers of which 16-bit floats are the codes. */
  function halves(codes) {
    const known = (halves.table ??= Float32Array.from({ length: 1 << 16 }, (_, code) => {
      const [sign, exponent, fraction] = [code >> 15 ? -1 : 1, (code >> 10) & 31, code & 1023];
      if (exponent === 31) return fraction ? NaN : sign * Infinity;
      return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
    }));
    return Float32Array.from(codes, (code) => known[code]);
  }

  /** Returns the tensors by name, row-major, of a checkpoint that holds them one after another. */
  function unpack(flat, { tensors }) {
    const weights = {};
    let start = 0;
    for (const [name, shape] of tensors) {
      const end = start + shape.reduce((product, n) => product * n, 1);
      weights[name] = flat.subarray(start, end);
      start = end;
    }
    if (start !== flat.length) {
      throw new Error(`the tensors hold ${start} numbers, the checkpoint ${flat.length}: its data file is damaged`);
    }
    return weights;
  }

  /** Returns the answer that the task asks for. */
  function label({ p, operations }, a, b, op = 0) {
    const rules = { addition: (a + b) % p, subtraction: (a - b + p) % p, multiplication: (a * b) % p, velocity: (a + ACCELERATION * b) % p };
    if (!(operations[op] in rules)) throw new Error(`no rule is known for the operation "${operations[op]}"`);
    return rules[operations[op]];
  }

  /** Returns the numbers 0 … p - 1, as they stand on the circle of addition. */
  const numbersOf = ({ p }) => Array.from({ length: p }, (_, t) => t);

  /** Returns the place of the answer to the numbers at i and j of a circle. */
  const placeOfAnswer = ({ order: { length: n }, slope }, i, j) => (((i + slope * j) % n) + n) % n;

  /** Returns weights without the waves of these frequencies in the embedding of the numbers, as they stand in `order`;
      its mean, and the rows of the operations, stay. */
  function withoutFrequencies(weights, info, freqs, order = numbersOf(info)) {
    const [W_E, d, n] = [Float32Array.from(weights.W_E), info.d_model, order.length];
    for (const k of freqs) {
      for (const wave of [Math.cos, Math.sin]) {
        const row = Float64Array.from({ length: n }, (_, t) => wave((2 * Math.PI * ((k * t) % n)) / n));
        const size = row.reduce((sum, x) => sum + x * x, 0);
        if (size < 1e-9) continue; // the sine of the top frequency of an even n
        for (let i = 0; i < d; i++) {
          let along = 0;
          for (let t = 0; t < n; t++) along += row[t] * weights.W_E[order[t] * d + i];
          for (let t = 0; t < n; t++) W_E[order[t] * d + i] -= (along / size) * row[t];
        }
      }
    }
    return { ...weights, W_E };
  }

  // --- one pair, plainly --------------------------------------------------------------------

  /** Returns x [rows] W [rows, columns] + bias, in float64. */
  function times(x, W, columns, bias = null) {
    const y = bias ? Float64Array.from(bias) : new Float64Array(columns);
    for (let row = 0; row < x.length; row++) {
      const [factor, at] = [x[row], row * columns];
      if (factor) for (let j = 0; j < columns; j++) y[j] += factor * W[at + j];
    }
    return y;
  }

  const plus = (x, y) => x.map((value, i) => value + y[i]);

  /** Returns x less its mean, over its standard deviation: layer normalisation without gain or bias. */
  function normalised(x) {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    const scale = 1 / Math.sqrt(variance + EPSILON);
    return x.map((value) => (value - mean) * scale);
  }

  /** Returns softmax(scores / temperature), in place. */
  function softmax(scores, temperature = 1) {
    const highest = scores.reduce((most, s) => Math.max(most, s), -Infinity);
    let sum = 0;
    for (let i = 0; i < scores.length; i++) sum += scores[i] = Math.exp((scores[i] - highest) / temperature);
    for (let i = 0; i < scores.length; i++) scores[i] /= sum;
    return scores;
  }

  /** Returns every activation of one pair by its usual name, in float64: `resid_pre` [3][d_model],
      `scores` and `pattern` [n_heads * 3], `z` [d_model], the rest at the last position.
      Options as for `allPairs`. */
  function forward(weights, info, a, b, op = 0, { temperature = 1, layerNorm = NONE } = {}) {
    const fire = activationOf(info);
    const { p, d_model: d, n_heads: heads, d_head: width, d_mlp: m } = info;
    const tokens = [a, b, p + op];
    const resid_pre = tokens.map((token, place) =>
      Float64Array.from({ length: d }, (_, i) => weights.W_E[token * d + i] + weights.W_pos[place * d + i]),
    );
    const read = layerNorm.attention ? resid_pre.map(normalised) : resid_pre;
    const [scores, pattern] = [new Float64Array(heads * PLACES), new Float64Array(heads * PLACES)];
    const z = new Float64Array(heads * width);
    for (let h = 0; h < heads; h++) {
      const head = (name) => weights[name].subarray(h * d * width, (h + 1) * d * width);
      const query = times(read[2], head("W_Q"), width);
      const own = read.map((x) => {
        const key = times(x, head("W_K"), width);
        return key.reduce((sum, value, i) => sum + value * query[i], 0) / Math.sqrt(width);
      });
      scores.set(own, h * PLACES);
      const attention = softmax(Float64Array.from(own), temperature);
      pattern.set(attention, h * PLACES);
      read.forEach((x, place) => {
        times(x, head("W_V"), width).forEach((value, i) => (z[h * width + i] += attention[place] * value));
      });
    }
    const resid_mid = plus(resid_pre[2], times(z, weights.W_O, d));
    const mlp_pre = times(layerNorm.mlp ? normalised(resid_mid) : resid_mid, weights.W_in, m, weights.b_in);
    const mlp_post = mlp_pre.map(fire);
    const resid_post = plus(resid_mid, times(mlp_post, weights.W_out, d, weights.b_out));
    const logits = times(layerNorm.final ? normalised(resid_post) : resid_post, weights.W_U, p, weights.b_U);
    const answer = logits.indexOf(logits.reduce((most, x) => Math.max(most, x), -Infinity));
    return { resid_pre, scores, pattern, z, resid_mid, mlp_pre, mlp_post, resid_post, logits, answer };
  }

  const exported = {
    NONE, EPSILON, PLACES, ACCELERATION,
    halves, unpack, label, numbersOf, placeOfAnswer, withoutFrequencies, times, plus, normalised, softmax, forward,
  };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.network, exported);
})();
