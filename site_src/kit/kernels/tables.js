/* What all pairs share, computed from the weights once a step, and the way back: timeless/training/tables.py, in the kernels.
   Rows x [2p + 1, d] are the stream's at a's place and at b's, each less the operation's own row, which is the last. As a softmax
   does not see a constant, the scores of the operation are then 0, and what its row adds is part of the base:

     mlp_pre, direct logits = base + sum over heads (weight_a table[h, a] + weight_b table[h, p + b])
     table[h] = x W_V[h] W_O[h] [W_in, W_U]      base = sum of the tables' last rows + x_op [W_in, W_U] + biases
     logits = direct logits + mlp_post last      last = W_out W_U

   `out` is [W_in, W_U], each filled up with zeros to whole eights of columns. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { turned, rowsFrom, columnsFrom, matrix } = inNode ? require("./memory.js") : Timeless.kernels;

  /** Returns mm(C, A, B, add): C = A B, or C += A B. */
  function multiplier(kernels, panel) {
    return (C, A, B, add = false) =>
      kernels.multiply(C.at, C.row, A.at, A.row, A.column, B.at, B.row, B.column, A.rows, A.columns, B.columns, panel, add);
  }

  const show = (memory, A) => memory.floats(A.at, A.rows * A.columns);

  /** Adds to each number of an array `scale` times that of another. */
  function addTo(sum, numbers, scale = 1) {
    for (let i = 0; i < sum.length; i++) sum[i] += scale * numbers[i];
  }

  /** Fills x with the rows that are read. */
  function readRows(memory, { W, x, p, d }) {
    const [rows, E, pos] = [show(memory, x), show(memory, W.W_E), show(memory, W.W_pos)];
    for (let i = 0; i < d; i++) {
      const op = E[p * d + i] + pos[2 * d + i];
      for (let t = 0; t < p; t++) {
        rows[t * d + i] = E[t * d + i] + pos[i] - op;
        rows[(p + t) * d + i] = E[t * d + i] + pos[d + i] - op;
      }
      rows[2 * p * d + i] = op;
    }
  }

  /** Copies columns of each row of one matrix into another's. */
  function copyColumns(memory, to, from) {
    for (let i = 0; i < from.rows; i++) {
      const [target, source] = [rowsFrom(to, i, 1), rowsFrom(from, i, 1)];
      memory.floats(target.at, from.columns).set(memory.floats(source.at, from.columns));
    }
  }

  /** Computes tables, scores and base from the weights. */
  function tabulate(kernels, memory, it) {
    const { W, x, out, hidden, p, k, heads } = it;
    const mm = multiplier(kernels, it.panel);
    readRows(memory, it);
    const [numbers, op] = [rowsFrom(x, 0, 2 * p), rowsFrom(x, 2 * p, 1)];
    copyColumns(memory, out, W.W_in);
    copyColumns(memory, columnsFrom(out, hidden, p), W.W_U);
    mm(it.base, op, out);
    const base = show(memory, it.base);
    for (let h = 0; h < heads; h++) {
      const query = rowsFrom(it.query, h, 1);
      mm(query, op, W.W_Q[h]);
      const asks = show(memory, query);
      for (let i = 0; i < k; i++) asks[i] /= Math.sqrt(k);
      mm(rowsFrom(it.asked, h, 1), query, turned(W.W_K[h]));
      mm(it.values[h], x, W.W_V[h]);
      mm(it.merged[h], W.W_O[h], out);
      mm(it.table[h], it.values[h], it.merged[h]);
      addTo(base, show(memory, rowsFrom(it.table[h], 2 * p, 1)));
    }
    mm(it.scores, numbers, turned(it.asked));
    addTo(base.subarray(0, W.b_in.columns), show(memory, W.b_in));
    addTo(base.subarray(hidden, hidden + p), show(memory, W.b_U));
    mm(columnsFrom(it.base, hidden, p), W.b_out, W.W_U, true);
    mm(it.last, W.W_out, W.W_U);
    kernels.transpose(it.lastTurned.at, it.lastTurned.row, it.last.at, it.last.row, it.last.rows, it.last.columns);
  }

  /** Makes the gradient of the weights from those of tables, scores, base and `last`. */
  function tabulateBack(kernels, memory, it) {
    const { W, G, x, d_x, d_out, d_base, hidden, p, heads } = it;
    const mm = multiplier(kernels, it.panel);
    const [op, d_op] = [rowsFrom(x, 2 * p, 1), rowsFrom(d_x, 2 * p, 1)];
    show(memory, d_x).fill(0);
    mm(d_out, turned(op), d_base);
    mm(d_op, d_base, turned(it.out), true);
    for (let h = 0; h < heads; h++) {
      show(memory, rowsFrom(it.d_table[h], 2 * p, 1)).set(show(memory, d_base));
      mm(it.d_merged, turned(it.values[h]), it.d_table[h]);
      mm(it.d_values, it.d_table[h], turned(it.merged[h]));
      mm(G.W_O[h], it.d_merged, turned(it.out));
      mm(d_out, turned(W.W_O[h]), it.d_merged, true);
      mm(G.W_V[h], turned(x), it.d_values);
      mm(d_x, it.d_values, turned(W.W_V[h]), true);
    }
    askBack(mm, memory, it, op, d_op);
    copyColumns(memory, G.W_in, columnsFrom(d_out, 0, W.W_in.columns));
    copyColumns(memory, G.W_U, columnsFrom(d_out, hidden, p));
    const [own, d_logits] = [columnsFrom(d_base, 0, W.b_in.columns), columnsFrom(d_base, hidden, p)];
    copyColumns(memory, G.b_in, own);
    copyColumns(memory, G.b_U, d_logits);
    mm(G.b_out, d_logits, turned(W.W_U));
    mm(G.W_U, turned(W.b_out), d_logits, true);
    const d_last = matrix(it.d_last.at, W.W_out.rows, p, it.classes);
    mm(G.W_out, d_last, turned(W.W_U));
    mm(G.W_U, turned(W.W_out), d_last, true);
    readRowsBack(memory, it);
  }

  /** Adds what comes back from the scores, by way of the operation's query and all keys. */
  function askBack(mm, memory, { W, G, x, d_x, query, asked, d_query, d_asked, d_scores, p, k, heads }, op, d_op) {
    const [numbers, d_numbers] = [rowsFrom(x, 0, 2 * p), rowsFrom(d_x, 0, 2 * p)];
    mm(d_numbers, d_scores, asked, true);
    mm(d_asked, turned(d_scores), numbers);
    for (let h = 0; h < heads; h++) {
      const d_own = rowsFrom(d_asked, h, 1);
      mm(G.W_K[h], turned(d_own), rowsFrom(query, h, 1));
      mm(d_query, d_own, W.W_K[h]);
      const back = show(memory, d_query);
      for (let i = 0; i < k; i++) back[i] /= Math.sqrt(k);
      mm(G.W_Q[h], turned(op), d_query);
      mm(d_op, d_query, turned(W.W_Q[h]), true);
    }
  }

  /** Hands the gradient of x on to tokens and places. */
  function readRowsBack(memory, { G, d_x, p, d }) {
    const [rows, E, pos] = [show(memory, d_x), show(memory, G.W_E), show(memory, G.W_pos)];
    for (let i = 0; i < d; i++) {
      let [first, second] = [0, 0];
      for (let t = 0; t < p; t++) {
        const [one, two] = [rows[t * d + i], rows[(p + t) * d + i]];
        E[t * d + i] = one + two;
        first += one;
        second += two;
      }
      const op = rows[2 * p * d + i] - first - second;
      pos[i] = first;
      pos[d + i] = second;
      pos[2 * d + i] = op;
      E[p * d + i] = op;
    }
  }

  const exported = { multiplier, show, addTo, readRows, copyColumns, tabulate, tabulateBack, askBack, readRowsBack };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.kernels, exported);
})();
