/* Trains a network of the sandbox on, for tests/instruments/test_sandbox.py.
   node run-start.js FOLDER: reads FOLDER/config.json, FOLDER/weights (float32), FOLDER/train (uint16) and FOLDER/kernels.js; prints
   JSON: what plain JavaScript finds at the start, what compiled kernels find there and after `steps` with weight decay `decay`, and
   measures of the tokens and of the simulation that starts from them, under weak decay and under that one. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { decode } = require("../../site_src/js/timeless.js");
const { parts, problemFrom } = require("../../site_src/kit/trainer/trainer.js");
const { wasm } = require("../../site_src/kit/kernels/workers.js");
const { accuracies, lookInto } = require("../../site_src/kit/runs/runs.js");
const { analogyOf, chanceOrder, configOf, follow, measuresOf, tokensOf } = require("../../timeless/instruments/sandbox/training-core.js");

const [folder] = process.argv.slice(2);
const bytes = (name) => new Uint8Array(fs.readFileSync(path.join(folder, name))).buffer;
let code = null;
globalThis.Timeless = { receive: (_name, _checksum, text) => (code = decode(JSON.parse(text).simd).array) };
require(path.join(folder, "kernels.js"));

async function main() {
  const { network, seed, steps, decay } = JSON.parse(fs.readFileSync(path.join(folder, "config.json"), "utf8"));
  const config = configOf(network, seed);
  const problem = problemFrom(config, new Uint16Array(bytes("train")), new Float32Array(bytes("weights")));
  const told = ({ answers, train_loss, test_loss }) => {
    const found = Object.entries(accuracies(answers, problem)).map(([kind, share]) => [`${kind}_accuracy`, share]);
    return { ...Object.fromEntries(found), train_loss, test_loss };
  };
  const javascript = parts.plain();
  javascript.begin(config, problem);
  const kernels = wasm();
  await kernels.begin(config, problem, code, { index: 0, count: 1 });
  const found = { javascript: told(javascript.evaluate()), kernels: told(await kernels.evaluate()) };
  kernels.set({ weight_decay: decay });
  await kernels.run(steps);
  const shown = (W_E) => {
    const look = lookInto(W_E, config);
    return { at: tokensOf(W_E, look, config), k: look.k };
  };
  const W_E = problem.weights.subarray(0, (config.p + 1) * config.d_model);
  const [start, end] = [shown(W_E), shown(kernels.weights().W_E)];
  const simulated = (lambda, epochs) => {
    const analogy = analogyOf(start.at, start.k, decay, seed);
    follow(analogy, lambda, epochs);
    return measuresOf(analogy.system.at, start.k);
  };
  const tokens = { start: measuresOf(start.at, start.k), end: measuresOf(end.at, end.k), chance: chanceOrder(W_E, config), weak: simulated(0.5, 1600), strong: simulated(decay, 300) };
  console.log(JSON.stringify({ ...found, trained: told(await kernels.evaluate()), tokens }));
}

main();
