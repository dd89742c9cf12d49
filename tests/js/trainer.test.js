"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const trainer = require("../../site_src/kit/trainer/trainer.js");
const { sourceOf } = require("../../site_src/kit/instrument.js");

const { KINDS, named, parts, problem, shapesOf } = trainer;
const TINY = {
  p: 7, operation: "a+b", share: 0.6, n_heads: 2, d_model: 6, d_mlp: 11, activation: "relu",
  learning_rate: 0.01, weight_decay: 1, warmup: 10, seed: 3,
};
const near = (x, y, tolerance) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);
const numbers = (typed) => Array.from(typed);

test("every operation has its answers, in the range of p", () => {
  const answers = (operation, a, b) => trainer.labelsOf({ p: 7, operation })[a * 7 + b];
  assert.deepEqual(["a+b", "a-b", "a*b", "v0+a*t"].map((operation) => answers(operation, 3, 5)), [1, 5, 1, 4]);
});

test("a split has its share of the pairs, the same for the same seed, and knows whose exchange is trained on", () => {
  const { kinds, train } = problem(TINY);
  assert.equal(train.length, Math.floor(0.6 * 49));
  assert.deepEqual(numbers(train), numbers(kinds.keys()).filter((pair) => kinds[pair] === KINDS.train));
  kinds.forEach((kind, pair) => {
    const exchanged = kinds[(pair % 7) * 7 + Math.floor(pair / 7)];
    if (kind === KINDS.mirrored) assert.equal(exchanged, KINDS.train);
    if (kind === KINDS.unseen) assert.notEqual(exchanged, KINDS.train);
  });
  assert.deepEqual(kinds, problem(TINY).kinds);
  assert.notDeepEqual(kinds, problem({ ...TINY, seed: 4 }).kinds);
});

test("initial weights are normal with standard deviation 1/sqrt(d_model), biases zero", () => {
  const config = { ...TINY, p: 59, d_model: 64, d_mlp: 256 };
  const weights = named(problem(config).weights, config);
  for (const [name, shape] of shapesOf(config)) {
    assert.equal(weights[name].length, trainer.sizeOf(shape));
    const power = weights[name].reduce((sum, w) => sum + w * w, 0) / weights[name].length;
    if (name.startsWith("b_")) assert.equal(power, 0);
    else near(power * 64, 1, 0.2);
  }
});

test("a configuration that cannot be trained is refused with every reason", () => {
  assert.throws(() => problem({ ...TINY, p: 9, n_heads: 4 }), /p must be an odd prime.*9.*; n_heads must divide d_model = 6; got 4/);
  assert.throws(() => problem({ ...TINY, share: 0.001, operation: "toString" }), /operation must be one of.*share must leave pairs/);
});

for (const operation of Object.keys(trainer.OPERATIONS)) {
  for (const activation of trainer.ACTIVATIONS) {
    test(`the gradient of ${operation} with ${activation} is the slope of the loss`, () => {
      const config = { ...TINY, operation, activation };
      const { labels, train, weights } = problem(config);
      const flat = Float64Array.from(weights, (w, i) => w + 0.01 * Math.sin(i)); // no bias is zero
      const gradients = new Float64Array(flat.length);
      parts.pass(flat, config, labels, train, gradients);
      const h = activation === "relu" ? 1e-6 : 1e-3; // GELU is known to 1e-7
      for (let i = 0; i < flat.length; i += 5) {
        const [up, down] = [h, -h].map((by) => parts.pass(flat.map((w, j) => (j === i ? w + by : w)), config, labels, train).loss);
        near(gradients[i], (up - down) / (2 * h), activation === "relu" ? 1e-8 : 2e-5);
      }
    });
  }
}

test("a sure answer keeps the digits of its loss and gradient", () => {
  const logits = Float64Array.of(25, 0, 0);
  const { loss, answer } = parts.lossOf(logits, 0, 3, 0, 1);
  assert.equal(answer, 0);
  near(loss / (2 * Math.exp(-25)), 1, 1e-9);
  near(logits[0] / (-2 * Math.exp(-25)), 1, 1e-9);
  near(logits[1] / Math.exp(-25), 1, 1e-9);
  const wrong = parts.lossOf(Float64Array.of(0, 800, 0), 0, 3, 0, 1);
  assert.deepEqual([wrong.loss, wrong.answer], [800, 1]);
});

test("an update is AdamW's: warm-up, unbiased moments, decay apart from the gradient", () => {
  const state = { epoch: 1, weights: Float32Array.of(1, -2), moment1: new Float32Array(2), moment2: new Float32Array(2) };
  parts.update(state, [0.5, -3], { learning_rate: 0.1, weight_decay: 2, warmup: 10 });
  near(state.weights[0], 1 * (1 - 0.1 * 2 * 0.1) - 0.1 * 0.1, 1e-6); // a first step is as long as the learning rate
  near(state.weights[1], -2 * 0.98 + 0.01, 1e-6);
});

/** Returns a training of the engine, begun: as the page has it in a worker. */
function begun(config) {
  const training = parts.plain();
  training.begin(config, problem(config));
  return training;
}

test("a training memorises; stopping, going on from a kept state, and a worker's copy change nothing", () => {
  const whole = begun(TINY);
  const last = whole.run(300);
  assert.equal(last.epoch, 300);
  assert.ok(last.train_accuracy === 1 && last.train_loss < 0.1, JSON.stringify(last));
  const first = begun(TINY);
  first.run(100);
  const kept = structuredClone(first.state());
  const copy = new Function(`return ${sourceOf(parts, "plain()")}`)();
  copy.begin(TINY, problem(TINY));
  copy.restore(kept);
  first.run(50);
  first.run(150);
  copy.run(200);
  assert.deepEqual(first.state(), whole.state());
  assert.deepEqual(copy.state(), whole.state());
  const { answers, ...found } = whole.evaluate();
  const { labels, kinds } = problem(TINY);
  const right = answers.filter((answer, pair) => kinds[pair] && answer === labels[pair]).length;
  near(found.test_accuracy, right / kinds.filter(Boolean).length, 1e-12);
  assert.equal(found.train_accuracy, 1);
});

test("weight decay changes while it runs, and the norm follows", () => {
  const [held, free] = [begun(TINY), begun(TINY)];
  for (const training of [held, free]) training.run(100);
  held.set({ weight_decay: 5 });
  free.set({ weight_decay: 0 });
  assert.ok(held.run(100).norm2 < free.run(100).norm2);
});
