"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { readHash, writeHash, anchorOf, differing } = require("../../site_src/js/address.js");

/** What was read, as ordinary objects, which compare with those written here. */
const plain = ({ anchor, widgets }) => ({ anchor, widgets: structuredClone({ ...widgets }) });

test("the state of widgets survives the way into an address and back", () => {
  const states = { spectrum: { k: 14, epoch: 9050, order: "log", playing: false }, click: { t: 0.25 } };
  assert.deepEqual(plain(readHash(writeHash("widget-spectrum", states))), { anchor: "widget-spectrum", widgets: states });
});

test("text that needs escaping survives, and what is undefined is left out", () => {
  const hash = writeHash("", { a: { text: "x & y = 100%?", gone: undefined, nothing: null } });
  assert.deepEqual(plain(readHash(hash)), { anchor: "", widgets: { a: { text: "x & y = 100%?" } } });
});

test("an ordinary anchor says nothing of widgets, and a foreign query names none", () => {
  assert.deepEqual(readHash("#progress-measures"), { anchor: "progress-measures", widgets: null });
  assert.deepEqual(readHash(""), { anchor: "", widgets: null });
  assert.deepEqual(plain(readHash("#?k=3&.x=1")), { anchor: "", widgets: {} });
  assert.equal(writeHash("", {}), "");
  assert.equal(writeHash("top", {}), "#top");
});

test("no name in an address reaches what all objects share", () => {
  const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"];
  const before = names.map((name) => Object.getOwnPropertyNames(Object(Object.prototype[name])).join());
  for (const name of names) {
    for (const key of [...names, "name", "undefined"]) {
      const { widgets } = readHash(`#?${name}.${key}=z`);
      assert.deepEqual(Object.keys(widgets), [name]);
      assert.equal(widgets[name][key], "z");
      assert.equal(Object.getPrototypeOf(widgets), null);
      assert.equal(Object.getPrototypeOf(widgets[name]), null);
      assert.equal({}[key === "undefined" ? key : "z"], undefined);
    }
  }
  assert.deepEqual(names.map((name) => Object.getOwnPropertyNames(Object(Object.prototype[name])).join()), before);
});

test("a wrongly written anchor leads nowhere, and stops nothing", () => {
  assert.equal(anchorOf("#%"), "%");
  assert.equal(anchorOf("#caf%C3%A9"), "café");
  assert.equal(readHash("#%?a.b=1").anchor, "%");
});

test("only what an address says otherwise is named, in whichever order it says it", () => {
  const { widgets: before } = readHash("#?a.x=1&a.y=2&b.z=0&gone.k=1");
  const { widgets: after } = readHash("#?a.y=2&a.x=1&b.z=1&new.k=1");
  assert.deepEqual(differing(before, after), ["b", "gone", "new"]);
  assert.deepEqual(differing(before, {}), ["a", "b", "gone"]);
});
