/* The audit: behaviour beside structure of one run, under one epoch cursor.
   Controls -> state -> compute -> draw; what is drawn lies in kit/audit.js. */
(function () {
  "use strict";

  const STEPS = 400; // of the epoch slider, evenly on the epoch axis

  const WORDS = {
    restricted_loss_all: "restricted loss", gini_W_E: "Gini coefficient", spectral_entropy: "spectral entropy",
    sum_sq_weights: "sum of squared weights", loss_test: "test loss", test_accuracy: "test accuracy",
    restricted_loss_online: "restricted loss (that epoch's frequencies)", loss_unseen: "loss on unseen pairs", unseen_accuracy: "accuracy on unseen pairs",
  };

  // --- compute ------------------------------------------------------------------------------

  /** Returns the epoch, a whole number, at a place from 0 to 1 of the axis. */
  function epochAt(place, end, kind) {
    return Math.round(kind === "linear" ? place * end : (1 + end) ** place - 1);
  }

  /** Returns the place from 0 to 1 of an epoch on the axis. */
  function placeOf(epoch, end, kind) {
    return kind === "linear" ? epoch / end : Math.log(1 + epoch) / Math.log(1 + end);
  }

  /** Returns one sentence: which alarms have been raised by an epoch, or why there is none. */
  function told(run, epoch, raised, integer) {
    if (!run.alarms) return "The rule of the alarms needs a plateau between memorising and generalising, which this run does not have.";
    const names = raised.map((name) => `${WORDS[name]} (epoch ${integer(run.alarms[name])})`);
    const what = names.length ? `Alarms so far: ${names.join(", ")}.` : "No alarm so far.";
    if (run.grokked !== null || !names.length) return what;
    return `${what} This run does not generalise within its ${integer(run.end)} epochs: each of them is a false alarm.`;
  }

  const compute = { epochAt, placeOf, told };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  const { instrument: kit, chart, mounting } = Timeless;

  // --- controls -> state --------------------------------------------------------------------

  const AXES = [["linear", "linear"], ["epoch", "log"]];
  const READOUTS = [
    ["train-accuracy", "Train accuracy"], ["test-accuracy", "Test accuracy"], ["train-loss", "Train loss (nats)"], ["test-loss", "Test loss (nats)"],
    ["restricted_loss_all", "Restricted loss (nats)"], ["gini_W_E", "Gini coefficient"], ["spectral_entropy", "Spectral entropy (nats)"], ["sum_sq_weights", "Sum of squares"],
  ];

  const current = ({ runs, state }) => runs.find((run) => run.name === state.run);

  /** Returns the epoch of the cursor: that of the state, or the end of a run that is shorter. */
  const cursor = (it) => Math.min(it.state.epoch, current(it).end);

  function tableOf(runs) {
    const most = Math.max(...runs.map((run) => run.end));
    return [
      ["run", runs[0].name, runs.map((run) => run.name), {
        kind: "select", label: "Run", options: runs.map((run) => [run.name, `${run.words}${run.grokked === null ? " (does not generalise)" : ""}`]),
      }],
      mounting.oneOf("choice", "axis", "Epochs", AXES),
      ["epoch", most, 0, most, {
        kind: "slider", label: "Epoch", max: STEPS, text: kit.integer, spoken: (epoch) => `epoch ${kit.integer(epoch)}`,
        shown: (_epoch, it) => cursor(it),
        at: (epoch, it) => Math.round(STEPS * placeOf(epoch, current(it).end, it.state.axis)),
        from: (place, it) => epochAt(place / STEPS, current(it).end, it.state.axis),
      }],
    ];
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build({ ui, controls }, reset) {
    const { element } = kit;
    const { BEHAVIOUR, STRUCTURE } = Timeless.audit;
    const view = {
      readouts: ui.readouts(READOUTS),
      legend: ui.legend([["line", "train"], ["line", "test"], ["line", "structure"], ["dashes", "alarm of this measure"]]),
      told: element("p", { class: "audit-told", "data-readout": "told" }),
      live: ui.live(),
    };
    const side = (name, heading, rows) => {
      for (const [measure] of rows) view[measure] = element("div");
      return element("div", { class: `audit-side audit-${name}` }, element("h3", {}, heading), ...rows.map(([measure]) => view[measure]));
    };
    view.root = element("div", { class: "audit" },
      ui.row(controls.run.node, controls.axis.node),
      ui.row(controls.epoch.node, reset),
      view.readouts.node,
      element("div", { class: "audit-panels" }, side("behaviour", "Behaviour", BEHAVIOUR), side("structure", "Structure", STRUCTURE)),
      view.legend.node, view.told, view.live);
    return view;
  }

  // --- tell ---------------------------------------------------------------------------------

  /** Returns `{name: [value, text]}` of what is measured at an epoch, and in words what a screen reader hears of it. */
  function measuredAt(run, epoch) {
    const { at, BEHAVIOUR, STRUCTURE } = Timeless.audit;
    const [found, heard] = [{}, []];
    for (const [kind, words, , text] of BEHAVIOUR) {
      for (const split of ["train", "test"]) {
        const { value } = at(run.curves, `${split}_${kind}`, epoch);
        found[`${split}-${kind}`] = [value, text(value)];
        if (kind === "accuracy") heard.push(`${split} ${words.toLowerCase()} ${text(value)}`);
      }
    }
    for (const [name, words, , , text] of STRUCTURE) {
      const measured = at(run.structure, name, epoch);
      found[name] = measured ? [measured.value, text(measured.value)] : [null, "not measured"];
      if (measured) heard.push(`${words} ${found[name][1]}`);
    }
    return { found, heard };
  }

  function tell(it) {
    const { view, say } = it;
    const [run, epoch] = [current(it), cursor(it)];
    const { found, heard } = measuredAt(run, epoch);
    view.readouts.tell(found);
    view.told.textContent = told(run, epoch, Timeless.audit.raised(run, epoch), kit.integer);
    const labels = it.panels.map((name) => [name, `${WORDS[name] || name} of ${run.words} over epochs, cursor at ${kit.integer(epoch)}`]);
    mounting.describe(it, Object.fromEntries(labels));
    say(`${run.words}, epoch ${kit.integer(epoch)}: ${heard.join(", ")}. ${view.told.textContent}`);
  }

  // --- draw ---------------------------------------------------------------------------------

  function draw(it) {
    const { drawBehaviour, drawStructure, BEHAVIOUR } = Timeless.audit;
    const ink = { ...kit.palette(it.tools, it.box), alarm: it.tools.colour("series-4") };
    it.view.legend.paint([ink.train, ink.test, ink.accent, ink.alarm]);
    const run = current(it);
    for (const name of it.panels) {
      const view = { kind: it.state.axis, end: run.end, until: run.end, cursor: cursor(it), last: ["loss", "sum_sq_weights"].includes(name) };
      const paint = BEHAVIOUR.some(([own]) => own === name) ? drawBehaviour : drawStructure;
      it.scales[name] = paint(it.surfaces[name], ink, run, name, view).x;
    }
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  function mount(box, data, tools) {
    const { listed, BEHAVIOUR, STRUCTURE } = Timeless.audit;
    const runs = data.runs.map((run) => listed(run, tools));
    const it = mounting.begin("audit", box, tools, tableOf(runs));
    const panels = [...BEHAVIOUR, ...STRUCTURE].map(([name]) => name);
    Object.assign(it, { runs, panels, scales: {} }); // of epochs in each panel, as last drawn
    mounting.stage(it, { view: build(it, mounting.resetButton(it)), surfaces: Object.fromEntries(panels.map((name) => [name, name])), draw, tell });
    for (const name of panels) {
      chart.draggable(it.surfaces[name].canvas, () => it.scales[name], (epoch) => it.set("epoch", Math.round(epoch)), it.remember);
    }
    it.refresh();
    return { destroy: it.frames.destroy };
  }

  Timeless.widget("audit", { needs: ["audit"], mount });
})();
