"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const core = { ...require("../../site_src/kit/runs/runs.js"), ...require("../../timeless/instruments/train/train-core.js") };
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

test("the picture is renewed twelve times a second, or once where less motion is wanted; a time is told in its unit", () => {
  assert.deepEqual([0.5, 60, 600].map(core.strideAt), [1, 5, 10]);
  assert.deepEqual([[80, false], [80, true], [1000, true]].map(([since, still]) => core.due(since, still)), [true, false, true]);
  assert.deepEqual([12.4, 300, 7200, Infinity].map(core.timeText), ["12 s", "5 min", "2.0 h", "–"]);
});

test("an engine is told of where it is not the one that should run", () => {
  assert.deepEqual([core.engineText("wasm"), core.engineText(null, "graphics")], ["", ""]);
  assert.match(core.engineText("plain"), /plain JavaScript/);
  assert.match(core.engineText("graphics", "graphics"), /by the graphics processor/);
  for (const engine of ["wasm", "plain"]) assert.match(core.engineText(engine, "graphics"), /offers pages no graphics processor/);
});

test("a run whose trainer has failed stands where it was kept last", () => {
  let closed = 0;
  const run = { origin: 5, epoch: 60, kept: { epoch: 40 }, curves: { epoch: [5, 30, 45, 50], test_loss: [4, 3, 2, 1] }, trainer: { close: () => (closed += 1) } };
  core.rewind(run);
  assert.deepEqual([run.epoch, run.trainer, closed, run.curves], [45, null, 1, { epoch: [5, 30, 45], test_loss: [4, 3, 2] }]);
  core.rewind(Object.assign(run, { kept: null }));
  assert.deepEqual([run.epoch, run.curves.epoch], [5, [5]]);
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

const { given } = require("../../timeless/instruments/train/train-given.js");
const { named, shapesOf } = require("../../site_src/kit/trainer/problem.js");

const CONFIG = core.configOf(STATE);

/** Returns the tensors of a network as a file lists them, under TransformerLens' names or the study's own. */
function listed(own = false) {
  const { weights } = problem(CONFIG);
  const views = named(weights, CONFIG);
  return { weights, list: shapesOf(CONFIG).map(([name, shape]) => [own ? name : PLACES[name], shape, views[name]]) };
}

test("a network is read from a file under either names, with what the file tells of it", () => {
  for (const own of [false, true]) {
    const { weights, list } = listed(own);
    const found = given(written([...list, ["blocks.0.attn.b_Q", [1, 8], new Float32Array(8)]], { config: JSON.stringify(CONFIG) }));
    assert.deepEqual(found.sizes, { p: 11, d_model: 8, d_mlp: 32, n_heads: 1 });
    assert.deepEqual(found.told, CONFIG);
    assert.deepEqual(found.weights, weights);
  }
  const bare = given(written(listed().list.filter(([name]) => !name.includes(".b_")), { config: "{}" }));
  assert.equal(bare.told, null);
  assert.deepEqual(bare.weights, listed().weights); // initial biases are zero
});

/** Returns a file whose header is that text, with so many bytes behind it. */
function crafted(header, behind = 64, size = BigInt(header.length)) {
  const bytes = new Uint8Array(8 + header.length + behind);
  new DataView(bytes.buffer).setBigUint64(0, size, true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

test("a file that does not fit is refused with what it has and what was expected", () => {
  const { list } = listed();
  const without = (name) => list.filter(([one]) => one !== name);
  const more = (name, shape) => [...without(name), [name, shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1)]];
  assert.throws(() => given(written(without("unembed.W_U"))), /no W_U \(or unembed\.W_U\)/);
  assert.throws(() => given(written(more("blocks.0.mlp.W_out", [31, 8]))), /W_out has shape \[31, 8\]; expected \[32, 8\]/);
  assert.throws(() => given(written(more("blocks.0.attn.W_Q", [1, 8, 7]))), /W_Q has shape \[1, 8, 7\]; expected \[1, 8, 8\]/);
  assert.throws(() => given(written(more("blocks.0.attn.W_Q", [9, 8, 8]))), /W_Q has shape \[9, 8, 8\]; expected 1 to 8 heads that divide d_model = 8/);
  assert.throws(() => given(written(more("pos_embed.W_pos", [2, 8]))), /W_pos has shape \[2, 8\]; expected 3 places/);
  assert.throws(() => given(written([...list, ["W_E", [12, 8], new Float32Array(96)]])), /W_E twice/);
  assert.throws(() => given(written(more("unembed.W_U", [8, 9]))), /p = 9; expected an odd prime/);
  assert.throws(() => given(written(more("embed.W_E", [23, 8]))), /W_E has shape \[23, 8\]: more than one row for each of p = 11 numbers/);
  assert.throws(() => given(written(more("blocks.0.ln1.w", [8]))), /"blocks\.0\.ln1\.w", for which .* has no place/);
  assert.throws(() => given(written(more("embed.W_E", [12, 8]).map(([name, shape, values]) => [name, shape, values.map((x) => x / 0)]))), /"embed\.W_E" holds numbers that are not finite/);
});

test("headers that are damaged, huge or hostile do no harm", () => {
  for (const [bytes, said] of [
    [new Uint8Array(3), /too short/],
    [crafted("{}", 0, 2n ** 63n), /longer than is possible/],
    [crafted("[1, 2]"), /no list of tensors/],
    [crafted("{nonsense}"), /no list of tensors/],
    [crafted(`{"W_E":{"dtype":"F32","shape":[4],"data_offsets":[0,1e15]}}`), /outside the file/],
    [crafted(`{"W_E":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`), /outside the file/],
    [crafted(`{"W_E":{"dtype":"F32","shape":[1e9,1e9],"data_offsets":[0,16]}}`), /takes 4000000000000000000 bytes/],
    [crafted(`{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"W_E":5}`), /"W_E" has no shape|"__proto__"/],
    [crafted(`{"W_E":{"dtype":"toString","shape":[4],"data_offsets":[0,16]}}`), /no W_pos/],
  ]) assert.throws(() => given(bytes), said);
  assert.equal({}.dtype, undefined);
});

test("numbers of 16 and 64 bits are read as what they stand for", () => {
  const { read } = require("../../site_src/kit/safetensors.js");
  const header = `{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"c":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}`;
  const bytes = crafted(header, 16);
  const view = new DataView(bytes.buffer, 8 + header.length);
  [0x3c00, 0xc000, 0x3f80, 0xc020].forEach((code, i) => view.setUint16(2 * i, code, true));
  view.setFloat64(8, 0.5, true);
  const { tensors } = read(bytes);
  assert.deepEqual(["a", "b", "c"].map((name) => [...tensors.get(name).values()]), [[1, -2], [1, -2.5], [0.5]]);
  const whole = read(crafted(`{"d":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`)).tensors.get("d");
  assert.throws(() => whole.values(), /"d" holds numbers of the type I64; expected one of F16, BF16, F32, F64/);
});
