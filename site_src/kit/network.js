/* The trained transformer on typed arrays: one layer, no layer normalisation of its own, as in timeless/model.py.
   A widget asks for it with Timeless.load("kit/network.js"); Node's tests require it; a worker gets
   its source as text, so that everything it needs stands inside `define`. */
(function () {
  "use strict";

  function define() {
    const NONE = { attention: false, mlp: false, final: false };
    const EPSILON = 1e-5;
    const PLACES = 3; // a, b and the operation

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
      const rules = { addition: (a + b) % p, multiplication: (a * b) % p };
      if (!(operations[op] in rules)) throw new Error(`no rule is known for the operation "${operations[op]}"`);
      return rules[operations[op]];
    }

    /** Returns weights without the waves of these frequencies of Z_p in the embedding of the numbers;
        its mean, and the rows of the operations, stay. */
    function withoutFrequencies(weights, { p, d_model: d }, freqs) {
      const W_E = Float32Array.from(weights.W_E);
      for (const k of freqs) {
        for (const wave of [Math.cos, Math.sin]) {
          const row = Float64Array.from({ length: p }, (_, t) => wave((2 * Math.PI * ((k * t) % p)) / p));
          const size = row.reduce((sum, x) => sum + x * x, 0);
          if (size < 1e-9) continue; // the sine of the top frequency of an even p
          for (let i = 0; i < d; i++) {
            let along = 0;
            for (let t = 0; t < p; t++) along += row[t] * weights.W_E[t * d + i];
            for (let t = 0; t < p; t++) W_E[t * d + i] -= (along / size) * row[t];
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

    function checkActivation({ act: name }) {
      if (name !== "relu") throw new Error(`the page computes ReLU networks; this one has "${name}"`);
    }

    /** Returns every activation of one pair by its usual name, in float64: `resid_pre` [3][d_model],
        `scores` and `pattern` [n_heads * 3], `z` [d_model], the rest at the last position.
        Options as for `allPairs`. */
    function forward(weights, info, a, b, op = 0, { temperature = 1, layerNorm = NONE } = {}) {
      checkActivation(info);
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
      const mlp_post = mlp_pre.map((x) => Math.max(x, 0));
      const resid_post = plus(resid_mid, times(mlp_post, weights.W_out, d, weights.b_out));
      const logits = times(layerNorm.final ? normalised(resid_post) : resid_post, weights.W_U, p, weights.b_U);
      const answer = logits.indexOf(logits.reduce((most, x) => Math.max(most, x), -Infinity));
      return { resid_pre, scores, pattern, z, resid_mid, mlp_pre, mlp_post, resid_post, logits, answer };
    }

    // --- all pairs at once --------------------------------------------------------------------

    /** Returns A [n, k] B [k, m] (both row-major, from their offsets), as Float32Array [n, m]. */
    function product(A, B, n, k, m, fromA = 0, fromB = 0) {
      const C = new Float32Array(n * m);
      const row = new Float64Array(m);
      for (let i = 0; i < n; i++) {
        row.fill(0);
        for (let j = 0; j < k; j++) {
          const [factor, at] = [A[fromA + i * k + j], fromB + j * m];
          if (factor) for (let c = 0; c < m; c++) row[c] += factor * B[at + c];
        }
        C.set(row, i * m);
      }
      return C;
    }

    /** Returns what a head adds to a target of `columns` numbers for each row of `read` [rows, d]:
        (read W_V W_O) target, [rows, heads, columns]. */
    function through(read, rows, weights, target, columns, { d_model: d, n_heads: heads, d_head: width }) {
      const table = new Float32Array(rows * heads * columns);
      for (let h = 0; h < heads; h++) {
        const values = product(read, weights.W_V, rows, d, width, 0, h * d * width);
        const onward = target ? product(weights.W_O, target, width, d, columns, h * width * d) : null;
        const part = onward
          ? product(values, onward, rows, width, columns)
          : product(values, weights.W_O, rows, width, columns, 0, h * width * d);
        for (let r = 0; r < rows; r++) {
          table.set(part.subarray(r * columns, (r + 1) * columns), (r * heads + h) * columns);
        }
      }
      return table;
    }

    /** Returns what depends on (token, position) alone, for the 2p + 1 rows (a at 0, b at 1, op at 2). */
    function tables(weights, info, op, { layerNorm, streams: wanted }) {
      const { p, d_model: d, n_heads: heads, d_head: width, d_mlp: m } = info;
      const rows = 2 * p + 1;
      const streams = Array.from({ length: rows }, (_, r) => {
        const [token, place] = r < p ? [r, 0] : r < 2 * p ? [r - p, 1] : [p + op, 2];
        return Float64Array.from({ length: d }, (_, i) => weights.W_E[token * d + i] + weights.W_pos[place * d + i]);
      });
      const stream = streams[rows - 1];
      const read = new Float64Array(rows * d);
      streams.forEach((x, r) => read.set(layerNorm.attention ? normalised(x) : x, r * d));
      const scores = new Float64Array(rows * heads);
      const query = read.subarray((rows - 1) * d);
      for (let h = 0; h < heads; h++) {
        const W = (name) => weights[name].subarray(h * d * width, (h + 1) * d * width);
        const q = times(query, W("W_Q"), width);
        const asked = Float64Array.from({ length: d }, (_, i) => {
          let sum = 0;
          for (let j = 0; j < width; j++) sum += W("W_K")[i * width + j] * q[j];
          return sum / Math.sqrt(width);
        });
        for (let r = 0; r < rows; r++) {
          let sum = 0;
          for (let i = 0; i < d; i++) sum += asked[i] * read[r * d + i];
          scores[r * heads + h] = sum;
        }
      }
      const made = { scores, pre: through(read, rows, weights, weights.W_in, m, info), constPre: times(stream, weights.W_in, m) };
      if (layerNorm.mlp || layerNorm.final || wanted) {
        made.mid = through(read, rows, weights, null, d, info);
        made.stream = stream;
        made.sums = times(new Float64Array(d).fill(1), weights.W_in, m); // of W_in's columns
      }
      if (!layerNorm.final) {
        made.direct = through(read, rows, weights, weights.W_U, p, info);
        made.constLogits = times(plus(stream, weights.b_out), weights.W_U, p, weights.b_U);
        made.out = Float64Array.from(product(weights.W_out, weights.W_U, m, d, p)); // read most often: no conversion there
      }
      return made;
    }

    /** Fills `pattern` with the attention of a pair, from the rows of `scores` [rows, heads] that it reads. */
    function attend(pattern, scores, heads, rows, temperature) {
      for (let h = 0; h < heads; h++) {
        const own = pattern.subarray(h * PLACES, (h + 1) * PLACES);
        for (let place = 0; place < PLACES; place++) own[place] = scores[rows[place] * heads + h];
        softmax(own, temperature);
      }
    }

    /** Adds to `sum` the rows of a table [rows, heads, columns] that a pair reads, each by its attention. */
    function mix(sum, table, columns, heads, rows, pattern) {
      for (let h = 0; h < heads; h++) {
        const x0 = pattern[h * PLACES], x1 = pattern[h * PLACES + 1], x2 = pattern[h * PLACES + 2];
        const r0 = (rows[0] * heads + h) * columns, r1 = (rows[1] * heads + h) * columns, r2 = (rows[2] * heads + h) * columns;
        for (let j = 0; j < columns; j++) sum[j] += x0 * table[r0 + j] + x1 * table[r1 + j] + x2 * table[r2 + j];
      }
    }

    /** Adds x [n] · the first n rows of W to `sum`, four rows at a time. */
    function addAlong(sum, W, columns, x, n) {
      let i = 0;
      for (; i + 3 < n; i += 4) {
        const [r0, r1, r2, r3] = [i * columns, (i + 1) * columns, (i + 2) * columns, (i + 3) * columns];
        const [x0, x1, x2, x3] = [x[i], x[i + 1], x[i + 2], x[i + 3]];
        for (let j = 0; j < columns; j++) sum[j] += x0 * W[r0 + j] + x1 * W[r1 + j] + x2 * W[r2 + j] + x3 * W[r3 + j];
      }
      for (; i < n; i++) {
        for (let j = 0; j < columns; j++) sum[j] += x[i] * W[i * columns + j];
      }
    }

    /** Adds the rows `active` [n] of W, each times its value, to `sum`, eight rows at a time. */
    function addRows(sum, W, columns, active, values, n) {
      let i = 0;
      for (; i + 7 < n; i += 8) {
        const r0 = active[i] * columns, r1 = active[i + 1] * columns, r2 = active[i + 2] * columns, r3 = active[i + 3] * columns;
        const r4 = active[i + 4] * columns, r5 = active[i + 5] * columns, r6 = active[i + 6] * columns, r7 = active[i + 7] * columns;
        const x0 = values[i], x1 = values[i + 1], x2 = values[i + 2], x3 = values[i + 3];
        const x4 = values[i + 4], x5 = values[i + 5], x6 = values[i + 6], x7 = values[i + 7];
        for (let j = 0; j < columns; j++) {
          sum[j] += x0 * W[r0 + j] + x1 * W[r1 + j] + x2 * W[r2 + j] + x3 * W[r3 + j]
            + x4 * W[r4 + j] + x5 * W[r5 + j] + x6 * W[r6 + j] + x7 * W[r7 + j];
        }
      }
      for (; i < n; i++) {
        const [row, x] = [active[i] * columns, values[i]];
        for (let j = 0; j < columns; j++) sum[j] += x * W[row + j];
      }
    }

    function moments(x) {
      let [sum, squares] = [0, 0];
      for (let i = 0; i < x.length; i++) {
        sum += x[i];
        squares += x[i] * x[i];
      }
      const mean = sum / x.length;
      return { mean, variance: Math.max(squares / x.length - mean * mean, 0) };
    }

    /** Returns answers, losses (nats) and the activations that are asked for, of all pairs a*p + b.
        `accuracy` and `loss` are means over the pairs computed, `entropy` is that of the attention
        pattern (nats, over heads and pairs). Options: `temperature` divides the scores; `layerNorm`
        {attention, mlp, final} inserts a normalisation without gain or bias before each part;
        `pairs` restricts the work to some; `neurons` and `logits` list whose maps are wanted;
        `streams` asks for `{mid, post}`, mean and variance over d_model of resid_mid and resid_post. */
    function allPairs(weights, info, op = 0, options = {}) {
      checkActivation(info);
      const { temperature = 1, layerNorm = NONE, pairs = null, neurons = [], logits: classes = [], streams = false } = options;
      const { p, d_model: d, n_heads: heads, d_mlp: m } = info;
      const found = tables(weights, info, op, { layerNorm, streams });
      const n = p * p;
      const answers = new Uint16Array(n);
      const losses = new Float32Array(n);
      const maps = { neurons: neurons.map(() => new Float32Array(n)), logits: classes.map(() => new Float32Array(n)) };
      const along = () => ({ means: new Float32Array(n), variances: new Float32Array(n) });
      const seen = streams ? { mid: along(), post: along() } : null;
      const note = ({ means, variances }, pair) => ({ mean: means[pair], variance: variances[pair] } = moments(mid));
      const pattern = new Float64Array(heads * PLACES);
      const pre = new Float64Array(m);
      const [active, values] = [new Int32Array(m), new Float64Array(m)];
      const post = neurons.length ? new Float64Array(m) : null;
      const [mid, logits] = [new Float64Array(d), new Float64Array(p)];
      let [entropy, right, loss] = [0, 0, 0];
      const count = pairs ? pairs.length : n;

      for (let step = 0; step < count; step++) {
        const pair = pairs ? pairs[step] : step;
        const [a, b] = [Math.floor(pair / p), pair % p];
        const rows = [a, p + b, 2 * p];
        attend(pattern, found.scores, heads, rows, temperature);
        for (const share of pattern) if (share > 0) entropy -= share * Math.log(share);

        pre.set(found.constPre);
        mix(pre, found.pre, m, heads, rows, pattern);
        if (found.mid) {
          mid.set(found.stream);
          mix(mid, found.mid, d, heads, rows, pattern);
        }
        if (seen) note(seen.mid, pair);
        const { mean, variance } = layerNorm.mlp ? moments(mid) : { mean: 0, variance: 1 - EPSILON };
        const scale = 1 / Math.sqrt(variance + EPSILON);
        let alive = 0;
        for (let j = 0; j < m; j++) {
          const x = (layerNorm.mlp ? (pre[j] - mean * found.sums[j]) * scale : pre[j]) + weights.b_in[j];
          if (post) post[j] = Math.max(x, 0);
          if (x > 0) {
            active[alive] = j;
            values[alive++] = x;
          }
        }
        neurons.forEach((j, i) => (maps.neurons[i][pair] = post[j]));

        if (layerNorm.final || seen) {
          for (let i = 0; i < d; i++) mid[i] += weights.b_out[i];
          addRows(mid, weights.W_out, d, active, values, alive);
        }
        if (seen) note(seen.post, pair);
        if (layerNorm.final) {
          logits.set(times(normalised(mid), weights.W_U, p, weights.b_U));
        } else {
          logits.set(found.constLogits);
          mix(logits, found.direct, p, heads, rows, pattern);
          addRows(logits, found.out, p, active, values, alive);
        }
        classes.forEach((c, i) => (maps.logits[i][pair] = logits[c]));

        let [best, highest, sum] = [0, -Infinity, 0];
        for (let c = 0; c < p; c++) {
          if (logits[c] > highest) [best, highest] = [c, logits[c]];
        }
        for (let c = 0; c < p; c++) sum += Math.exp(logits[c] - highest);
        const wanted = label(info, a, b, op);
        answers[pair] = best;
        losses[pair] = highest - logits[wanted] + Math.log(sum);
        right += best === wanted;
        loss += losses[pair];
      }
      const means = { accuracy: right / count, loss: loss / count, entropy: entropy / count / heads };
      return { answers, losses, maps, ...means, ...(seen && { streams: seen }) };
    }

    /** Returns {accuracy, loss, n} over the pairs at which `mask` [p*p] equals `value`, over all without one. */
    function summarise({ answers, losses }, info, op = 0, mask = null, value = 1) {
      let [n, right, loss] = [0, 0, 0];
      for (let pair = 0; pair < answers.length; pair++) {
        if (mask && mask[pair] !== value) continue;
        n += 1;
        right += answers[pair] === label(info, Math.floor(pair / info.p), pair % info.p, op);
        loss += losses[pair];
      }
      return { n, accuracy: n ? right / n : 0, loss: n ? loss / n : 0 };
    }

    // --- which wave a neuron follows ----------------------------------------------------------

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

    /** Returns of every neuron the `frequencies` [d_mlp] that its activation over all pairs of the numbers in `order`
        follows best, and the `shares` of its centred energy that it explains. `order` has the numbers as they stand
        on the operation's circle: 0 … p - 1 for addition, the powers of a primitive root for multiplication. */
    function clusters(weights, info, op, order) {
      checkActivation(info);
      const { p, n_heads: heads, d_mlp: m } = info;
      const found = tables(weights, info, op, { layerNorm: NONE });
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
            surfaces[neuron * n * n + i * n + j] = Math.max(pre[neuron] + weights.b_in[neuron], 0);
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

    return { halves, unpack, label, withoutFrequencies, normalised, softmax, forward, allPairs, summarise, waves, frequencyOf, clusters };
  }

  const network = { ...define(), source: `(${define})()` };
  if (typeof module !== "undefined") module.exports = network;
  else Timeless.network = network;
})();
