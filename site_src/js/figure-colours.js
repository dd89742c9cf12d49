/* The colours of figures. A figure has those of the light theme, as values; the page draws each as its
   own theme has it. timeless/figures/colours.py gives these values, tokens.css those of both themes. */
(function () {
  "use strict";

  const NAMES = {
    "#182024": "ink",
    "#566065": "muted",
    "#f8f7f2": "paper",
    "#0b655a": "accent",
    "#1b478f": "series-1", // of test, too
    "#cf6a12": "series-2", // of train, too
    "#0f7f70": "series-3",
    "#a8266f": "series-4",
    "#7557bd": "series-5",
    "#927005": "series-6",
    "#6a7478": "series-7",
    "#6b2a1a": "series-8",
    "#f4f2ea": "sequential-1",
    "#b4d5ca": "sequential-2",
    "#5fa597": "sequential-3",
    "#146358": "sequential-4",
    "#08282b": "sequential-5",
  };
  const COLOUR_KEY = /colors?$|^colou?rscale$|^colorway$/i;

  /** {red, green, blue, opacity} of "#1b478f", "rgb(27, 71, 143)" or "rgba(27, 71, 143, 0.2)"; undefined for others. */
  function parts(colour) {
    const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
    const found = hex ? hex.slice(1).map((pair) => parseInt(pair, 16)) : /^rgb/.test(colour) && colour.match(/[\d.]+/g);
    return found ? { rgb: found.slice(0, 3).map(Number), opacity: found[3] } : undefined;
  }

  function nameOf({ rgb }) {
    return NAMES[`#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`];
  }

  /** A colour, or each in a list, as the theme has it: colourOf(name). One that is not a figure's stays. */
  function themed(value, colourOf) {
    if (Array.isArray(value)) return value.map((item) => themed(item, colourOf));
    const light = typeof value === "string" ? parts(value) : undefined;
    const name = light && nameOf(light);
    if (!name) return value;
    const colour = colourOf(name);
    const own = light.opacity === undefined ? undefined : parts(colour);
    return own ? `rgba(${own.rgb.join(", ")}, ${light.opacity})` : colour;
  }

  /** A copy of a figure in the colours of the theme; only what stands under keys that hold colours is changed. */
  function inTheme(value, colourOf) {
    if (Array.isArray(value)) return value.map((item) => inTheme(item, colourOf));
    if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    const copy = {};
    Object.keys(value).forEach((key) => {
      const item = value[key];
      const leaf = typeof item === "string" || Array.isArray(item);
      copy[key] = leaf && COLOUR_KEY.test(key) ? themed(item, colourOf) : inTheme(item, colourOf);
    });
    return copy;
  }

  if (typeof module === "object" && module.exports) module.exports = { NAMES, inTheme };
  else Timeless.inTheme = inTheme;
})();
