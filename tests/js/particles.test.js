"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const physics = require("../../timeless/instruments/sandbox/particles.js");
const { summary, series } = require("../../artifacts/particles.json");

const { AXES, DT, HAND, places, begin, step } = physics;
const near = (x, y, tolerance) => assert.ok(Math.abs(x - y) <= tolerance, `${x} is not within ${tolerance} of ${y}`);
const cold = (lambda) => ({ lambda, temperature: 0 });
const D_MODEL = 128;

/** The exported states of "token" or "neuron" in the plane of a frequency, by epoch. */
function exported(kind, freq) {
  const { columns } = series[`${kind}s`];
  const rows = series[`${kind}_lengths`].columns;
  return (epoch) => {
    const row = columns.epoch.values.findIndex((e, i) => e === epoch && columns.freq.values[i] === freq);
    const lengths = rows.length.values[rows.epoch.values.indexOf(epoch)];
    return { at: places(columns.xy.values[row].flat(), lengths), row };
  };
}
const VIEWS = summary.key_freqs.flatMap((freq) => [["token", freq], ["neuron", freq]]);
const kindOf = (kind) => (kind === "token" ? { freqs: summary.key_freqs } : { d: D_MODEL });

function wellOf(kind, freq) {
  const state = exported(kind, freq);
  const [memory, crystal] = [state(summary.memory_epoch).at, state(summary.crystal_epoch).at];
  return { memory, crystal, well: physics.crystalWell(memory, crystal, { run: summary.weight_decay }) };
}

/** The distance between a particle's places in two states. */
const apart = (at, from, j) => Math.hypot(...[0, 1, 2].map((axis) => at[j + axis] - from[j + axis]));
const CLOSE = 0.3; // a particle whose two places are closer than that may slip from one to the other

/** The greatest distance between a particle's places in two states. */
function farthest(at, from) {
  let most = 0;
  for (let j = 0; j < at.length; j += AXES) most = Math.max(most, apart(at, from, j));
  return most;
}

/** How many particles are nearer to one state than to another. */
function nearer(at, here, there) {
  let count = 0;
  for (let j = 0; j < at.length; j += AXES) {
    count += apart(at, here, j) < apart(at, there, j);
  }
  return count;
}

function run(well, from, settings, steps, seed = 1) {
  const state = begin(from, seed);
  for (let i = 0; i < steps; i++) step(state, well, settings);
  return state;
}

// --- the bare well --------------------------------------------------------------------------

test("in the bare well the places follow Boltzmann's distribution, of variance T/λ", () => {
  const [lambda, temperature, n] = [0.8, 0.3, 2_000];
  const well = physics.bareWell(n);
  const state = run(well, new Float64Array(AXES * n), { lambda, temperature }, 1_500); // 12 relaxation times
  const wanted = temperature / lambda / (1 - (lambda * DT) / 2); // the step's own variance: exact for this scheme
  let sum = 0;
  let [count, fourth] = [0, 0];
  for (let more = 0; more < 6; more++) {
    for (let i = 0; i < 250; i++) step(state, well, { lambda, temperature });
    for (const x of state.at) {
      sum += x * x;
      fourth += x ** 4;
      count += 1;
    }
  }
  const variance = sum / count;
  near(variance / (temperature / lambda), 1, 0.03); // about 20,000 independent places: standard error 0.01
  near(variance / wanted, 1, 0.03);
  near(fourth / count / variance ** 2, 3, 0.12); // and the shape is a normal one
});

test("one particle alone, followed for long, has the same variance", () => {
  const [lambda, temperature] = [2, 0.5];
  const well = physics.bareWell(1);
  const state = run(well, [0, 0, 0], { lambda, temperature }, 1_000);
  const steps = 400_000; // 8,000 relaxation times on each of three axes: standard error 0.01
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    step(state, well, { lambda, temperature });
    for (const x of state.at) sum += x * x;
  }
  near(sum / (3 * steps) / (temperature / lambda), 1, 0.05);
});

test("without temperature a particle in the bare well falls to the origin as exp(−λt)", () => {
  const state = run(physics.bareWell(1), [1, -2, 3], cold(0.5), 200);
  near(state.time, 2, 1e-9);
  near(state.at[0], (1 - 0.5 * DT) ** 200, 1e-12);
  near(state.at[0], Math.exp(-1), 2e-3);
});

// --- the crystal ----------------------------------------------------------------------------

test("the gradient is that of the potential", () => {
  const { well, memory } = wellOf("token", summary.key_freqs[0]);
  const at = Float64Array.from(memory, (x, j) => x + 0.3 * Math.sin(j));
  const slope = physics.gradient(well, 0.7, at, new Float64Array(at.length));
  for (const j of [0, 1, 2, 100, 391]) {
    const [up, down] = [Float64Array.from(at), Float64Array.from(at)];
    up[j] += 1e-5;
    down[j] -= 1e-5;
    near(slope[j], (physics.potential(well, 0.7, up) - physics.potential(well, 0.7, down)) / 2e-5, 1e-5);
  }
});

for (const [kind, freq] of VIEWS) {
  test(`${kind}s, frequency ${freq}: at the training's weight decay the measured crystal is at rest`, () => {
    const { well, crystal } = wellOf(kind, freq);
    const state = run(well, crystal, cold(summary.weight_decay), 500);
    assert.ok(farthest(state.at, crystal) < 1e-9);
  });

  test(`${kind}s, frequency ${freq}: without noise the potential never rises, and the step is short enough to prove it`, () => {
    const { well, memory } = wellOf(kind, freq);
    for (const lambda of [0, HAND.start, 0.7, 1, 2]) {
      assert.ok(DT < 1 / physics.stiffness(well, lambda));
      const state = begin(memory, 1);
      let before = physics.potential(well, lambda, state.at);
      for (let i = 0; i < 400; i++) {
        step(state, well, cold(lambda));
        const now = physics.potential(well, lambda, state.at);
        assert.ok(now <= before + 1e-10 * Math.abs(before), `λ = ${lambda}, step ${i}: ${before} -> ${now}`);
        before = now;
      }
    }
  });

  test(`${kind}s, frequency ${freq}: weak pressure keeps the memory, the training's own ends it, and the crystal stays`, () => {
    const { well, memory, crystal } = wellOf(kind, freq);
    const weak = run(well, memory, cold(HAND.start), 1_000);
    assert.equal(nearer(weak.at, memory, crystal), well.n);
    assert.ok(farthest(weak.at, memory) < 0.1);
    const pressed = run(well, weak.at, cold(summary.weight_decay), 2_000);
    assert.ok(farthest(pressed.at, crystal) < 1e-3);
    const released = run(well, pressed.at, cold(HAND.start), 1_000); // it does not go back by itself
    if (kind === "token") assert.equal(nearer(released.at, crystal, memory), well.n);
    for (let j = 0; j < crystal.length; j += AXES) {
      const [moved, back] = [apart(memory, crystal, j), apart(released.at, crystal, j) / apart(released.at, memory, j)];
      assert.ok(moved < CLOSE || back < 1, `particle ${j / AXES} slips back, whose two places are ${moved} apart`);
    }
  });
}

test("before the transition and after it a tenth of the pressure changes little, in between it changes all", () => {
  const { well, memory, crystal } = wellOf("token", summary.strongest_freq);
  const crossed = [0, 0.1, 0.2, 0.3, 0.4, 0.9, 1].map((lambda) => nearer(run(well, memory, cold(lambda), 3_000).at, crystal, memory));
  assert.deepEqual(crossed, [0, 0, 0, 0, 0, well.n, well.n]);
});

for (const kind of ["token", "neuron"]) {
  test(`${kind}s: under weak pressure memory is the deeper well, under the training's own the crystal`, () => {
    const { well, memory, crystal } = wellOf(kind, summary.strongest_freq);
    const gain = (lambda) => {
      const [left, right] = [memory, crystal].map((from) => run(well, from, cold(lambda), 2_000).at);
      return physics.potential(well, lambda, left) - physics.potential(well, lambda, right);
    };
    assert.ok(gain(0) < gain(HAND.start) && gain(HAND.start) < 0);
    assert.ok(gain(0.4) > 0);
  });
}

test("heat melts the crystal", () => {
  const { well, crystal } = wellOf("token", summary.strongest_freq);
  const orders = [0.01, 0.1, 0.3].map((temperature) => physics.measures(run(well, crystal, { lambda: 1, temperature }, 500).at, kindOf("token")).order);
  assert.ok(orders[0] > 0.95 && orders[0] > orders[1] && orders[1] > orders[2]);
  assert.ok(orders[2] < 0.8);
});

test("the same seed gives the same path, another seed another", () => {
  const { well, memory } = wellOf("token", summary.strongest_freq);
  const settings = { lambda: 1, temperature: 0.05 };
  const path = (seed) => Array.from(run(well, memory, settings, 200, seed).at);
  assert.deepEqual(path(5), path(5));
  assert.notDeepEqual(path(5), path(6));
});

test("noise moves the sites in the plane, for good and by the seed, and none of it leaves them alone", () => {
  const { well, crystal } = wellOf("token", summary.strongest_freq);
  const moved = physics.disordered(well, 0.2, 0.5, 9);
  assert.equal(physics.disordered(well, 0, 0.5, 9), well);
  assert.deepEqual(moved.site, physics.disordered(well, 0.2, 0.5, 9).site);
  const shifts = Array.from(moved.site, (x, j) => x - well.site[j]);
  assert.ok(shifts.every((shift, j) => j % AXES < 2 || shift === 0));
  const spread = Math.sqrt(shifts.reduce((sum, x) => sum + x * x, 0) / (2 * well.n));
  near(spread, 0.1, 0.02);
  const rest = run(moved, crystal, cold(1), 1_000);
  assert.ok(physics.measures(rest.at, kindOf("token")).order < physics.measures(crystal, kindOf("token")).order);
});

// --- the measures ---------------------------------------------------------------------------

for (const [kind, freq] of VIEWS) {
  test(`${kind}s, frequency ${freq}: the measures of every exported state are Python's`, () => {
    const state = exported(kind, freq);
    const { energy, spectral_entropy: entropy, order_parameter: order } = series[`${kind}s`].columns;
    for (const epoch of summary.epochs) {
      const { at, row } = state(epoch);
      const found = physics.measures(at, kindOf(kind));
      near(found.energy / energy.values[row], 1, 2e-4); // coordinates are exported with four digits
      near(found.entropy, entropy.values[row], 1e-3);
      near(found.order, order.values[row], 2e-4);
    }
  });
}

test("a perfect ring is wholly ordered, and two of equal size have the entropy of two", () => {
  const n = 13;
  const ring = (...freqs) =>
    Float64Array.from({ length: AXES * n }, (_, j) => {
      const [t, axis] = [Math.floor(j / AXES), j % AXES];
      return axis === 2 ? 0 : freqs.reduce((sum, k) => sum + (axis ? Math.sin : Math.cos)((2 * Math.PI * k * t) / n), 0);
    });
  const one = physics.measures(ring(4), { freqs: [4] });
  near(one.order, 1, 1e-12);
  near(one.entropy, 0, 1e-10);
  near(one.energy, n / 2, 1e-12);
  near(physics.measures(ring(2, 6), { freqs: [2] }).entropy, Math.log(2), 1e-10);
});

test("the shares of neurons are the plane and an even rest", () => {
  assert.deepEqual([...physics.neuronShares(Float64Array.of(3, 4, 0), 8)], [1, 0, 0, 0]);
  const half = physics.neuronShares(Float64Array.of(3, 4, 5), 8);
  [1 / 2, 1 / 6, 1 / 6, 1 / 6].forEach((share, i) => near(half[i], share, 1e-12));
  assert.deepEqual([...physics.neuronShares(new Float64Array(6), 8)], [0.25, 0.25, 0.25, 0.25]);
});
