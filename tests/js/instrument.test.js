"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { integer, nearestEpoch, percent, ringColour, ringFraction, ringOrder, ticksTo } = require("../../site_src/kit/instrument.js");

test("ticks are round, start at 0 and cover the range", () => {
  assert.deepEqual(ticksTo(3.3, 4), [0, 1, 2, 3, 4]);
  assert.deepEqual(ticksTo(0.34, 2), [0, 0.2, 0.4]);
  assert.deepEqual(ticksTo(1, 4), [0, 0.25, 0.5, 0.75, 1]);
});

test("a percentage does not round to all or nothing", () => {
  assert.deepEqual([0, 0.0001, 0.181, 0.9999, 1].map((x) => percent(x)), ["0%", "<\u00a00.1%", "18.1%", ">\u00a099.9%", "100%"]);
  assert.deepEqual([0.181, 0.999].map((x) => percent(x, 0)), ["18%", ">\u00a099%"]);
});

test("integers carry separators", () => assert.equal(integer(40000), "40,000"));

test("the ring visits every token once, k apart in value times k", () => {
  const order = ringOrder(14, 131);
  assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 131 }, (_, t) => t));
  order.forEach((t, place) => assert.equal((t * 14) % 131, place));
  assert.equal(ringFraction(0, 14, 131), 0);
  assert.equal(ringFraction(10, 14, 131), 9 / 131);
});

test("the ring's colours close, and differ across it", () => {
  for (const dark of [true, false]) {
    assert.equal(ringColour(0, dark), ringColour(1, dark));
    assert.equal(new Set(Array.from({ length: 131 }, (_, i) => ringColour(i / 131, dark))).size, 131);
    assert.match(ringColour(0.3, dark), /^rgb\(\d+, \d+, \d+\)$/);
  }
});

test("the nearest checkpoint is nearest in the logarithm of the epoch", () => {
  const epochs = [0, 10, 100, 10000, 40000];
  assert.equal(nearestEpoch(epochs, 100), 2);
  assert.equal(nearestEpoch(epochs, 900), 2);
  assert.equal(nearestEpoch(epochs, 1100), 3);
  assert.equal(nearestEpoch(epochs, 0), 0);
  assert.equal(nearestEpoch(epochs, Number.MAX_SAFE_INTEGER), 4);
});
