"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const group = require("../../site_src/kit/group.js");
const { coefficients, spectrum } = require("../../site_src/kit/fourier.js");

const { powers, isRoot, logarithms, nextRoot, multiply, walk, rebase, places } = group;

test("the powers of 2 modulo 13 visit every number but 0", () => {
  assert.deepEqual(powers(13, 2), [1, 2, 4, 8, 3, 6, 12, 11, 9, 5, 10, 7]);
  assert.equal(isRoot(13, 2), true);
  assert.equal(isRoot(131, 2), true);
});

test("the powers of other numbers come back early", () => {
  assert.deepEqual(powers(13, 3), [1, 3, 9]);
  assert.deepEqual(powers(13, 12), [1, 12]);
  assert.deepEqual(powers(13, 1), [1]);
  assert.equal(isRoot(13, 3), false);
  assert.throws(() => powers(13, 13), /no order/);
});

test("the order of every number divides p - 1, and as many are roots as Euler's function says", () => {
  const orders = Array.from({ length: 129 }, (_, i) => powers(131, i + 2).length);
  assert.ok(orders.every((order) => 130 % order === 0));
  assert.equal(orders.filter((order) => order === 130).length, 48); // φ(130) = 1 · 4 · 12
});

test("a logarithm undoes a power; 0 and what no power reaches has none", () => {
  const logs = logarithms(131, 2);
  powers(131, 2).forEach((number, exponent) => assert.equal(logs[number], exponent));
  assert.equal(logs[0], -1);
  assert.deepEqual(logarithms(13, 3), [-1, 0, -1, 1, -1, -1, -1, -1, -1, 2, -1, -1, -1]);
});

test("adding logarithms multiplies, for every pair", () => {
  const found = powers(131, 2);
  for (let a = 1; a < 131; a++) {
    for (let b = 1; b < 131; b++) {
      const { answer, exponent } = multiply(131, 2, a, b);
      assert.equal(answer, (a * b) % 131);
      assert.equal(found[exponent], answer);
    }
  }
});

test("without a logarithm there is an answer, and no sum and no walk", () => {
  assert.deepEqual(multiply(13, 2, 0, 5), { answer: 0, a: -1, b: 9, sum: -1, exponent: -1 });
  assert.deepEqual(multiply(13, 3, 2, 2), { answer: 4, a: -1, b: -1, sum: -1, exponent: -1 });
  assert.deepEqual(walk(13, 2, 0, 5), []);
});

test("a walk goes from 1 over a to a·b, round the circle if need be", () => {
  assert.deepEqual(walk(13, 2, 8, 4), [1, 2, 4, 8, 3, 6]);
  assert.deepEqual(walk(13, 2, 1, 1), [1]);
  const around = walk(13, 2, 7, 10); // 11 + 10 = 21 steps on a circle of 12
  assert.equal(around.length, 22);
  assert.equal(around[11], 7);
  assert.equal(around.at(-1), 70 % 13);
});

test("the next root skips what is none and goes round at the ends", () => {
  assert.deepEqual([2, 6, 7, 11].map((g) => nextRoot(13, g)), [6, 7, 11, 2]);
  assert.equal(nextRoot(13, 2, -1), 11);
  assert.equal(nextRoot(13, 12), 2);
});

test("a change of root permutes the spectrum as rebase says, and leaves the alternating wave", () => {
  const [p, n, d] = [13, 12, 2];
  const rows = Array.from({ length: p }, (_, t) => [Math.sin(t * t), Math.cos(3 * t + t * t)]);
  const norms = (g) => spectrum(coefficients(Float64Array.from(powers(p, g).flatMap((t) => rows[t])), n, d)).norm;
  const before = norms(2);
  for (const g of [6, 7, 11]) {
    const after = norms(g);
    for (let k = 1; k <= n / 2; k++) assert.ok(Math.abs(after[rebase(p, k, 2, g) - 1] - before[k - 1]) < 1e-12);
    assert.equal(rebase(p, n / 2, 2, g), n / 2);
  }
  assert.equal(rebase(131, 65, 2, 8), 65);
});

test("a wave that shares a divisor with n puts the numbers at fewer places", () => {
  assert.deepEqual([1, 37, 2, 13, 26, 65].map((k) => places(k, 130)), [130, 130, 65, 10, 5, 2]);
});
