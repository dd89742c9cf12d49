"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { order } = require("../../site_src/js/ledger.js");

test("numbers are sorted as numbers", () => {
  assert.deepEqual(order(["10", "9", "100"], false), [1, 0, 2]);
  assert.deepEqual(order(["10", "9", "100"], true), [2, 0, 1]);
});

test("names are sorted as names", () => {
  assert.deepEqual(order(["scarce", "click", "phase10", "phase2"], false), [1, 2, 3, 0]);
});

test("ties keep the order of the study, both ways", () => {
  assert.deepEqual(order(["1", "0", "1", "0"], false), [1, 3, 0, 2]);
  assert.deepEqual(order(["1", "0", "1", "0"], true), [0, 2, 1, 3]);
});
