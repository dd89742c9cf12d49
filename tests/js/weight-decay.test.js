"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { decayed, exchange, factorOf, halfLife, nearest, normAt, putBack } = require("../../timeless/instruments/weight_decay/weight-decay.js");

const near = (x, y, tolerance = 1e-12) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);

test("the factor of an update is one less the product of learning rate and decay", () => {
  near(factorOf(0.001, 1), 0.999);
  assert.equal(factorOf(0.001, 0), 1);
});

test("after a half-life half of a norm is left, and without decay it never is", () => {
  for (const factor of [0.999, 0.96, 0.5]) near(decayed(8, factor, halfLife(factor)), 4);
  near(halfLife(0.999), Math.LN2 / 0.001, 1e-3);
  assert.equal(halfLife(0.5), 1);
  assert.equal(halfLife(1), Infinity);
  assert.equal(decayed(8, 1, 1000), 8);
});

test("decay alone is the factor, one update after the other", () => {
  let norm = 3;
  for (let step = 0; step < 50; step++) norm *= 0.99;
  near(decayed(3, 0.99, 50), norm);
});

test("the run's norm is as measured at a checkpoint, on a line between two, and nothing outside", () => {
  const [epochs, norms] = [[0, 10, 110], [4, 5, 7]];
  assert.deepEqual([0, 10, 110].map((epoch) => normAt(epochs, norms, epoch)), norms);
  assert.deepEqual([5, 60, 85].map((epoch) => normAt(epochs, norms, epoch)), [4.5, 6, 6.5]);
  assert.deepEqual([-1, 111].map((epoch) => normAt(epochs, norms, epoch)), [null, null]);
});

test("what is put back at every update is found again from where it leads", () => {
  for (const [factor, amount] of [[0.999, 0.05], [0.9, -0.2], [1, 0.01]]) {
    let norm = 20;
    for (let step = 0; step < 100; step++) norm = factor * norm + amount;
    near(putBack(20, norm, factor, 100), amount, 1e-9);
  }
});

test("a norm that stands still gets back what is taken; one that decays freely gets nothing", () => {
  const epochs = [0, 10, 20, 120];
  const still = exchange(epochs, [6, 6, 6, 6], 0.99, 10);
  assert.deepEqual(still.epoch, [10, 20]);
  still.taken.forEach((amount, i) => near(amount, still.back[i]));
  near(still.taken[0], 0.06);
  const free = exchange(epochs, epochs.map((epoch) => decayed(6, 0.99, epoch)), 0.99, 0);
  assert.deepEqual(free.epoch, [0, 10, 20]);
  free.back.forEach((amount) => near(amount, 0));
});

test("the nearest measured epoch is found", () => {
  assert.deepEqual([-5, 4, 6, 70, 500].map((x) => nearest([0, 10, 110], x)), [0, 0, 1, 2, 2]);
});
