"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const MiniSearch = require("../../site_src/node_modules/minisearch/dist/cjs/index.cjs");
const { makeIndex, excerpt } = require("../../site_src/js/search.js");

const ROWS = [
  ["section", "Grokking", "grokking.html#phases", "Phases", "Three phases. The restricted loss falls while accuracy stands still."],
  ["figure", "Fourier", "fourier.html#figure-a", "Restricted loss over training", "One line an epoch."],
  ["claim", "Claims", "claims.html#click", "click", "Test accuracy rises from 15% to 99.8% near epoch 7,500."],
];
const index = makeIndex(MiniSearch, ROWS);
const found = (words) => index.search(words).map((hit) => hit.href);

test("every word is wanted, a title weighs more, beginnings and slips of the pen count", () => {
  assert.deepEqual(found("restricted loss"), ["fourier.html#figure-a", "grokking.html#phases"]);
  assert.deepEqual(found("restricted phases"), ["grokking.html#phases"]);
  assert.deepEqual(found("accur"), ["grokking.html#phases", "claims.html#click"].sort().reverse());
  assert.deepEqual(found("restrictd accuracy"), ["grokking.html#phases"]);
  assert.deepEqual(found("nothing such"), []);
});

test("an excerpt stands around the first word and marks each", () => {
  const text = `${"word ".repeat(40)}the loss and (again) the Loss ${"word ".repeat(40)}`;
  const parts = excerpt(text, ["loss"]);
  assert.deepEqual(
    parts.filter((part) => part.found).map((part) => part.text),
    ["loss", "Loss"],
  );
  const whole = parts.map((part) => part.text).join("");
  assert.ok(whole.startsWith("… word") && whole.endsWith("word …") && whole.length < 260, whole);
});

test("an excerpt of a short text is that text, also for words that are signs", () => {
  assert.deepEqual(excerpt("f(x) = 1", ["f("]), [
    { text: "f(", found: true },
    { text: "x) = 1", found: false },
  ]);
  assert.deepEqual(excerpt("short", []), [{ text: "short", found: false }]);
});
