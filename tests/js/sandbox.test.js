"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { measuredAt, reach, recorder } = require("../../timeless/instruments/sandbox/sandbox-core.js");

// Two particles in two planes at three checkpoints.
const view = {
  n: 2,
  planes: 2,
  xy: Float64Array.from({ length: 24 }, (_, i) => i),
  lengths: Float32Array.of(1, 2, /**/ 3, 6, /**/ 5, 7),
};

test("at a checkpoint the particles stand where they were measured", () => {
  assert.deepEqual(measuredAt(view, 0, 0), { xy: Float64Array.of(0, 1, 2, 3), lengths: Float64Array.of(1, 2), row: 0 });
  assert.deepEqual(measuredAt(view, 1, 1), { xy: Float64Array.of(12, 13, 14, 15), lengths: Float64Array.of(3, 6), row: 1 });
  assert.deepEqual([...measuredAt(view, 1, 2).xy], [20, 21, 22, 23]);
});

test("between checkpoints they are on a straight line, in the same plane", () => {
  const { xy, lengths, row } = measuredAt(view, 1, 0.25);
  assert.deepEqual([...xy], [6, 7, 8, 9]);
  assert.deepEqual([...lengths], [1.5, 3]);
  assert.equal(row, 0);
});

test("the frame holds the particles of the plane and checkpoints asked for", () => {
  assert.equal(reach(view, 0, [0]), Math.hypot(2, 3));
  assert.equal(reach(view, 1, [0, 2].values()), Math.hypot(22, 23));
});

test("a record stays within its room and keeps its first row and an even pace", () => {
  const { kept, note, clear } = recorder(["energy"], 8);
  for (let i = 0; i <= 1000; i++) note(i / 10, { energy: i });
  assert.ok(kept.time.length < 8 && kept.time.length >= 3);
  assert.equal(kept.time[0], 0);
  const paces = kept.time.slice(1).map((time, i) => time - kept.time[i]);
  assert.ok(Math.max(...paces) - Math.min(...paces) < 1e-9);
  kept.time.forEach((time, i) => assert.ok(Math.abs(kept.energy[i] - 10 * time) < 1e-9));
  clear();
  assert.deepEqual(kept, { time: [], energy: [] });
  note(0, { energy: 1 });
  note(0.1, { energy: 2 });
  assert.deepEqual(kept.energy, [1, 2]);
});
