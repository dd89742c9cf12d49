"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { page } = require("./workers.js");

page();
const trainer = require("../../site_src/kit/trainer/trainer.js");
const { handsFor, shareOf } = require("../../site_src/kit/trainer/wasm.js");

const SMALL = {
  p: 31, operation: "a+b", share: 0.6, n_heads: 1, d_model: 32, d_mlp: 128, activation: "relu",
  learning_rate: 0.005, weight_decay: 2, warmup: 10, seed: 2,
};
const near = (x, y, tolerance) => assert.ok(Math.abs(x - y) <= tolerance * Math.abs(y), `${x} is not near ${y}`);

/** Returns what `use` makes of a trainer with so many workers, which are then ended. */
async function withTrainer(count, config, use) {
  const training = await trainer.create("wasm", config, trainer.problem(config), count);
  try {
    return await use(training);
  } finally {
    training.close();
  }
}

test("a small network memorises, and then generalises", () =>
  withTrainer(1, SMALL, async (training) => {
    const memorised = await training.run(150);
    assert.equal(memorised.epoch, 150);
    assert.ok(memorised.train_accuracy > 0.99, JSON.stringify(memorised));
    assert.ok((await training.evaluate()).test_accuracy < 0.9);
    await training.run(250);
    const { answers, ...found } = await training.evaluate();
    assert.ok(found.test_accuracy > 0.99 && found.train_accuracy === 1, JSON.stringify(found));
    const { labels } = trainer.problem(SMALL);
    assert.ok(answers.filter((answer, pair) => answer === labels[pair]).length > 0.99 * labels.length);
  }));

test("it finds what plain JavaScript finds, also when two workers share the pairs", async () => {
  const plain = trainer.parts.plain();
  plain.begin(SMALL, trainer.problem(SMALL));
  const expected = { ...plain.run(10), ...plain.evaluate() };
  for (const count of [1, 2]) {
    const found = await withTrainer(count, SMALL, async (training) => ({ ...(await training.run(10)), ...(await training.evaluate()) }));
    for (const name of ["train_loss", "test_loss", "norm2"]) near(found[name], expected[name], 1e-5);
    assert.equal(found.epoch, 10);
    assert.equal(found.train_accuracy, expected.train_accuracy);
    assert.ok(found.answers.filter((answer, pair) => answer !== expected.answers[pair]).length <= 1);
  }
});

test("stopping, and going on from a kept state in other workers, change nothing; weight decay may", () =>
  withTrainer(2, SMALL, async (training) => {
    await training.run(20);
    const kept = structuredClone(await training.state());
    await training.run(5);
    await training.run(15);
    const whole = await training.state();
    assert.equal(whole.epoch, 40);
    await withTrainer(2, SMALL, async (fork) => {
      await fork.restore(kept);
      await fork.run(20);
      assert.deepEqual(await fork.state(), whole);
      await fork.restore(kept);
      await fork.set({ weight_decay: 0 });
      const { norm2 } = await fork.run(20);
      assert.ok(norm2 > whole.weights.reduce((sum, w) => sum + w * w, 0));
      assert.deepEqual(Object.keys(await fork.weights()), trainer.shapesOf(SMALL).map(([name]) => name));
    });
  }));

test("pairs are shared without gap, among no more workers than are worth it", () => {
  const pairs = Uint16Array.from({ length: 103 }, (_, i) => i);
  const parts = [0, 1, 2, 3].map((index) => shareOf(pairs, index, 4));
  assert.deepEqual(parts.flatMap((part) => [...part]), [...pairs]);
  assert.deepEqual([[100, 8], [1740, 4], [1740, 8], [7722, 64]].map(([n, cores]) => handsFor(n, cores)), [1, 4, 6, 16]);
});
