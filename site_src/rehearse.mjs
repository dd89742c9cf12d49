// Trains a network as the page does, by the same compiled kernels, in one worker's share of work: for the experiment "in_page".
// Reads {state, every, enough} as JSON from standard input, the state as the page's controls say it, and writes {rows, seconds} as JSON
// on standard output: a row every so many epochs, until the accuracy on test pairs is enough, or to the last epoch.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const { problem } = require("./kit/trainer/problem.js");
const { wasm } = require("./kit/kernels/workers.js");
const { accuracies } = require("./kit/runs/curves.js");
const { configOf } = require("../timeless/instruments/train/train-core.js");

const { state, every, enough } = JSON.parse(readFileSync(0, "utf8"));
const config = configOf(state);
const compiled = JSON.parse(execFileSync(process.execPath, [fileURLToPath(new URL("kernels.mjs", import.meta.url))], { encoding: "utf8" }));
const code = ["fused", "simd"].map((name) => Buffer.from(compiled[name], "base64")).find((bytes) => WebAssembly.validate(bytes));

const given = problem(config);
const training = wasm();
await training.begin(config, given, code, { index: 0, count: 1 });
training.lead([]);

const rows = [];
const began = performance.now();
for (let epoch = 0; ; epoch += every) {
  const { answers, test_accuracy, test_loss, train_loss } = await training.evaluate();
  const { train, mirrored, unseen } = accuracies(answers, given);
  rows.push({ epoch, train_loss, test_loss, train_accuracy: train, test_accuracy, mirrored_accuracy: mirrored, unseen_accuracy: unseen });
  if (test_accuracy >= enough || epoch + every > state.epochs) break;
  await training.run(every);
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(JSON.stringify({ rows, seconds }));
