/* Trains small networks by each engine of the page, for tests/instruments/test_training.py.
   node run-training.js FOLDER: reads FOLDER/asked.json, {NAME: {config, steps}}, and FOLDER/kernels.js, the site's data file;
   writes FOLDER/NAME.train (uint16), the pairs trained on, and NAME.weights (float32), the initial weights, and for each ENGINE
   ("javascript", "simd" and "fused" kernels) NAME-ENGINE.gradient (float64), that of the first step, and NAME-ENGINE.losses (float64),
   the loss before each step. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { decode } = require("../../site_src/js/timeless.js");
const { parts, problem } = require("../../site_src/kit/trainer/trainer.js");
const { hand } = require("../../site_src/kit/kernels/work.js");
const { wasm } = require("../../site_src/kit/kernels/workers.js");

const [folder] = process.argv.slice(2);
const asked = JSON.parse(fs.readFileSync(path.join(folder, "asked.json"), "utf8"));
let compiled = [];
globalThis.Timeless = { receive: (_name, _checksum, text) => (compiled = Object.entries(JSON.parse(text)).map(([name, array]) => [name, decode(array).array])) };
require(path.join(folder, "kernels.js"));

/** Returns the first step's gradient by plain JavaScript. */
function slopes(config, { labels, train, weights }) {
  const gradient = new Float64Array(weights.length);
  parts.pass(weights, config, labels, train, gradient);
  return gradient;
}

/** Returns the first step's gradient by compiled kernels. */
async function compiledSlopes(code, config, { labels, train, weights }) {
  const { instance } = await WebAssembly.instantiate(code);
  const own = hand(instance, config, { pairs: train, every: train, labels, share: 1 / train.length });
  own.weights().set(weights);
  own.learn();
  return Float64Array.from(own.gradient().subarray(0, weights.length));
}

/** Returns the losses of a training, step by step. */
async function lossesOf(training, steps) {
  const losses = new Float64Array(steps);
  for (let step = 0; step < steps; step++) losses[step] = (await training.run(1)).train_loss;
  return losses;
}

async function main() {
  for (const [name, { config, steps }] of Object.entries(asked)) {
    const given = problem(config);
    const write = (of, array) => fs.writeFileSync(path.join(folder, `${name}${of}`), array);
    write(".train", given.train);
    write(".weights", given.weights);
    write("-javascript.gradient", slopes(config, given));
    const javascript = parts.plain();
    javascript.begin(config, given);
    write("-javascript.losses", await lossesOf(javascript, steps));
    for (const [engine, code] of compiled) {
      write(`-${engine}.gradient`, await compiledSlopes(code, config, given));
      const training = wasm();
      await training.begin(config, given, code, { index: 0, count: 1 });
      write(`-${engine}.losses`, await lossesOf(training, steps));
    }
  }
}

main();
