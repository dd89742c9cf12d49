"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const layerNorm = require("../../timeless/instruments/layer_norm/layer-norm-core.js");
const network = require("../../site_src/kit/network/network.js");

const near = (x, y, tolerance = 1e-5) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);

const info = { p: 5, d_model: 6, n_heads: 2, d_head: 3, d_mlp: 8, d_vocab: 6, act: "relu", operations: ["addition"] };
info.tensors = [
  ["W_E", [6, 6]], ["W_K", [2, 6, 3]], ["W_O", [2, 3, 6]], ["W_Q", [2, 6, 3]], ["W_U", [6, 5]], ["W_V", [2, 6, 3]],
  ["W_in", [6, 8]], ["W_out", [8, 6]], ["W_pos", [3, 6]], ["b_U", [5]], ["b_in", [8]], ["b_out", [6]],
];
const size = info.tensors.reduce((sum, [, shape]) => sum + shape.reduce((n, m) => n * m, 1), 0);
let seed = 99;
const weights = network.unpack(Float32Array.from({ length: size }, () => {
  seed = (1103515245 * seed + 12345) % 2147483648;
  return 2 * (seed / 2147483648) - 1;
}), info);
const parts = (...on) => Object.fromEntries(layerNorm.PARTS.map((part) => [part, on.includes(part)]));

test("moments of a stream by hand", () => {
  const { mean, variance, norm } = layerNorm.moments([1, 2, 2, 3]);
  [mean, variance, norm].forEach((x, i) => near(x, [2, 0.5, Math.sqrt(18)][i], 1e-12));
});

test("what a normalised stream has is what is said beforehand from its variance", () => {
  const x = Float64Array.of(0.01, -0.02, 0.005, 0.03);
  const [said, found] = [layerNorm.afterwards(layerNorm.moments(x).variance, 4), layerNorm.moments(network.normalised(x))];
  for (const name of ["mean", "variance", "norm"]) near(found[name], said[name], 1e-12);
});

for (const on of [[], ["attention"], ["mlp", "final"], ["attention", "mlp", "final"]]) {
  test(`over all pairs are the moments of the pairs one by one, normalised: ${on.join(", ") || "nowhere"}`, () => {
    const chosen = parts(...on);
    const { streams } = network.allPairs(weights, info, 0, { layerNorm: chosen, streams: true });
    const all = layerNorm.overPairs(weights, info, streams, chosen);
    const one = [];
    for (let pair = 0; pair < 25; pair++) one.push(layerNorm.streamsOf(network, weights, info, Math.floor(pair / 5), pair % 5, chosen));
    all.forEach(({ place, before, read, on: inserted }, i) => {
      assert.equal(place, layerNorm.PLACES[i][0]);
      assert.equal(inserted, on.includes(layerNorm.PLACES[i][1]));
      for (const [found, name] of [[before, "x"], [read, "read"]]) {
        const each = one.map((streamsOfPair) => layerNorm.moments(streamsOfPair[i][name]));
        for (const moment of ["mean", "variance", "norm"]) {
          const [mean, deviation] = layerNorm.spread(each.map((values) => values[moment]));
          near(found[moment][0], mean);
          near(found[moment][1], deviation);
        }
      }
    });
  });
}

test("an insertion has a key and is told in words", () => {
  assert.equal(layerNorm.keyOf(parts()), "none");
  assert.equal(layerNorm.keyOf(parts("final", "attention")), "attention+final");
  assert.equal(layerNorm.whereOf(parts()), "nowhere");
  assert.equal(layerNorm.whereOf(parts("mlp")), "before the MLP");
  assert.equal(layerNorm.whereOf(parts("attention", "mlp", "final")), "before attention, the MLP and the unembedding");
});

test("train and test curves join to that of all pairs, by how many there are", () => {
  assert.deepEqual(layerNorm.overAll([1, 0], [0, 1], Uint8Array.of(1, 0, 0, 0)), [0.25, 0.75]);
});

test("the signed axis is odd, keeps the order, and has ticks of both signs", () => {
  const values = [-300, -1, -0.01, 0, 0.01, 1, 300].map(layerNorm.signedLog);
  values.slice(1).forEach((place, i) => assert.ok(place > values[i]));
  near(values[0], -values[6], 1e-12);
  layerNorm.signedTicks(12).forEach((tick, i) => near(tick, [-10, -1, -0.1, 0, 0.1, 1, 10][i], 1e-12));
  layerNorm.signedTicks(12, 2).forEach((tick, i) => near(tick, [-10, -0.1, 0, 0.1, 10][i], 1e-12));
});
