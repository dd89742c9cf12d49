/* A share of the pairs: its part of the loss and of the gradient, and its answers, block by block in the compiled kernels. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const parts = inNode ? { ...require("./memory.js"), ...require("./tables.js") } : Timeless.kernels;
  const { BLOCK, FLOAT, layout, memoryOf, rowsFrom, matrix, show, multiplier, tabulate, tabulateBack } = parts;

  /** Returns n pairs from `first` on, as addresses. */
  const blockOf = ({ pairs, labels, n }, first) => ({ first, n: Math.min(BLOCK, n - first), pairs: pairs + 2 * first, labels: labels + first });

  /** Computes the logits of a block, and in their place the gradient of its losses times `share`. */
  function forward(kernels, it, block, share) {
    const { base, table, weights, post, logits, hidden, classes, p, heads } = it;
    const { n, pairs } = block;
    kernels.attend(weights, it.scores.at, pairs, n, p, heads);
    const mix = (to, from) => kernels.mix(to.at, to.row, base.at + FLOAT * from, table[0].at + FLOAT * from, table[0].row, weights, pairs, n, p, heads, to.columns);
    mix(post, 0);
    mix(logits, hidden);
    if (it.gelu) kernels.gelu(post.at, it.slope.at, n * hidden);
    else kernels.relu(post.at, n * hidden);
    multiplier(kernels, it.panel)(logits, rowsFrom(post, 0, n), it.last, true);
    kernels.losses(logits.at, block.labels, n, p, classes, share, it.answers + block.first, it.losses + 8 * block.first);
  }

  /** Adds what the gradient of a block's logits gives to those of tables, scores, base and `last`. */
  function backward(kernels, memory, it, block) {
    const { table, d_table, d_base, weights, d_weights, hidden, p, heads } = it;
    const { n, pairs } = block;
    const [post, logits, d_post] = [it.post, it.logits, it.d_post].map((all) => rowsFrom(all, 0, n));
    const mm = multiplier(kernels, it.panel);
    mm(it.d_last, matrix(post.at, hidden, n, 1, hidden), logits, true);
    mm(d_post, logits, it.lastTurned);
    if (it.gelu) kernels.geluBack(d_post.at, it.slope.at, n * hidden);
    else kernels.reluBack(d_post.at, post.at, n * hidden);
    memory.floats(d_weights, 2 * heads * n).fill(0);
    const back = (d, from) => {
      kernels.mixBack(d_table[0].at + FLOAT * from, d_weights, d.at, d.row, table[0].at + FLOAT * from, table[0].row, weights, pairs, n, p, heads, d.columns);
      kernels.addRows(d_base.at + FLOAT * from, d.at, d.row, n, d.columns);
    };
    back(d_post, 0);
    back(logits, hidden);
    kernels.attendBack(it.d_scores.at, d_weights, weights, pairs, n, p, heads);
  }

  /** Returns what one worker does, with an instance of the kernels, for its share of the pairs: `given` is {pairs, every,
      labels, share}, those to train on, those to answer, the labels [p * p] of all, and what each weighs in the mean loss. */
  function hand(instance, config, given) {
    const kernels = instance.exports;
    const memory = memoryOf(kernels);
    const it = layout(memory, config, given);

    function lossesOf({ n }) {
      return { answers: memory.bytes(it.answers, n).slice(), losses: memory.doubles(it.losses, n).slice() };
    }
    return {
      kernels, memory, it,
      weights: () => memory.floats(it.W.flat, it.n),
      gradient: () => memory.floats(it.G.flat, it.n),
      /** Computes the share's gradient; returns its part of the mean loss and how many of its answers are right. */
      learn() {
        const { train } = it;
        tabulate(kernels, memory, it);
        for (const sum of [...it.d_table, it.d_scores, it.d_base, it.d_last]) show(memory, sum).fill(0);
        for (let first = 0; first < train.n; first += BLOCK) {
          const block = blockOf(train, first);
          forward(kernels, it, block, given.share);
          backward(kernels, memory, it, block);
        }
        tabulateBack(kernels, memory, it);
        const [losses, answers, labels] = [memory.doubles(it.losses, train.n), memory.bytes(it.answers, train.n), memory.bytes(train.labels, train.n)];
        let [loss, right] = [0, 0];
        for (let i = 0; i < train.n; i++) {
          loss += losses[i] * given.share;
          right += answers[i] === labels[i];
        }
        return { loss, right };
      },
      /** Returns answers and losses of the pairs that this hand answers. */
      answer() {
        tabulate(kernels, memory, it);
        for (let first = 0; first < it.every.n; first += BLOCK) forward(kernels, it, blockOf(it.every, first), 1);
        return lossesOf(it.every);
      },
    };
  }

  const exported = { blockOf, forward, backward, hand };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.kernels, exported);
})();
