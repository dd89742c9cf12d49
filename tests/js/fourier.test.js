"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const fourier = require("../../site_src/kit/fourier.js");

const near = (actual, expected, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);

/** Plants rings: each frequency k turns in coordinates (2j, 2j + 1), with the amplitudes given. */
function planted(p, d, rings, offset = 0) {
  const W = new Float64Array(p * d).fill(offset);
  rings.forEach(([k, along, across], j) => {
    for (let t = 0; t < p; t++) {
      const angle = (2 * Math.PI * k * t) / p;
      W[t * d + 2 * j] += along * Math.cos(angle);
      W[t * d + 2 * j + 1] += across * Math.sin(angle);
    }
  });
  return W;
}

/** A repeatable sequence of numbers in [-1, 1). */
function numbers(count, seed) {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const sumOfSquares = (list) => list.reduce((sum, x) => sum + x * x, 0);

test("the integers of a checkpoint turn into weights by its scale", () => {
  assert.deepEqual([...fourier.dequantise(Int16Array.of(-32767, 0, 2), 0.5)], [-16383.5, 0, 1]);
});

test("planted rings are found with their norms, shares and ranks, the top frequency too", () => {
  const [p, d] = [131, 8];
  const rings = [[14, 3, 3], [42, 2, 1], [65, 1, 1]];
  const { norm, share, rank, threshold } = fourier.spectrum(fourier.coefficients(planted(p, d, rings, 7), p, d));
  const power = rings.map(([, along, across]) => (p / 2) * (along ** 2 + across ** 2));
  const total = power.reduce((a, b) => a + b);
  assert.equal(norm.length, 65);
  rings.forEach(([k], place) => {
    near(norm[k - 1], Math.sqrt(power[place]));
    near(share[k - 1], power[place] / total);
    assert.equal(rank[k - 1], place + 1);
  });
  near(norm[27], 0);
  near(threshold, Math.sqrt(power[0]) / 4);
});

for (const p of [7, 130, 131]) {
  test(`the power of all frequencies and the mean is the power of the values (p = ${p})`, () => {
    const d = 5;
    const W = numbers(p * d, p);
    const { norm, share } = fourier.spectrum(fourier.coefficients(W, p, d));
    let mean = 0;
    for (let i = 0; i < d; i++) mean += W.reduce((sum, x, at) => (at % d === i ? sum + x : sum), 0) ** 2 / p;
    near(sumOfSquares(norm) + mean, sumOfSquares(W), 1e-8);
    near(share.reduce((a, b) => a + b), 1);
  });
}

test("for an even order the top frequency is the alternating row alone", () => {
  const p = 130;
  const W = Float64Array.from({ length: p }, (_, t) => (t % 2 ? -2 : 2));
  const rows = fourier.coefficients(W, p, 1);
  assert.equal(rows.top, 65);
  assert.equal(rows.sin[64], 0);
  near(fourier.spectrum(rows).norm[64], 2 * Math.sqrt(p));
  near(fourier.spectrum(rows).share[64], 1);
  const wave = fourier.fitWave(W, 65);
  near(wave.c, 2);
  assert.equal(wave.s, 0);
  near(wave.power, wave.total);
});

test("an embedding of equal tokens has no power, and no NaN", () => {
  const { norm, share } = fourier.spectrum(fourier.coefficients(new Float64Array(7 * 3), 7, 3));
  assert.deepEqual([...norm], [0, 0, 0]);
  assert.deepEqual([...share], [0, 0, 0]);
  const view = fourier.viewOf(new Float64Array(21), 7, 3, 1, fourier.planeOf(fourier.coefficients(new Float64Array(21), 7, 3), 1));
  assert.equal(view.explained, 0);
  assert.equal(view.roundness, 0);
});

test("a planted ring is a circle in its plane: token 0 on the right, running counter-clockwise", () => {
  const [p, d, k] = [131, 6, 14];
  const W = planted(p, d, [[k, 2, 2], [42, 1, 1]], -3);
  const frame = fourier.planeOf(fourier.coefficients(W, p, d), k);
  near(sumOfSquares(frame.u), 1);
  near(sumOfSquares(frame.v), 1);
  near(frame.u.reduce((sum, x, i) => sum + x * frame.v[i], 0), 0);
  const view = fourier.viewOf(W, p, d, k, frame);
  for (const t of [0, 1, 50, 130]) {
    near(view.x[t], 2 * Math.cos((2 * Math.PI * k * t) / p));
    near(view.y[t], 2 * Math.sin((2 * Math.PI * k * t) / p));
  }
  near(view.roundness, 1);
  near(view.explained, 1);
});

test("a ring turned out of the coordinate axes is found with the same signs", () => {
  const [p, d, k] = [131, 3, 9];
  const [u, v] = [[0.6, 0, 0.8], [0, -1, 0]];
  const W = new Float64Array(p * d);
  for (let t = 0; t < p; t++) {
    const angle = (2 * Math.PI * k * t) / p;
    for (let i = 0; i < d; i++) W[t * d + i] = Math.cos(angle) * u[i] + Math.sin(angle) * v[i];
  }
  const frame = fourier.planeOf(fourier.coefficients(W, p, d), k);
  u.forEach((x, i) => near(frame.u[i], x));
  v.forEach((x, i) => near(frame.v[i], x));
});

test("a flattened ring has the roundness of its axes, and a line has none", () => {
  const [p, d, k] = [131, 2, 5];
  const seen = (along, across) => {
    const W = planted(p, d, [[k, along, across]]);
    return fourier.viewOf(W, p, d, k, fourier.planeOf(fourier.coefficients(W, p, d), k));
  };
  near(seen(4, 1).roundness, 0.25);
  near(seen(1, 4).roundness, 0.25);
  near(seen(3, 0).roundness, 0);
  near(seen(3, 0).explained, 1);
  near(seen(0, 3).explained, 1);
});

test("the fitted wave is the planted one, whatever lies at other frequencies", () => {
  const p = 131;
  const values = Float64Array.from({ length: p }, (_, t) => {
    const angle = (2 * Math.PI * t) / p;
    return 1.5 * Math.cos(28 * angle) - 0.5 * Math.sin(28 * angle) + 4 * Math.cos(3 * angle);
  });
  const wave = fourier.fitWave(values, 28);
  near(wave.c, 1.5);
  near(wave.s, -0.5);
  near(wave.power, (p / 2) * 2.5);
  near(wave.power / wave.total, 2.5 / 18.5);
});

test("coordinates are measured from the mean of the tokens", () => {
  const along = fourier.project(Float64Array.of(1, 9, 2, 9, 6, 9), 3, 2, Float64Array.of(1, 1));
  [-2, -1, 3].forEach((x, t) => near(along[t], x));
});

for (const n of [6, 7, 131]) {
  test(`the basis is orthonormal, each row at its frequency (n = ${n})`, () => {
    const F = fourier.basis(n);
    const row = (i) => F.subarray(i * n, (i + 1) * n);
    for (const i of [0, 1, 2, n - 2, n - 1]) {
      for (const j of [0, 1, 2, n - 2, n - 1]) near(row(i).reduce((sum, x, t) => sum + x * row(j)[t], 0), i === j ? 1 : 0);
    }
    near(row(0)[1], 1 / Math.sqrt(n));
    near(row(1)[1] / row(1)[0], Math.cos((2 * Math.PI) / n));
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(fourier.frequencyOf), [0, 1, 1, 2, 2, 3]);
  });
}

test("for an even order the last row alternates", () => {
  fourier.basis(6).subarray(30).forEach((x, t) => near(x, (t % 2 ? -1 : 1) / Math.sqrt(6)));
});

test("a product of two waves is one coefficient, and its norm lies at its pair of frequencies", () => {
  const n = 13;
  const values = Float64Array.from({ length: n * n }, (_, at) => {
    const [a, b] = [Math.floor(at / n), at % n];
    return 5 + 3 * Math.cos((2 * Math.PI * 2 * a) / n) * Math.sin((2 * Math.PI * 6 * b) / n);
  });
  const found = fourier.dft2d(values, n);
  near(found[0], 5 * n);
  near(found[3 * n + 12], (3 * n) / 2);
  near(sumOfSquares(found), sumOfSquares(values), 1e-8);
  const norms = fourier.spectrum2d(found, n);
  assert.equal(norms.length, 49);
  near(norms[2 * 7 + 6], (3 * n) / 2);
  near(norms[0], 5 * n);
  near(norms.reduce((sum, x) => sum + x, 0), 5 * n + (3 * n) / 2, 1e-8);
});

test("a wave of a + b lies on the diagonal, in the two products that make it", () => {
  const n = 11;
  const values = Float64Array.from({ length: n * n }, (_, at) => Math.cos((2 * Math.PI * 3 * (Math.floor(at / n) + (at % n))) / n));
  const found = fourier.dft2d(values, n);
  near(found[5 * n + 5], n / 2);
  near(found[6 * n + 6], -n / 2);
  near(fourier.spectrum2d(found, n)[3 * 6 + 3], n / Math.SQRT2);
});

for (const n of [6, 9]) {
  test(`any values come back from their coefficients (n = ${n})`, () => {
    const values = numbers(n * n, n);
    fourier.inverse2d(fourier.dft2d(values, n), n).forEach((x, at) => near(x, values[at]));
  });
}
