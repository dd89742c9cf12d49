"use strict";
const assert = require("node:assert/strict");
const { test } = require("node:test");
const chance = require("../../site_src/kit/chance.js");
const surgery = require("../../timeless/instruments/surgery/surgery-core.js");

const { others, switchedOff, toggled, words, coded, decoded, stateOf, history, randomSets, summary, tallest, operation } = surgery;

test("a frequency joins a set in its place, and leaves it again", () => {
  assert.deepEqual(toggled([17, 59], 54), [17, 54, 59]);
  assert.deepEqual(toggled([17, 54, 59], 54), [17, 59]);
  assert.deepEqual(toggled([], 3), [3]);
});

test("removing and keeping switch off what belongs together", () => {
  assert.deepEqual(switchedOff({ mode: "remove", set: [2, 5] }, 6), [2, 5]);
  assert.deepEqual(switchedOff({ mode: "keep", set: [2, 5] }, 6), [1, 3, 4, 6]);
  assert.deepEqual(switchedOff({ mode: "keep", set: [] }, 6), [1, 2, 3, 4, 5, 6]);
});

test("sets are written short, for readers and for addresses, and addresses are read back", () => {
  const sets = [[], [17], [17, 18], [1, 2, 3, 9], [14, 28, 42], others(65, [17, 54, 59]), others(65, [])];
  assert.deepEqual(sets.slice(0, 5).map(words), ["", "17", "17, 18", "1–3, 9", "14, 28, 42"]);
  assert.equal(coded(sets[5]), "1-16_18-53_55-58_60-65");
  for (const set of sets) assert.deepEqual(decoded(coded(set), 65), set);
  assert.deepEqual(decoded(17, 65), [17]); // as an address turns it into a number
  assert.deepEqual(decoded("5_3_3-4", 65), [3, 4, 5]);
});

test("what no set can be is refused", () => {
  for (const text of ["", "0", "66", "5-3", "60-66", "1-9999999999", "x", "17.5", 17.5, true, "17_", "-3"]) {
    assert.equal(decoded(text, 65), null, `${text}`);
  }
});

test("an address sets what is possible, and nothing else", () => {
  const initial = { mode: "remove", set: [17, 54, 59], epoch: 40000 };
  const there = { epochs: [0, 7500, 40000], top: 65 };
  assert.deepEqual(stateOf({}, initial, there), initial);
  assert.deepEqual(stateOf({ mode: "keep", set: "none", epoch: 0 }, initial, there), { mode: "keep", set: [], epoch: 0 });
  assert.deepEqual(stateOf({ mode: "burn", set: "90", epoch: 3 }, initial, there), initial);
});

test("steps are undone and redone, and a new one ends what could be redone", () => {
  const steps = history("a");
  steps.undo();
  assert.equal(steps.now(), "a");
  steps.go("b");
  steps.go("c");
  steps.undo();
  steps.undo();
  assert.deepEqual([steps.now(), steps.before(), steps.after()], ["a", 0, 2]);
  steps.redo();
  assert.deepEqual([steps.now(), steps.before(), steps.after()], ["b", 1, 1]);
  steps.go("d");
  steps.redo();
  assert.deepEqual([steps.now(), steps.before(), steps.after()], ["d", 2, 0]);
});

test("random sets have the same size, hold nothing twice and nothing of the set, and differ", () => {
  const set = [17, 54, 59];
  const sets = randomSets(65, set, chance, 20, 1);
  assert.equal(sets.length, 20);
  assert.equal(new Set(sets.map(coded)).size, 20);
  for (const one of sets) {
    assert.equal(new Set(one).size, 3);
    assert.deepEqual(one, [...one].sort((a, b) => a - b));
    assert.ok(one.every((k) => k >= 1 && k <= 65 && !set.includes(k)));
  }
});

test("the same seed draws the same sets, another draws others", () => {
  assert.deepEqual(randomSets(65, [1, 2], chance, 5, 7), randomSets(65, [1, 2], chance, 5, 7));
  assert.notDeepEqual(randomSets(65, [1, 2], chance, 5, 7), randomSets(65, [1, 2], chance, 5, 8));
});

test("every frequency is drawn about as often", () => {
  const times = new Array(13).fill(0);
  for (let seed = 0; seed < 300; seed++) for (const one of randomSets(12, [1, 2], chance, 4, seed)) for (const k of one) times[k]++;
  const rest = times.slice(3); // 10 frequencies share 300 · 4 · 2 draws
  assert.ok(Math.min(...rest) > 190 && Math.max(...rest) < 290, String(rest));
});

test("where too few are left the sets are drawn from all, without the set itself", () => {
  const set = others(65, [17, 54, 59]);
  const sets = randomSets(65, set, chance, 20);
  assert.equal(sets.length, 20);
  assert.ok(sets.every((one) => one.length === 62 && coded(one) !== coded(set)));
  assert.ok(sets.some((one) => one.includes(17)));
});

test("no more sets are drawn than there are", () => {
  assert.deepEqual(randomSets(6, [2, 4, 6], chance, 20), [[1, 3, 5]]);
  assert.equal(randomSets(6, [1, 2, 3, 4, 5], chance, 20).length, 5);
  assert.equal(randomSets(65, [9], chance, 100).length, 64);
  assert.deepEqual(randomSets(65, others(65, []), chance, 20), []);
  assert.deepEqual(randomSets(65, [], chance, 20), []);
});

test("a summary worked out by hand", () => {
  assert.deepEqual(summary([1, 2, 3, 6]), { n: 4, mean: 3, deviation: Math.sqrt(3.5), least: 1, most: 6 });
  const none = summary([]);
  assert.equal(none.n, 0);
  assert.ok([none.mean, none.least, none.most].every(Number.isNaN));
});

test("a fingertip finds the tallest bar under it", () => {
  assert.equal(tallest([1, 5, 2, 9, 1], 1, 3), 2);
  assert.equal(tallest([1, 5, 2, 9, 1], 3, 3), 3);
});

test("operations are told in words", () => {
  assert.equal(operation({ mode: "remove", set: [17, 54, 59] }), "Removed 17, 54, 59");
  assert.equal(operation({ mode: "keep", set: [1, 2, 3] }), "Kept only 1–3");
  assert.equal(operation({ mode: "remove", set: [] }), "Nothing removed");
  assert.equal(operation({ mode: "keep", set: [] }), "Kept no frequency, only the mean");
});
