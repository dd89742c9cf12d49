/* Training in plain JavaScript: the reference that a faster engine is tested against, and what runs where none can.
   Weights and moments are float32, all between them float64. As in timeless/training/factorised.py, keys and values are
   computed once for each (token, place), 2p + 1 rows, and the rest for each pair. What it exports is also text for a
   worker, see trainer.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { sizeOf, shapesOf, named } = inNode ? require("./layout.js") : Timeless.trainer;

  const BLOCK = 64; // pairs that pass together, so that what they need stays near the processor
  const PLACES = 3; // a, b and the operation
  const [BETA1, BETA2, EPSILON] = [0.9, 0.98, 1e-8];

  // --- products -----------------------------------------------------------------------------

  /** Adds A [n, k] B [k, m] to C [n, m]. */
  function addProduct(C, A, B, n, k, m) {
    for (let i = 0; i < n; i++) {
      const c = C.subarray(i * m, (i + 1) * m);
      let j = 0;
      for (; j + 3 < k; j += 4) {
        const [x0, x1, x2, x3] = [A[i * k + j], A[i * k + j + 1], A[i * k + j + 2], A[i * k + j + 3]];
        const [r0, r1, r2, r3] = [j * m, (j + 1) * m, (j + 2) * m, (j + 3) * m];
        for (let l = 0; l < m; l++) c[l] += x0 * B[r0 + l] + x1 * B[r1 + l] + x2 * B[r2 + l] + x3 * B[r3 + l];
      }
      for (; j < k; j++) for (let l = 0; l < m; l++) c[l] += A[i * k + j] * B[j * m + l];
    }
  }

  /** Adds D [n, m] B' to C [n, k]; B is [k, m]. */
  function addBack(C, D, B, n, k, m) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < k; j++) {
        let [even, odd, l] = [0, 0, 0];
        for (; l + 1 < m; l += 2) {
          even += D[i * m + l] * B[j * m + l];
          odd += D[i * m + l + 1] * B[j * m + l + 1];
        }
        C[i * k + j] += even + odd + (l < m ? D[i * m + l] * B[j * m + l] : 0);
      }
    }
  }

  /** Adds A' D to G [k, m], the gradient of B in A [n, k] B; D is [n, m]. */
  function addOuter(G, A, D, n, k, m) {
    for (let j = 0; j < k; j++) {
      let i = 0;
      for (; i + 3 < n; i += 4) {
        const [x0, x1, x2, x3] = [A[i * k + j], A[(i + 1) * k + j], A[(i + 2) * k + j], A[(i + 3) * k + j]];
        if (!x0 && !x1 && !x2 && !x3) continue;
        const [r0, r1, r2, r3] = [i * m, (i + 1) * m, (i + 2) * m, (i + 3) * m];
        for (let l = 0; l < m; l++) G[j * m + l] += x0 * D[r0 + l] + x1 * D[r1 + l] + x2 * D[r2 + l] + x3 * D[r3 + l];
      }
      for (; i < n; i++) for (let l = 0; l < m; l++) G[j * m + l] += A[i * k + j] * D[i * m + l];
    }
  }

  /** Adds the rows of D [n, m] to g [m]. */
  function addRowsOf(g, D, n, m) {
    for (let i = 0; i < n; i++) for (let l = 0; l < m; l++) g[l] += D[i * m + l];
  }

  /** Fills the rows of C [n, m] with a row c. */
  function fillRows(C, c, n, m) {
    for (let i = 0; i < n; i++) C.set(m === c.length ? c : c.subarray(0, m), i * m);
  }

  // --- activation ---------------------------------------------------------------------------

  /** Returns the share of a normal distribution below x, within 1e-7. Source: Press et al., Numerical Recipes, erfc. */
  function below(x) {
    const z = Math.abs(x) / Math.SQRT2;
    const t = 1 / (1 + 0.5 * z);
    const terms = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223];
    let sum = 0;
    for (const term of terms) sum = sum * t + term;
    const tail = (t * Math.exp(sum - z * z)) / 2;
    return x > 0 ? 1 - tail : tail;
  }

  const slopeOfGelu = (x) => below(x) + x * Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

  function activate(post, pre, gelu) {
    for (let i = 0; i < pre.length; i++) post[i] = gelu ? pre[i] * below(pre[i]) : Math.max(pre[i], 0);
  }

  function activateBack(d_post, pre, gelu) {
    for (let i = 0; i < pre.length; i++) {
      if (gelu) d_post[i] *= slopeOfGelu(pre[i]);
      else if (pre[i] <= 0) d_post[i] = 0;
    }
  }

  // --- attention ----------------------------------------------------------------------------

  /** Returns what all pairs share: the rows read (`x` [2p + 1, d]: a at 0, b at 1, the operation at 2), their values `v`
      [rows, d], heads side by side, and scores [rows, heads]; with what the backward pass needs of them. */
  function shared(W, { p, d_model: d, n_heads: heads }) {
    const [rows, width] = [2 * p + 1, d / heads];
    const x = new Float64Array(rows * d);
    for (let r = 0; r < rows; r++) {
      const [token, place] = [r < 2 * p ? r % p : p, Math.floor(r / p)];
      for (let i = 0; i < d; i++) x[r * d + i] = W.W_E[token * d + i] + W.W_pos[place * d + i];
    }
    const op = x.subarray((rows - 1) * d);
    const [query, asked] = [new Float64Array(d), new Float64Array(heads * d)];
    const [v, scores] = [new Float64Array(rows * d), new Float64Array(rows * heads)];
    for (let h = 0; h < heads; h++) {
      const own = (name) => W[name].subarray(h * d * width, (h + 1) * d * width);
      const q = query.subarray(h * width, (h + 1) * width);
      addProduct(q, op, own("W_Q"), 1, d, width);
      const u = asked.subarray(h * d, (h + 1) * d);
      addBack(u, q, own("W_K"), 1, d, width);
      for (let i = 0; i < d; i++) u[i] /= Math.sqrt(width);
      const values = new Float64Array(rows * width);
      addProduct(values, x, own("W_V"), rows, d, width);
      for (let r = 0; r < rows; r++) v.set(values.subarray(r * width, (r + 1) * width), r * d + h * width);
    }
    addBack(scores, x, asked, rows, heads, d);
    return { rows, width, x, op, query, asked, v, scores };
  }

  /** Adds the gradients of what `shared` computes, `d_v` and `d_scores`, to those of the weights. */
  function sharedBack(G, W, { d_v, d_scores, d_op }, { rows, width, x, op, query, asked }, { p, d_model: d, n_heads: heads }) {
    const [d_x, d_asked] = [new Float64Array(rows * d), new Float64Array(heads * d)];
    d_x.set(d_op, (rows - 1) * d);
    addProduct(d_x, d_scores, asked, rows, heads, d);
    addOuter(d_asked, d_scores, x, rows, heads, d);
    const last = d_x.subarray((rows - 1) * d);
    for (let h = 0; h < heads; h++) {
      const own = (set, name) => set[name].subarray(h * d * width, (h + 1) * d * width);
      const d_values = new Float64Array(rows * width);
      for (let r = 0; r < rows; r++) d_values.set(d_v.subarray(r * d + h * width, r * d + (h + 1) * width), r * width);
      addOuter(own(G, "W_V"), x, d_values, rows, d, width);
      addBack(d_x, d_values, own(W, "W_V"), rows, d, width);
      const u = d_asked.subarray(h * d, (h + 1) * d).map((g) => g / Math.sqrt(width));
      const q = query.subarray(h * width, (h + 1) * width);
      const d_q = new Float64Array(width);
      addProduct(own(G, "W_K"), u, q, d, 1, width);
      addProduct(d_q, u, own(W, "W_K"), 1, d, width);
      addProduct(own(G, "W_Q"), op, d_q, d, 1, width);
      addBack(last, d_q, own(W, "W_Q"), 1, d, width);
    }
    for (let r = 0; r < rows; r++) {
      const [token, place] = [r < 2 * p ? r % p : p, Math.floor(r / p)];
      for (let i = 0; i < d; i++) {
        G.W_E[token * d + i] += d_x[r * d + i];
        G.W_pos[place * d + i] += d_x[r * d + i];
      }
    }
  }

  const rowsOf = (pair, p) => [Math.floor(pair / p), p + (pair % p), 2 * p];

  /** Fills z and pattern of pair number i of a block. */
  function attend({ pattern, z }, i, rows, { v, scores, width }, { d_model: d, n_heads: heads }) {
    for (let h = 0; h < heads; h++) {
      const s = rows.map((r) => scores[r * heads + h]);
      const highest = Math.max(...s);
      const e = s.map((one) => Math.exp(one - highest));
      const sum = e[0] + e[1] + e[2];
      for (let place = 0; place < PLACES; place++) pattern[(i * heads + h) * PLACES + place] = e[place] / sum;
      for (let l = h * width; l < (h + 1) * width; l++) {
        z[i * d + l] = (e[0] * v[rows[0] * d + l] + e[1] * v[rows[1] * d + l] + e[2] * v[rows[2] * d + l]) / sum;
      }
    }
  }

  /** Adds the gradients of values and scores for pair number i of a block, given that of z. */
  function attendBack({ pattern, d_z }, i, rows, { v, width }, { d_v, d_scores }, { d_model: d, n_heads: heads }) {
    for (let h = 0; h < heads; h++) {
      const own = pattern.subarray((i * heads + h) * PLACES, (i * heads + h + 1) * PLACES);
      const d_own = rows.map((r, place) => {
        let sum = 0;
        for (let l = h * width; l < (h + 1) * width; l++) {
          sum += d_z[i * d + l] * v[r * d + l];
          d_v[r * d + l] += own[place] * d_z[i * d + l];
        }
        return sum;
      });
      const mean = own[0] * d_own[0] + own[1] * d_own[1] + own[2] * d_own[2];
      rows.forEach((r, place) => (d_scores[r * heads + h] += own[place] * (d_own[place] - mean)));
    }
  }

  // --- loss ---------------------------------------------------------------------------------

  /** Turns the logits [p] of a pair at `start` into the gradient of its loss, times `share`; returns its loss in nats and
      its answer. Both keep their digits however sure the answer is: the loss is log1p of the sum of exp(l_j - l_y), the right
      class's gradient minus the sum of the others. */
  function lossOf(logits, start, p, label, share) {
    let answer = 0;
    for (let j = 1; j < p; j++) if (logits[start + j] > logits[start + answer]) answer = j;
    const [highest, right] = [logits[start + answer], logits[start + label]];
    let others = 0;
    for (let j = 0; j < p; j++) {
      const e = Math.exp(logits[start + j] - highest);
      logits[start + j] = e;
      if (j !== label) others += e;
    }
    const total = others + logits[start + label];
    for (let j = 0; j < p; j++) logits[start + j] *= share / total;
    logits[start + label] = (-share * others) / total;
    return { answer, loss: answer === label ? Math.log1p(others) : highest - right + Math.log(total) };
  }

  // --- passes -------------------------------------------------------------------------------

  /** Returns the arrays of one block of pairs. */
  function block({ p, d_model: d, d_mlp: m, n_heads: heads }) {
    const room = (columns) => new Float64Array(BLOCK * columns);
    return {
      pattern: room(heads * PLACES), z: room(d), mid: room(d), pre: room(m), post: room(m), out: room(d), logits: room(p),
      d_out: room(d), d_mid: room(d), d_post: room(m), d_z: room(d),
    };
  }

  /** Fills a block with the activations of n pairs, `logits` last. */
  function forwardBlock(B, pairs, W, common, config) {
    const [n, { p, d_model: d, d_mlp: m }] = [pairs.length, config];
    pairs.forEach((pair, i) => attend(B, i, rowsOf(pair, p), common, config));
    fillRows(B.mid, common.op, n, d);
    addProduct(B.mid, B.z, W.W_O, n, d, d);
    fillRows(B.pre, W.b_in, n, m);
    addProduct(B.pre, B.mid, W.W_in, n, d, m);
    activate(B.post, B.pre, config.activation === "gelu");
    B.out.set(B.mid);
    for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) B.out[i * d + j] += W.b_out[j];
    addProduct(B.out, B.post, W.W_out, n, m, d);
    fillRows(B.logits, W.b_U, n, p);
    addProduct(B.logits, B.out, W.W_U, n, d, p);
  }

  /** Adds the gradients of n pairs, whose `logits` have become those of the loss. */
  function backwardBlock(B, pairs, W, common, G, sums, config) {
    const [n, { p, d_model: d, d_mlp: m }] = [pairs.length, config];
    addOuter(G.W_U, B.out, B.logits, n, d, p);
    addRowsOf(G.b_U, B.logits, n, p);
    B.d_out.fill(0);
    addBack(B.d_out, B.logits, W.W_U, n, d, p);
    addOuter(G.W_out, B.post, B.d_out, n, m, d);
    addRowsOf(G.b_out, B.d_out, n, d);
    B.d_post.fill(0);
    addBack(B.d_post, B.d_out, W.W_out, n, m, d);
    activateBack(B.d_post, B.pre, config.activation === "gelu");
    addOuter(G.W_in, B.mid, B.d_post, n, d, m);
    addRowsOf(G.b_in, B.d_post, n, m);
    B.d_mid.set(B.d_out);
    addBack(B.d_mid, B.d_post, W.W_in, n, d, m);
    addOuter(G.W_O, B.z, B.d_mid, n, d, d);
    addRowsOf(sums.d_op, B.d_mid, n, d);
    B.d_z.fill(0);
    addBack(B.d_z, B.d_mid, W.W_O, n, d, d);
    pairs.forEach((pair, i) => attendBack(B, i, rowsOf(pair, p), common, sums, config));
  }

  /** Returns `{loss, accuracy, answers}` of some pairs under flat weights, the mean loss in nats; with `gradients`, a flat
      array of zeros, adds those of the mean loss to it. */
  function pass(flat, config, labels, pairs, gradients = null) {
    const W = named(Float64Array.from(flat), config);
    const G = gradients && named(gradients, config);
    const common = shared(W, config);
    const { p, d_model: d, n_heads: heads } = config;
    const sums = { d_v: new Float64Array(common.rows * d), d_scores: new Float64Array(common.rows * heads), d_op: new Float64Array(d) };
    const B = block(config);
    const answers = new Uint8Array(pairs.length);
    const losses = new Float64Array(pairs.length);
    let right = 0;
    for (let start = 0; start < pairs.length; start += BLOCK) {
      const own = pairs.subarray(start, start + BLOCK);
      forwardBlock(B, own, W, common, config);
      own.forEach((pair, i) => {
        const { answer, loss } = lossOf(B.logits, i * p, p, labels[pair], 1 / pairs.length);
        answers[start + i] = answer;
        losses[start + i] = loss;
        right += answer === labels[pair];
      });
      if (G) backwardBlock(B, own, W, common, G, sums, config);
    }
    if (G) sharedBack(G, W, sums, common, config);
    return { loss: losses.reduce((sum, loss) => sum + loss, 0) / pairs.length, losses, accuracy: right / pairs.length, answers };
  }

  /** Updates weights and moments (AdamW with decoupled decay and linear warm-up, as timeless/training/adamw.py). */
  function update({ weights, moment1, moment2, epoch }, gradients, { learning_rate, weight_decay, warmup }) {
    const warm = Math.min(1, epoch / Math.max(warmup, 1));
    const [scale1, scale2] = [warm / (1 - BETA1 ** epoch), 1 / (1 - BETA2 ** epoch)];
    const kept = 1 - learning_rate * weight_decay * warm;
    for (let i = 0; i < weights.length; i++) {
      const g = gradients[i];
      const m1 = (moment1[i] += (1 - BETA1) * (g - moment1[i]));
      const m2 = (moment2[i] = BETA2 * moment2[i] + (1 - BETA2) * g * g);
      weights[i] = kept * weights[i] - (learning_rate * m1 * scale1) / (Math.sqrt(m2 * scale2) + EPSILON);
    }
  }

  // --- a training ---------------------------------------------------------------------------

  /** Returns a training that has not begun: the functions of a trainer (see trainer.js), which return at once. */
  function plain() {
    let [config, given, state, gradients] = [];
    const functions = {
      begin(chosen, problem) {
        const { weights } = problem;
        [config, given] = [{ ...chosen }, problem];
        state = { epoch: 0, weights: weights.slice(), moment1: new Float32Array(weights.length), moment2: new Float32Array(weights.length) };
        gradients = new Float64Array(weights.length);
      },
      run(n) {
        let found = { loss: NaN, accuracy: NaN };
        for (let step = 0; step < n; step++) {
          gradients.fill(0);
          found = pass(state.weights, config, given.labels, given.train, gradients);
          state.epoch += 1;
          update(state, gradients, config);
        }
        const norm2 = state.weights.reduce((sum, w) => sum + w * w, 0);
        return { epoch: state.epoch, train_loss: found.loss, train_accuracy: found.accuracy, norm2 };
      },
      evaluate() {
        const { labels, kinds } = given;
        const { answers, losses } = pass(state.weights, config, labels, Uint16Array.from(labels.keys()));
        const sums = [[0, 0, 0], [0, 0, 0]]; // of train and test: pairs, loss, right answers
        answers.forEach((answer, pair) => {
          const own = sums[kinds[pair] ? 1 : 0];
          [1, losses[pair], answer === labels[pair]].forEach((value, i) => (own[i] += Number(value)));
        });
        const [[n, loss, right], [test_n, test_loss, test_right]] = sums;
        return { train_loss: loss / n, train_accuracy: right / n, test_loss: test_loss / test_n, test_accuracy: test_right / test_n, answers };
      },
      weights: () => named(state.weights.slice(), config),
      state: () => ({ epoch: state.epoch, weights: state.weights.slice(), moment1: state.moment1.slice(), moment2: state.moment2.slice() }),
      restore({ epoch, weights, moment1, moment2 }) {
        state = { epoch, weights: weights.slice(), moment1: moment1.slice(), moment2: moment2.slice() };
      },
      set: (changes) => void Object.assign(config, changes),
    };
    return functions;
  }

  const exported = {
    BLOCK, PLACES, BETA1, BETA2, EPSILON, sizeOf, shapesOf, named,
    addProduct, addBack, addOuter, addRowsOf, fillRows, below, slopeOfGelu, activate, activateBack,
    shared, sharedBack, rowsOf, attend, attendBack, lossOf, block, forwardBlock, backwardBlock, pass, update, plain,
  };
  if (inNode) module.exports = exported;
  else Timeless.trainer = { ...Timeless.trainer, parts: exported };
})();
