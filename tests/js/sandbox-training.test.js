"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const core = require("../../timeless/instruments/sandbox/training-core.js");
const physics = require("../../timeless/instruments/sandbox/particles.js");
const { lookInto } = require("../../site_src/kit/runs/runs.js");
const { normal } = require("../../site_src/kit/chance.js");

const CONFIG = { p: 11, d_model: 24, operation: "a+b" };
const RADIUS = 0.7;
const near = (x, y, tolerance = 1e-6) => assert.ok(Math.abs(x - y) <= tolerance, `${x} is not near ${y}`);

/** Returns an embedding [p + 1, d] with a ring of frequency 3 in its first plane, about a common mean, and noise of a
    size in all directions. */
function ringed(noise, seed = 1) {
  const [{ p, d_model: d }, draw] = [CONFIG, normal(seed)];
  return Float32Array.from({ length: (p + 1) * d }, (_, at) => {
    const [t, i] = [Math.floor(at / d), at % d];
    const angle = (2 * Math.PI * 3 * t) / p;
    return 5 + noise * draw() + (i === 0 ? RADIUS * Math.cos(angle) : i === 1 ? RADIUS * Math.sin(angle) : 0);
  });
}

function seen(W_E) {
  const look = lookInto(W_E, CONFIG);
  return { look, at: core.tokensOf(W_E, look, CONFIG) };
}

test("tokens on a ring have all their energy in its plane, and all order", () => {
  const { look, at } = seen(ringed(0));
  const found = core.measuresOf(at, look.k);
  assert.equal(look.k, 3);
  near(found.energy, (11 * RADIUS ** 2) / 2, 1e-4);
  for (const name of ["order", "inside"]) near(found[name], 1, 1e-6);
  near(found.entropy, 0, 1e-4);
  core.ringOf(at, 3).forEach((x, i) => near(x, at[i], 2e-3)); // the ring of the simulation is where they are
});

test("a particle's length is that of its whole row about the mean", () => {
  const W_E = ringed(0.3);
  const { at } = seen(W_E);
  let norm2 = 0;
  for (let i = 0; i < CONFIG.d_model; i++) {
    const column = Array.from({ length: CONFIG.p }, (_, t) => W_E[t * CONFIG.d_model + i]);
    const mean = column.reduce((sum, x) => sum + x, 0) / CONFIG.p;
    norm2 += column.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  }
  near(physics.energy(at), norm2 / 2, 1e-4);
});

test("choosing the strongest plane gives some order by itself, less than a ring has", () => {
  const chance = core.chanceOrder(ringed(0.3), CONFIG);
  const { look, at } = seen(ringed(0.3));
  assert.ok(chance < core.measuresOf(at, look.k).order, `${chance}`);
});

test("the simulation rests where the network stands, and runs down to the ring when weight decay is turned on", () => {
  const { look, at } = seen(ringed(0.35));
  const analogy = core.analogyOf(at, look.k, 2, 1);
  const slope = physics.gradient(analogy.well, 0, at, new Float64Array(at.length));
  assert.ok(slope.every((one) => Math.abs(one) < 0.1 * analogy.well.pull), `${Math.max(...slope)}`);
  core.follow(analogy, 0, 100);
  near(core.measuresOf(analogy.system.at, look.k).order, core.measuresOf(at, look.k).order, 0.05);
  core.follow(analogy, 2, 400);
  assert.equal(analogy.system.steps, 500);
  assert.ok(core.measuresOf(analogy.system.at, look.k).order > 0.99);
});

test("a moment is found by its level, and charts grow by steps", () => {
  const moments = [0.2, 0.96, 0.94].map((order, i) => ({ epoch: 10 * i, order }));
  assert.deepEqual([0.95, 0.99].map((level) => core.since(moments, ({ order }) => order, level)), [10, null]);
  assert.deepEqual([0, 300, 301, 1e6].map(core.spanFor), [300, 300, 600, 1600]);
});
