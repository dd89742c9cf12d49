/* What there is to tell of a function over all pairs, from its two-dimensional transform; that lies in kit/fourier.js.
   Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const fourier = () => (inNode ? require("../../../site_src/kit/fourier.js") : Timeless.fourier);

  /** Returns weights whose logits are less their mean over the classes, pair by pair: the unembedding less its
      mean column. No probability depends on that mean. */
  function centred(weights, { p, d_model: d }) {
    const [W_U, b_U] = [Float32Array.from(weights.W_U), Float32Array.from(weights.b_U)];
    const level = (row, from) => {
      let sum = 0;
      for (let c = 0; c < p; c++) sum += row[from + c];
      for (let c = 0; c < p; c++) row[from + c] -= sum / p;
    };
    for (let i = 0; i < d; i++) level(W_U, i * p);
    level(b_U, 0);
    return { ...weights, W_U, b_U };
  }

  const ROUNDING = 1e-24; // of the constant's energy: what a constant has besides itself

  /** Returns what there is to tell of a function [n * n] over the pairs:
      `coefficients` and `norms` by pair of frequencies; `shares` of the energy apart from the constant, which has
      none; `ranked`, the places of norms by falling share; `sum`, the share that depends on a + b alone; and
      `own`, the frequency whose products of 1, cos and sin hold the largest share, `ownShare`. */
  function analyse(values, n) {
    const { dft2d, spectrum2d } = fourier();
    const coefficients = dft2d(values, n);
    const norms = spectrum2d(coefficients, n);
    const m = Math.sqrt(norms.length);
    let energy = 0;
    for (let at = 1; at < norms.length; at++) energy += norms[at] ** 2;
    if (energy <= ROUNDING * norms[0] ** 2) energy = 0;
    const shares = norms.map((norm, at) => (at && energy ? norm ** 2 / energy : 0));
    const ranked = Array.from(norms.keys()).slice(1).sort((s, t) => norms[t] - norms[s] || s - t);
    const own = Array.from({ length: m - 1 }, (_, i) => i + 1)
      .map((k) => [shares[k * m] + shares[k] + shares[k * m + k], k])
      .reduce((best, each) => (each[0] > best[0] ? each : best), [0, 1]);
    let sum = 0;
    for (let k = 1; 2 * k <= n; k++) {
      const at = (i, j) => (i < n && j < n ? coefficients[i * n + j] : 0);
      const [c, s] = [2 * k - 1, 2 * k];
      const single = 2 * k === n; // the alternating row is a wave of a + b by itself
      sum += single ? at(c, c) ** 2 : ((at(c, c) - at(s, s)) ** 2 + (at(s, c) + at(c, s)) ** 2) / 2;
    }
    return { n, m, coefficients, norms, shares, ranked, energy, sum: energy ? sum / energy : 0, own: own[1], ownShare: own[0] };
  }

  /** Returns the strongest components, `{freqA, freqB, norm, share, together}`, the last summed up so far. */
  function strongest({ m, norms, shares, ranked }, count) {
    let together = 0;
    return ranked.slice(0, count).map((at) => {
      together += shares[at];
      return { freqA: Math.floor(at / m), freqB: at % m, norm: norms[at], share: shares[at], together };
    });
  }

  /** Returns the function [n * n] that the constant and the `count` strongest components make. */
  function rebuilt({ n, m, coefficients, ranked }, count) {
    const { inverse2d, frequencyOf } = fourier();
    const kept = new Set([0, ...ranked.slice(0, count)]);
    return inverse2d(coefficients.map((c, at) => (kept.has(frequencyOf(Math.floor(at / n)) * m + frequencyOf(at % n)) ? c : 0)), n);
  }

  /** Returns the spectrum as CSV, all pairs of frequencies with norm and share. */
  function csvOf({ m, norms, shares }) {
    const rows = Array.from(norms, (norm, at) => `${Math.floor(at / m)},${at % m},${Number(norm.toPrecision(7))},${at ? Number(shares[at].toPrecision(7)) : ""}`);
    return `freq_a,freq_b,norm,share_of_non_constant_energy\n${rows.join("\n")}\n`;
  }

  /** Returns [low, high] of a list, and its mean. */
  function range(values) {
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
    }
    return { low, high, mean: sum / values.length };
  }

  const core = { centred, analyse, strongest, rebuilt, csvOf, range };
  if (inNode) module.exports = core;
  else Timeless.parts["dft-2d"] = core;
})();
