/* The memory of the compiled kernels (site_src/kernels/): who lies where, and matrices as views of it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { shapesOf, sizeOf } = inNode ? require("../trainer/layout.js") : Timeless.trainer;

  const FLOAT = 4; // bytes
  const BLOCK = 128; // pairs that pass together, so that what they need stays near the processor

  /** Returns a matrix in memory: its first byte, its lengths, and the steps between rows and between columns in numbers. */
  const matrix = (at, rows, columns, row = columns, column = 1) => ({ at, rows, columns, row, column });

  const turned = ({ at, rows, columns, row, column }) => matrix(at, columns, rows, column, row);

  const rowsFrom = (A, first, rows) => matrix(A.at + FLOAT * first * A.row, rows, A.columns, A.row, A.column);

  const columnsFrom = (A, first, columns) => matrix(A.at + FLOAT * first * A.column, A.rows, columns, A.row, A.column);

  const whole = (n) => Math.ceil(n / 8) * 8; // kernels take eight columns at a time

  /** Returns the memory of an instance: `room(bytes)` finds a place and fills it with zeros, `floats(at, n)` shows it. */
  function memoryOf({ memory, start }) {
    const PAGE = 65_536;
    let end = start();
    return {
      room(bytes) {
        const at = end;
        end += 16 * Math.ceil(bytes / 16);
        const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
        if (missing > 0) memory.grow(missing);
        return at;
      },
      floats: (at, n) => new Float32Array(memory.buffer, at, n),
      bytes: (at, n) => new Uint8Array(memory.buffer, at, n),
      words: (at, n) => new Uint16Array(memory.buffer, at, n),
      doubles: (at, n) => new Float64Array(memory.buffer, at, n),
    };
  }

  /** Returns weights, or a gradient, by name: `flat`, and matrices, of W_Q, W_K, W_V and W_O one a head. */
  function places(flat, config) {
    const found = { flat };
    let at = flat;
    for (const [name, shape] of shapesOf(config)) {
      const [rows, columns] = shape.length === 1 ? [1, ...shape] : shape.slice(-2);
      const heads = Array.from({ length: shape.length === 3 ? shape[0] : 1 }, (_, h) => matrix(at + FLOAT * h * rows * columns, rows, columns));
      found[name] = shape.length === 3 ? heads : heads[0];
      at += FLOAT * sizeOf(shape);
    }
    return found;
  }

  /** Returns where pairs and their labels lie, and how many there are. */
  function examples(memory, { labels }, pairs) {
    const found = { n: pairs.length, pairs: memory.room(2 * pairs.length), labels: memory.room(pairs.length) };
    memory.words(found.pairs, found.n).set(pairs);
    memory.bytes(found.labels, found.n).set(Uint8Array.from(pairs, (pair) => labels[pair]));
    return found;
  }

  /** Returns where everything lies that a training needs: weights, gradient, moments; what all pairs share and its gradient,
      see tables.js; a block's activations; `given` are the pairs to train on, all pairs to answer, and the labels [p * p]. */
  function layout(memory, config, given) {
    const { p, d_model: d, d_mlp, n_heads: heads } = config;
    const [k, hidden, classes, rows] = [d / heads, whole(d_mlp), whole(p), 2 * p + 1];
    const width = hidden + classes;
    const most = Math.max(given.pairs.length, given.every.length);
    const n = 4 * Math.ceil(shapesOf(config).reduce((sum, [, shape]) => sum + sizeOf(shape), 0) / 4);
    const floats = (count) => memory.room(FLOAT * count);
    const space = (...lengths) => matrix(floats(lengths[0] * lengths[1]), ...lengths);
    const each = (...lengths) => {
      const all = floats(heads * lengths[0] * lengths[1]);
      return Array.from({ length: heads }, (_, h) => matrix(all + FLOAT * h * lengths[0] * lengths[1], ...lengths));
    };
    return {
      n, p, d, k, heads, rows, hidden, classes, width, gelu: config.activation === "gelu",
      W: places(floats(n), config), G: places(floats(n), config), moment1: floats(n), moment2: floats(n),
      x: space(rows, d), query: space(heads, k), asked: space(heads, d), scores: space(rows - 1, heads),
      values: each(rows, k), out: space(d, width), merged: each(k, width), table: each(rows, width), base: space(1, width),
      last: space(hidden, classes), lastTurned: space(classes, hidden),
      d_x: space(rows, d), d_query: space(1, k), d_asked: space(heads, d), d_scores: space(rows - 1, heads),
      d_values: space(rows, k), d_out: space(d, width), d_merged: space(k, width), d_table: each(rows, width), d_base: space(1, width),
      d_last: space(hidden, classes),
      weights: floats(2 * heads * BLOCK), d_weights: floats(2 * heads * BLOCK),
      post: space(BLOCK, hidden), slope: space(BLOCK, hidden), d_post: space(BLOCK, hidden), logits: space(BLOCK, classes),
      panel: floats(8 * (Math.max(width, rows, BLOCK, d) + 4)),
      train: examples(memory, given, given.pairs), every: examples(memory, given, given.every),
      answers: memory.room(most), losses: memory.room(8 * most),
    };
  }

  const exported = { FLOAT, BLOCK, shapesOf, sizeOf, matrix, turned, rowsFrom, columnsFrom, whole, memoryOf, places, examples, layout };
  if (inNode) module.exports = exported;
  else Timeless.kernels = exported;
})();
