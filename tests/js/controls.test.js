"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { parameters } = require("../../site_src/kit/controls.js");

const table = [["temperature", 1, 0.1, 10, { kind: "slider", step: 0.1 }], ["seed", 0, 0, 99], ["view", "tokens", ["tokens", "neurons"]], ["noisy", false, [false, true]]];

test("the state begins at the table's values and returns to them", () => {
  const { state, reset, changed } = parameters(table);
  assert.deepEqual(state, { temperature: 1, seed: 0, view: "tokens", noisy: false });
  state.seed = 7;
  assert.deepEqual(changed(), { seed: 7 });
  reset();
  assert.deepEqual(changed(), {});
});

test("an address sets what is possible, and nothing else", () => {
  const { state, read } = parameters(table);
  read({ temperature: 100, seed: 5, view: "particles", noisy: true, other: 3 });
  assert.deepEqual(state, { temperature: 1, seed: 5, view: "tokens", noisy: true });
  read({ temperature: "warm", seed: NaN, view: "neurons" });
  assert.deepEqual(state, { temperature: 1, seed: 5, view: "neurons", noisy: true });
  read();
  assert.equal(state.view, "neurons");
});

test("allowed values may be numbers", () => {
  const { state, read } = parameters([["k", 17, [17, 54]]]);
  read({ k: 54 });
  assert.equal(state.k, 54);
  read({ k: 55 });
  assert.equal(state.k, 54);
});

test("a control that is clamped takes any number of an address, as the nearest that is possible", () => {
  const { state, read } = parameters([["angle", 45, 5, 85, { kind: "slider", clamped: true }]]);
  read({ angle: 900 });
  assert.equal(state.angle, 85);
  read({ angle: 12.4 });
  assert.equal(state.angle, 12);
  read({ angle: NaN });
  read({ angle: "steep" });
  assert.equal(state.angle, 12);
});

test("a number between bounds is whole, unless its control moves by steps or on a scale", () => {
  const { state, read } = parameters([
    ["k", 17, 1, 65, { kind: "slider" }], ["seed", 0, 0, 99], ["noise", 0, 0, 1, { kind: "slider", step: 0.05 }],
    ["eta", 0.01, 0.001, 1, { kind: "slider", from: (place) => 10 ** place }],
  ]);
  read({ k: 17.5, seed: 0.5, noise: 0.5, eta: 0.5 });
  assert.deepEqual(state, { k: 17, seed: 0, noise: 0.5, eta: 0.5 });
});

test("what an address does not say itself is not taken from what all objects share", () => {
  const { state, read } = parameters([["constructor", "a", ["a", "b"]], ["toString", 1, 0, 9]]);
  read(Object.create({ constructor: "b", toString: 3 }));
  assert.deepEqual({ ...state }, { constructor: "a", toString: 1 });
});
