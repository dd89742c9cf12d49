"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { beside, shortened, listed } = require("../../site_src/js/previews.js");

const WINDOW = { width: 360, height: 640 };
const SIZE = { width: 300, height: 200 };

test("a preview stands below its line, above it at the end of the window, and never out of it", () => {
  assert.deepEqual(beside({ left: 20, top: 100, bottom: 120 }, SIZE, WINDOW), { left: 20, top: 128 });
  assert.deepEqual(beside({ left: 300, top: 600, bottom: 620 }, SIZE, WINDOW), { left: 52, top: 392 });
  assert.deepEqual(beside({ left: -40, top: 100, bottom: 600 }, SIZE, WINDOW), { left: 8, top: 608 });
});

test("a long text ends between two words", () => {
  assert.equal(shortened("short"), "short");
  assert.match(shortened("word ".repeat(100)), /^(word )+word …$/);
});

test("a number is listed once for each place and way to show it", () => {
  const number = { shown: "9,700", value: "9700", place: "artifacts/addition.json: summary.grok_epoch" };
  assert.deepEqual(listed([number, { ...number }, { ...number, shown: "9.7k" }]).length, 2);
});
