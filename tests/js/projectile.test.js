"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { MAP, height, tensors, answer, thrower, pathOf, errorMap, outside, shade } = require("../../timeless/instruments/projectile/projectile-core.js");

const close = (a, b, tolerance = 1e-9) => assert.ok(Math.abs(a - b) < tolerance, `${a} is not ${b}`);
const box = { theta: [20, 70], v0: [20, 44], x: [1, 26] };

// A network of two hidden units that answers 2·|first input| + 3, whatever the others are.
const width = 2;
const flat = Float64Array.of(
  ...[1, -1, 0, 0, 0, 0], // W1 [3, 2]
  ...[0, 0], // b1
  ...[1, 0, 0, 1], // W2
  ...[0, 0], // b2
  ...[2, 2], // W3
  3, // b3
);

test("a ball at 45 degrees is where it is", () => {
  close(height(45, 10, 5), 5 - (9.81 * 25) / 100);
  close(height(30, 20, (400 * Math.sin(Math.PI / 3)) / 9.81), 0);
});

test("a flat array is cut into tensors in order", () => {
  const [W1, b1, W2, b2, W3, b3] = tensors(flat, width);
  assert.deepEqual([W1.length, b1.length, W2.length, b2.length, W3.length, b3.length], [6, 2, 4, 2, 2, 1]);
  assert.deepEqual([...W3, ...b3], [2, 2, 3]);
});

test("a network set by hand answers as it must", () => {
  const net = tensors(flat, width);
  for (const x of [-1, -0.25, 0, 0.5, 3]) close(answer(net, width, [x, 7, -2]), 2 * Math.abs(x) + 3);
});

test("inputs are normalised and answers are in metres", () => {
  const thrown = thrower({ box, mean: 10, std: 4, width }, flat);
  close(thrown(45, 99, 1), 10 + 4 * 3);
  close(thrown(70, 20, 26), 10 + 4 * 5);
  close(thrown(95, 20, 26), 10 + 4 * 7);
});

test("a path holds both heights and the error between them", () => {
  const exact = pathOf(height, box, 45, 30);
  assert.equal(exact.rmse, 0);
  assert.equal(exact.x[0], 1);
  assert.equal(exact.x[exact.x.length - 1], 26);
  const high = pathOf((theta, v0, x) => height(theta, v0, x) + (x > 25 ? -3 : 0), box, 45, 30);
  assert.equal(high.worst, 3);
  close(high.rmse, Math.sqrt((9 * high.x.filter((x) => x > 25).length) / high.x.length));
  assert.deepEqual(high.truth, exact.truth);
});

test("the map has a cell for each angle and speed, slowest first", () => {
  const cells = [4, 3];
  const errors = errorMap((theta, v0, x) => height(theta, v0, x) + theta + 1000 * v0, box, cells);
  assert.equal(errors.length, 12);
  const theta = (i) => MAP.theta[0] + ((MAP.theta[1] - MAP.theta[0]) * (i + 0.5)) / 4;
  const v0 = (i) => MAP.v0[0] + ((MAP.v0[1] - MAP.v0[0]) * (i + 0.5)) / 3;
  close(errors[0], theta(0) + 1000 * v0(0), 1e-6);
  close(errors[3], theta(3) + 1000 * v0(0), 1e-6);
  close(errors[8], theta(0) + 1000 * v0(2), 1e-6);
});

test("inside is no distance, outside is counted from the nearer end", () => {
  assert.deepEqual([20, 45, 70, 15, 85].map((value) => outside(value, box.theta)), [0, 0, 0, 5, 15]);
});

test("shades grow with the logarithm of the error, between their ends", () => {
  assert.deepEqual([0, 0.05, 0.1, 100, 1e4].map(shade), [0, 0, 0, 1, 1]);
  close(shade(Math.sqrt(10)), 0.5);
});
