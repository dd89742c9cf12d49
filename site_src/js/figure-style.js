/* The look of a figure: from the layout that its module wrote to the layout that Plotly draws.
   All of it is computed from what is passed in, so that Node can test it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { inTheme } = inNode ? require("./figure-colours.js") : Timeless;
  const NARROW = 520; // below this width, in CSS pixels, a figure is set for a phone
  const isNarrow = (width) => width < NARROW;
  const TRANSPARENT = "rgba(0,0,0,0)";

  function axisId(key) {
    return key.replace("axis", "");
  }
  function axisKey(id) {
    return `${id.charAt(0)}axis${id.slice(1)}`;
  }
  function textOf(title) {
    return title && typeof title === "object" ? title.text || "" : title || "";
  }

  /** The text broken with <br> into lines of at most so many characters. */
  function wrap(text, most) {
    return text
      .split(" ")
      .reduce((lines, word) => {
        const last = lines[lines.length - 1];
        if (last && `${last} ${word}`.length <= most) lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
        return lines;
      }, [])
      .join("<br>");
  }

  /** The layout with the titles of its left y-axes set horizontally above their panels. */
  function titlesOnTop(layout, width) {
    const notes = (layout.annotations || []).slice();
    Object.keys(layout).forEach((key) => {
      const axis = layout[key];
      if (!/^yaxis\d*$/.test(key) || !textOf(axis.title) || axis.side === "right" || axis.overlaying) return;
      const anchor = axis.anchor && axis.anchor !== "free" ? axis.anchor : "x";
      const domain = (layout[axisKey(anchor)] || {}).domain || [0, 1];
      notes.push({
        text: wrap(textOf(axis.title), Math.floor(((domain[1] - domain[0]) * width) / 6.4)),
        showarrow: false,
        align: "left",
        xref: `${anchor} domain`,
        x: 0,
        xanchor: "left",
        yref: `${axisId(key)} domain`,
        y: 1,
        yanchor: "bottom",
        yshift: 3,
      });
      layout[key] = { ...axis, title: undefined };
    });
    layout.annotations = notes;
    return layout;
  }

  /** The layout with that axis switched to "linear" or "log"; Plotly places annotations on log axes by their logarithm. */
  function withAxisType(layout, id, type) {
    const key = axisKey(id);
    const axis = layout[key] || {};
    if ((axis.type || "linear") === type) return layout;
    const convert = type === "log" ? Math.log10 : (value) => 10 ** value;
    const range = axis.range && axis.range.map(convert);
    const changed = { ...layout };
    changed[key] = Object.assign({}, axis, {
      type,
      range: range && range.every(isFinite) ? range : undefined,
      dtick: undefined,
      tickvals: undefined,
      ticktext: undefined,
    });
    changed.annotations = (layout.annotations || []).map((note) => {
      const side = id.charAt(0);
      if ((note[`${side}ref`] || "paper") !== id) return note;
      const moved = Object.assign({}, note);
      moved[side] = convert(note[side]);
      return moved;
    });
    return changed;
  }

  /** What all axes share. */
  const axisStyle = (colour, narrow) => ({
    automargin: true,
    showline: true,
    linecolor: colour("control"),
    linewidth: 1,
    ticks: "outside",
    ticklen: 4,
    tickcolor: colour("control"),
    gridcolor: colour("grid"),
    gridwidth: 1,
    spikethickness: 1,
    spikecolor: colour("muted"),
    spikedash: "solid",
    zeroline: false,
    tickfont: { color: colour("muted") },
    exponentformat: "power",
    minexponent: 4,
    title: { font: { size: narrow ? 12 : 13, color: colour("ink-soft") }, standoff: 8 },
  });

  /** What maps share: a scale that lies below a narrow figure. */
  function heatStyle(colour, narrow) {
    const below = { orientation: "h", yref: "container", y: 0, yanchor: "bottom", thickness: 8, title: { side: "top" } };
    return {
      colorbar: {
        outlinewidth: 0,
        thickness: 12,
        ticklen: 3,
        tickcolor: colour("control"),
        tickfont: { color: colour("muted") },
        exponentformat: "power",
        ...(narrow && below),
      },
    };
  }

  /** The style that all figures share, as a Plotly template. */
  function template(colour, fonts, { width, printing }) {
    const narrow = isNarrow(width);
    const axis = axisStyle(colour, narrow);
    const bar = heatStyle(colour, narrow);
    return {
      layout: {
        font: { family: fonts, size: narrow ? 12 : 13, color: colour("ink") },
        paper_bgcolor: printing ? TRANSPARENT : colour("paper"),
        plot_bgcolor: TRANSPARENT,
        showlegend: false,
        colorway: [1, 2, 3, 4, 5, 6, 7, 8].map((i) => colour(`series-${i}`)),
        margin: narrow ? { l: 8, r: 10, t: 30, b: 8, pad: 0 } : { l: 10, r: 14, t: 34, b: 10, pad: 0 },
        xaxis: { ...axis, showgrid: false },
        yaxis: { ...axis, showline: false, ticks: "", hoverformat: ".4~g" },
        hovermode: "x unified",
        hoverdistance: 40,
        hoverlabel: {
          bgcolor: colour("paper-raised"),
          bordercolor: colour("control"),
          font: { family: fonts, size: 13, color: colour("ink") },
          namelength: -1,
        },
        annotationdefaults: {
          font: { size: narrow ? 12 : 13, color: colour("ink-soft") },
          arrowcolor: colour("muted"),
          arrowwidth: 1,
          arrowhead: 0,
        },
        shapedefaults: { line: { color: colour("muted"), width: 1 } },
      },
      data: {
        scatter: [{ line: { width: 2 }, marker: { size: 6 } }],
        bar: [{ marker: { line: { width: 0 } } }],
        heatmap: [bar],
        contour: [bar],
      },
    };
  }

  /** The names of a figure's views, none if it has no switch between them. */
  function viewNames(layout) {
    return Object.keys(((layout.meta || {}).viewSwitch || {}).views || {});
  }

  /** The layout of one view: its own part lies over what all views share. */
  function inView(layout, name) {
    return viewNames(layout).includes(name) ? { ...layout, ...layout.meta.viewSwitch.views[name] } : layout;
  }

  /** Whether a trace is drawn in that view; one that names no view is drawn in all. */
  function isInView(trace, name) {
    const own = (trace.meta || {}).view;
    return own === undefined || own === name;
  }

  /** The layout as it is drawn. view: {width, height, colourOf, fonts, types: {axis id: "linear" or "log"},
      round: changes when zoom is to be forgotten, touch: fingers scroll the page, printing: the paper is white}. */
  function drawnLayout(layout, view) {
    const switched = Object.keys(view.types).reduce((made, id) => withAxisType(made, id, view.types[id]), layout);
    const drawn = titlesOnTop(inTheme(switched, view.colourOf), view.width);
    Object.keys(drawn)
      .filter((key) => /^[xy]axis\d*$/.test(key))
      .forEach((key) => {
        const axis = { ...drawn[key], uirevision: view.round + (view.types[axisId(key)] || "") };
        if (typeof axis.title === "string") axis.title = { text: axis.title };
        if (axis.type === "log") {
          axis.nticks = axis.nticks || 6; // whole powers of ten, as long as there are several
          axis.tickfont = { size: 10.5, ...axis.tickfont }; // Plotly sets powers a quarter larger than asked
        }
        if (view.touch) axis.fixedrange = true;
        drawn[key] = axis;
      });
    Object.keys(drawn)
      .filter((key) => drawn[key] && drawn[key].scaleanchor)
      .forEach((key) => square(drawn, key));
    if (view.touch) drawn.dragmode = false;
    const { width, height, round } = view;
    return { ...drawn, width, height, uirevision: round, template: template(view.colourOf, view.fonts, view) };
  }

  /** Two axes tied to each other keep to the data: no empty strips beside a heat map. */
  function square(layout, key) {
    [key, axisKey(layout[key].scaleanchor)].forEach((each) => {
      const toward = each.startsWith("y") ? "top" : "center";
      layout[each] = { constrain: "domain", constraintoward: toward, showgrid: false, ...layout[each] };
    });
  }

  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /** A number as the text writes it, "1.78 × 10⁻⁷"; what is no number is said to be none. */
  function numberText(value, digits) {
    if (!Number.isFinite(value)) return "none";
    const [factor, power] = value.toExponential(digits - 1).split("e").map(Number);
    const sign = (text) => text.replace("-", "−");
    if (value === 0 || (power >= -3 && power < 6))
      return sign(Number(value.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits }));
    const raised = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[digit]).join("");
    return `${sign(String(factor))}\u00a0×\u00a010${power < 0 ? "⁻" : ""}${raised}`;
  }

  const IN_G = /%\{y:\.(\d)~?g\}/; // d3's notation, which ends in e-7 where numbers are small

  /** A line whose values are said in that notation when they are pointed at; `valuesOf` decodes a column. */
  function withNumbers(trace, valuesOf) {
    const found = IN_G.exec(trace.hovertemplate || "");
    if (!found || trace.mode !== "lines" || trace.text) return trace;
    const text = Array.from(valuesOf(trace.y), (value) => numberText(value, Number(found[1])));
    return { ...trace, text, hovertemplate: trace.hovertemplate.replace(IN_G, "%{text}") };
  }

  const style = { numberText, withNumbers, wrap, titlesOnTop, withAxisType, viewNames, inView, isInView, isNarrow, drawnLayout, axisKey };
  if (inNode) module.exports = style;
  else Timeless.figureStyle = style;
})();
