/* Controls that carry their label, value and unit, and the state behind them.
   It is loaded before every instrument; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { element } = inNode ? require("./instrument.js") : Timeless.instrument;

  // --- state --------------------------------------------------------------------------------

  /** Returns a state made from a table of [name, initial, low, high] and [name, initial, [allowed]]; what else a row
      holds says how the reader chooses, see kit/mounting.js.
      `state` holds the values, `reset()` restores the initial ones, `read(shared)` takes those of an
      address and leaves out what is not possible, `changed()` returns what differs from the start. A number between
      bounds is whole unless its control says by which steps or on which scale it moves. A control that is
      `clamped` takes any number of an address: as the nearest whole one of its range. */
  function parameters(table) {
    const initial = Object.fromEntries(table.map(([name, value]) => [name, value]));
    const state = { ...initial };
    const whole = (control = {}) => control.step === undefined && control.from === undefined;
    const allowed = ([, , low, high, control], value) =>
      Array.isArray(low) ? low.includes(value) : value >= low && value <= high && (Number.isInteger(value) || !whole(control));
    const nearest = ([, , low, high, control], value) =>
      control && control.clamped && Number.isFinite(value) ? Math.min(Math.max(Math.round(value), low), high) : value;
    return {
      state,
      reset() {
        Object.assign(state, initial);
      },
      read(shared = {}) {
        for (const row of table) {
          const [name, start, low] = row;
          const given = Object.hasOwn(shared, name) ? shared[name] : undefined;
          const value = Array.isArray(low) ? low.find((one) => String(one) === String(given)) : nearest(row, given);
          if (value !== undefined && typeof value === typeof start && allowed(row, value)) state[name] = value;
        }
      },
      changed() {
        return Object.fromEntries(Object.entries(state).filter(([name, value]) => value !== initial[name]));
      },
    };
  }

  // --- controls -----------------------------------------------------------------------------

  function labelled(input, label, unit, output) {
    const text = unit ? `${label} (${unit})` : label;
    return element("div", { class: "control" }, element("label", { for: input.id }, text), ...(output ? [output] : []), input);
  }

  /** A slider; the output beside its label is written by the widget. A `wide` one takes more room than its neighbours. */
  function slider(id, { name, label, unit = "", min = 0, max, step = 1, wide = true, readout = name }) {
    const input = element("input", { type: "range", id, min, max, step, "data-control": name });
    const told = element("output", { "data-readout": readout, for: id, "aria-live": "off" });
    const node = labelled(input, label, unit, told);
    if (wide) node.classList.add("control-slider");
    return { node, input, output: told };
  }

  /** A list to choose from; options are [value, text]. */
  function select(id, { name, label, options }) {
    const input = element("select", { id, "data-control": name }, ...options.map(([value, text]) => element("option", { value }, text)));
    return { node: labelled(input, label), input };
  }

  /** A number to type or step. */
  function number(id, { name, label, unit = "", min, max, step = 1 }) {
    const input = element("input", { type: "number", id, min, max, step, inputmode: "numeric", "data-control": name });
    return { node: labelled(input, label, unit), input };
  }

  /** A box to tick. */
  function toggle(id, { name, label }) {
    const input = element("input", { type: "checkbox", id, "data-control": name });
    return { node: element("label", { class: "control-toggle", for: id }, input, label), input };
  }

  /** A row of buttons of which one is pressed; options are [value, text]. `show(value)` presses one,
      `onChoose` is called when the reader does. */
  function choice({ name, label, options, onChoose }) {
    const buttons = options.map(([value, text]) =>
      element("button", { type: "button", class: "button", "data-control": name, "data-value": value, "aria-pressed": "false" }, text));
    const node = element("div", { class: "control-choice", role: "group", "aria-label": label }, element("span", {}, label), ...buttons);
    const show = (chosen) => {
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(options[i][0] === chosen)));
    };
    buttons.forEach((button, i) => button.addEventListener("click", () => onChoose(options[i][0])));
    return { node, buttons, show };
  }

  /** A button that does `act`; `primary` for the one that matters most. */
  function button({ name, label, primary = false, act = null }) {
    const made = element("button", { type: "button", class: primary ? "button button-primary" : "button", "data-control": name }, label);
    if (act) made.addEventListener("click", act);
    return made;
  }

  // --- what is told -------------------------------------------------------------------------

  /** An output of that name, which a screen reader does not announce by itself. */
  const output = (name, attributes = {}) => element("output", { "data-readout": name, "aria-live": "off", ...attributes });

  /** Writes a value as text, and bare in `data-value`. */
  function write(node, value, text) {
    node.value = text;
    node.dataset.value = value;
  }

  /** A list of values by name; `set(name, value, text)` writes one, `tell({name: [value, text]})` several, and
      `rename(name, label)` changes what one is called. `of` has the ids of the controls that they follow from. */
  function readouts(entries, of = null) {
    const outputs = {};
    const labels = {};
    const node = element("dl", { class: "readout" }, ...entries.map(([name, label]) => {
      outputs[name] = output(name, { for: of });
      labels[name] = element("dt", {}, label);
      return element("div", {}, labels[name], element("dd", {}, outputs[name]));
    }));
    const set = (name, value, text) => write(outputs[name], value, text);
    const tell = (found) => {
      for (const [name, [value, text]] of Object.entries(found)) set(name, value, text);
    };
    const rename = (name, label) => {
      labels[name].textContent = label;
    };
    return { node, outputs, set, tell, rename };
  }

  /** A legend; entries are [swatch, text] with `swatch` "line", "dashes", "dots", "dot" or "block". `paint(colours)` gives
      each its colour, in order. */
  function legend(entries) {
    const swatches = entries.map(([shape]) => element("i", { class: shape }));
    const items = entries.map(([, text], i) => element("li", {}, swatches[i], text));
    const node = element("ul", { class: "legend" }, ...items);
    const paint = (colours) => swatches.forEach((swatch, i) => swatch.style.setProperty("--swatch", colours[i]));
    return { node, items, swatches, paint };
  }

  /** Where a failure is told: `tell(message)`, and `tell("")` when it is over. */
  function failure() {
    const node = element("p", { class: "widget-error", role: "alert", hidden: true });
    const tell = (message) => {
      node.textContent = message;
      node.hidden = !message;
    };
    return { node, tell };
  }

  /** What a screen reader hears of the state. */
  const live = () => element("p", { class: "visually-hidden", "aria-live": "polite", "data-readout": "spoken" });

  /** A row in which controls stand. */
  const row = (...nodes) => element("div", { class: "controls" }, ...nodes);

  /** Returns builders of controls for the widget of that name; each has `data-control` = its name.
      `slider` and `select` return `{node, input, output}`, `choice` and `readouts` what they say. */
  function controls(widget) {
    const named = (build) => (spec) => build(`${widget}-${spec.name}`, spec);
    return {
      slider: named(slider), select: named(select), number: named(number), toggle: named(toggle),
      choice, button, output, readouts, legend, row, failure, live,
    };
  }

  const made = { parameters, controls, write };
  if (inNode) module.exports = made;
  else Timeless.controls = made;
})();
