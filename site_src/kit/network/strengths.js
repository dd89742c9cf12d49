/* How strongly the waves of a sum stand in the logits. What it exports is also text for a worker, see network.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { PLACES, checkActivation } = inNode ? require("./forward.js") : Timeless.network;
  const { PLAIN, product, tables, attend, mix, addRows } = inNode ? require("./pairs.js") : Timeless.network;

  /** Returns cosine and sine of each frequency over p classes, [p, 2 * freqs], row-major. */
  function columnsOf(p, freqs) {
    const columns = new Float64Array(p * 2 * freqs.length);
    for (let c = 0; c < p; c++) {
      freqs.forEach((k, i) => {
        const angle = (2 * Math.PI * ((k * c) % p)) / p;
        columns[c * 2 * freqs.length + 2 * i] = Math.cos(angle);
        columns[c * 2 * freqs.length + 2 * i + 1] = Math.sin(angle);
      });
    }
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
      centred logits, one number for each frequency 1 … (p - 1)/2. */
  function amplitudes(weights, info, op, freqs) {
    checkActivation(info);
    const { p, n_heads: heads, d_mlp: m } = info;
    const found = tables(weights, info, op, PLAIN);
    const columns = columnsOf(p, freqs);
    const { width, direct, out, fixed } = folded(found, info, columns);
    const [pattern, pre, along] = [new Float64Array(heads * PLACES), new Float64Array(m), new Float64Array(width)];
    const [active, values, totals] = [new Int32Array(m), new Float64Array(m), new Float64Array(freqs.length)];
    for (let pair = 0; pair < p * p; pair++) {
      const [a, b] = [Math.floor(pair / p), pair % p];
      const rows = [a, p + b, 2 * p];
      attend(pattern, found.scores, heads, rows, 1);
      pre.set(found.constPre);
      mix(pre, found.pre, m, heads, rows, pattern);
      let alive = 0;
      for (let j = 0; j < m; j++) {
        const x = pre[j] + weights.b_in[j];
        if (x <= 0) continue;
        active[alive] = j;
        values[alive++] = x;
      }
      along.set(fixed);
      mix(along, direct, width, heads, rows, pattern);
      addRows(along, out, width, active, values, alive);
      const at = ((a + b) % p) * width; // the wave of a + b, along which the class's wave is measured
      for (let i = 0; i < freqs.length; i++) totals[i] += along[2 * i] * columns[at + 2 * i] + along[2 * i + 1] * columns[at + 2 * i + 1];
    }
    return totals.map((total) => (2 * total) / p ** 3);
  }

  const exported = { columnsOf, folded, amplitudes };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.network, exported);
})();
