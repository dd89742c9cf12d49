"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { at, raised, upTo } = require("../../site_src/kit/audit.js");
const { epochAt, placeOf, told } = require("../../timeless/instruments/audit/audit.js");
const { readAnswers, tally } = require("../../timeless/instruments/guess/guess.js");

const table = { epoch: [0, 10, 100], loss: [5, 3, 1] };
const run = { grokked: 900, end: 1000, alarms: { gini_W_E: 300, loss_test: 200, spectral_entropy: null, test_accuracy: 700 } };
const integer = (n) => String(n);

test("a value is the last one measured, with its own epoch; before the first there is none", () => {
  assert.deepEqual(at(table, "loss", 99), { epoch: 10, value: 3 });
  assert.deepEqual(at(table, "loss", 100), { epoch: 100, value: 1 });
  assert.equal(at({ epoch: [5], loss: [1] }, "loss", 4), null);
});

test("up to an epoch nothing later is shown", () => {
  assert.deepEqual(upTo(table, "loss", 50), { x: [0, 10], y: [5, 3] });
});

test("alarms are told in their order, once they have been raised", () => {
  assert.deepEqual(raised(run, 250), ["loss_test"]);
  assert.deepEqual(raised(run, 1000), ["loss_test", "gini_W_E", "test_accuracy"]);
  assert.deepEqual(raised({ alarms: null }, 1000), []);
});

test("the slider's places and epochs belong together on both axes", () => {
  for (const kind of ["linear", "epoch"]) {
    for (const epoch of [0, 37, 40000]) assert.equal(epochAt(placeOf(epoch, 40000, kind), 40000, kind), epoch);
  }
  assert.equal(epochAt(0.5, 40000, "linear"), 20000);
});

test("an alarm on a run that does not generalise is called false", () => {
  assert.match(told({ ...run, grokked: null }, 250, ["loss_test"], integer), /test loss \(epoch 200\).*within its 1000 epochs.*false alarm/);
  assert.doesNotMatch(told(run, 250, ["loss_test"], integer), /false/);
  assert.match(told(run, 0, [], integer), /No alarm so far/);
  assert.match(told({ ...run, alarms: null }, 0, [], integer), /plateau/);
});

test("answers are read from an address, and what is not a list of answers is left out", () => {
  assert.deepEqual(readAnswers("yn.c", 3), ["yn", "c", ""]);
  for (const wrong of ["maybe", "ynn", "y.y.y.y", 5, undefined]) assert.deepEqual(readAnswers(wrong, 3), ["", "", ""]);
});

test("guesses are counted stage by stage, and only where both have been made", () => {
  const answers = ["yn", "cy", "nn", "y"];
  const truths = [true, true, false, true];
  assert.deepEqual(tally(answers, truths, 0), { right: 2, wrong: 0, open: 1 });
  assert.deepEqual(tally(answers, truths, 1), { right: 2, wrong: 1, open: 0 });
});
