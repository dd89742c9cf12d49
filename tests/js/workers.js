/* What a page has and Node has not, for scripts that start workers: Timeless with its data files, Worker, Blob, addresses. */
"use strict";
const { execFileSync } = require("node:child_process");
const path = require("node:path");
const threads = require("node:worker_threads");
const { decode } = require("../../site_src/js/timeless.js");

const SOURCES = path.join(__dirname, "../../site_src");
const SCOPE = `const { parentPort } = require("node:worker_threads");
globalThis.postMessage = (data) => parentPort.postMessage(data);
parentPort.on("message", (data) => onmessage({ data }));
`;

/** Returns what data/kernels.js holds: the kernels as the build compiles them. */
function kernels() {
  const coded = JSON.parse(execFileSync(process.execPath, [path.join(SOURCES, "kernels.mjs")], { encoding: "utf8" }));
  return Object.fromEntries(Object.entries(coded).map(([name, bdata]) => [name, { dtype: "u1", bdata }]));
}

const later = setTimeout;

class Worker {
  constructor(text) {
    this.thread = new threads.Worker(SCOPE + text, { eval: true });
    this.thread.on("message", (data) => this.onmessage({ data }));
    this.thread.on("error", (error) => {
      throw error;
    });
  }

  postMessage(data, transfer) {
    this.thread.postMessage(data, transfer);
  }

  terminate() {
    this.thread.terminate();
  }
}

/** Like setTimeout, but no process waits for an address to be given back. */
function waiting(act, ...rest) {
  const timer = later(act, ...rest);
  if (act === URL.revokeObjectURL) timer.unref();
  return timer;
}

/** Gives Node what kit/background.js and kit/trainer/ need, and returns Timeless. */
function page() {
  const compiled = kernels();
  Object.assign(globalThis, { Worker, setTimeout: waiting, Blob: class { constructor(texts) { this.text = texts.join(""); } } });
  Object.assign(URL, { createObjectURL: ({ text }) => text, revokeObjectURL() {} });
  globalThis.Timeless = { decode, require: async () => compiled, trusted: (address) => address };
  require("../../site_src/kit/background.js");
  return globalThis.Timeless;
}

module.exports = { page };
