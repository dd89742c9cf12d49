/* The trained transformer in the page: one pair, all pairs, the waves in its logits and those that its neurons follow; and all of it as text,
   from which kit/background.js makes a worker. An instrument names "network" among its needs; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const network = inNode ? Object.assign({}, ...["activation", "forward", "pairs", "measures", "strengths", "waves"].map((part) => require(`./${part}.js`))) : Timeless.network;

  network.source = (inNode ? require("../instrument.js") : Timeless.instrument).sourceOf(network);
  if (inNode) module.exports = network;
})();
