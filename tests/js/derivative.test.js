"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const {
  apart, central, lengthOf, moved, outwards, pairsWhere, pointAt, predicted, randomDirection, towards,
} = require("../../timeless/instruments/derivative/derivative-core.js");
const { normal } = require("../../site_src/kit/chance.js");

const near = (x, y, tolerance = 1e-12) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);
const weights = { W: Float32Array.from({ length: 400 }, (_, i) => 3 * Math.sin(i)), b: Float32Array.from({ length: 101 }, (_, i) => 0.01 * Math.cos(i)) };

for (const scaling of ["isotropic", "by-tensor"]) {
  test(`a random direction has length one, is reproducible and like no other, ${scaling}`, () => {
    const direction = randomDirection(weights, normal(11), scaling);
    near(lengthOf(direction), 1);
    assert.deepEqual(direction, randomDirection(weights, normal(11), scaling));
    const other = randomDirection(weights, normal(12), scaling);
    const cosine = Object.keys(weights).reduce((sum, name) => sum + direction[name].reduce((own, x, i) => own + x * other[name][i], 0), 0);
    assert.ok(Math.abs(cosine) < 0.25, `${cosine}`);
  });
}

test("scaled tensor by tensor, each part is as long as its tensor in proportion; otherwise as its size", () => {
  const share = (tensors, name) => lengthOf({ x: tensors[name] }) / lengthOf(tensors);
  near(share(randomDirection(weights, normal(2), "by-tensor"), "b"), share(weights, "b"));
  near(share(randomDirection(weights, normal(2), "isotropic"), "b"), Math.sqrt(101 / 501), 0.15);
});

test("the way towards changed weights is what was taken out, and going back along it takes it out", () => {
  const changed = { ...weights, W: weights.W.map((x, i) => (i < 10 ? 0 : x)) };
  const direction = towards(changed, weights);
  near(lengthOf(direction), 1);
  const taken = lengthOf({ W: weights.W.slice(0, 10) });
  const back = moved(weights, direction, -taken);
  for (let i = 0; i < 400; i++) near(back.W[i], changed.W[i], 1e-6);
  assert.deepEqual([...back.b], [...weights.b]);
});

test("a central difference is the derivative of a parabola, and nearly that of an exponential", () => {
  const parabola = (t) => 3 + 2 * t + 5 * t * t;
  near(central(parabola(0.1), parabola(-0.1), 0.1), 2);
  const step = 0.005;
  near(central(Math.exp(2 * step), Math.exp(-2 * step), step), 2, 1e-4);
});

test("the tangent and the parabola say what the formula says", () => {
  assert.equal(predicted(2, 1, 3), 7);
  assert.equal(predicted(2, 1, 3, 4), 15);
  assert.equal(predicted(0, 1, 3, 4), 1);
});

test("two numbers are apart by their difference over the larger", () => {
  assert.equal(apart(2, 2), 0);
  assert.equal(apart(-1, 1), 2);
  near(apart(1, 0.9), 0.1);
  assert.equal(apart(0, 0), 0);
});

test("the nearest point of a profile is read, and none beyond its ends", () => {
  const profile = [-2, -1, 0, 1, 2].map((t) => ({ t, loss: t * t }));
  assert.deepEqual([-2.4, -0.6, 0.4, 2.4].map((t) => pointAt(profile, t).t), [-2, -1, 0, 2]);
  assert.equal(pointAt(profile, 2.6), null);
  assert.equal(pointAt([], 0), null);
  assert.deepEqual(pointAt([{ t: 0, loss: 1 }], 0), { t: 0, loss: 1 });
});

test("lengths go outwards from zero", () => {
  assert.deepEqual(outwards(2, 2), [0, 1, -1, 2, -2]);
});

test("the pairs of the mask are found, in rising order", () => {
  const mask = Uint8Array.of(1, 0, 0, 1, 1);
  assert.deepEqual(pairsWhere(mask, 1), [0, 3, 4]);
  assert.deepEqual(pairsWhere(mask, 0), [1, 2]);
});
