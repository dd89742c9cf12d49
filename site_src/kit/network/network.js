/* The trained transformer in the page: one pair, all pairs, and the waves that its neurons follow; and all of it as text, from
   which kit/background.js makes a worker. An instrument names "network" among its needs; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const network = inNode ? { ...require("./forward.js"), ...require("./pairs.js"), ...require("./waves.js") } : Timeless.network;

  /** Returns the source of functions and constants that find each other by name, as one expression. */
  function sourceOf(parts) {
    const lines = Object.entries(parts).map(([name, part]) => `const ${name} = ${typeof part === "function" ? part : JSON.stringify(part)};`);
    return `(() => {\n"use strict";\n${lines.join("\n")}\nreturn { ${Object.keys(parts).join(", ")} };\n})()`;
  }

  network.source = sourceOf(network);
  if (inNode) module.exports = network;
})();
