/* What a neuron makes of its input, in float64: ReLU, and the exact GELU. What it exports is also text for a worker, see
   network.js in this folder. */
(function () {
  "use strict";

  /* Chebyshev coefficients of erfc. Source: Press et al., Numerical Recipes, 3rd edition, section 6.2.2. */
  const ERFC = [
    -1.3026537197817094, 0.6419697923564903, 1.9476473204185836e-2, -9.561514786808631e-3, -9.46595344482036e-4, 3.66839497852761e-4,
    4.2523324806907e-5, -2.0278578112534e-5, -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
    5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12, 8.94487e-13, 3.13092e-13, -1.12708e-13,
    3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16, -2.8e-17,
  ];

  /** Returns the share of a normal distribution below x. */
  function normalShare(x) {
    const z = Math.abs(x) / Math.SQRT2;
    const t = 2 / (2 + z);
    const y = 4 * t - 2;
    let [now, before] = [0, 0];
    for (let j = ERFC.length - 1; j > 0; j--) {
      const next = y * now - before + ERFC[j]; // in one step, by destructuring, it takes twice as long
      before = now;
      now = next;
    }
    const tail = (t * Math.exp(-z * z + 0.5 * (ERFC[0] + y * now) - before)) / 2;
    return x > 0 ? 1 - tail : tail;
  }

  const relu = (x) => (x > 0 ? x : 0);
  const gelu = (x) => x * normalShare(x);

  /** Returns the function of a network's neurons; raises an error for one that is not known here. */
  function activationOf({ act: name }) {
    if (name !== "relu" && name !== "gelu") throw new Error(`the page computes networks with ReLU or GELU; this one has "${name}"`);
    return name === "relu" ? relu : gelu;
  }

  const exported = { ERFC, normalShare, relu, gelu, activationOf };
  if (typeof module === "object" && module.exports) module.exports = exported;
  else Timeless.network = exported;
})();
