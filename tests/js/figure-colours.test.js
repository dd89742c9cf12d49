"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { NAMES, inTheme } = require("../../site_src/js/figure-colours.js");

const colourOf = (name) => ({ "series-1": "#102030", "series-2": "rgb(200, 100, 50)" })[name] || `<${name}>`;

test("the values are those of the light theme", () => {
  const tokens = readFileSync(join(__dirname, "../../site_src/css/tokens.css"), "utf8");
  for (const [value, name] of Object.entries(NAMES))
    assert.match(tokens, new RegExp(`--${name}: light-dark\\(${value}, `), `${name} is not ${value}`);
  for (const [split, name] of [["test", "series-1"], ["train", "series-2"]]) {
    const [own, shared] = [split, name].map((each) => new RegExp(`--${each}: (.*);`).exec(tokens)[1]);
    assert.equal(own, shared);
  }
});

test("colours are drawn as the theme has them under keys that hold colours, and nowhere else", () => {
  const trace = {
    name: "#1b478f",
    text: ["#182024"],
    line: { color: "#1b478f", dash: "dot" },
    fillcolor: "#0f7f70",
    marker: { color: ["#0b655a", "#abc", 3, "#0B655A"] },
  };
  assert.deepEqual(inTheme(trace, colourOf), {
    name: "#1b478f",
    text: ["#182024"],
    line: { color: "#102030", dash: "dot" },
    fillcolor: "<series-3>",
    marker: { color: ["<accent>", "#abc", 3, "<accent>"] },
  });
});

test("a faint colour stays as faint", () => {
  assert.equal(inTheme({ color: "rgba(27, 71, 143, 0.2)" }, colourOf).color, "rgba(16, 32, 48, 0.2)");
  assert.equal(inTheme({ color: "rgba(207, 106, 18, 1)" }, colourOf).color, "rgba(200, 100, 50, 1)");
  assert.equal(inTheme({ color: "rgba(1, 2, 3, 0.5)" }, colourOf).color, "rgba(1, 2, 3, 0.5)");
});

test("each stop of a colour scale is drawn as the theme has it", () => {
  const colorscale = [
    [0, "#f4f2ea"],
    [1, "#08282b"],
  ];
  assert.deepEqual(inTheme({ colorscale }, colourOf).colorscale, [
    [0, "<sequential-1>"],
    [1, "<sequential-5>"],
  ]);
});

test("substitution copies, and leaves numbers and typed arrays as they are", () => {
  const data = new Float32Array(3);
  const figure = {
    data: [{ x: data, marker: { color: { dtype: "f4", bdata: "AAAA" } } }],
    layout: { shapes: [{ line: { color: "#0f7f70" } }] },
  };
  const drawn = inTheme(figure, colourOf);
  assert.equal(drawn.data[0].x, data);
  assert.deepEqual(drawn.data[0].marker.color, { dtype: "f4", bdata: "AAAA" });
  assert.equal(drawn.layout.shapes[0].line.color, "<series-3>");
  assert.equal(figure.layout.shapes[0].line.color, "#0f7f70");
});
