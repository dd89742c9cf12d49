/* What the embedding of a network shows: the spectrum over its numbers, and where they lie in the plane of a frequency. Node's
   tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const fourierOf = () => (inNode ? require("../fourier.js") : Timeless.fourier);
  const groupOf = () => (inNode ? require("../group.js") : Timeless.group);

  const KEEPS = 1.15; // how much stronger another frequency must be before the picture turns to it

  /** Returns the numbers in the order in which an operation turns into adding: as they are, or for a product as powers of
      the least primitive root (without 0). */
  function orderOf({ p, operation }) {
    if (operation !== "a*b" || p < 5) return Array.from({ length: p }, (_, t) => t);
    const { nextRoot, powers } = groupOf();
    return powers(p, nextRoot(p, 1));
  }

  /** Returns what W_E [p + 1, d] shows of its numbers: the spectrum over their order, and their places (x, y) in the plane
      of the strongest frequency, or of `held` while no other is clearly stronger, or of one that is `chosen`. */
  function lookInto(W_E, config, held = 0, chosen = 0) {
    const [fourier, { d_model: d }] = [fourierOf(), config];
    const order = orderOf(config);
    const { W, waves, norm, share, threshold, keys } = fourier.spectrumOf(W_E, d, order);
    const strongest = norm.reduce((best, value, i) => (value > norm[best] ? i : best), 0) + 1;
    const k = chosen || (held && norm[held - 1] * KEEPS >= norm[strongest - 1] ? held : strongest);
    const { x, y } = fourier.viewOf(W, order.length, d, k, fourier.planeOf(waves, k));
    return { n: order.length, k, norm, share: share[k - 1], keys, threshold, x, y };
  }

  /** Returns the radius within which all but one in fifty places lie. */
  function reachOf({ x, y }) {
    const radii = x.map((along, i) => Math.hypot(along, y[i])).sort();
    return radii[Math.ceil(0.98 * radii.length) - 1] || 1;
  }

  const exported = { orderOf, lookInto, reachOf };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.runs, exported);
})();
