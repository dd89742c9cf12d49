"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { drawn, normal, uniform } = require("../../site_src/kit/chance.js");

test("the same seed gives the same numbers, another one others", () => {
  for (const kind of [uniform, normal]) {
    const first = (seed) => Array.from({ length: 7 }, kind(seed));
    assert.deepEqual(first(5), first(5));
    assert.notDeepEqual(first(5), first(6));
  }
});

test("uniform numbers lie in [0, 1) and fill it evenly", () => {
  const found = Array.from({ length: 20000 }, uniform(1));
  assert.ok(found.every((x) => x >= 0 && x < 1));
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = found.filter((x) => Math.floor(10 * x) === tenth).length / found.length;
    assert.ok(Math.abs(share - 0.1) < 0.01, `${share} of them in tenth ${tenth}`);
  }
});

test("normal numbers have mean 0, variance 1 and the fourth moment of a normal distribution", () => {
  const found = Array.from({ length: 200_000 }, normal(7));
  const moment = (power) => found.reduce((sum, x) => sum + x ** power, 0) / found.length;
  assert.ok(Math.abs(moment(1)) < 0.01); // their standard errors are 0.002, 0.003 and 0.02
  assert.ok(Math.abs(moment(2) - 1) < 0.015);
  assert.ok(Math.abs(moment(4) - 3) < 0.1);
});

test("things are drawn without repeat, all of them if asked, and each as often as the others", () => {
  assert.deepEqual(drawn("abcd", 9, uniform(2)).sort(), ["a", "b", "c", "d"]);
  const times = [0, 0, 0, 0, 0];
  for (let seed = 0; seed < 2000; seed++) for (const i of drawn([0, 1, 2, 3, 4], 2, uniform(seed))) times[i] += 1;
  assert.equal(times.reduce((sum, n) => sum + n), 4000);
  for (const n of times) assert.ok(Math.abs(n - 800) < 100, `${times}`);
});
