// TeX in, SVG out. Reads {"formulas": [{"tex", "display"}]} as JSON on standard input and
// writes {"formulas": [{"html"} or {"error"}], "glyphs": {id: path}} on standard output.
//
// Every glyph's id is the same in every formula ("MJX-TEX-I-1D465" is an italic x), so a page
// holds each outline once, whichever formulas it has, and a formula can be cached on its own.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

import { reader } from "./formula-text.mjs";

const require = createRequire(import.meta.url);
const { mathjax } = require("mathjax-full/js/mathjax.js");
const { TeX } = require("mathjax-full/js/input/tex.js");
const { SVG } = require("mathjax-full/js/output/svg.js");
const { liteAdaptor } = require("mathjax-full/js/adaptors/liteAdaptor.js");
const { RegisterHTMLHandler } = require("mathjax-full/js/handlers/html.js");
const { AssistiveMmlHandler } = require("mathjax-full/js/a11y/assistive-mml.js");
for (const name of ["base/Base", "ams/Ams", "boldsymbol/Boldsymbol", "mathtools/Mathtools", "textmacros/TextMacros"]) {
  require(`mathjax-full/js/input/tex/${name}Configuration.js`);
}

const adaptor = liteAdaptor();
AssistiveMmlHandler(RegisterHTMLHandler(adaptor));
const tex = new TeX({
  // Without noerrors and noundefined a mistake throws instead of being typeset in red; without
  // newcommand no formula can change what a later one means.
  packages: ["base", "ams", "boldsymbol", "mathtools", "textmacros"],
  formatError: (_, error) => {
    throw error;
  },
});
const svg = new SVG({ fontCache: "global" });
const page = mathjax.document("", { InputJax: tex, OutputJax: svg });

// What only an editor or an old browser would read makes up a third of the markup.
const NOISE =
  / (data-mml-node|data-mjx-texclass|data-c|xmlns:xlink|xmlns|focusable|unselectable)="[^"]*"| style="position: relative;"/g;

const textOf = reader(adaptor);

/** Puts a formula as text before its picture, exactly as wide: not seen, but found and copied. */
function addText(node) {
  const [math] = adaptor.tags(node, "math");
  const [picture] = adaptor.tags(node, "svg");
  const width = adaptor.getAttribute(picture, "width");
  const style = `width: ${width}; margin-right: -${width}`;
  const text = adaptor.node("span", { class: "maths-text", "aria-hidden": "true", style }, [adaptor.text(textOf(math))]);
  adaptor.insert(text, adaptor.firstChild(node));
}

function typeset({ tex: source, display }) {
  try {
    const node = page.convert(source, { display, em: 16, ex: 8, containerWidth: 1280 });
    addText(node);
    return { html: adaptor.outerHTML(node).replace(NOISE, "").replaceAll("xlink:href=", "href=") };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

const request = JSON.parse(readFileSync(0, "utf8"));
const formulas = request.formulas.map(typeset);
const glyphs = {};
for (const path of adaptor.tags(svg.fontCache.getCache(), "path")) {
  glyphs[adaptor.getAttribute(path, "id")] = adaptor.getAttribute(path, "d");
}
process.stdout.write(JSON.stringify({ formulas, glyphs }));
