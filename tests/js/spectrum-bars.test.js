"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const spectrumBars = require("../../site_src/kit/spectrum-bars.js");

/** Draws on a canvas that only remembers what was asked of it. */
function drawn(options) {
  const calls = { fillText: [], fillRect: [], strokeRect: [] };
  const ctx = new Proxy({}, {
    get: (_, name) => (...given) => calls[name]?.push(given),
    set: () => true,
  });
  const surface = { begin: () => ({ ctx, width: 437, height: 200 }) };
  const given = { norm: [1, 8, 1, 4], high: 9, k: 1, keys: [2, 4], axis: "frequency k", ...options };
  const at = spectrumBars(surface, { font: "serif", ink: "black", muted: "grey", line: "grey", accent: "green", paper: "white" }, given);
  return { at, ...calls, texts: calls.fillText.map(([text]) => text) };
}

test("a pixel is a frequency, and outside the bars the nearest one", () => {
  const { at } = drawn(); // bars of 100 pixels from 36 to 436
  assert.deepEqual([0, 37, 135, 137, 435, 600].map(at), [1, 1, 1, 2, 4, 4]);
});

test("bars are as tall as their norms, and those switched off are hollow", () => {
  const { fillRect, strokeRect } = drawn({ off: [4] });
  const [, ...bars] = fillRect; // the first stands behind the frequency pointed at
  const [one, eight] = bars.map(([, , , height]) => height);
  assert.equal(bars.length, 3);
  assert.equal(strokeRect.length, 1);
  assert.ok(Math.abs(eight - 8 * one) < 1e-9);
});

test("the key frequencies are named, or those one asks for, unless they are many", () => {
  assert.ok(drawn().texts.filter((text) => text === "4").length === 2); // on the axis and above its bar
  assert.ok(drawn({ named: [] }).texts.filter((text) => text === "4").length === 1);
  const norm = new Array(40).fill(1);
  const many = norm.map((_, i) => i + 1);
  assert.ok(!drawn({ norm, keys: many }).texts.includes("13"));
  assert.ok(drawn({ norm, keys: [13] }).texts.includes("13"));
});

test("the threshold is named where there is one", () => {
  assert.ok(drawn({ threshold: 2 }).texts.includes("¼ of the maximum"));
  assert.ok(!drawn().texts.includes("¼ of the maximum"));
});
