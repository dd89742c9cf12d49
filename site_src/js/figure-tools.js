/* What stands around a plot: a legend, linear/log buttons and downloads. They are plain HTML, so that
   they never cover data and work by keyboard. A figure is the object that figures.js makes. */
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const DASHES = new Map([["dot", "1.5 3"], ["dash", "6 4"], ["longdash", "9 4"], ["dashdot", "6 3 1.5 3"], ["longdashdot", "9 3 1.5 3"]]);

  function make(tag, className, parent) {
    const element = document.createElement(tag);
    element.className = className;
    if (tag === "button") element.type = "button";
    parent.append(element);
    return element;
  }

  function press(button, yes) {
    button.setAttribute("aria-pressed", String(yes));
  }

  /** A new SVG element with these attributes. */
  function drawn(tag, attributes) {
    const node = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    return node;
  }

  /** The mark of a trace, as what stands inside an SVG of 22 by 12. */
  function markOf({ type, mode = "", line = {}, marker = {} }) {
    if (type && type !== "scatter") return [drawn("rect", { x: 5, y: 1, width: 12, height: 10 })];
    const dash = DASHES.get(line.dash) || "none";
    const stroke = drawn("path", { d: "M1 6h20", fill: "none", "stroke-width": 2.5, "stroke-dasharray": dash });
    const point = /square/.test(marker.symbol)
      ? drawn("rect", { x: 7.5, y: 2.5, width: 7, height: 7 })
      : drawn("circle", { cx: 11, cy: 6, r: 3.5 });
    return [...(!mode || mode.includes("lines") ? [stroke] : []), ...(mode.includes("markers") ? [point] : [])];
  }

  /** The colour of a trace, where it has one colour. */
  function inkOf({ line = {}, marker = {} }) {
    return [line.color, marker.color].find((value) => typeof value === "string" && value) || Timeless.colour("ink");
  }

  function swatch(trace) {
    const svg = drawn("svg", { viewBox: "0 0 22 12", width: 22, height: 12, "aria-hidden": true });
    svg.style.stroke = svg.style.fill = inkOf(trace);
    svg.append(...markOf(trace));
    return svg;
  }

  function legendItems(figure) {
    const seen = new Set();
    return figure.data.reduce((items, trace, i) => {
      if (!Timeless.figureStyle.isInView(trace, figure.view)) return items;
      if (!trace.name || trace.showlegend === false || /heatmap|contour/.test(trace.type)) return items;
      if (trace.legendgroup && seen.has(trace.legendgroup)) return items;
      seen.add(trace.legendgroup);
      const members = figure.data
        .map((_, j) => j)
        .filter((j) => j === i || (trace.legendgroup && figure.data[j].legendgroup === trace.legendgroup));
      return items.concat({ trace, members });
    }, []);
  }

  function legend(figure) {
    const items = legendItems(figure);
    if (figure.legend) figure.legend.replaceChildren();
    if (figure.layout.showlegend === false || (items.length < 2 && !figure.layout.showlegend)) return;
    figure.legend = figure.legend || make("div", "figure-legend", figure.box);
    figure.legend.setAttribute("role", "group");
    figure.legend.setAttribute("aria-label", "Show or hide");
    items.forEach((item) => {
      const button = make("button", "", figure.legend);
      button.append(swatch(Timeless.inTheme(item.trace, Timeless.colour)), item.trace.name.replace(/<[^>]+>/g, ""));
      press(button, !figure.hidden[item.members[0]]);
      button.addEventListener("click", () => {
        const hide = !figure.hidden[item.members[0]];
        item.members.forEach((i) => (figure.hidden[i] = hide));
        press(button, !hide);
        figure.render();
      });
    });
  }

  /** Puts a row of buttons, one of which is pressed, before the other tools. */
  function choice(tools, { label, title = label, names, chosen, choose }) {
    const group = document.createElement("span");
    group.className = "axis-switch";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", title);
    group.append(label);
    const buttons = names.map((name) => {
      const button = make("button", "", group);
      button.textContent = name;
      press(button, name === chosen);
      button.addEventListener("click", () => {
        buttons.forEach((other) => press(other, other === button));
        choose(name);
      });
      return button;
    });
    tools.prepend(group);
  }

  function axisSwitch(figure, id, several, tools) {
    figure.types[id] = (figure.layout[Timeless.figureStyle.axisKey(id)] || {}).type || "linear";
    choice(tools, {
      label: several ? `${id} axis` : "Axis",
      title: `${id} axis`,
      names: ["linear", "log"],
      chosen: figure.types[id],
      choose(type) {
        figure.types[id] = type;
        figure.render();
      },
    });
  }

  function viewSwitch(figure, tools) {
    const names = Timeless.figureStyle.viewNames(figure.layout);
    if (!names.length) return;
    choice(tools, {
      label: figure.layout.meta.viewSwitch.label,
      names,
      chosen: figure.view,
      choose(name) {
        figure.view = name;
        legend(figure);
        figure.render();
      },
    });
  }

  const SHARPNESS = 3; // pixels of a saved picture for one of the page

  /** Adds a button that saves a figure as it is shown, with its legend, which stands beside the plot in the page. */
  function saveButton(figure, format, tools) {
    const button = make("button", "tool", tools);
    button.textContent = `Image (${format})`;
    button.addEventListener("click", () => {
      const { data: drawn, layout } = figure.plot;
      const named = legendItems(figure).map(({ members: [first] }) => first);
      const data = drawn.map((trace, i) => ({ ...trace, showlegend: named.includes(i) }));
      const legend = { orientation: "h", xref: "container", x: 0, yref: "container", y: 0, yanchor: "bottom" };
      const font = { ...layout.font, family: "sans-serif" }; // a picture has no fonts of the page: Plotly measures what will be drawn
      const [width, height] = figure.size;
      window.Plotly.downloadImage({ data, layout: { ...layout, font, showlegend: Boolean(figure.legend), legend } }, {
        format: format.toLowerCase(),
        filename: `timeless-${figure.name}`,
        width,
        height,
        scale: format === "PNG" ? SHARPNESS : 1,
      });
    });
    return button;
  }

  /** Adds what stands around a plot; `figure.watch()` follows its zoom each time that Plotly begins it. */
  function addTools(figure) {
    const tools = figure.box.parentElement.querySelector(".figure-tools");
    figure.watch = () => {};
    if (!tools) return;
    const switches = [].concat((figure.layout.meta || {}).axisSwitch || []);
    switches.reverse().forEach((id) => axisSwitch(figure, id, switches.length > 1, tools));
    viewSwitch(figure, tools);

    const [save] = ["PNG", "SVG"].map((format) => saveButton(figure, format, tools));

    const reset = make("button", "tool", tools);
    reset.textContent = "Reset view";
    reset.hidden = true;
    reset.addEventListener("click", () => {
      figure.round += 1;
      reset.hidden = true;
      figure.render();
      save.focus();
    });
    figure.watch = () => {
      reset.hidden = true;
      figure.plot.on("plotly_relayout", (changes) => {
        const keys = Object.keys(changes).join();
        if (keys.includes(".range")) reset.hidden = false;
        if (keys.includes(".autorange")) reset.hidden = true;
      });
    };
  }

  Timeless.figureTools = { make, legend, addTools };
})();
