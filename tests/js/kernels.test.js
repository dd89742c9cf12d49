"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { page } = require("./workers.js");

page();
const trainer = require("../../site_src/kit/trainer/trainer.js");
const { available } = require("../../site_src/kit/kernels/kernels.js");
const { handsFor, shareOf } = require("../../site_src/kit/kernels/workers.js");
const { memoryOf, whole } = require("../../site_src/kit/kernels/memory.js");

const SMALL = {
  p: 31, operation: "a+b", share: 0.6, n_heads: 1, d_model: 32, d_mlp: 128, activation: "relu",
  learning_rate: 0.005, weight_decay: 2, warmup: 10, seed: 2,
};
const near = (x, y, tolerance) => assert.ok(Math.abs(x - y) <= tolerance * Math.abs(y), `${x} is not near ${y}`);

/** Returns what `use` makes of a trainer with so many workers, which are then ended. */
async function withTrainer(count, config, use) {
  const training = await trainer.create("wasm", config, trainer.problem(config), { count });
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

test("a sure answer keeps the digits of its loss and gradient, a wrong one has its whole loss", async () => {
  const { instance } = await WebAssembly.instantiate(await available());
  const memory = memoryOf(instance.exports);
  const [p, width] = [131, whole(131)];
  const [logits, labels, answers, losses] = [8 * width, 2, 2, 16].map(memory.room);
  memory.floats(logits, 2 * width).fill(0);
  memory.floats(logits, 2 * width).set([25], 7);
  memory.floats(logits, 2 * width).set([800], width + 3);
  memory.bytes(labels, 2).fill(7);
  instance.exports.losses(logits, labels, 2, p, width, 1, answers, losses);
  const [sure, wrong] = [0, width].map((from) => memory.floats(logits, 2 * width).slice(from, from + width));
  const others = (p - 1) * Math.exp(-25);
  near(memory.doubles(losses, 2)[0], Math.log1p(others), 1e-6);
  near(sure[7], -others / (1 + others), 1e-6);
  near(sure[8], Math.exp(-25) / (1 + others), 1e-6);
  assert.deepEqual([memory.doubles(losses, 2)[1], wrong[3], wrong[7], ...memory.bytes(answers, 2)], [800, 1, -1, 7, 3]);
  assert.ok(sure.subarray(p).every((d) => d === 0));
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
      await assert.rejects(fork.restore({ ...kept, weights: kept.weights.slice(1) }), /holds \d+ weights, this network has \d+/);
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
  assert.deepEqual([[100, 8], [1740, 2], [1740, 8], [1740, 32], [7722, 12], [7722, 64]].map(([n, cores]) => handsFor(n, cores)), [1, 2, 4, 6, 6, 16]);
});

test("what is told when no answer comes for long reaches whoever trains, by either engine", async (t) => {
  const given = [];
  t.mock.method(globalThis.Timeless.background, "start", (functions, hands, tell) => {
    given.push([hands, tell]);
    return { run: async () => null, destroy() {} };
  });
  const tell = () => {};
  for (const engine of ["plain", "wasm"]) await trainer.create(engine, SMALL, trainer.problem(SMALL), { tell, count: 2 });
  assert.deepEqual(given, [[1, tell], [1, tell], [1, tell]]);
});
