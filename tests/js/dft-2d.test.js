"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const dft = require("../../timeless/instruments/dft_2d/dft-2d-core.js");
const network = require("../../site_src/kit/network/network.js");

const near = (x, y, tolerance = 1e-9) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);
const turn = 2 * Math.PI;

/** The values of a function of the pair over all n * n pairs. */
const over = (n, f) => Float64Array.from({ length: n * n }, (_, at) => f(Math.floor(at / n), at % n));

test("a wave of a + b is told as such, whatever the constant", () => {
  const n = 13;
  const found = dft.analyse(over(n, (a, b) => 100 + 2 * Math.cos((turn * 4 * (a + b)) / n + 0.7)), n);
  near(found.sum, 1);
  assert.equal(found.own, 4);
  near(found.ownShare, 1);
  assert.deepEqual(dft.strongest(found, 1).map(({ freqA, freqB }) => [freqA, freqB]), [[4, 4]]);
  near(found.norms[0], 100 * n);
  assert.equal(found.shares[0], 0);
});

test("a wave of a - b is not one of a + b, though it lies at the same pair of frequencies", () => {
  const n = 13;
  const found = dft.analyse(over(n, (a, b) => Math.cos((turn * 4 * (a - b)) / n)), n);
  near(found.sum, 0);
  near(found.shares[4 * found.m + 4], 1);
});

test("for an even order the alternating wave is one of a + b", () => {
  near(dft.analyse(over(6, (a, b) => ((a + b) % 2 ? -1 : 1)), 6).sum, 1);
});

test("components come by energy, with what they hold together", () => {
  const n = 11;
  const wave = (k, t) => Math.cos((turn * k * t) / n);
  const top = dft.strongest(dft.analyse(over(n, (a, b) => 3 * wave(2, a) + 2 * wave(5, b) + wave(2, a) * wave(3, b)), n), 4);
  assert.deepEqual(top.slice(0, 3).map(({ freqA, freqB }) => [freqA, freqB]), [[2, 0], [0, 5], [2, 3]]);
  const energy = [9 / 2, 4 / 2, 1 / 4];
  const total = energy.reduce((sum, x) => sum + x);
  energy.forEach((each, i) => near(top[i].share, each / total));
  near(top[0].norm, n * Math.sqrt(9 / 2));
  near(top[2].together, 1);
  near(top[3].share, 0);
});

test("the strongest components alone make what they are", () => {
  const n = 9;
  const values = over(n, (a, b) => 7 + 3 * Math.sin((turn * 2 * a) / n) + Math.cos((turn * 4 * b) / n));
  const found = dft.analyse(values, n);
  dft.rebuilt(found, 1).forEach((x, at) => near(x, 7 + 3 * Math.sin((turn * 2 * Math.floor(at / n)) / n)));
  dft.rebuilt(found, 2).forEach((x, at) => near(x, values[at]));
});

test("a constant has no energy and no NaN", () => {
  for (const value of [3, 0]) {
    const found = dft.analyse(new Float64Array(49).fill(value), 7);
    near(found.norms[0], 7 * value);
    assert.deepEqual([found.energy, found.sum, found.ownShare], [0, 0, 0]);
    assert.ok(found.shares.every((share) => share === 0));
  }
});

test("a centred unembedding gives each logit less the mean of all", () => {
  const info = { p: 3, d_model: 2 };
  const weights = { W_U: Float32Array.of(1, 2, 6, 0, -3, 3), b_U: Float32Array.of(3, 0, 0), other: 1 };
  const found = dft.centred(weights, info);
  assert.deepEqual([...found.W_U], [-2, -1, 3, 0, -3, 3]);
  assert.deepEqual([...found.b_U], [2, -1, -1]);
  assert.equal(found.other, 1);
  assert.equal(weights.W_U[0], 1);
});

test("the file lists every pair of frequencies", () => {
  const lines = dft.csvOf(dft.analyse(over(5, (a) => Math.cos((turn * a) / 5)), 5)).trim().split("\n");
  assert.equal(lines[0], "freq_a,freq_b,norm,share_of_non_constant_energy");
  assert.equal(lines.length, 1 + 9);
  assert.match(lines[1], /^0,0,[\d.e-]+,$/);
  const [a, b, norm, share] = lines[1 + 3].split(",").map(Number);
  assert.deepEqual([a, b], [1, 0]);
  near(norm, 5 / Math.SQRT2, 1e-6);
  near(share, 1, 1e-6);
});

test("the range of a list and its mean", () => {
  assert.deepEqual(dft.range([2, -1, 5]), { low: -1, high: 5, mean: 2 });
});

test("the network's maps can be analysed as they come", () => {
  assert.ok(dft.analyse(Float32Array.from({ length: 49 }, (_, i) => network.softmax(Float64Array.of(i % 5, 1))[0]), 7).energy > 0);
});
