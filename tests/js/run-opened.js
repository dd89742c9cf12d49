/* Opens files of weights as the page does and measures them, for tests/instruments/test_opened.py.
   node run-opened.js FOLDER: reads FOLDER/asked.json, [{name, config, trained, freqs, off}, …], and FOLDER/NAME.safetensors;
   prints [{sizes, keys, measures, amplitudes, clusters, cut}, …] as JSON, `cut` the answers and losses without frequencies. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { given } = require("../../timeless/instruments/train/train-given.js");
const { named } = require("../../site_src/kit/trainer/problem.js");
const { opened, circleOf } = require("../../site_src/kit/opened.js");
const network = require("../../site_src/kit/network/network.js");

const folder = process.argv[2];
const asked = JSON.parse(fs.readFileSync(path.join(folder, "asked.json"), "utf8"));

async function measured({ name, config, trained, freqs, off }) {
  const file = given(new Uint8Array(fs.readFileSync(path.join(folder, `${name}.safetensors`))));
  const own = { ...config, ...file.sizes };
  const run = opened({ name, config: own, weights: named(file.weights, own), kinds: trained.map((one) => 1 - one) });
  const [weights, circle] = [await run.weights(0), circleOf(run.info)];
  const [n, m] = [circle.order.length, run.info.d_mlp];
  const logits = [[0, 2], [2, n]].map(([from, to]) => network.logitsOf(weights, run.info, 0, circle, from, to));
  const clusters = [[0, 3], [3, m]].map(([from, to]) => network.clusters(weights, run.info, 0, circle.order, from, to));
  const both = (name) => clusters.flatMap((part) => [...part[name]]);
  const cut = network.allPairs(network.withoutFrequencies(weights, run.info, off, circle.order), run.info);
  return {
    sizes: file.sizes,
    keys: run.info.key_freqs,
    measures: network.measures(logits, run.info, freqs, circle, run.trainMask()),
    amplitudes: [...network.amplitudes(weights, run.info, 0, freqs, circle)],
    clusters: { frequencies: both("frequencies"), shares: both("shares") },
    cut: { answers: [...cut.answers], losses: [...cut.losses] },
  };
}

Promise.all(asked.map(measured)).then((found) => process.stdout.write(JSON.stringify(found)));
