/* Attention and its gradients. As in timeless/training/factorised.py, keys and values are computed once for each (token,
   place), 2p + 1 rows, and the rest for each pair. What it exports is also text for a worker, see trainer.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { addBack, addOuter, addProduct } = inNode ? require("./arithmetic.js") : Timeless.trainer.arithmetic;

  const PLACES = 3; // a, b and the operation

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

  const exported = { PLACES, shared, sharedBack, rowsOf, attend, attendBack };
  if (inNode) module.exports = exported;
  else Timeless.trainer = { ...Timeless.trainer, attention: exported };
})();
