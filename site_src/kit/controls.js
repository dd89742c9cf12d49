/* Controls that carry their label, value and unit, and the state behind them.
   A widget asks for it with Timeless.load("kit/controls.js") after kit/instrument.js; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { element } = inNode ? require("./instrument.js") : Timeless.instrument;

  // --- state --------------------------------------------------------------------------------

  /** Returns a state made from a table of [name, initial, low, high] and [name, initial, [allowed]].
      `state` holds the values, `reset()` restores the initial ones, `read(shared)` takes those of an
      address and leaves out what is not possible, `changed()` returns what differs from the start. */
  function parameters(table) {
    const initial = Object.fromEntries(table.map(([name, value]) => [name, value]));
    const state = { ...initial };
    const allowed = ([, , low, high], value) =>
      Array.isArray(low) ? low.includes(value) : Number.isFinite(value) && value >= low && value <= high;
    return {
      state,
      reset() {
        Object.assign(state, initial);
      },
      read(shared = {}) {
        for (const row of table) {
          const [name, start, low] = row;
          const given = shared[name];
          const value = Array.isArray(low) ? low.find((one) => String(one) === String(given)) : given;
          if (value !== undefined && typeof value === typeof start && allowed(row, value)) state[name] = value;
        }
      },
      changed() {
        return Object.fromEntries(Object.entries(state).filter(([name, value]) => value !== initial[name]));
      },
    };
  }

  // --- controls -----------------------------------------------------------------------------

  /** Returns builders of controls for the widget of that name; each has `data-control` = its name.
      `slider` and `select` return `{node, input, output}`, `choice` and `readouts` what they say. */
  function controls(widget) {
    const id = (name) => `${widget}-${name}`;

    function labelled(input, label, unit, output) {
      const text = unit ? `${label} (${unit})` : label;
      return element("div", { class: "control" }, element("label", { for: input.id }, text), ...(output ? [output] : []), input);
    }

    return {
      /** A slider; the output beside its label is written by the widget. */
      slider({ name, label, unit = "", min = 0, max, step = 1 }) {
        const input = element("input", { type: "range", id: id(name), min, max, step, "data-control": name });
        const output = element("output", { "data-readout": name, for: id(name), "aria-live": "off" });
        const node = labelled(input, label, unit, output);
        node.classList.add("control-slider");
        return { node, input, output };
      },
      /** A list to choose from; options are [value, text]. */
      select({ name, label, options }) {
        const input = element("select", { id: id(name), "data-control": name },
          ...options.map(([value, text]) => element("option", { value }, text)));
        return { node: labelled(input, label), input };
      },
      /** A number to type or step. */
      number({ name, label, unit = "", min, max, step = 1 }) {
        const input = element("input", { type: "number", id: id(name), min, max, step, inputmode: "numeric", "data-control": name });
        return { node: labelled(input, label, unit), input };
      },
      /** A row of buttons of which one is pressed; options are [value, text]. `show(value)` presses one,
          `onChoose` is called when the reader does. */
      choice({ name, label, options, onChoose }) {
        const buttons = options.map(([value, text]) =>
          element("button", { type: "button", class: "button", "data-control": name, "data-value": value, "aria-pressed": "false" }, text));
        const node = element("div", { class: "control-choice", role: "group", "aria-label": label }, element("span", {}, label), ...buttons);
        const show = (chosen) => {
          buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(options[i][0] === chosen)));
        };
        buttons.forEach((button, i) => button.addEventListener("click", () => onChoose(options[i][0])));
        return { node, buttons, show };
      },
      /** A box to tick. */
      toggle({ name, label }) {
        const input = element("input", { type: "checkbox", id: id(name), "data-control": name });
        return { node: element("label", { class: "control-toggle", for: id(name) }, input, label), input };
      },
      /** A button; `primary` for the one that matters most. */
      button({ name, label, primary = false }) {
        return element("button", { type: "button", class: primary ? "button button-primary" : "button", "data-control": name }, label);
      },
      /** A list of values by name; `set(name, value, text)` writes one, the bare value in `data-value`. */
      readouts(entries) {
        const outputs = {};
        const node = element("dl", { class: "readout" }, ...entries.map(([name, label]) => {
          outputs[name] = element("output", { "data-readout": name, "aria-live": "off" });
          return element("div", {}, element("dt", {}, label), element("dd", {}, outputs[name]));
        }));
        const set = (name, value, text) => {
          outputs[name].value = text;
          outputs[name].dataset.value = value;
        };
        return { node, outputs, set };
      },
      /** A legend; entries are [swatch, text] with `swatch` "line", "dashes", "dot" or "block". `paint(colours)` gives
          each its colour, in order. */
      legend(entries) {
        const swatches = entries.map(([shape]) => element("i", { class: shape }));
        const node = element("ul", { class: "legend" }, ...entries.map(([, text], i) => element("li", {}, swatches[i], text)));
        const paint = (colours) => swatches.forEach((swatch, i) => swatch.style.setProperty("--swatch", colours[i]));
        return { node, paint };
      },
      /** A row in which controls stand. */
      row: (...nodes) => element("div", { class: "controls" }, ...nodes),
      /** Where a failure is told: `tell(message)`, and `tell("")` when it is over. */
      failure() {
        const node = element("p", { class: "widget-error", role: "alert", hidden: true });
        const tell = (message) => {
          node.textContent = message;
          node.hidden = !message;
        };
        return { node, tell };
      },
      /** What a screen reader hears of the state. */
      live: () => element("p", { class: "visually-hidden", "aria-live": "polite", "data-readout": "spoken" }),
    };
  }

  const made = { parameters, controls };
  if (inNode) module.exports = made;
  else Timeless.controls = made;
})();
