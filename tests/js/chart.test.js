"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { extent, namesAt, pixels, ramp, scale, tickText } = require("../../site_src/kit/chart.js");

test("a scale goes to pixels and back, and stops at its ends", () => {
  for (const kind of ["linear", "log", "epoch"]) {
    const place = scale({ kind, low: 1, high: 1000, from: 10, to: 310 });
    assert.equal(place(1), 10);
    assert.equal(place(1000), 310);
    assert.ok(Math.abs(place.invert(place(37)) - 37) < 1e-9);
    assert.equal(place.invert(-50), 1);
    assert.equal(place.invert(500), 1000);
  }
});

test("upright scales run the other way", () => {
  const up = scale({ low: 0, high: 1, from: 200, to: 20 });
  assert.deepEqual([up(0), up(0.5), up(1)], [200, 110, 20]);
});

test("ticks are round and inside", () => {
  assert.deepEqual(scale({ low: 0, high: 1, from: 0, to: 1 }).ticks, [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(scale({ low: -1, high: 1, from: 0, to: 1 }).ticks, [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(scale({ kind: "log", low: 0.02, high: 300, from: 0, to: 1 }).ticks, [0.1, 1, 10, 100]);
  assert.deepEqual(scale({ kind: "epoch", low: 0, high: 40000, from: 0, to: 1 }).ticks, [0, 1, 10, 100, 1000, 10000]);
});

test("ticks are written as one reads them", () => {
  const texts = [0, 0.25, -2, 1000, 100000, 1e-7, 2.5e7, -1e-5].map(tickText);
  assert.deepEqual(texts, ["0", "0.25", "−2", "1,000", "10⁵", "10⁻⁷", "2.5\u00a0×\u00a010⁷", "−10⁻⁵"]);
});

test("the extent of lists leaves out what is not finite, and what a log axis cannot show", () => {
  assert.deepEqual(extent([[3, NaN, null], [-1, 7]]), [-1, 7]);
  assert.deepEqual(extent([[0, -2, 5, 0.1]], "log"), [0.1, 5]);
  assert.deepEqual(extent([[]]), [0, 1]);
});

test("a ramp passes through its colours", () => {
  const colour = ramp(["rgb(0, 0, 0)", "rgb(100, 0, 0)", "rgb(100, 200, 0)"]);
  assert.deepEqual([0, 0.25, 0.5, 1, 2].map(colour), [[0, 0, 0], [50, 0, 0], [100, 0, 0], [100, 200, 0], [100, 200, 0]]);
});

test("in a map a runs to the right and b upwards", () => {
  const bytes = pixels([1, 2, 3, 4], 2, (value, index) => [value, index, 0]); // (a, b) = 00, 01, 10, 11
  const at = (x, y) => [...bytes.subarray(4 * (2 * y + x), 4 * (2 * y + x) + 4)];
  assert.deepEqual(at(0, 1), [1, 0, 0, 255]);
  assert.deepEqual(at(0, 0), [2, 1, 0, 255]);
  assert.deepEqual(at(1, 1), [3, 2, 0, 255]);
  assert.deepEqual(at(1, 0), [4, 3, 0, 255]);
});

test("a name stands over its place, beside another as long as its place is under it, or not at all", () => {
  assert.deepEqual(namesAt([50, 120, 150], [20, 20, 0], { from: 0, to: 300 }), [50, 120, null]);
  assert.deepEqual(namesAt([50, 85, 90], [20, 20, 20], { from: 0, to: 300 }), [50, 98, null]);
  assert.deepEqual(namesAt([2, 298], [20, 20], { from: 0, to: 300 }), [20, 280]);
});
