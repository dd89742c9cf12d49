/* Runs every published checkpoint from the data files that the site ships, for tests/instruments/test_networks.py.
   node run-networks.js DATA OUT: reads DATA/network-*.js, and DATA/asked.json with
     pairs [[a, b], …], whose plain forward passes are wanted,
     compared {EXPERIMENT-EPOCH-OP: [pair, …]}, whose answers and losses are, and
     clusters [{experiment, epoch, op, order}, …], whose neurons' frequencies are;
   writes OUT/EXPERIMENT-EPOCH-OP.answers (uint16) and .losses (float32) by pair, .logits, .post and .pattern (float64) of the
   pairs asked for, and .frequencies (uint16) and .shares (float32) of the neurons asked for. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const network = require("../../site_src/kit/network/network.js");
const { decode } = require("../../site_src/js/timeless.js");

const [data, out] = process.argv.slice(2);
const received = {};
globalThis.Timeless = { receive: (name, _checksum, text) => (received[name] = JSON.parse(text)) };

/** Returns the payload of a data file. */
function load(name) {
  require(path.join(data, `${name}.js`));
  const payload = received[name];
  delete received[name];
  return payload;
}

const asked = JSON.parse(fs.readFileSync(path.join(data, "asked.json"), "utf8"));
const experiments = fs.readdirSync(data).map((file) => /^network-([a-z_]+)\.js$/.exec(file)).filter(Boolean);
for (const [, experiment] of experiments) {
  const info = load(`network-${experiment}`);
  for (const epoch of info.epochs) {
    const { weights: codes } = load(`network-${experiment}-e${String(epoch).padStart(6, "0")}`);
    const weights = network.unpack(network.halves(decode(codes).array), info);
    info.operations.forEach((_, op) => {
      const one = `${experiment}-${epoch}-${op}`;
      const write = (name, array) => fs.writeFileSync(path.join(out, `${one}.${name}`), array);
      const { answers, losses } = network.allPairs(weights, info, op, { pairs: asked.compared[one] });
      write("answers", answers);
      write("losses", losses);
      const passes = asked.pairs.map(([a, b]) => network.forward(weights, info, a, b, op));
      const joined = (name) => Float64Array.from(passes.flatMap((pass) => [...pass[name]]));
      write("logits", joined("logits"));
      write("post", joined("mlp_post"));
      write("pattern", joined("pattern"));
      for (const { order } of asked.clusters.filter((its) => its.experiment === experiment && its.epoch === epoch && its.op === op)) {
        const { frequencies, shares } = network.clusters(weights, info, op, order);
        write("frequencies", frequencies);
        write("shares", shares);
      }
    });
  }
}
