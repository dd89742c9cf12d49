"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");

/** The kit's background with workers of which one knows what they were asked. */
function withWorkers(t) {
  const asked = [];
  class Worker {
    postMessage(job) {
      asked.push(job);
    }
    terminate() {}
  }
  const names = { Worker, Timeless: { trusted: (address) => address } };
  const before = Object.fromEntries(Object.keys(names).map((name) => [name, globalThis[name]]));
  Object.assign(globalThis, names);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => Object.assign(globalThis, before));
  const path = require.resolve("../../site_src/kit/background.js");
  delete require.cache[path];
  require(path);
  return { asked, start: globalThis.Timeless.background.start };
}

test("a worker that does not answer is told of, and no more once it does", async (t) => {
  const { asked, start } = withWorkers(t);
  const told = [];
  const jobs = start({ source: "{}" }, 1, (message) => told.push(message));
  t.mock.timers.tick(60_000);
  assert.deepEqual(told, []);
  const answer = jobs.run("allPairs", []);
  t.mock.timers.tick(29_000);
  assert.deepEqual(told, []);
  t.mock.timers.tick(2_000);
  assert.match(told[0], /^This has been computed for 30 seconds without an answer/);
  const ended = jobs.run("allPairs", []);
  assert.equal(asked.length, 1);
  jobs.destroy();
  assert.deepEqual([await answer, await ended], [null, null]);
  assert.deepEqual(told.slice(1), [""]);
});

test("where no worker can be made, the page computes, and tells its own errors from the browser's", async (t) => {
  const { start } = withWorkers(t);
  globalThis.Worker = class {
    constructor() {
      throw new Error("refused");
    }
  };
  const functions = {
    source: "{}",
    own() {
      throw new Error("no such pair");
    },
    other: () => null.length,
  };
  const jobs = start(functions);
  const results = [jobs.run("own", []), jobs.run("other", [])].map((job) => job.catch((error) => error));
  t.mock.timers.tick(10);
  const first = await results[0];
  t.mock.timers.tick(10);
  assert.deepEqual([first.constructor, first.message], [Error, "no such pair"]);
  assert.equal((await results[1]).constructor, TypeError);
  jobs.destroy();
});
