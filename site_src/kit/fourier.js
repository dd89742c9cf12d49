/* Fourier analysis over the numbers modulo p, of an embedding and of functions of two of them, as
   timeless/analysis/fourier.py does it.
   An instrument names "fourier" among its needs; Node's tests require it. */
(function () {
  "use strict";

  /** Returns the embedding W_E [p, d], row-major, from its 16-bit integers. */
  const dequantise = (integers, scale) => Float64Array.from(integers, (value) => value * scale);

  /** Returns the Fourier coefficients of the columns of W_E [p, d] over the p tokens.
      Rows k - 1 of `cos` and `sin` [floor(p / 2), d] belong to frequency k; the basis is
      orthonormal. For even p the top frequency is the alternating row and has no sine. */
  function coefficients(W, p, d) {
    const top = Math.floor(p / 2);
    const result = { p, d, top, cos: new Float64Array(top * d), sin: new Float64Array(top * d) };
    for (let k = 1; k <= top; k++) {
      const alternating = 2 * k === p;
      const unit = Math.sqrt((alternating ? 1 : 2) / p);
      for (let t = 0; t < p; t++) {
        const angle = (2 * Math.PI * ((k * t) % p)) / p;
        const c = unit * Math.cos(angle);
        const s = alternating ? 0 : unit * Math.sin(angle);
        for (let i = 0; i < d; i++) {
          result.cos[(k - 1) * d + i] += c * W[t * d + i];
          result.sin[(k - 1) * d + i] += s * W[t * d + i];
        }
      }
    }
    return result;
  }

  /** Returns `{norm, share, rank, threshold}`; entry k - 1 belongs to frequency k.
      `norm` joins cosine and sine, `share` is of the power of all k >= 1, rank 1 is the largest,
      `threshold` is the quarter of the maximum above which a frequency counts as key. */
  function spectrum({ top, d, cos, sin }) {
    const norm = Float64Array.from({ length: top }, (_, row) => {
      let power = 0;
      for (let i = row * d; i < (row + 1) * d; i++) power += cos[i] ** 2 + sin[i] ** 2;
      return Math.sqrt(power);
    });
    const total = norm.reduce((sum, x) => sum + x * x, 0);
    const share = norm.map((x) => (total ? (x * x) / total : 0));
    const rank = Array.from(norm, (x) => 1 + norm.filter((other) => other > x).length);
    return { norm, share, rank, threshold: Math.max(...norm) / 4 };
  }

  /** Returns the rows of an embedding W_E [.., d] in an order, and their spectrum: {W, waves, norm, share, threshold, keys}, where
      `keys` are the frequencies above the threshold. */
  function spectrumOf(W_E, d, order) {
    const W = new Float64Array(order.length * d);
    order.forEach((t, i) => W.set(W_E.subarray(t * d, (t + 1) * d), i * d));
    const waves = coefficients(W, order.length, d);
    const { norm, share, threshold } = spectrum(waves);
    const keys = Array.from(norm.keys(), (row) => row + 1).filter((k) => norm[k - 1] > threshold);
    return { W, waves, norm, share, threshold, keys };
  }

  const dot = (u, v) => u.reduce((sum, x, i) => sum + x * v[i], 0);

  /** Returns `{u, v}`: the orthonormal pair of directions nearest to the coefficient rows (cos k, sin k).
      It is M (M'M)^(-1/2) for M = [cos, sin]. Unlike eigenvectors it has no free sign, and it stays
      put where the ring is round and every direction in the plane is a principal one. Token 0
      lies on the right and the ring runs counter-clockwise. */
  function planeOf({ d, cos, sin }, k) {
    const [C, S] = [cos, sin].map((rows) => rows.subarray((k - 1) * d, k * d));
    const [cc, cs, ss] = [dot(C, C), dot(C, S), dot(S, S)];
    const area = Math.sqrt(Math.max(cc * ss - cs * cs, 0));
    if (area <= 1e-12 * (cc + ss)) return lineOf(C, S);
    // With G = M'M: G^(-1/2) = ((area + tr G) I - G) / (area sqrt(tr G + 2 area)).
    const scale = 1 / (area * Math.sqrt(cc + ss + 2 * area));
    return {
      u: C.map((x, i) => scale * ((area + ss) * x - cs * S[i])),
      v: S.map((y, i) => scale * ((area + cc) * y - cs * C[i])),
    };
  }

  /** Returns the plane of a wave that has one direction only; the second is left at zero. */
  function lineOf(C, S) {
    const longer = dot(C, C) >= dot(S, S) ? C : S;
    const unit = 1 / (Math.sqrt(dot(longer, longer)) || 1);
    return { u: longer.map((x) => x * unit), v: longer.map(() => 0) };
  }

  /** Returns the coordinates [p] of the tokens along a direction, measured from their mean. */
  function project(W, p, d, direction) {
    const along = Float64Array.from({ length: p }, (_, t) =>
      dot(direction, W.subarray(t * d, (t + 1) * d)),
    );
    const mean = along.reduce((sum, x) => sum + x, 0) / p;
    return along.map((x) => x - mean);
  }

  /** Returns the wave c·cos(2πkt/p) + s·sin(2πkt/p) that fits p values best, their Fourier projection
      on k, with its `power` (sum of squares over the tokens) and the values' own, `total`. */
  function fitWave(values, k) {
    const p = values.length;
    const unit = (2 * k === p ? 1 : 2) / p;
    let [c, s, total] = [0, 0, 0];
    values.forEach((y, t) => {
      const angle = (2 * Math.PI * ((k * t) % p)) / p;
      c += unit * y * Math.cos(angle);
      if (2 * k !== p) s += unit * y * Math.sin(angle);
      total += y * y;
    });
    return { c, s, power: (c * c + s * s) / unit, total };
  }

  /** Returns the tokens in the plane `{u, v}` and the waves of frequency k fitted to both coordinates.
      `explained` is the share of the variance in the plane that the waves take; `roundness` the
      ratio of the axes of the ellipse that they trace, 1 for a circle. */
  function viewOf(W, p, d, k, { u, v }) {
    const [x, y] = [project(W, p, d, u), project(W, p, d, v)];
    const [wx, wy] = [fitWave(x, k), fitWave(y, k)];
    const total = wx.total + wy.total;
    const sum = Math.hypot(wx.c + wy.s, wy.c - wx.s);
    const difference = Math.hypot(wx.c - wy.s, wy.c + wx.s);
    return {
      x, y, wx, wy,
      explained: total ? (wx.power + wy.power) / total : 0,
      roundness: sum + difference ? Math.abs(sum - difference) / (sum + difference) : 0,
    };
  }

  // --- two dimensions -----------------------------------------------------------------------

  const bases = new Map();

  /** Returns the orthonormal basis [n, n], row-major, with rows const, cos 1, sin 1, cos 2, and so on;
      for even n the last is the alternating one. Row r belongs to the frequency `frequencyOf(r)`. */
  function basis(n) {
    if (bases.has(n)) return bases.get(n);
    const rows = Float64Array.from({ length: n * n }, (_, at) => {
      const [row, t] = [Math.floor(at / n), at % n];
      const k = frequencyOf(row);
      const unit = Math.sqrt((k === 0 || 2 * k === n ? 1 : 2) / n);
      const angle = (2 * Math.PI * ((k * t) % n)) / n;
      return unit * (row % 2 || k === 0 ? Math.cos(angle) : Math.sin(angle));
    });
    bases.set(n, rows);
    return rows;
  }

  const frequencyOf = (row) => (row + 1) >> 1;

  /** Returns the coefficients [n, n] of values [n * n] at a*n + b: entry i*n + j belongs to row i of the
      basis over a and to row j over b. */
  function dft2d(values, n) {
    const F = basis(n);
    const [overB, both] = [new Float64Array(n * n), new Float64Array(n * n)];
    for (let a = 0; a < n; a++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let b = 0; b < n; b++) sum += F[j * n + b] * values[a * n + b];
        overB[a * n + j] = sum;
      }
    }
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < n; a++) {
        const factor = F[i * n + a];
        for (let j = 0; j < n; j++) both[i * n + j] += factor * overB[a * n + j];
      }
    }
    return both;
  }

  /** Returns the norms [m * m], m = floor(n/2) + 1, by frequency over a and over b, 0 the constant, of the
      coefficients that `dft2d` returns: cosine and sine combined. */
  function spectrum2d(coefficients, n) {
    const m = (n >> 1) + 1;
    const power = new Float64Array(m * m);
    coefficients.forEach((c, at) => {
      power[frequencyOf(Math.floor(at / n)) * m + frequencyOf(at % n)] += c * c;
    });
    return power.map(Math.sqrt);
  }

  /** Returns the values [n * n] of which coefficients [n, n] are the transform. */
  function inverse2d(coefficients, n) {
    const F = basis(n);
    const [overB, values] = [new Float64Array(n * n), new Float64Array(n * n)];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const c = coefficients[i * n + j];
        if (c) for (let b = 0; b < n; b++) overB[i * n + b] += c * F[j * n + b];
      }
    }
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < n; a++) {
        const factor = F[i * n + a];
        for (let b = 0; b < n; b++) values[a * n + b] += factor * overB[i * n + b];
      }
    }
    return values;
  }

  const fourier = { basis, dft2d, inverse2d, spectrum2d, frequencyOf, dequantise, coefficients, spectrum, spectrumOf, planeOf, project, fitWave, viewOf };
  if (typeof module !== "undefined") module.exports = fourier;
  else Timeless.fourier = fourier;
})();
