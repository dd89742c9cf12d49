/* Frequency surgery: waves of the trained embedding are switched off, and the network answers all pairs again.
   Controls -> state -> compute -> draw. The network itself runs in a worker (kit/background.js); what is asked of it
   follows from the state alone, one set of frequencies at a time. */
(function () {
  "use strict";

  const { chart, controls, instrument: kit, mounting } = Timeless;
  const { core, MEASURES, PARTS, COLUMNS, openingOf, handsOf, begin, compose, drawMeasure, tell } = Timeless.parts.surgery;
  const { coded, history, others, stateOf, tallest, toggled } = core;

  const FINGER = 9; // pixels on either side that a fingertip covers

  // --- controls -> state --------------------------------------------------------------------

  function tellEpoch({ input, output }, { net }, epoch) {
    input.value = net.index(epoch);
    controls.write(output, epoch, kit.integer(epoch));
    input.setAttribute("aria-valuetext", `epoch ${kit.integer(epoch)}`);
  }

  /** Mode, set and epoch are steps that can be taken back; the table holds what controls show of the present one. */
  function tableOf({ epochs }, { top, keys }) {
    const spoken = (k, { shown }) => `frequency ${k}, ${shown.off.includes(k) ? "off" : "on"}${keys.includes(k) ? ", a key frequency" : ""}`;
    return [
      mounting.oneOf("choice", "mode", "The chosen frequencies:", [["remove", "Remove these"], ["keep", "Keep only these"]]),
      ["k", keys[0] || 1, 1, top, { kind: "slider", name: "frequency", label: "Frequency k", spoken }],
      ["epoch", epochs.at(-1), epochs, {
        kind: "slider", name: "checkpoint", label: "Epoch of the checkpoint", moving: scrub,
        show: (control, it) => tellEpoch(control, it, it.scrubbed ?? it.state.epoch),
      }],
      mounting.oneOf("choice", "order", "Rows of the map:", [["b", "b"], ["sum", "a + b"]]),
    ];
  }

  /** Returns the sets that a button chooses, [name, label, set]; those of the study for its own network. */
  function presetsOf({ study_freqs: asked }, { top, keys, own }) {
    const study = own ? [] : asked.filter((f) => f <= top);
    return [
      ["key", "Key frequencies", keys], ["rest", "All but key", others(top, keys)],
      ...(study.length ? [["study", study.join(", "), study]] : []),
      ["none", "None", []],
    ];
  }

  /** Returns the table of results, with its cells by column, measure and part. */
  function tableAround(ui) {
    const { element } = kit;
    const [cells, reaches] = [{}, {}]; // how far the values behind a mean reach
    const cell = (name) => {
      cells[name] = ui.output(name);
      reaches[name] = element("small");
      return element("td", {}, cells[name], reaches[name]);
    };
    const rows = MEASURES.flatMap(([measure, label]) => PARTS.map(([part, text]) =>
      element("tr", {}, element("th", { scope: "row" }, `${label}, ${text}`), ...COLUMNS.map(([column]) => cell(`${column}-${measure}-${part}`)))));
    const head = element("tr", {}, element("td", {}), ...COLUMNS.map(([, text]) => element("th", { scope: "col" }, text)));
    const node = element("table", {},
      element("caption", { class: "visually-hidden" }, "Accuracy and loss"), element("thead", {}, head), element("tbody", {}, ...rows));
    return { node, cells, reaches };
  }

  function buttonsOf(it) {
    const { ui, initial, keys } = it;
    const reset = () => {
      it.state.k = keys[0] || 1;
      visit(it, initial.epoch, initial);
    };
    return {
      presets: it.presets.map(([name, label, set]) => {
        const button = ui.button({ name: `preset-${name}`, label, act: () => go(it, { set }) });
        button.dataset.set = coded(set);
        return button;
      }),
      switch: ui.button({ name: "switch", label: "", primary: true, act: () => go(it, { set: toggled(it.steps.now().set, it.state.k) }) }),
      undo: ui.button({ name: "undo", label: "Undo", act: () => travel(it, it.steps.undo) }),
      redo: ui.button({ name: "redo", label: "Redo", act: () => travel(it, it.steps.redo) }),
      reset: ui.button({ name: "reset", label: "Reset", act: reset }),
      halt: ui.button({ name: "halt", label: "", act: () => halt(it) }),
    };
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const { node: table, cells, reaches } = tableAround(ui);
    const view = {
      ...buttonsOf(it), cells, reaches,
      bars: element("div", { class: "surgery-bars" }),
      said: element("p", { class: "surgery-said", "data-readout": "operation" }),
      note: element("p", { class: "surgery-note", "data-readout": "note" }),
      accuracy: element("div", { class: "surgery-strip surgery-accuracy" }),
      loss: element("div", { class: "surgery-strip surgery-loss" }),
      map: element("div", { class: "surgery-map" }),
      spectrum: ui.legend([["block", "key frequency of the last checkpoint"], ["block", "other frequency"], ["hollow", "switched off"]]),
      results: ui.legend([["block", "intact"], ["diamond", "after the operation"], ["dot", "one random set"], ["upright", "mean of the random sets"],
        ["dashes", "guessing"], ["ramp", "loss of a pair in the map, from 0 to twice that of guessing or more"]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    const buttons = (attributes, ...nodes) => element("div", { class: "surgery-buttons", ...attributes }, ...nodes);
    const epochRow = ui.row(own.epoch.node);
    epochRow.hidden = it.net.epochs.length < 2;
    view.root = element("div", { class: "surgery" },
      epochRow,
      ui.row(buttons({ role: "group", "aria-label": "Choose" }, element("span", {}, "Choose"), ...view.presets), own.mode.node),
      view.bars,
      ui.row(own.k.node, buttons({}, view.switch, view.undo, view.redo, view.reset)),
      view.spectrum.node,
      view.failure.node,
      view.said,
      element("div", { class: "surgery-progress" }, view.note, view.halt),
      element("div", { class: "surgery-results" },
        element("div", { class: "surgery-picture" }, view.map, own.order.node),
        element("div", { class: "surgery-strips" }, view.accuracy, view.loss)),
      view.results.node,
      table,
      view.live);
    return view;
  }

  // --- steps --------------------------------------------------------------------------------

  function remember({ steps, initial, state: { order }, tools }) {
    const { mode, set, epoch } = steps.now();
    tools.state.set({
      ...(order === "b" ? {} : { order }),
      ...(mode === initial.mode ? {} : { mode }),
      ...(coded(set) === coded(initial.set) ? {} : { set: coded(set) }),
      ...(epoch === initial.epoch ? {} : { epoch }),
    });
  }

  /** Takes a step to a state that differs in what is given, if it differs. */
  function go(it, changes) {
    const { steps } = it;
    const next = { ...steps.now(), ...changes };
    if (JSON.stringify(next) === JSON.stringify(steps.now())) return;
    steps.go(next);
    it.view.failure.tell("");
    it.remember();
    it.refresh();
  }

  /** Takes a step back, or forth again. */
  function travel(it, move) {
    it.asked += 1;
    it.scrubbed = null;
    it.view.failure.tell("");
    move();
    it.remember();
    it.refresh();
  }

  /** Loads and analyses the weights of an epoch, once. */
  async function see({ seen, net, info, circle: { order } }, epoch) {
    if (seen.has(epoch)) return;
    const weights = await net.weights(net.index(epoch));
    const { norm, share } = Timeless.fourier.spectrumOf(weights.W_E, info.d_model, order);
    seen.set(epoch, { weights, norm, share });
  }

  /** Shows the epoch that the slider is moved over. */
  function scrub(epoch, it) {
    it.scrubbed = epoch;
    tellEpoch(it.controls.epoch, it, epoch);
  }

  /** Goes to a checkpoint once its weights are here, if no other was asked for meanwhile. */
  async function visit(it, epoch, changes = {}) {
    const turn = (it.asked += 1);
    scrub(epoch, it);
    let failed = "";
    try {
      await see(it, epoch);
    } catch (error) {
      failed = `The checkpoint of epoch ${kit.integer(epoch)} cannot be shown (${Timeless.told(error)}). The instrument stays at the one before.`;
    }
    if (turn !== it.asked) return;
    it.scrubbed = null;
    it.view.failure.tell(failed);
    if (failed) it.tell();
    else go(it, { ...changes, epoch });
  }

  function set(it, name, value) {
    if (name === "epoch") return visit(it, value);
    if (name === "order") return arrange(it, value);
    return name === "k" ? point(it, value) : go(it, { [name]: value });
  }

  /** Stops the computing of random sets, or goes on with it; those that are here stay. */
  function halt(it) {
    if (it.halted) begin(it);
    else it.halted = true;
    it.refresh();
  }

  /** Puts the rows of the map in another order, which is no step to be taken back. */
  function arrange(it, order) {
    it.state.order = order;
    it.refresh();
  }

  // --- pointing -----------------------------------------------------------------------------

  function point(it, frequency) {
    it.state.k = kit.clamp(Math.round(frequency), 1, it.top);
    it.tell();
    it.frames.request();
  }

  function aim(it, frequency) {
    it.hover = frequency;
    it.frames.request();
  }

  /** Has a mouse show what it is over, and a click or a tap switch the frequency under it. */
  function pointAtBars(it) {
    const { canvas } = it.surfaces.bars;
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") aim(it, it.frequencyAt(event.offsetX));
    });
    canvas.addEventListener("pointerleave", () => aim(it, null));
    canvas.addEventListener("click", (event) => {
      const [x, reach] = [event.offsetX, event.pointerType === "touch" ? FINGER : 0];
      point(it, tallest(it.shown.norm, it.frequencyAt(x - reach), it.frequencyAt(x + reach)));
      go(it, { set: toggled(it.steps.now().set, it.state.k) });
    });
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Returns the frequencies whose number stands above their bar: the chosen ones, and the one under the mouse. */
  function namesOf({ set }, hover) {
    const few = set.length <= Timeless.spectrumBars.MANY - 1 ? set : [];
    return hover === null || few.includes(hover) ? few : toggled(few, hover);
  }

  function drawBars({ surfaces, shown, hover, state, keys, info, circle }, ink) {
    return Timeless.spectrumBars(surfaces.bars, ink, {
      norm: shown.norm, high: 1.06 * Math.max(...shown.norm), k: hover ?? state.k, keys, named: namesOf(shown, hover), off: shown.off,
      axis: circle.order[0] ? "frequency k, over logarithms" : `frequency k (cycles over the ${info.p} tokens)`,
    });
  }

  const MARKS = ["series-7", "series-3", "series-2"];
  const SHADES = [1, 2, 3, 4, 5].map((i) => `sequential-${i}`);

  function draw(it) {
    const { hands, shown, surfaces, tools, info: { p } } = it;
    hands.own.work(shown.epoch, [shown.off, []]);
    if (shown.own && !shown.waiting && !it.halted) hands.random.work(shown.epoch, shown.drawn); // this is called on screen alone: elsewhere the sets wait
    const ink = kit.palette(tools, it.box);
    it.frequencyAt = drawBars(it, ink);
    for (const [measure] of MEASURES) drawMeasure(surfaces[measure], ink, { shown, measure, colours: MARKS.map(tools.colour), p });
    const shade = chart.ramp(SHADES.map(tools.colour));
    chart.grid(surfaces.map, ink, {
      title: shown.own ? "Loss of each pair after the operation" : "Loss of each pair: computing …",
      values: it.pictured, n: p, sum: it.state.order === "sum", colourOf: (loss) => shade(loss / (2 * Math.log(p))),
    });
    return false;
  }

  function paintLegends({ tools, box, view }) {
    const ink = kit.palette(tools, box);
    view.spectrum.paint([ink.accent, ink.muted, ink.accent]);
    view.spectrum.swatches[1].style.opacity = 0.55;
    view.results.paint([...MARKS.map(tools.colour), ink.ink, ink.muted, `linear-gradient(to right, ${SHADES.map(tools.colour).join(", ")})`]);
  }

  // --- mount --------------------------------------------------------------------------------

  /** Composes what is shown before it is told and drawn; every change of state, and every new result, ends there. */
  function composing(it) {
    const show = it.refresh;
    return () => {
      const { mode, epoch } = it.steps.now();
      Object.assign(it.state, { mode, epoch });
      compose(it);
      show();
    };
  }

  /** Returns the key frequencies of the last checkpoint of another network than the study's own. */
  const keysOf = async ({ info, epochs, weights }, { order }) => Timeless.fourier.spectrumOf((await weights(epochs.length - 1)).W_E, info.d_model, order).keys;

  async function mount(box, data, tools) {
    const { run: net, op, own } = await Timeless.opened.shownBy(tools, "addition");
    const { info, epochs } = net;
    const circle = Timeless.opened.circleOf(info, op);
    const [top, keys] = [Math.floor(circle.order.length / 2), own ? await keysOf(net, circle) : info.key_freqs];
    const initial = { mode: "remove", set: keys, epoch: epochs.at(-1) };
    const it = mounting.begin("surgery", box, tools, tableOf(net, { top, keys }));
    Object.assign(it, {
      data, net, info, op, own, circle, top, keys, initial,
      presets: presetsOf(data, { top, keys, own }),
      steps: history(stateOf(tools.state.get(), initial, { epochs, top })),
      seen: new Map(), measured: new Map(own ? [] : openingOf(data, tools)),
      pictured: new Float32Array(info.p ** 2), // the losses that the map shows
      hover: null, // the frequency under the mouse
      scrubbed: null, // the epoch of the slider until its weights are here
      frequencyAt: () => it.state.k,
      asked: 0, asking: "", spoken: "", halted: false, destroyed: false,
      set: (name, value) => set(it, name, value),
      remember: () => remember(it),
    });
    await see(it, it.steps.now().epoch);
    it.hands = handsOf(it);
    mounting.stage(it, {
      view: build(it),
      surfaces: { bars: "Spectrum of the embedding", accuracy: "Accuracy", loss: "Loss", map: "Loss of every pair" },
      draw, tell,
    });
    it.refresh = composing(it);
    pointAtBars(it);
    tools.onTheme(() => paintLegends(it));
    paintLegends(it);
    it.refresh();
    return {
      destroy() {
        it.destroyed = true;
        Object.values(it.hands).forEach((hand) => hand.destroy());
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("surgery", { needs: ["network", "chance", "fourier", "group", "opened", "spectrum-bars", "checkpoints", "background", "sweep"], mount });
})();
