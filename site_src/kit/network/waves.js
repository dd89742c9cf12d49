/* Which wave a neuron follows over all pairs. What it exports is also text for a worker, see network.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { NONE, PLACES, activationOf } = inNode ? { ...require("./activation.js"), ...require("./forward.js") } : Timeless.network;
  const { addAlong, attend, mix, tables } = inNode ? require("./pairs.js") : Timeless.network;

  /** Returns cosines and sines of n places, orthonormal over them: entry k*n + t, for k = 0 … n/2. Row 0 of the
      cosines is constant; the sine of the top frequency of an even n is left at 0. */
  function waves(n) {
    const top = Math.floor(n / 2);
    const [cos, sin] = [new Float64Array((top + 1) * n), new Float64Array((top + 1) * n)];
    for (let k = 0; k <= top; k++) {
      const alone = k === 0 || 2 * k === n;
      const unit = Math.sqrt((alone ? 1 : 2) / n);
      for (let t = 0; t < n; t++) {
        const angle = (2 * Math.PI * ((k * t) % n)) / n;
        cos[k * n + t] = unit * Math.cos(angle);
        if (!alone) sin[k * n + t] = unit * Math.sin(angle);
      }
    }
    return { top, cos, sin };
  }

  /** Returns the frequency that explains most of a surface [n*n], and its share of the centred energy: of what lies
      in {const, cos k, sin k} x {const, cos k, sin k}. A surface that never changes has frequency and share 0. */
  function frequencyOf(surface, n, { top, cos, sin }) {
    const half = Math.ceil(n / 2); // places 1 … half - 1 have a mirror image n - place
    const [even, odd] = [new Float64Array((top + 1) * n), new Float64Array((top + 1) * n)];
    let [sum, squares] = [0, 0];
    for (let t = 0; t <= top; t++) {
      const mirrored = t > 0 && t < half;
      for (let b = 0; b < n; b++) {
        const x = surface[t * n + b] - surface[0];
        const y = mirrored ? surface[(n - t) * n + b] - surface[0] : 0;
        sum += x + y;
        squares += x * x + y * y;
        even[t * n + b] = x + y;
        odd[t * n + b] = mirrored ? x - y : 0;
      }
    }
    const rows = new Float64Array(2 * (top + 1) * n); // of frequency k: cosine and sine over the first number
    for (let k = 0; k <= top; k++) {
      const [ofCos, ofSin] = [2 * k, 2 * k + 1].map((row) => rows.subarray(row * n, (row + 1) * n));
      addAlong(ofCos, even, n, cos.subarray(k * n), top + 1);
      addAlong(ofSin, odd, n, sin.subarray(k * n), top + 1);
    }
    const power = (row, wave, from) => {
      let along = 0;
      for (let b = 0; b < n; b++) along += rows[row * n + b] * wave[from + b];
      return along * along;
    };
    const energy = squares - (sum * sum) / (n * n);
    let [frequency, most] = [0, 0];
    for (let k = 1; k <= top; k++) {
      let explained = power(0, cos, k * n) + power(0, sin, k * n);
      for (const row of [2 * k, 2 * k + 1]) explained += power(row, cos, 0) + power(row, cos, k * n) + power(row, sin, k * n);
      if (explained > most) [frequency, most] = [k, explained];
    }
    return { frequency, share: energy > 0 ? Math.min(most / energy, 1) : 0 };
  }

  /** Returns of every neuron, or of those from one to before another, the `frequencies` that its activation over all pairs of the
      numbers in `order` follows best, and the `shares` of its centred energy that it explains. `order` has the numbers as they stand
      on the operation's circle: 0 … p - 1 for addition, the powers of a primitive root for multiplication. */
  function clusters(weights, info, op, order, from = 0, to = info.d_mlp) {
    const fire = activationOf(info);
    const { p, d_model: d, n_heads: heads, d_mlp: all } = info;
    const m = to - from;
    const W_in = new Float32Array(d * m);
    for (let i = 0; i < d; i++) W_in.set(weights.W_in.subarray(i * all + from, i * all + to), i * m);
    const found = tables({ ...weights, W_in }, { ...info, d_mlp: m }, op, { layerNorm: NONE });
    const n = order.length;
    const pattern = new Float64Array(heads * PLACES);
    const pre = new Float64Array(m);
    const surfaces = new Float32Array(m * n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const rows = [order[i], p + order[j], 2 * p];
        attend(pattern, found.scores, heads, rows, 1);
        pre.set(found.constPre);
        mix(pre, found.pre, m, heads, rows, pattern);
        for (let neuron = 0; neuron < m; neuron++) {
          surfaces[neuron * n * n + i * n + j] = fire(pre[neuron] + weights.b_in[from + neuron]);
        }
      }
    }
    const basis = waves(n);
    const [frequencies, shares] = [new Uint16Array(m), new Float32Array(m)];
    for (let neuron = 0; neuron < m; neuron++) {
      const { frequency, share } = frequencyOf(surfaces.subarray(neuron * n * n, (neuron + 1) * n * n), n, basis);
      [frequencies[neuron], shares[neuron]] = [frequency, share];
    }
    return { frequencies, shares };
  }

  const exported = { waves, frequencyOf, clusters };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.network, exported);
})();
