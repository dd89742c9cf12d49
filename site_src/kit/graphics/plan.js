/* A step of training as a list of what a graphics processor does, one after another, each
   {shader, arrays: names in the shader's order, numbers: by name, groups: [x, y, z]}. As in kit/trainer/, keys and values are
   computed once for each row, a token at its place, and the rest for each pair. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { LANES, TILE } = inNode ? require("./matrices.js") : Timeless.graphics;
  const { shapesOf, sizeOf } = inNode ? require("../trainer/layout.js") : Timeless.trainer;
  const { BETA1, BETA2, EPSILON } = inNode ? require("../trainer/plain.js") : Timeless.trainer.parts;

  const PLACES = 3;
  const SLICE = 1024; // pairs whose part of a gradient is summed by itself
  const NORM_COLUMNS = 512; // in which the squares of all weights are summed
  const MOST_GROUPS = 65_535; // of a dimension

  // --- what a matrix is -----------------------------------------------------------------------

  /** Returns a matrix in an array: its first number and the distances of its rows and columns. */
  const matrix = (array, at, row, column = 1) => ({ array, at, row, column });
  const turned = ({ array, at, row, column }) => ({ array, at, row: column, column: row });
  const again = (array, at) => matrix(array, at, 0); // one row for all

  // --- what is done with matrices ---------------------------------------------------------------

  const each = (shader, count, arrays, numbers) => ({ shader, arrays, numbers: { count, ...numbers }, groups: [Math.min(Math.ceil(count / LANES), MOST_GROUPS), 1, 1] });

  /** C = scale A B, of sizes [rows, depth] and [depth, columns]; `add`: C is added to. `slices` {of, apart} makes a C of every `of`
      of the depth, each `apart` further on. */
  function product(C, A, B, [rows, depth, columns], { add = false, scale = 1, slices = { of: depth, apart: 0 } } = {}) {
    return {
      shader: "product", arrays: [A.array, B.array, C.array],
      numbers: {
        rows, columns, depth, slice: slices.of, a_at: A.at, a_row: A.row, a_step: A.column, b_at: B.at, b_step: B.row, b_column: B.column,
        c_at: C.at, c_row: C.row, c_slice: slices.apart, add: Number(add), scale,
      },
      groups: [Math.ceil(rows / TILE), Math.ceil(columns / TILE), Math.ceil(depth / slices.of)],
    };
  }

  /** C = S + T, [rows, columns], or S alone. */
  const sum = (C, S, T, [rows, columns]) => each("rows", rows * columns, [S.array, (T ?? S).array, C.array],
    { columns, c_at: C.at, c_row: C.row, s_at: S.at, s_row: S.row, t_at: T ? T.at : 0, t_row: T ? T.row : 0, both: Number(Boolean(T)) });

  /** c = the sums of S's columns, S being [rows, columns]. */
  const sums = (c, S, [rows, columns], { add = false, squared = false, slices = { of: rows, apart: 0 } } = {}) => each("columns", columns * Math.ceil(rows / slices.of), [S.array, c.array],
    { columns, rows, slice: slices.of, s_at: S.at, s_row: S.row, c_at: c.at, c_slice: slices.apart, add: Number(add), squared: Number(squared) });

  // --- the network ----------------------------------------------------------------------------

  /** Returns what the parts of a plan share: sizes, places of the tensors in the flat arrays W and G, and matrices by name. */
  function layoutOf({ p, d_model: d, d_mlp: m, n_heads: heads, activation }, n) {
    const at = {};
    let size = 0;
    for (const [name, shape] of shapesOf({ p, d_model: d, d_mlp: m, n_heads: heads })) {
      at[name] = size;
      size += sizeOf(shape);
    }
    const width = d / heads;
    const weight = (array, name, h = 0) => { // of a head, where it has heads
      const [rows, row] = { W_Q: [d, width], W_K: [d, width], W_V: [d, width], W_in: [0, m], b_in: [0, 0], W_U: [0, p], b_U: [0, 0], b_out: [0, 0] }[name] ?? [0, d];
      return matrix(array, at[name] + h * rows * row, row);
    };
    return { p, d, m, heads, width, n, rows: 2 * p + 1, op: 2 * p * d, size, slices: Math.ceil(n / SLICE), gelu: Number(activation === "gelu"), weight };
  }

  /** Returns how many numbers each array has. */
  function arraysOf({ p, d, m, heads, n, rows, size, slices }) {
    const padded = Math.ceil(size / NORM_COLUMNS) * NORM_COLUMNS;
    return {
      W: padded, G: slices * size, moment1: size, moment2: size, norm2: NORM_COLUMNS,
      pairs: n, labels: n, answers: n, losses: n, lists: 2 * (p + 1) + n,
      x: rows * d, query: d, asked: heads * d, scores: rows * heads, v: rows * d, pattern: PLACES * heads * n,
      z: n * d, mid: n * d, pre: n * m, post: n * m, out: n * d, logits: n * p,
      d_out: n * d, d_post: n * m, d_mid: n * d, d_z: n * d, d_each: PLACES * heads * n, v_parts: PLACES * p * d, score_parts: PLACES * p * heads,
      d_v: rows * d, d_scores: rows * heads, d_x: rows * d, d_asked: heads * d, d_query: d, op_parts: slices * d,
    };
  }

  const whole = (name, columns) => matrix(name, 0, columns);
  const headsOf = ({ heads }) => Array.from({ length: heads }, (_, h) => h);
  const column = (name, { d, width }, h) => matrix(name, h * width, d); // the columns of a head

  /** What all pairs share: rows, values, and scores. */
  function sharedSteps(it) {
    const { p, d, heads, width, rows, op, weight } = it;
    const [W_E, W_pos, x] = [weight("W", "W_E"), weight("W", "W_pos"), whole("x", d)];
    const place = (i) => again("W", W_pos.at + i * d);
    const own = (h) => matrix("query", h * width, width);
    return [
      sum(x, W_E, place(0), [p, d]),
      sum(matrix("x", p * d, d), W_E, place(1), [p, d]),
      sum(matrix("x", op, d), matrix("W", W_E.at + p * d, d), place(2), [1, d]),
      ...headsOf(it).map((h) => product(own(h), matrix("x", op, d), weight("W", "W_Q", h), [1, d, width], { scale: 1 / Math.sqrt(width) })),
      ...headsOf(it).map((h) => product(matrix("asked", h * d, d), own(h), turned(weight("W", "W_K", h)), [1, width, d])),
      product(whole("scores", heads), x, turned(whole("asked", d)), [rows, d, heads]),
      ...headsOf(it).map((h) => product(column("v", it, h), x, weight("W", "W_V", h), [rows, d, width])),
    ];
  }

  /** From what the pairs share to their losses; in place of the logits is then their gradient. */
  function forwardSteps(it) {
    const { p, d, m, heads, width, n, op, gelu, weight } = it;
    const [z, mid, post, out, logits] = [whole("z", d), whole("mid", d), whole("post", m), whole("out", d), whole("logits", p)];
    const row = (name) => again("W", weight("W", name).at);
    return [
      ...sharedSteps(it),
      each("attend", n * heads, ["pairs", "scores", "v", "pattern", "z"], { p, d, heads, width }),
      sum(mid, again("x", op), null, [n, d]),
      product(mid, z, weight("W", "W_O"), [n, d, d], { add: true }),
      sum(whole("pre", m), row("b_in"), null, [n, m]),
      product(whole("pre", m), mid, weight("W", "W_in"), [n, d, m], { add: true }),
      each("activate", n * m, ["pre", "post"], { gelu }),
      sum(out, mid, row("b_out"), [n, d]),
      product(out, post, weight("W", "W_out"), [n, m, d], { add: true }),
      sum(logits, row("b_U"), null, [n, p]),
      product(logits, out, weight("W", "W_U"), [n, d, p], { add: true }),
      each("losses", n, ["labels", "logits", "losses", "answers"], { p, share: 1 / n }),
    ];
  }

  /** From the gradient of the logits to those of the rows that the pairs read. */
  function backwardSteps(it) {
    const { p, d, m, heads, width, n, size, slices, op, gelu, weight } = it;
    const sliced = { slices: { of: SLICE, apart: size } };
    const of = (name) => weight("G", name);
    const [z, mid, post, out, logits] = [whole("z", d), whole("mid", d), whole("post", m), whole("out", d), whole("logits", p)];
    const [d_out, d_post, d_mid, d_z] = [whole("d_out", d), whole("d_post", m), whole("d_mid", d), whole("d_z", d)];
    const back = (W) => turned(weight("W", W));
    return [
      product(of("W_U"), turned(out), logits, [d, n, p], sliced),
      sums(of("b_U"), logits, [n, p], sliced),
      product(d_out, logits, back("W_U"), [n, p, d]),
      product(of("W_out"), turned(post), d_out, [m, n, d], sliced),
      sums(of("b_out"), d_out, [n, d], sliced),
      product(d_post, d_out, back("W_out"), [n, d, m]),
      each("activateBack", n * m, ["pre", "d_post"], { gelu }),
      product(of("W_in"), turned(mid), d_post, [d, n, m], sliced),
      sums(of("b_in"), d_post, [n, m], sliced),
      sum(d_mid, d_out, null, [n, d]),
      product(d_mid, d_post, back("W_in"), [n, m, d], { add: true }),
      product(of("W_O"), turned(z), d_mid, [d, n, d], sliced),
      product(d_z, d_mid, back("W_O"), [n, d, d]),
      each("attendBack", n * heads, ["pairs", "v", "pattern", "d_z", "d_each"], { p, d, heads, width }),
      each("gather", PLACES * p * d, ["lists", "pattern", "d_z", "v_parts"], { p, columns: d, heads, width, sourced: 1 }),
      each("gather", PLACES * p * heads, ["lists", "d_each", "d_z", "score_parts"], { p, columns: heads, heads, width: 1, sourced: 0 }),
      ...[["d_v", "v_parts", d], ["d_scores", "score_parts", heads]].flatMap(([to, parts, columns]) => [
        sum(whole(to, columns), whole(parts, columns), null, [2 * p, columns]),
        sums(matrix(to, 2 * p * columns, columns), matrix(parts, 2 * p * columns, columns), [p, columns]),
      ]),
      sums(whole("op_parts", d), d_mid, [n, d], { slices: { of: SLICE, apart: d } }),
      ...sharedBackSteps(it),
      sums(matrix("d_x", op, d), whole("op_parts", d), [slices, d], { add: true }),
      ...tokenSteps(it),
    ];
  }

  /** From the gradients of values and scores to those of attention's weights, and of the rows. */
  function sharedBackSteps(it) {
    const { d, heads, width, rows, op, weight } = it;
    const [x, d_x, last] = [whole("x", d), whole("d_x", d), matrix("x", op, d)];
    const own = (array, h) => matrix(array, h * width, width);
    const asked = (h) => matrix("d_asked", h * d, d);
    const scale = 1 / Math.sqrt(width);
    return [
      product(d_x, whole("d_scores", heads), whole("asked", d), [rows, heads, d]),
      product(whole("d_asked", d), turned(whole("d_scores", heads)), x, [heads, rows, d]),
      ...headsOf(it).flatMap((h) => [
        product(weight("G", "W_V", h), turned(x), column("d_v", it, h), [d, rows, width]),
        product(d_x, column("d_v", it, h), turned(weight("W", "W_V", h)), [rows, width, d], { add: true }),
        product(weight("G", "W_K", h), turned(asked(h)), own("query", h), [d, 1, width]),
        product(own("d_query", h), asked(h), weight("W", "W_K", h), [1, d, width], { scale }),
        product(weight("G", "W_Q", h), turned(last), own("d_query", h), [d, 1, width]),
        product(matrix("d_x", op, d), own("d_query", h), turned(weight("W", "W_Q", h)), [1, width, d], { add: true }),
      ]),
    ];
  }

  /** From the gradients of the rows to those of tokens and places. */
  function tokenSteps({ p, d, op, weight }) {
    const [W_E, W_pos, a, b, last] = [weight("G", "W_E"), weight("G", "W_pos"), whole("d_x", d), matrix("d_x", p * d, d), matrix("d_x", op, d)];
    const place = (i) => matrix("G", W_pos.at + i * d, d);
    return [
      sum(W_E, a, b, [p, d]),
      sum(matrix("G", W_E.at + p * d, d), last, null, [1, d]),
      sums(place(0), a, [p, d]),
      sums(place(1), b, [p, d]),
      sum(place(2), last, null, [1, d]),
    ];
  }

  /** Returns `{arrays, forward, backward, update, norm2, size}` of a network and n pairs: how many numbers each array has, and lists
      of what is done; `update` lacks scale1, scale2 and kept, which are others in every step. */
  function planOf(config, n) {
    const it = layoutOf(config, n);
    const arrays = arraysOf(it);
    return {
      arrays, size: it.size, forward: forwardSteps(it), backward: backwardSteps(it),
      update: each("update", it.size, ["G", "W", "moment1", "moment2"], { slices: it.slices, beta1: BETA1, beta2: BETA2, epsilon: EPSILON, scale1: 0, scale2: 0, kept: 1 }),
      norm2: sums(whole("norm2", NORM_COLUMNS), whole("W", NORM_COLUMNS), [arrays.W / NORM_COLUMNS, NORM_COLUMNS], { squared: true }),
    };
  }

  /** Returns the pairs that read each row, as the shader "gather" takes them: pairs are in the order of a. */
  function listsOf(pairs, p) {
    const startsOf = (tokens) => {
      const starts = new Uint32Array(p + 1);
      for (const token of tokens) starts[token + 1] += 1;
      for (let token = 0; token < p; token++) starts[token + 1] += starts[token];
      return starts;
    };
    const [a, b] = [pairs.map((pair) => Math.floor(pair / p)), pairs.map((pair) => pair % p)];
    const byB = [...pairs.keys()].sort((i, j) => b[i] - b[j] || i - j);
    return Uint32Array.from([...startsOf(a), ...startsOf(b), ...byB]);
  }

  const exported = { SLICE, planOf, listsOf };
  if (inNode) module.exports = exported;
  else Timeless.graphics = { ...Timeless.graphics, ...exported };
})();
