"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { PACE, advance, epochAt, linesOf, nearest, phaseAt, positionOf, protocolOf, stepFrom } = require("../../timeless/instruments/progress/progress-core.js");

const epochs = [0, 10, 99, 500, 999];
const directions = { last: { freqs: [3, 5], epoch: 999 }, confirmed: { freqs: [2, 3, 5], epoch: 500 } };
const state = { view: "loss", split: "defined", directions: "last" };

test("the nearest checkpoint is found, the earlier of two that are equally near", () => {
  const found = [-3, 0, 5, 6, 54, 55, 300, 749, 750, 5000].map((epoch) => epochs[nearest(epochs, epoch)]);
  assert.deepEqual(found, [0, 0, 0, 10, 10, 99, 500, 500, 999, 999]);
});

test("whole positions are checkpoints, and there is a way back from every position", () => {
  epochs.forEach((epoch, i) => {
    assert.equal(epochAt(epochs, i), epoch);
    assert.equal(positionOf(epochs, epoch), i);
  });
  for (const position of [0.25, 1.5, 3.99]) assert.ok(Math.abs(positionOf(epochs, epochAt(epochs, position)) - position) < 1e-9);
  assert.equal(positionOf(epochs, 5000), 4);
  assert.equal(positionOf(epochs, -1), 0);
});

test("epochs grow along the way", () => {
  const way = Array.from({ length: 41 }, (_, i) => epochAt(epochs, i / 10));
  way.slice(1).forEach((epoch, i) => assert.ok(epoch > way[i]));
});

test("each speed takes its time from one checkpoint to the next, and playing ends at the last", () => {
  for (const speed of [0.5, 1, 2, 4]) {
    let position = 1;
    for (let spent = 0; spent < PACE / speed; spent += 25) position = advance(position, 25, speed, 4);
    assert.ok(Math.abs(position - 2) < 0.12, `${position} at speed ${speed}`);
  }
  assert.equal(advance(3.9, 10 * PACE, 1, 4), 4);
});

test("a step goes to the next checkpoint, also from between two, and stays at the ends", () => {
  assert.deepEqual([0, 5, 10, 500, 999].map((epoch) => stepFrom(epochs, epoch, 1)), [10, 10, 99, 999, 999]);
  assert.deepEqual([0, 5, 10, 501, 999].map((epoch) => stepFrom(epochs, epoch, -1)), [0, 0, 0, 500, 500]);
});

test("an epoch belongs to the phase that began last", () => {
  const phases = [{ name: "first", start: 0 }, { name: "second", start: 100 }, { name: "third", start: 500 }];
  assert.deepEqual([0, 99, 100, 499, 500, 9999].map((epoch) => phaseAt(phases, epoch).name), ["first", "first", "second", "second", "third", "third"]);
  assert.equal(phaseAt(phases.slice(0, 1), 400).name, "first");
});

test("as defined, restricted loss is on all pairs and excluded loss on the training pairs", () => {
  assert.deepEqual(linesOf(state).map(({ column, table }) => [table, column]), [
    ["curves", "train_loss"], ["curves", "test_loss"], ["last", "restricted_loss_all"], ["last", "excluded_loss_train"],
  ]);
  const labels = linesOf(state).map(({ label }) => label);
  assert.deepEqual(labels, ["train loss", "test loss", "restricted loss, all pairs", "excluded loss, training pairs"]);
});

test("another split or other directions change what is drawn and what it is called", () => {
  const [, , restricted, excluded] = linesOf({ ...state, split: "test", directions: "confirmed" });
  assert.deepEqual([restricted.table, restricted.column, restricted.label], ["confirmed", "restricted_loss_test", "restricted loss, test pairs"]);
  assert.deepEqual([excluded.table, excluded.column, excluded.label], ["confirmed", "excluded_loss_test", "excluded loss, test pairs"]);
  assert.deepEqual(linesOf({ ...state, view: "accuracy", split: "test" }).map(({ column }) => column),
    ["train_accuracy", "test_accuracy", "restricted_accuracy_all"]);
});

test("the protocol is told in words: pairs, frequencies, and when they were chosen", () => {
  const defined = protocolOf(state, directions);
  assert.match(defined, /^Restricted loss on all pairs, excluded loss on training pairs\./);
  assert.match(defined, /k = 3, 5, .*last checkpoint, epoch 999; .*beforehand/);
  const other = protocolOf({ ...state, split: "test", directions: "confirmed" }, directions);
  assert.match(other, /^Restricted and excluded loss on test pairs\./);
  assert.match(other, /k = 2, 3, 5, .*epoch 500, .*after looking/);
});
