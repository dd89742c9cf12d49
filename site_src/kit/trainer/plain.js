/* Training in plain JavaScript: the reference that a faster engine is tested against, and what runs where none can.
   Weights and moments are float32, all between them float64. What it exports is also text for a worker, see trainer.js in
   this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const arithmetic = inNode ? require("./arithmetic.js") : Timeless.trainer.arithmetic;
  const attention = inNode ? require("./attention.js") : Timeless.trainer.attention;
  const layout = inNode ? require("./layout.js") : Timeless.trainer.layout;
  const { addProduct, addBack, addOuter, addRowsOf, fillRows, activate, activateBack } = arithmetic;
  const { PLACES, shared, sharedBack, rowsOf, attend, attendBack } = attention;
  const { named } = layout;

  const BLOCK = 64; // pairs that pass together, so that what they need stays near the processor
  const [BETA1, BETA2, EPSILON] = [0.9, 0.98, 1e-8];

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

  /** Returns the numbers of AdamW (decoupled decay, linear warm-up, as timeless/training/adamw.py) in an epoch, the first being 1: the
      learning rate over the first moment's bias, one over the second's, and what decay leaves of a weight. */
  function scalesAt(epoch, { learning_rate, weight_decay, warmup }) {
    const warm = Math.min(1, epoch / Math.max(warmup, 1));
    return { scale1: (learning_rate * warm) / (1 - BETA1 ** epoch), scale2: 1 / (1 - BETA2 ** epoch), kept: 1 - learning_rate * weight_decay * warm };
  }

  /** Updates weights and moments by AdamW. */
  function update({ weights, moment1, moment2, epoch }, gradients, config) {
    const { scale1, scale2, kept } = scalesAt(epoch, config);
    for (let i = 0; i < weights.length; i++) {
      const g = gradients[i];
      const m1 = (moment1[i] += (1 - BETA1) * (g - moment1[i]));
      const m2 = (moment2[i] = BETA2 * moment2[i] + (1 - BETA2) * g * g);
      weights[i] = kept * weights[i] - (scale1 * m1) / (Math.sqrt(m2 * scale2) + EPSILON);
    }
  }

  /** Returns mean losses and accuracies of the pairs trained on and of all others, given what was found of all pairs, part after part. */
  function judged(parts, { labels, kinds }) {
    const answers = Uint8Array.from(parts.flatMap((part) => [...part.answers]));
    const losses = parts.flatMap((part) => [...part.losses]);
    const sums = [[0, 0, 0], [0, 0, 0]]; // of train and test: pairs, loss, right answers
    answers.forEach((answer, pair) => {
      const own = sums[kinds[pair] ? 1 : 0];
      [1, losses[pair], Number(answer === labels[pair])].forEach((value, i) => (own[i] += value));
    });
    const [[n, loss, right], [test_n, test_loss, test_right]] = sums;
    return { train_loss: loss / n, train_accuracy: right / n, test_loss: test_loss / test_n, test_accuracy: test_right / test_n, answers };
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
        const every = Uint16Array.from(given.labels.keys());
        return judged([pass(state.weights, config, given.labels, every)], given);
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
    ...arithmetic, ...attention, ...layout,
    BLOCK, BETA1, BETA2, EPSILON, lossOf, block, forwardBlock, backwardBlock, pass, scalesAt, update, judged, plain,
  };
  if (inNode) module.exports = exported;
  else Timeless.trainer = { ...Timeless.trainer, parts: exported };
})();
