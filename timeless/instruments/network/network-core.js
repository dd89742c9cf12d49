/* The live network: which checkpoint, pair and neurons to show, and what they add to an answer. Node's tests require it. */
(function () {
  "use strict";

  const BELONGS = 0.85; // share of a neuron's energy by which it belongs to a frequency
  const LOSSES = [1e-7, 30]; // nats, between which the map of losses goes from pale to full

  /** Returns the next pair a*p + b after `from` that is answered wrong, going round; -1 if there is none. */
  function nextWrong(answers, from, wanted) {
    for (let step = 1; step <= answers.length; step++) {
      const pair = (from + step) % answers.length;
      if (answers[pair] !== wanted(pair)) return pair;
    }
    return -1;
  }

  /** Returns the neurons with the largest activations, the largest first; silent ones are left out. */
  function mostActive(activations, count) {
    const awake = Array.from(activations, (_, j) => j).filter((j) => activations[j] > 0);
    return awake.sort((i, j) => activations[j] - activations[i] || i - j).slice(0, count);
  }

  /** Returns how far a unit of each neuron lifts the logit of a class above the mean of all [d_mlp]. */
  function lifts({ W_out, W_U }, { d_model: d, d_mlp: m, p }, answer) {
    const direction = Float64Array.from({ length: d }, (_, i) => {
      const row = W_U.subarray(i * p, (i + 1) * p);
      return row[answer] - row.reduce((sum, x) => sum + x, 0) / p;
    });
    return Float64Array.from({ length: m }, (_, j) => direction.reduce((sum, x, i) => sum + x * W_out[j * d + i], 0));
  }

  /** Returns `[{frequency, neurons, adds}]`: what the neurons of each frequency add that are not silent, the most first; those
      that belong to none come as frequency 0. `known` has the neurons' frequencies and shares. */
  function byFrequency(activations, lift, { frequencies, shares }) {
    const groups = new Map();
    activations.forEach((x, j) => {
      if (x === 0) return;
      const frequency = shares[j] >= BELONGS ? frequencies[j] : 0;
      const group = groups.get(frequency) || { frequency, neurons: 0, adds: 0 };
      group.neurons += 1;
      group.adds += x * lift[j];
      groups.set(frequency, group);
    });
    return [...groups.values()].sort((g, h) => Math.abs(h.adds) - Math.abs(g.adds));
  }

  /** Returns how far the logit of a class lies above the mean of all. */
  const aboveMean = (logits, c) => logits[c] - logits.reduce((sum, x) => sum + x, 0) / logits.length;

  /** Returns how strongly a loss is drawn, from 0 to 1, on a logarithmic scale. */
  function lossShare(loss) {
    const [low, high] = LOSSES.map(Math.log);
    return Math.min(Math.max((Math.log(Math.max(loss, 1e-30)) - low) / (high - low), 0), 1);
  }

  /** Returns the mean over all pairs of what is known of both splits; `n` are their sizes. */
  const pooled = (train, test, n) => (train * n.train + test * n.test) / (n.train + n.test);

  const core = { BELONGS, nextWrong, mostActive, lifts, byFrequency, aboveMean, lossShare, pooled };
  if (typeof module === "object" && module.exports) module.exports = core;
  else Timeless.parts.network = { core };
})();
