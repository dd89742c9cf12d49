"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { lastNotAbove, momentAt, nearestCheckpoint } = require("../../timeless/instruments/click/click.js");

const data = {
  p: 2,
  epochs: [0, 99, 999],
  curve_epochs: [0, 50, 99, 500, 999],
  train_accuracy: [0, 0.5, 1, 1, 1],
  test_accuracy: [0, 0, 0.1, 0.2, 0.9],
};
const xy = Float32Array.of(0, 0, 1, 1, /**/ 2, 4, 3, 1, /**/ 2, 4, 3, -1);

test("at a checkpoint the tokens stand where they were measured", () => {
  const moment = momentAt(data, xy, 99);
  assert.deepEqual([...moment.x], [2, 3]);
  assert.deepEqual([...moment.y], [4, 1]);
  assert.equal(moment.epoch, 99);
  assert.equal(moment.measuredEpoch, 99);
  assert.deepEqual([moment.train, moment.test], [1, 0.1]);
});

test("between checkpoints they are on the way, and the accuracies are the last ones logged", () => {
  const moment = momentAt(data, xy, 549);
  assert.deepEqual([...moment.y], [4, 0]);
  assert.equal(moment.measuredEpoch, 500);
  assert.equal(moment.test, 0.2);
});

test("the last epoch is the last checkpoint", () => {
  const moment = momentAt(data, xy, 999);
  assert.deepEqual([...moment.y], [4, -1]);
  assert.equal(moment.epoch, 999);
  assert.equal(moment.test, 0.9);
});

test("the nearest checkpoint is found on the scale of epochs", () => {
  assert.deepEqual([0, 49, 50, 500, 549, 5000].map((epoch) => nearestCheckpoint(data, epoch)), [0, 0, 1, 1, 1, 2]);
});

test("the last entry not above a value is found, also outside the list", () => {
  assert.deepEqual([-1, 0, 49, 50, 51, 5000].map((x) => lastNotAbove(data.curve_epochs, x)), [0, 0, 0, 1, 1, 4]);
});
