"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const temperature = require("../../timeless/instruments/temperature/temperature-core.js");
const network = require("../../site_src/kit/network/network.js");

const near = (x, y, tolerance = 1e-12) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);

test("the slider runs from a twentieth to twenty by equal factors, with 1 in the middle", () => {
  const { temperatureAt, positionOf, HALF, MOST } = temperature;
  assert.deepEqual([-HALF, 0, HALF].map(temperatureAt), [0.05, 1, MOST]);
  near(temperatureAt(50), Math.sqrt(20), 1e-3);
  for (let position = -HALF; position <= HALF; position++) assert.equal(positionOf(temperatureAt(position)), position);
});

test("the grid of the curve holds 1 and both ends", () => {
  assert.equal(temperature.GRID.length, 21);
  for (const T of [0.05, 1, 20]) assert.ok(temperature.GRID.includes(T));
});

test("the entropy of a pattern: none, that of two, and equal attention", () => {
  near(temperature.entropyOf([1, 0, 0]), 0);
  near(temperature.entropyOf([0.5, 0.5, 0]), Math.LN2);
  near(temperature.entropyOf([1, 1, 1].map((x) => x / 3)), Math.log(3));
});

test("a softmax at a low temperature comes to its limit, at a high one to equal shares", () => {
  for (const scores of [[1, 3, 2], [-4, 0.5, 0.5]]) {
    const limit = temperature.coldest(scores);
    network.softmax(Float64Array.from(scores), 1e-3).forEach((share, i) => near(share, limit[i]));
    network.softmax(Float64Array.from(scores), 1e6).forEach((share) => near(share, 1 / 3, 1e-5));
  }
  assert.deepEqual(temperature.coldest([-4, 0.5, 0.5]), [0, 0.5, 0.5]);
});

test("entropy only grows with the temperature", () => {
  const scores = [0.3, -1.2, 2];
  const found = temperature.GRID.map((T) => temperature.entropyOf(network.softmax(Float64Array.from(scores), T)));
  found.slice(1).forEach((entropy, i) => assert.ok(entropy > found[i]));
});

test("the list of a pattern is cut head by head", () => {
  assert.deepEqual(temperature.byHead(Float64Array.of(1, 2, 3, 4, 5, 6), 2), [[1, 2, 3], [4, 5, 6]]);
});

test("a curve keeps its points by temperature, one of a kind", () => {
  const points = [0.5, 2, 1].reduce((all, T) => temperature.withPoint(all, { T }), []);
  assert.deepEqual(points.map(({ T }) => T), [0.5, 1, 2]);
  assert.deepEqual(temperature.withPoint(points, { T: 1, again: true })[1], { T: 1, again: true });
});

test("of the grid is still to come what the curve has not, the nearest to 1 first", () => {
  const { missing, GRID } = temperature;
  assert.equal(missing([])[0], 1);
  const left = missing([{ T: 1 }, { T: 0.111 }]);
  assert.equal(left.length, GRID.length - 1);
  assert.deepEqual(new Set(left.slice(-2)), new Set([0.05, 20]));
  assert.deepEqual(missing(GRID.map((T) => ({ T }))), []);
});

test("losses lie between whole powers of ten, also where there are none", () => {
  const [low, high] = temperature.decades([3e-7, 24]);
  near(low, 1e-7);
  near(high, 100);
  assert.deepEqual(temperature.decades([0]), [0.1, 10]);
});
