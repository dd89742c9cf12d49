"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const fourier = require("../../site_src/kit/fourier.js");
const clocks = require("../../timeless/instruments/clocks/clocks-core.js");

const { TURN, wrapped, placeOf, clockOf, handsOf, errorOf, nearestNumber, waveOf, added, inUse, verdictOf, centred, leftOver, partsAt } = clocks;

const P = 131;
const near = (x, y, tolerance = 1e-9) => assert.ok(Math.abs(x - y) <= tolerance, `${x} is not ${y}`);

/** An embedding [P, 3]: number t at the angle of frequency k, in the first two coordinates, moved by `errors`; the third is noise-free. */
function planted(k, errors = {}) {
  const W = new Float64Array(P * 3);
  for (let t = 0; t < P; t++) {
    const angle = placeOf(t, k, P) + (errors[t] || 0);
    W.set([2 * Math.cos(angle) + 5, 2 * Math.sin(angle) - 1, 3], 3 * t);
  }
  return W;
}
const clockFrom = (W, k) => clockOf(fourier, W, fourier.coefficients(W, P, 3), k);

test("a perfect circle in the embedding is a perfect clock, wherever it lies", () => {
  const clock = clockFrom(planted(17), 17);
  clock.angles.forEach((angle, t) => near(wrapped(angle - placeOf(t, 17, P)), 0));
  clock.radii.forEach((radius) => near(radius, 1));
  const hands = handsOf(clock, 65, 74);
  near(errorOf(hands), 0);
  near(wrapped(hands.sum - placeOf(8, 17, P)), 0); // 65 + 74 = 8 modulo 131
  assert.ok(hands.sum >= hands.a, "the hand goes on, not back");
});

test("a number that stands wrong turns the hand by as much, and its clock keeps the rest", () => {
  const clock = clockFrom(planted(17, { 74: 0.5 }), 17);
  near(errorOf(handsOf(clock, 65, 74)), 0.5, 0.02); // one number in 131 hardly turns the plane
  near(errorOf(handsOf(clock, 65, 73)), 0, 0.02);
});

test("a hand that is dragged chooses the number that brings it there", () => {
  const clock = clockFrom(planted(54), 54);
  for (const b of [0, 1, 74, 130]) assert.equal(nearestNumber(clock, 65, clock.angles[65] + clock.angles[b] - 3 * TURN + 0.01), b);
});

test("one wave is all but tied with its neighbours; three agree at the sum alone", () => {
  const waves = [[36, 17], [23, 54], [16, 59]].map(([height, k]) => waveOf(height, k, P, 8));
  const one = verdictOf(waves[0], 8);
  assert.equal(one.highest, 8);
  assert.equal(one.near, 18); // |angle| below arccos 0.9, of 131 places
  near(one.lead, 36 * (1 - Math.cos(TURN / P)));
  const all = verdictOf(added(waves, [1, 1, 1], P), 8);
  assert.deepEqual([all.highest, all.near], [8, 0]);
  assert.ok(all.chance > 0.99 && one.chance < 0.2);
  near(added(waves, [1, 0.5, 0], P)[8], 36 + 11.5);
});

test("what is flat beside the logits has no highest place", () => {
  assert.equal(verdictOf(new Float64Array(P), 8, 1).highest, null);
  assert.equal(verdictOf(waveOf(0.04, 17, P, 8), 8, 1).highest, null);
  assert.equal(verdictOf(waveOf(0.06, 17, P, 8), 8, 1).highest, 8);
});

test("a sum leaves what was put beside it", () => {
  const [wave, other] = [waveOf(3, 17, P, 8), waveOf(4, 20, P, 8)];
  const logits = centred(wave.map((x, c) => 7 + x + other[c]));
  const { rest, share } = leftOver(logits, wave);
  rest.forEach((x, c) => near(x, other[c]));
  near(share, 16 / 25); // squares of the heights
  near(leftOver(logits, logits).share, 0);
});

test("a clock counts as used from a fiftieth of the strongest wave on", () => {
  assert.deepEqual(inUse(Float64Array.of(36, 0.7, -0.8, 0)), [true, false, true, false]);
});

test("playing shows one hand, then the other, then wave after wave", () => {
  assert.deepEqual(partsAt(0.5, 2), { a: 0.5, b: 0, waves: [0, 0] });
  assert.deepEqual(partsAt(3.25, 2), { a: 1, b: 1, waves: [1, 0.25] });
  assert.deepEqual(partsAt(Infinity, 1), { a: 1, b: 1, waves: [1] });
});
