"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const {
  apart, central, lengthOf, moved, normals, outwards, pointAt, predicted, randomDirection, sample, towards, uniform,
} = require("../../site_src/widgets/derivative.js");

const near = (x, y, tolerance = 1e-12) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);
const weights = { W: Float32Array.from({ length: 400 }, (_, i) => 3 * Math.sin(i)), b: Float32Array.from({ length: 101 }, (_, i) => 0.01 * Math.cos(i)) };

test("the same seed draws the same numbers, another seed others", () => {
  const draw = (seed) => [...normals(uniform(seed), 7)];
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
  const random = uniform(1);
  for (let i = 0; i < 1000; i++) {
    const x = random();
    assert.ok(x >= 0 && x < 1);
  }
});

test("drawn numbers are standard normal: mean, variance, and the share within one standard deviation", () => {
  const n = 40001;
  const drawn = normals(uniform(3), n);
  const mean = drawn.reduce((sum, x) => sum + x, 0) / n;
  const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
  const inside = drawn.filter((x) => Math.abs(x) < 1).length / n;
  assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.03 && Math.abs(inside - 0.6827) < 0.01);
});

for (const scaling of ["isotropic", "by-tensor"]) {
  test(`a random direction has length one, is reproducible and like no other, ${scaling}`, () => {
    const direction = randomDirection(weights, 11, scaling);
    near(lengthOf(direction), 1);
    assert.deepEqual(direction, randomDirection(weights, 11, scaling));
    const other = randomDirection(weights, 12, scaling);
    const cosine = Object.keys(weights).reduce((sum, name) => sum + direction[name].reduce((own, x, i) => own + x * other[name][i], 0), 0);
    assert.ok(Math.abs(cosine) < 0.25, `${cosine}`);
  });
}

test("scaled tensor by tensor, each part is as long as its tensor in proportion; otherwise as its size", () => {
  const share = (tensors, name) => lengthOf({ x: tensors[name] }) / lengthOf(tensors);
  near(share(randomDirection(weights, 2, "by-tensor"), "b"), share(weights, "b"));
  near(share(randomDirection(weights, 2, "isotropic"), "b"), Math.sqrt(101 / 501), 0.15);
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

test("a sample has pairs of the mask alone, each once, and all of them if fewer are there", () => {
  const mask = Uint8Array.from({ length: 200 }, (_, i) => (i % 3 ? 0 : 1));
  const drawn = [...sample(mask, 1, 20, 4)];
  assert.equal(new Set(drawn).size, 20);
  assert.ok(drawn.every((pair) => mask[pair] === 1));
  assert.deepEqual(drawn, [...drawn].sort((a, b) => a - b));
  assert.deepEqual(drawn, [...sample(mask, 1, 20, 4)]);
  assert.notDeepEqual(drawn, [...sample(mask, 1, 20, 5)]);
  assert.equal(sample(mask, 0, 1000, 1).length, mask.filter((one) => !one).length);
});
