"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const core = require("../../timeless/instruments/train/train-core.js");
const { PLACES, written } = require("../../site_src/kit/safetensors.js");
const { problem } = require("../../site_src/kit/trainer/problem.js");

const STATE = { p: 11, operation: "a+b", share: 50, heads: 1, width: 8, activation: "relu", rate: 0.003, decay: 2, seed: 1, epochs: 600 };

test("what the controls say is a configuration that can be trained, and a preset whatever seed and length it has", () => {
  assert.equal(problem(core.configOf(STATE)).train.length, 60);
  const { seed: _, ...preset } = STATE;
  assert.ok(core.isPreset({ ...STATE, seed: 9, epochs: 1000 }, { state: preset }));
  assert.ok(!core.isPreset({ ...STATE, decay: 0 }, { state: preset }));
});

test("changes come back from the address as they were, and what is not possible is left out", () => {
  const changes = [{ epoch: 300, name: "weight_decay", value: 0 }, { epoch: 450, name: "learning_rate", value: 0.001 }];
  assert.equal(core.changesText(changes), "300d0_450r0.001");
  assert.deepEqual(core.changesOf("450r0.001_300d0"), changes);
  for (const bad of [undefined, "", "x", "300d", "-3d1", "300d11", "300r0", "3e9d1", "300q1", "__proto__", {}]) assert.deepEqual(core.changesOf(bad), []);
});

test("settings follow the changes, a later one in place of those from its epoch on", () => {
  const config = core.configOf(STATE);
  let changes = [];
  for (const [epoch, value] of [[100, 0], [300, 1], [200, 3]]) changes = core.changed(changes, { epoch, name: "weight_decay", value });
  const decays = [0, 99, 100, 199, 200, 400].map((epoch) => core.settingsAt(config, changes, epoch).weight_decay);
  assert.deepEqual(decays, [2, 2, 0, 0, 3, 3]);
  assert.equal(core.settingsAt(config, changes, 400).learning_rate, 0.003);
});

test("a run stops to be measured, where something changes, and at its end", () => {
  const changes = [{ epoch: 7, name: "weight_decay", value: 0 }];
  assert.deepEqual([0, 7, 10, 13, 24].map((epoch) => core.nextStop(changes, epoch, 25)), [7, 10, 20, 20, 25]);
});

test("accuracies are those of each kind of pair; curves take a row once and tell when enough was right", () => {
  const given = problem(core.configOf(STATE));
  const answers = given.labels.map((label, pair) => (given.kinds[pair] === 2 ? (label + 1) % 11 : label));
  assert.deepEqual(core.accuracies(answers, given), { train: 1, mirrored: 1, unseen: 0 });
  const curves = core.emptyCurves();
  for (const [epoch, share] of [[0, 0.1], [10, 0.985], [10, 1], [20, 0.99]]) core.note(curves, { epoch, train_accuracy: share, unseen_accuracy: null });
  assert.deepEqual(curves.epoch, [0, 10, 20]);
  assert.deepEqual([core.reached(curves, "train_accuracy"), core.reached(curves, "unseen_accuracy")], [20, null]);
  const [head, first] = core.csvOf(curves).split("\n");
  assert.equal(head, core.COLUMNS.join(","));
  assert.equal(first, "0,,,0.1,,,,,,");
});

/** Returns an embedding of p numbers on a ring of frequency k over an order, with a row for the operation. */
function ringed(p, k, order) {
  const W_E = new Float32Array((p + 1) * 4);
  order.forEach((t, i) => W_E.set([Math.cos((2 * Math.PI * k * i) / order.length), Math.sin((2 * Math.PI * k * i) / order.length), 0, 0], t * 4));
  return W_E;
}

test("a ring is found at its frequency: of sums in the order of the numbers, of products in that of their logarithms", () => {
  for (const operation of ["a+b", "a*b"]) {
    const config = { p: 11, operation, d_model: 4 };
    const order = core.orderOf(config);
    const look = core.lookInto(ringed(11, 3, order), config);
    assert.equal(look.n, operation === "a*b" ? 10 : 11);
    assert.deepEqual([look.k, look.keys], [3, [3]]);
    look.x.forEach((x, i) => assert.ok(Math.abs(Math.hypot(x, look.y[i]) - 1) < 1e-6));
    assert.ok(Math.abs(core.reachOf(look) - 1) < 1e-6);
  }
});

test("the picture keeps its frequency until another is clearly stronger", () => {
  const config = { p: 11, operation: "a+b", d_model: 4 };
  const order = core.orderOf(config);
  const both = (size) => ringed(11, 3, order).map((x, i) => x + size * ringed(11, 4, order)[i ^ 2]);
  assert.deepEqual([1.1, 1.3].map((size) => core.lookInto(both(size), config, 3).k), [3, 4]);
});

test("the picture is renewed six times a second, and a time is told in its unit", () => {
  assert.deepEqual([0.5, 30, 600].map(core.strideAt), [1, 5, 10]);
  assert.deepEqual([12.4, 300, 7200, Infinity].map(core.timeText), ["12 s", "5 min", "2.0 h", "–"]);
});

test("a safetensors file has its header, aligned, and every number where that says", () => {
  const bytes = written([[PLACES.W_E, [2, 2], Float32Array.of(1, 2, 3, 4)], [PLACES.b_U, [1], Float32Array.of(-5)]], { epoch: "3" });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  assert.deepEqual(header["embed.W_E"], { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] });
  assert.deepEqual(header.__metadata__, { epoch: "3" });
  assert.deepEqual([...new Float32Array(bytes.slice(8 + length).buffer)], [1, 2, 3, 4, -5]);
});
