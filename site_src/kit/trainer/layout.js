/* How the weights of a network lie one after another in a flat array: as views by name. What it exports is also text for a
   worker, see trainer.js in this folder. */
(function () {
  "use strict";

  /** Returns [name, shape] of every tensor, in the order in which a flat array holds them, that of
      `parameter_shapes` in timeless/training/model.py. */
  function shapesOf({ p, d_model: d, d_mlp: m, n_heads: heads }) {
    const width = d / heads;
    return [
      ["W_E", [p + 1, d]], ["W_pos", [3, d]],
      ["W_Q", [heads, d, width]], ["W_K", [heads, d, width]], ["W_V", [heads, d, width]], ["W_O", [heads, width, d]],
      ["W_in", [d, m]], ["b_in", [m]], ["W_out", [m, d]], ["b_out", [d]], ["W_U", [d, p]], ["b_U", [p]],
    ];
  }

  const sizeOf = (shape) => shape.reduce((product, n) => product * n, 1);

  /** Returns the tensors by name, views of a flat array of all weights (or gradients, or moments). */
  function named(flat, config) {
    const views = {};
    let start = 0;
    for (const [name, shape] of shapesOf(config)) {
      views[name] = flat.subarray(start, start + sizeOf(shape));
      start += sizeOf(shape);
    }
    return views;
  }

  const exported = { shapesOf, sizeOf, named };
  if (typeof module === "object" && module.exports) module.exports = exported;
  else Timeless.trainer = { ...Timeless.trainer, ...exported, layout: exported };
})();
