/* All pairs of the trained network at once, by tables of what depends on one token alone.
   What it exports is also text for a worker, see network.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { NONE, EPSILON, PLACES, activationOf, label, times, plus, normalised, softmax } = inNode
    ? { ...require("./activation.js"), ...require("./forward.js") } : Timeless.network;

  const PLAIN = { temperature: 1, layerNorm: NONE, pairs: null, neurons: [], logits: [], streams: false }; // nothing asked for

  /** Returns A [n, k] B [k, m] (both row-major, from their offsets), as Float32Array [n, m]; four rows of B at a time. */
  function product(A, B, n, k, m, fromA = 0, fromB = 0) {
    const C = new Float32Array(n * m);
    const row = new Float64Array(m);
    const rows = new Float64Array(B.subarray(fromB, fromB + k * m)); // read n times: no conversion there
    for (let i = 0; i < n; i++) {
      row.fill(0);
      addAlong(row, rows, m, A.subarray(fromA + i * k, fromA + (i + 1) * k), k);
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
      made.out = new Float64Array(product(weights.W_out, weights.W_U, m, d, p)); // read most often: no conversion there
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

  /** Adds to `sum` the rows of a table [rows, heads, columns] that a pair reads, each by its attention; two heads at a time. */
  function mix(sum, table, columns, heads, rows, pattern) {
    let h = 0;
    for (; h + 1 < heads; h += 2) {
      const at = h * PLACES;
      const x0 = pattern[at], x1 = pattern[at + 1], x2 = pattern[at + 2];
      const y0 = pattern[at + 3], y1 = pattern[at + 4], y2 = pattern[at + 5];
      const r0 = (rows[0] * heads + h) * columns, r1 = (rows[1] * heads + h) * columns, r2 = (rows[2] * heads + h) * columns;
      const s0 = r0 + columns, s1 = r1 + columns, s2 = r2 + columns;
      for (let j = 0; j < columns; j++) {
        sum[j] += x0 * table[r0 + j] + x1 * table[r1 + j] + x2 * table[r2 + j] + (y0 * table[s0 + j] + y1 * table[s1 + j] + y2 * table[s2 + j]);
      }
    }
    for (; h < heads; h++) {
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

  /** Adds the rows `active` [n] of W, each times its value, to `sum`, eight rows at a time; sums in pairs do not wait for each other. */
  function addRows(sum, W, columns, active, values, n) {
    let i = 0;
    for (; i + 7 < n; i += 8) {
      const r0 = active[i] * columns, r1 = active[i + 1] * columns, r2 = active[i + 2] * columns, r3 = active[i + 3] * columns;
      const r4 = active[i + 4] * columns, r5 = active[i + 5] * columns, r6 = active[i + 6] * columns, r7 = active[i + 7] * columns;
      const x0 = values[i], x1 = values[i + 1], x2 = values[i + 2], x3 = values[i + 3];
      const x4 = values[i + 4], x5 = values[i + 5], x6 = values[i + 6], x7 = values[i + 7];
      for (let j = 0; j < columns; j++) {
        sum[j] += x0 * W[r0 + j] + x1 * W[r1 + j] + (x2 * W[r2 + j] + x3 * W[r3 + j])
          + (x4 * W[r4 + j] + x5 * W[r5 + j] + (x6 * W[r6 + j] + x7 * W[r7 + j]));
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

  /** Returns what the computing of pairs works with: tables, the arrays of one pair, and the results so far. */
  function workspace(weights, info, op, asked) {
    const { p, d_model: d, n_heads: heads, d_mlp: m } = info;
    const n = p * p;
    const along = () => ({ means: new Float32Array(n), variances: new Float32Array(n) });
    const mapsOf = (list) => list.map(() => new Float32Array(n));
    return {
      weights, info, op, asked,
      found: tables(weights, info, op, asked),
      rows: [0, 0, 2 * p], // of the tables, that a pair reads
      pattern: new Float64Array(heads * PLACES),
      pre: new Float64Array(m), post: asked.neurons.length ? new Float64Array(m) : null,
      fire: activationOf(info),
      active: new Int32Array(m), values: new Float64Array(m), alive: 0, // neurons that are not 0
      mid: new Float64Array(d), logits: new Float64Array(p),
      answers: new Uint16Array(n), losses: new Float32Array(n),
      maps: { neurons: mapsOf(asked.neurons), logits: mapsOf(asked.logits) },
      streams: asked.streams ? { mid: along(), post: along() } : null,
      entropy: 0, right: 0, loss: 0,
    };
  }

  /** Writes mean and variance of the stream at a pair. */
  function note({ means, variances }, pair, stream) {
    const { mean, variance } = moments(stream);
    means[pair] = mean;
    variances[pair] = variance;
  }

  /** Computes attention, and with it what enters the MLP; `mid` is filled where it is wanted. */
  function readPair(work, pair) {
    const { info: { d_model: d, n_heads: heads, d_mlp: m }, asked, found, rows, pattern, pre, mid } = work;
    attend(pattern, found.scores, heads, rows, asked.temperature);
    for (const share of pattern) if (share > 0) work.entropy -= share * Math.log(share);
    pre.set(found.constPre);
    mix(pre, found.pre, m, heads, rows, pattern);
    if (found.mid) {
      mid.set(found.stream);
      mix(mid, found.mid, d, heads, rows, pattern);
    }
    if (work.streams) note(work.streams.mid, pair, mid);
  }

  /** Computes the neurons: those that are not 0 with their values, and all where maps of some are wanted. */
  function activate(work, pair) {
    const { weights: { b_in }, info: { d_mlp: m }, asked, found, pre, post, active, values, mid, fire } = work;
    const inserted = asked.layerNorm.mlp;
    const { mean, variance } = inserted ? moments(mid) : { mean: 0, variance: 1 };
    const scale = 1 / Math.sqrt(variance + EPSILON);
    let alive = 0;
    for (let j = 0; j < m; j++) {
      const value = fire((inserted ? (pre[j] - mean * found.sums[j]) * scale : pre[j]) + b_in[j]);
      if (post) post[j] = value;
      if (value !== 0) {
        active[alive] = j;
        values[alive++] = value;
      }
    }
    work.alive = alive;
    asked.neurons.forEach((j, i) => (work.maps.neurons[i][pair] = post[j]));
  }

  /** Computes the logits. */
  function unembed(work, pair) {
    const { weights, info: { p, d_model: d, n_heads: heads }, asked, found, rows, pattern, active, values, alive, mid, logits } = work;
    const { final } = asked.layerNorm;
    if (final || work.streams) {
      for (let i = 0; i < d; i++) mid[i] += weights.b_out[i];
      addRows(mid, weights.W_out, d, active, values, alive);
    }
    if (work.streams) note(work.streams.post, pair, mid);
    if (final) {
      logits.set(times(normalised(mid), weights.W_U, p, weights.b_U));
    } else {
      logits.set(found.constLogits);
      mix(logits, found.direct, p, heads, rows, pattern);
      addRows(logits, found.out, p, active, values, alive);
    }
    asked.logits.forEach((c, i) => (work.maps.logits[i][pair] = logits[c]));
  }

  /** Takes the answer of a pair and its loss from the logits. */
  function score(work, pair) {
    const { info, logits, rows: [a] } = work;
    const { p } = info;
    let [best, highest, sum] = [0, -Infinity, 0];
    for (let c = 0; c < p; c++) {
      if (logits[c] > highest) [best, highest] = [c, logits[c]];
    }
    for (let c = 0; c < p; c++) sum += Math.exp(logits[c] - highest);
    const wanted = label(info, a, pair % p, work.op);
    work.answers[pair] = best;
    work.losses[pair] = highest - logits[wanted] + Math.log(sum);
    work.right += best === wanted;
    work.loss += work.losses[pair];
  }

  /** Returns answers, losses (nats) and the activations that are asked for, of all pairs a*p + b.
      `accuracy` and `loss` are means over the pairs computed, `entropy` is that of the attention
      pattern (nats, over heads and pairs). Options: `temperature` divides the scores; `layerNorm`
      {attention, mlp, final} inserts a normalisation without gain or bias before each part;
      `pairs` restricts the work to some; `neurons` and `logits` list whose maps are wanted;
      `streams` asks for `{mid, post}`, mean and variance over d_model of resid_mid and resid_post. */
  function allPairs(weights, info, op = 0, options = {}) {
    const { p, n_heads: heads } = info;
    const asked = { ...PLAIN, ...options };
    const { pairs, streams } = asked;
    const work = workspace(weights, info, op, asked);
    const count = pairs ? pairs.length : p * p;
    for (let step = 0; step < count; step++) {
      const pair = pairs ? pairs[step] : step;
      work.rows[0] = Math.floor(pair / p);
      work.rows[1] = p + (pair % p);
      readPair(work, pair);
      activate(work, pair);
      unembed(work, pair);
      score(work, pair);
    }
    const { answers, losses, maps, right, loss, entropy } = work;
    const means = { accuracy: right / count, loss: loss / count, entropy: entropy / count / heads };
    return { answers, losses, maps, ...means, ...(streams && { streams: work.streams }) };
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

  const exported = {
    PLAIN, product, through, tables, attend, mix, addAlong, addRows, moments, workspace, note, readPair, activate, unembed, score, allPairs, summarise,
  };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.network, exported);
})();
