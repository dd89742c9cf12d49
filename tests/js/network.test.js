"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const network = require("../../site_src/kit/network/network.js");

const info = { p: 7, d_model: 6, n_heads: 2, d_head: 3, d_mlp: 10, d_vocab: 9, act: "relu", operations: ["addition", "multiplication"] };
info.tensors = [
  ["W_E", [9, 6]], ["W_K", [2, 6, 3]], ["W_O", [2, 3, 6]], ["W_Q", [2, 6, 3]], ["W_U", [6, 7]], ["W_V", [2, 6, 3]],
  ["W_in", [6, 10]], ["W_out", [10, 6]], ["W_pos", [3, 6]], ["b_U", [7]], ["b_in", [10]], ["b_out", [6]],
];
const size = info.tensors.reduce((sum, [, shape]) => sum + shape.reduce((n, m) => n * m, 1), 0);

/** A network of reproducible noise. */
function noise() {
  let state = 12345;
  return Float32Array.from({ length: size }, () => {
    state = (1103515245 * state + 12345) % 2147483648;
    return 2 * (state / 2147483648) - 1;
  });
}
const weights = network.unpack(noise(), info);
const near = (x, y, tolerance = 1e-5) => assert.ok(Math.abs(x - y) <= tolerance * (1 + Math.abs(y)), `${x} is not near ${y}`);

test("16-bit floats are decoded: zero, one, the least, the largest, and infinity", () => {
  const codes = Uint16Array.of(0x0000, 0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0xfc00, 0x3555);
  const exact = [0, 1, -2, 2 ** -24, 65504, Infinity, -Infinity, 0.333251953125];
  assert.deepEqual([...network.halves(codes)], exact);
  assert.ok(Number.isNaN(network.halves(Uint16Array.of(0x7e00))[0]));
});

test("a checkpoint is cut into its tensors, and one of another length is refused", () => {
  assert.deepEqual(info.tensors.map(([name]) => weights[name].length), [54, 36, 36, 36, 42, 36, 60, 60, 18, 7, 10, 6]);
  assert.throws(() => network.unpack(new Float32Array(size + 1), info), /damaged/);
});

test("a product worked out by hand: one head that copies, one neuron that fires", () => {
  const tiny = { p: 2, d_model: 2, n_heads: 1, d_head: 2, d_mlp: 1, act: "relu", operations: ["addition"] };
  const W = {
    W_E: Float32Array.of(1, 0, 0, 2, 0, 0), W_pos: new Float32Array(6),
    W_Q: new Float32Array(4), W_K: new Float32Array(4), W_V: Float32Array.of(1, 0, 0, 1), W_O: Float32Array.of(3, 0, 0, 3),
    W_in: Float32Array.of(1, 1), b_in: Float32Array.of(-1), W_out: Float32Array.of(10, 0), b_out: Float32Array.of(0, 1),
    W_U: Float32Array.of(1, 0, 0, 1), b_U: Float32Array.of(0, 0.5),
  };
  // No query: each place gets a third. a = 0, b = 1: z = (1/3, 2/3), three times that is (1, 2); 1 + 2 - 1 = 2.
  const found = network.forward(W, tiny, 0, 1);
  [...found.pattern].forEach((share) => near(share, 1 / 3));
  [1, 2].forEach((x, i) => near(found.resid_mid[i], x));
  near(found.mlp_post[0], 2);
  [21, 3.5].forEach((x, i) => near(found.logits[i], x));
  assert.equal(found.answer, 0);
});

for (const [name, options] of Object.entries({
  "as trained": {},
  "at another temperature": { temperature: 0.3 },
  "normalised before attention": { layerNorm: { attention: true, mlp: false, final: false } },
  "normalised before the MLP": { layerNorm: { attention: false, mlp: true, final: false } },
  "normalised before the unembedding": { layerNorm: { attention: false, mlp: false, final: true } },
  "normalised everywhere, at another temperature": { temperature: 3, layerNorm: { attention: true, mlp: true, final: true } },
})) {
  for (const op of [0, 1]) {
    test(`all pairs at once are the pairs one by one, ${name}, operation ${op}`, () => {
      const every = network.allPairs(weights, info, op, { ...options, neurons: [4, 0], logits: [3] });
      let [loss, entropy, right] = [0, 0, 0];
      for (let a = 0; a < 7; a++) {
        for (let b = 0; b < 7; b++) {
          const one = network.forward(weights, info, a, b, op, options);
          const wanted = network.label(info, a, b, op);
          const own = Math.log(one.logits.reduce((sum, x) => sum + Math.exp(x), 0)) - one.logits[wanted];
          assert.equal(every.answers[7 * a + b], one.answer);
          near(every.losses[7 * a + b], own);
          near(every.maps.neurons[0][7 * a + b], one.mlp_post[4]);
          near(every.maps.neurons[1][7 * a + b], one.mlp_post[0]);
          near(every.maps.logits[0][7 * a + b], one.logits[3]);
          loss += own / 49;
          entropy -= one.pattern.reduce((sum, x) => sum + x * Math.log(x), 0) / 2 / 49;
          right += (one.answer === wanted) / 49;
        }
      }
      near(every.loss, loss);
      near(every.entropy, entropy);
      near(every.accuracy, right);
    });
  }
}

for (const parts of [[], ["attention"], ["mlp"], ["final"], ["attention", "mlp", "final"]]) {
  test(`the streams of all pairs have the moments of the pairs one by one, normalised: ${parts.join(", ") || "nowhere"}`, () => {
    const layerNorm = Object.fromEntries(["attention", "mlp", "final"].map((part) => [part, parts.includes(part)]));
    const every = network.allPairs(weights, info, 0, { layerNorm, streams: true });
    assert.deepEqual(every.answers, network.allPairs(weights, info, 0, { layerNorm }).answers);
    for (let pair = 0; pair < 49; pair++) {
      const one = network.forward(weights, info, Math.floor(pair / 7), pair % 7, 0, { layerNorm });
      for (const [name, stream] of [["mid", one.resid_mid], ["post", one.resid_post]]) {
        const mean = stream.reduce((sum, x) => sum + x, 0) / stream.length;
        near(every.streams[name].means[pair], mean);
        near(every.streams[name].variances[pair], stream.reduce((sum, x) => sum + (x - mean) ** 2, 0) / stream.length);
      }
    }
  });
}

test("some pairs alone give what they give among all", () => {
  const pairs = Uint32Array.of(3, 17, 40);
  const [some, all] = [network.allPairs(weights, info, 0, { pairs }), network.allPairs(weights, info)];
  pairs.forEach((pair) => assert.equal(some.losses[pair], all.losses[pair]));
  near(some.loss, [...pairs].reduce((sum, pair) => sum + all.losses[pair], 0) / 3);
});

test("means are taken over the pairs of the mask", () => {
  const result = { answers: new Uint16Array(49), losses: new Float32Array(49).fill(2) };
  const mask = new Uint8Array(49);
  mask[0] = mask[1] = 1; // 0 + 0 = 0 is answered right, 0 + 1 = 1 is not
  result.losses[1] = 4;
  assert.deepEqual(network.summarise(result, info, 0, mask), { n: 2, accuracy: 0.5, loss: 3 });
  assert.equal(network.summarise(result, info, 0, mask, 0).n, 47);
  near(network.summarise(result, info).accuracy, 1 / 7);
});

test("without a frequency the embedding has nothing of it, and all else stays", () => {
  const cut = network.withoutFrequencies(weights, info, [2]).W_E;
  const along = (W, k, wave) =>
    Array.from({ length: 6 }, (_, i) => Array.from({ length: 7 }, (_, t) => W[6 * t + i] * wave((2 * Math.PI * k * t) / 7)).reduce((s, x) => s + x, 0));
  for (const k of [0, 1, 2, 3]) {
    for (const wave of [Math.cos, Math.sin]) {
      along(cut, k, wave).forEach((x, i) => near(x, k === 2 ? 0 : along(weights.W_E, k, wave)[i]));
    }
  }
  assert.deepEqual(cut.subarray(42), weights.W_E.subarray(42));
  network.withoutFrequencies(weights, info, [1, 2, 3]).W_E.subarray(0, 42).forEach((x, i, rest) => near(x, rest[i % 6]));
});

for (const n of [7, 8]) {
  const surface = (value) => Float32Array.from({ length: n * n }, (_, i) => value(Math.floor(i / n), i % n));
  const basis = network.waves(n);
  const angle = (k, t) => (2 * Math.PI * k * t) / n;

  test(`a surface of one wave belongs to it, of two in the proportion of their energies, over ${n} places`, () => {
    const one = surface((a, b) => 5 + Math.cos(angle(2, a) + 0.3) * Math.cos(angle(2, b) - 1) + Math.sin(angle(2, b)));
    const found = network.frequencyOf(one, n, basis);
    assert.equal(found.frequency, 2);
    near(found.share, 1);
    const two = surface((a, b) => 2 * Math.cos(angle(1, a)) + Math.sin(angle(3, b)));
    assert.equal(network.frequencyOf(two, n, basis).frequency, 1);
    near(network.frequencyOf(two, n, basis).share, 4 / 5);
  });

  test(`a product of two different waves belongs to neither, and what never changes to none, over ${n} places`, () => {
    near(network.frequencyOf(surface((a, b) => Math.cos(angle(1, a)) * Math.cos(angle(2, b))), n, basis).share, 0);
    assert.deepEqual(network.frequencyOf(surface(() => 0.1), n, basis), { frequency: 0, share: 0 });
  });
}

test("the alternating wave of an even number of places is a frequency", () => {
  const alternating = Float32Array.from({ length: 64 }, (_, i) => (Math.floor(i / 8) + i) % 2);
  const found = network.frequencyOf(alternating, 8, network.waves(8));
  assert.equal(found.frequency, 4);
  near(found.share, 1);
});

test("every neuron is judged by its activations over all pairs, in the order of the circle", () => {
  for (const [op, order] of [[0, [0, 1, 2, 3, 4, 5, 6]], [1, [1, 3, 2, 6, 4, 5]]]) {
    const n = order.length;
    const found = network.clusters(weights, info, op, order);
    for (let neuron = 0; neuron < info.d_mlp; neuron++) {
      const surface = Float32Array.from({ length: n * n }, (_, i) =>
        network.forward(weights, info, order[Math.floor(i / n)], order[i % n], op).mlp_post[neuron]);
      const { frequency, share } = network.frequencyOf(surface, n, network.waves(n));
      if (surface.filter((x) => x).length > 1) assert.equal(found.frequencies[neuron], frequency); // a single peak has all alike
      near(found.shares[neuron], share);
    }
  }
});

test("the answers of both tasks, and of one that nobody knows", () => {
  assert.equal(network.label(info, 5, 6, 0), 4);
  assert.equal(network.label(info, 5, 6, 1), 2);
  assert.throws(() => network.label({ ...info, operations: ["division"] }, 1, 1), /no rule is known for the operation "division"/);
});

test("a network with another activation is refused", () => {
  assert.throws(() => network.allPairs(weights, { ...info, act: "tanh" }), /tanh/);
});

test("its source alone makes it again, as a worker needs it", () => {
  const again = new Function(`return ${network.source}`)();
  assert.deepEqual(again.allPairs(weights, info).answers, network.allPairs(weights, info).answers);
});

test("amplitudes of waves are the least-squares fit of the centred logits of all pairs", () => {
  const { p } = info;
  const freqs = [1, 3];
  const sums = freqs.map(() => 0);
  for (let a = 0; a < p; a++) {
    for (let b = 0; b < p; b++) {
      const { logits } = network.forward(weights, info, a, b, 1);
      freqs.forEach((k, i) => logits.forEach((x, c) => (sums[i] += x * Math.cos((2 * Math.PI * k * (a + b - c)) / p))));
    }
  }
  const found = network.amplitudes(weights, info, 1, freqs);
  freqs.forEach((_, i) => near(found[i], (2 * sums[i]) / p ** 3));
});
