/* How strongly the waves of an operation stand in the logits. What it exports is also text for a worker, see network.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { numbersOf, placeOfAnswer } = inNode ? require("./forward.js") : Timeless.network;
  const { PLAIN, product, workspace, mix, addRows, readPair, activate } = inNode ? require("./pairs.js") : Timeless.network;

  /** Returns the circle on which an operation adds, unless another is known: `order` has the numbers as they stand on it, n of
      them, and the answer to the numbers at i and j stands at i + slope·j mod n. */
  const circleOr = (circle, info) => circle ?? { order: numbersOf(info), slope: 1 };

  /** Returns cosine and sine of each frequency over the classes [p, 2 * freqs], row-major, by their places in an order; a class
      without a place has zeros. */
  function columnsOf(p, freqs, order) {
    const [n, columns] = [order.length, new Float64Array(p * 2 * freqs.length)];
    order.forEach((c, place) => {
      freqs.forEach((k, i) => {
        const angle = (2 * Math.PI * ((k * place) % n)) / n;
        columns[c * 2 * freqs.length + 2 * i] = Math.cos(angle);
        columns[c * 2 * freqs.length + 2 * i + 1] = Math.sin(angle);
      });
    });
    return columns;
  }

  /** Returns the tables of `tables` with the classes folded onto waves: what a token adds, `direct`, every neuron, `out`, and
      what is always there, `fixed`, as [.., width]. */
  function folded(found, { p, n_heads: heads, d_mlp: m }, columns) {
    const width = columns.length / p;
    return {
      width,
      direct: product(found.direct, columns, (2 * p + 1) * heads, p, width),
      out: Float64Array.from(product(found.out, columns, m, p, width)),
      fixed: product(found.constLogits, columns, 1, p, width),
    };
  }

  /** Returns the amplitude [freqs] of each wave cos(2πk(a + b - c)/p) in the logits: the least-squares fit of all p * p * p
      centred logits, one number for each frequency 1 … (p - 1)/2. On another `circle` the wave is that of the places:
      cos(2πk(i + slope·j - l)/n), over its n * n pairs and n classes. */
  function amplitudes(weights, info, op, freqs, circle = null) {
    const { p, n_heads: heads } = info;
    const { order, slope } = circleOr(circle, info);
    const n = order.length;
    const work = workspace(weights, info, op, PLAIN);
    const columns = columnsOf(p, freqs, order);
    const { width, direct, out, fixed } = folded(work.found, info, columns);
    const [along, totals] = [new Float64Array(width), new Float64Array(freqs.length)];
    for (let pair = 0; pair < n * n; pair++) {
      const [i, j] = [Math.floor(pair / n), pair % n];
      [work.rows[0], work.rows[1]] = [order[i], p + order[j]];
      readPair(work, pair);
      activate(work, pair);
      along.set(fixed);
      mix(along, direct, width, heads, work.rows, work.pattern);
      addRows(along, out, width, work.active, work.values, work.alive);
      const at = order[placeOfAnswer({ order, slope }, i, j)] * width; // the wave of the right answer, along which the class's wave is measured
      for (let f = 0; f < freqs.length; f++) totals[f] += along[2 * f] * columns[at + 2 * f] + along[2 * f + 1] * columns[at + 2 * f + 1];
    }
    // The top frequency of an even n has no sine, and twice the power of any other.
    return totals.map((total, f) => ((2 * freqs[f] === n ? 1 : 2) * total) / n ** 3);
  }

  const exported = { circleOr, columnsOf, folded, amplitudes };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.network, exported);
})();
