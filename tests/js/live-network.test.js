"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { nextWrong, mostActive, lifts, byFrequency, aboveMean, lossShare, pooled } = require("../../timeless/instruments/network/network-core.js");

const near = (x, y) => assert.ok(Math.abs(x - y) < 1e-9, `${x} is not near ${y}`);

test("the next wrong answer is found going round, and the pair itself comes last", () => {
  const answers = Uint16Array.of(0, 9, 2, 3, 9, 5);
  const wanted = (pair) => pair;
  assert.equal(nextWrong(answers, 0, wanted), 1);
  assert.equal(nextWrong(answers, 1, wanted), 4);
  assert.equal(nextWrong(answers, 4, wanted), 1);
  answers[4] = 4;
  assert.equal(nextWrong(answers, 1, wanted), 1);
  answers[1] = 1;
  assert.equal(nextWrong(answers, 3, wanted), -1);
});

test("the most active neurons come first, and silent ones not at all", () => {
  assert.deepEqual(mostActive(Float64Array.of(0, 3, 1, 3, 7, 0), 3), [4, 1, 3]);
  assert.deepEqual(mostActive(Float64Array.of(0, 2, 0), 3), [1]);
});

test("what neurons lift a class by is measured from the mean of all classes", () => {
  // W_logit = W_out W_U = [[1, 2, 3], [6, 0, 0]]; its rows have the means 2 and 2.
  const weights = { W_out: Float32Array.of(1, 0, 0, 2), W_U: Float32Array.of(1, 2, 3, 3, 0, 0) };
  const info = { d_model: 2, d_mlp: 2, p: 3 };
  assert.deepEqual([...lifts(weights, info, 2)], [1, -2]);
  assert.deepEqual([...lifts(weights, info, 0)], [-1, 4]);
  near(aboveMean(Float64Array.of(1, 2, 6), 2), 3);
});

test("active neurons are gathered by frequency, those below 85% as belonging to none", () => {
  const known = { frequencies: Uint16Array.of(17, 54, 17, 17, 3), shares: Float32Array.of(0.9, 0.95, 0.86, 0.2, 1) };
  const found = byFrequency(Float64Array.of(1, 2, 3, 4, 0), Float64Array.of(1, 1, 2, -0.25, 9), known);
  assert.deepEqual(found, [
    { frequency: 17, neurons: 2, adds: 7 },
    { frequency: 54, neurons: 1, adds: 2 },
    { frequency: 0, neurons: 1, adds: -1 },
  ]);
});

test("a loss is drawn on a logarithmic scale that ends where it says", () => {
  near(lossShare(1e-7), 0);
  near(lossShare(30), 1);
  near(lossShare(Math.sqrt(30 * 1e-7)), 0.5);
  assert.equal(lossShare(0), 0);
  assert.equal(lossShare(99), 1);
});

test("the mean over both splits weighs each by its pairs", () => {
  near(pooled(1, 0.5, { train: 30, test: 70 }), 0.65);
});
