"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { numberText, withNumbers, wrap, titlesOnTop, withAxisType, viewNames, inView, isInView, drawnLayout } = require("../../site_src/js/figure-style.js");

test("a title is broken between words, and a long word stays whole", () => {
  assert.equal(wrap("loss, nats per example", 12), "loss, nats<br>per example");
  assert.equal(wrap("loss", 2), "loss");
});

test("titles of left axes go above their panels, others stay", () => {
  const layout = titlesOnTop(
    {
      xaxis: { anchor: "y2" },
      yaxis: { title: "loss" },
      yaxis2: { title: { text: "norm" }, domain: [0, 0.4], anchor: "x" },
      yaxis3: { title: "share", side: "right", overlaying: "y" },
    },
    600,
  );
  assert.deepEqual(
    layout.annotations.map((note) => [note.text, note.xref, note.yref]),
    [
      ["loss", "x domain", "y domain"],
      ["norm", "x domain", "y2 domain"],
    ],
  );
  assert.equal(layout.yaxis.title, undefined);
  assert.equal(layout.yaxis3.title, "share");
});

test("switching an axis converts its range and its annotations, not those of others", () => {
  const linear = {
    xaxis: { range: [1, 1000], dtick: 100 },
    annotations: [{ x: 100, xref: "x", y: 0.5 }, { x: 0.5, xref: "paper" }, { x: 7 }],
    meta: {},
  };
  const log = withAxisType(linear, "x", "log");
  assert.equal(log.xaxis.type, "log");
  assert.deepEqual(
    log.xaxis.range.map((value) => Math.round(value)),
    [0, 3],
  );
  assert.equal(log.xaxis.dtick, undefined);
  assert.deepEqual(
    log.annotations.map((note) => note.x),
    [2, 0.5, 7],
  );
  const back = withAxisType(log, "x", "linear");
  assert.equal(back.annotations[0].x, 100);
  assert.equal(linear.xaxis.type, undefined);
});

test("a range that has no logarithm is left to Plotly, and nothing changes without a switch", () => {
  assert.equal(withAxisType({ yaxis2: { range: [0, 5] } }, "y2", "log").yaxis2.range, undefined);
  const layout = { yaxis: { type: "log" } };
  assert.equal(withAxisType(layout, "y", "log"), layout);
});

test("a view's own part of the layout lies over what all views share", () => {
  const views = { one: { xaxis: { title: "first" } }, two: { xaxis: { title: "second" } } };
  const layout = { barmode: "overlay", xaxis: { title: "first" }, meta: { viewSwitch: { label: "View", views } } };
  assert.deepEqual(viewNames(layout), ["one", "two"]);
  assert.equal(inView(layout, "two").xaxis.title, "second");
  assert.equal(inView(layout, "two").barmode, "overlay");
  assert.equal(inView(layout, "three"), layout);
  assert.equal(layout.xaxis.title, "first");
});

test("without views there is one, and every trace is in it", () => {
  const layout = { xaxis: {} };
  assert.deepEqual(viewNames(layout), []);
  assert.equal(inView(layout, undefined), layout);
  assert.equal(isInView({}, undefined), true);
});

test("a trace is drawn in the view it names, or in all", () => {
  assert.deepEqual(
    [{ meta: { view: "one" } }, { meta: { view: "two" } }, { meta: {} }, {}].map((trace) => isInView(trace, "one")),
    [true, false, true, true],
  );
});

const view = { width: 800, height: 400, colourOf: (name) => `<${name}>`, fonts: "sans", types: {}, round: 1 };

test("what is drawn has the theme's colours and leaves the figure's own layout alone", () => {
  const layout = { xaxis: { title: "epoch", type: "log" }, shapes: [{ line: { color: "#0f7f70" } }] };
  const before = structuredClone(layout);
  const drawn = drawnLayout(layout, view);
  assert.equal(drawn.shapes[0].line.color, "<series-3>");
  assert.deepEqual(drawn.xaxis.title, { text: "epoch" });
  assert.equal(drawn.template.layout.paper_bgcolor, "<paper>");
  assert.equal(drawnLayout(layout, { ...view, printing: true }).template.layout.paper_bgcolor, "rgba(0,0,0,0)");
  assert.deepEqual(layout, before);
});

test("zoom is forgotten for the axis that is switched, and for that one alone", () => {
  const layout = { xaxis: {}, yaxis: {} };
  const linear = drawnLayout(layout, { ...view, types: { y: "linear" } });
  const log = drawnLayout(layout, { ...view, types: { y: "log" } });
  assert.notEqual(linear.yaxis.uirevision, log.yaxis.uirevision);
  assert.equal(linear.xaxis.uirevision, log.xaxis.uirevision);
});

test("under fingers a figure lets the page scroll", () => {
  const drawn = drawnLayout({ xaxis: {} }, { ...view, touch: true });
  assert.equal(drawn.dragmode, false);
  assert.equal(drawn.xaxis.fixedrange, true);
});

test("axes that are tied to each other keep to the data", () => {
  const drawn = drawnLayout({ xaxis: {}, yaxis: { scaleanchor: "x" } }, view);
  assert.deepEqual([drawn.xaxis.constrain, drawn.yaxis.constrain], ["domain", "domain"]);
});

test("numbers that are pointed at are written as in the text", () => {
  const texts = [2.93e-7, 0.00391, 6.294, 12345.6, 2.5e7, -3e-5, 0, NaN].map((value) => numberText(value, 3));
  const spaced = (text) => text.replaceAll(" ", "\u00a0");
  assert.deepEqual(texts, [spaced("2.93 × 10⁻⁷"), "0.00391", "6.29", "12,300", spaced("2.5 × 10⁷"), spaced("−3 × 10⁻⁵"), "0", "none"]);
  const line = { mode: "lines", y: [1e-7, 2], hovertemplate: "loss %{y:.3~g}<extra></extra>" };
  const drawn = withNumbers(line, (values) => values);
  assert.deepEqual([drawn.text, drawn.hovertemplate], [[spaced("1 × 10⁻⁷"), "2"], "loss %{text}<extra></extra>"]);
  const bars = { type: "bar", y: [1], hovertemplate: "%{y:.3g}" };
  assert.equal(withNumbers(bars, (values) => values), bars);
});
