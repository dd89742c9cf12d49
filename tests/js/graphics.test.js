"use strict";
/* What the graphics processor is asked for. A processor answers a place beyond an array with any number and no word. */
const assert = require("node:assert/strict");
const test = require("node:test");
const { planOf, listsOf, SLICE } = require("../../site_src/kit/graphics/plan.js");
const { matrices } = require("../../site_src/kit/graphics/matrices.js");
const { network } = require("../../site_src/kit/graphics/network.js");

const SHADERS = { ...matrices, ...network };
const CONFIG = { p: 47, operation: "a-b", n_heads: 4, d_model: 8, d_mlp: 20, activation: "gelu" };

const last = (at, ...axes) => axes.reduce((place, [n, step]) => place + (n - 1) * step, at);

/** Returns the last places, [array, place], that are touched by products and sums. */
function reach({ shader, arrays, numbers: o, groups }) {
  const [A, B, C] = arrays;
  if (shader === "product") {
    return [
      [A, last(o.a_at, [o.rows, o.a_row], [o.depth, o.a_step])], [B, last(o.b_at, [o.depth, o.b_step], [o.columns, o.b_column])],
      [C, last(o.c_at, [groups[2], o.c_slice], [o.rows, o.c_row], [o.columns, 1])],
    ];
  }
  const rows = o.count / o.columns;
  if (shader === "rows") {
    return [[A, last(o.s_at, [rows, o.s_row], [o.columns, 1])], [C, last(o.c_at, [rows, o.c_row], [o.columns, 1])],
      ...(o.both ? [[B, last(o.t_at, [rows, o.t_row], [o.columns, 1])]] : [])];
  }
  if (shader === "columns") return [[A, last(o.s_at, [o.rows, o.s_row], [o.columns, 1])], [B, last(o.c_at, [rows, o.c_slice], [o.columns, 1])]];
  return [];
}

test("no step reads or writes beyond an array, and each is told all that its shader wants", () => {
  const plan = planOf(CONFIG, SLICE + 5);
  const steps = [...plan.forward, ...plan.backward, plan.update, plan.norm2];
  assert.equal(new Set(steps.map(({ shader }) => shader)).size, Object.keys(SHADERS).length);
  for (const step of steps) {
    assert.deepEqual(Object.keys(step.numbers).sort(), SHADERS[step.shader].numbers.map(([name]) => name).sort(), step.shader);
    assert.ok(Object.values(step.numbers).every(Number.isFinite), step.shader);
    assert.equal(step.arrays.filter((name) => !plan.arrays[name]).length, 0, step.shader);
    for (const [name, place] of reach(step)) assert.ok(place >= 0 && place < plan.arrays[name], `${step.shader} reaches place ${place} of ${name}, which has ${plan.arrays[name]}`);
  }
});

test("nothing is read in the step that writes it", () => {
  const plan = planOf(CONFIG, 100);
  for (const { shader, arrays } of [...plan.forward, ...plan.backward]) {
    const written = arrays.slice(shader === "losses" ? 1 : shader === "attend" ? 3 : -1);
    assert.equal(arrays.filter((name) => written.includes(name)).length, written.length, shader);
  }
});

test("every gradient is written once, the slices of a product beside each other", () => {
  const { backward, size, arrays } = planOf(CONFIG, 100);
  const written = new Uint8Array(size);
  for (const { shader, arrays: names, numbers: o } of backward.filter((step) => step.arrays.at(-1) === "G")) {
    const rows = shader === "product" ? o.rows : shader === "rows" ? o.count / o.columns : 1;
    for (let r = 0; r < rows; r++) for (let c = 0; c < o.columns; c++) written[o.c_at + r * (o.c_row ?? 0) + c] += 1;
    assert.equal(names.length > 1, true);
  }
  assert.equal(arrays.G, size);
  assert.ok(written.every((times) => times === 1));
});

test("the pairs that read a row are listed by a and by b", () => {
  const [p, pairs] = [3, [0, 2, 4, 7, 8]]; // (0, 0), (0, 2), (1, 1), (2, 1), (2, 2)
  assert.deepEqual([...listsOf(pairs, p)], [0, 2, 3, 5, /* by b */ 0, 1, 3, 5, 0, 2, 3, 1, 4]);
});
