/* The audit: behaviour beside structure of one run, under one epoch cursor.
   Controls -> state -> compute -> draw; what is drawn lies in kit/audit.js. */
(function () {
  "use strict";

  const STEPS = 400; // of the epoch slider, evenly on the epoch axis

  const WORDS = {
    restricted_loss_all: "restricted loss", gini_W_E: "Gini coefficient", spectral_entropy: "spectral entropy",
    sum_sq_weights: "sum of squared weights", loss_test: "test loss", test_accuracy: "test accuracy",
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

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    await Promise.all([Timeless.load("kit/controls.js"), Timeless.load("kit/chart.js")]);
    await Timeless.load("kit/audit.js");
    const { instrument: kit, chart, audit } = Timeless;
    const { controls, parameters } = Timeless.controls;
    const runs = data.runs.map((run) => audit.listed(run, tools));
    const make = controls("audit");
    const most = Math.max(...runs.map((run) => run.end));
    const { state, reset, read, changed } = parameters([
      ["run", runs[0].name, runs.map((run) => run.name)], ["axis", "linear", ["linear", "epoch"]], ["epoch", most, 0, most],
    ]);

    const ui = {
      run: make.select({ name: "run", label: "Run", options: runs.map((run) => [run.name, `${run.words}${run.grokked === null ? " (does not generalise)" : ""}`]) }),
      axis: make.choice({ name: "axis", label: "Epochs", options: [["linear", "linear"], ["epoch", "log"]], onChoose: (kind) => change({ axis: kind }) }),
      epoch: make.slider({ name: "epoch", label: "Epoch", max: STEPS }),
      reset: make.button({ name: "reset", label: "Reset" }),
      readouts: make.readouts([
        ["train-accuracy", "Train accuracy"], ["test-accuracy", "Test accuracy"], ["train-loss", "Train loss (nats)"], ["test-loss", "Test loss (nats)"],
        ["restricted_loss_all", "Restricted loss (nats)"], ["gini_W_E", "Gini coefficient"], ["spectral_entropy", "Spectral entropy (nats)"], ["sum_sq_weights", "Sum of squares"],
      ]),
      legend: make.legend([["line", "train"], ["line", "test"], ["line", "structure"], ["dashes", "alarm of this measure"]]),
      told: kit.element("p", { class: "audit-told", "data-readout": "told" }),
      live: make.live(),
    };
    const side = (name, heading, names) => {
      const holders = names.map(() => kit.element("div"));
      const node = kit.element("div", { class: `audit-side audit-${name}` }, kit.element("h3", {}, heading), ...holders);
      return { node, holders };
    };
    const [behaviour, structure] = [audit.BEHAVIOUR, audit.STRUCTURE].map((rows) => rows.map(([name]) => name));
    const left = side("behaviour", "Behaviour", behaviour);
    const right = side("structure", "Structure", structure);
    box.replaceChildren(kit.element("div", { class: "audit" },
      make.row(ui.run.node, ui.axis.node),
      make.row(ui.epoch.node, ui.reset),
      ui.readouts.node,
      kit.element("div", { class: "audit-panels" }, left.node, right.node),
      ui.legend.node, ui.told, ui.live));
    const panels = [
      ...behaviour.map((name, i) => ({ name, draw: audit.drawBehaviour, surface: kit.surface(left.holders[i], name) })),
      ...structure.map((name, i) => ({ name, draw: audit.drawStructure, surface: kit.surface(right.holders[i], name) })),
    ];
    const say = kit.announcer(ui.live);

    const current = () => runs.find((run) => run.name === state.run);
    const cursor = () => Math.min(state.epoch, current().end);

    function change(values, remembered = true) {
      Object.assign(state, values);
      readOut();
      frames.request();
      if (remembered) tools.state.set(changed());
    }

    function readOut() {
      const [run, epoch] = [current(), cursor()];
      ui.run.input.value = state.run;
      ui.axis.show(state.axis);
      ui.epoch.input.value = Math.round(STEPS * placeOf(epoch, run.end, state.axis));
      ui.epoch.output.value = kit.integer(epoch);
      ui.epoch.output.dataset.value = epoch;
      ui.epoch.input.setAttribute("aria-valuetext", `epoch ${kit.integer(epoch)}`);
      const heard = [];
      for (const [kind, words, , text] of audit.BEHAVIOUR) {
        for (const split of ["train", "test"]) {
          const { value } = audit.at(run.curves, `${split}_${kind}`, epoch);
          ui.readouts.set(`${split}-${kind}`, value, text(value));
          if (kind === "accuracy") heard.push(`${split} ${words.toLowerCase()} ${text(value)}`);
        }
      }
      for (const [name, words, , , text] of audit.STRUCTURE) {
        const { value } = audit.at(run.structure, name, epoch);
        ui.readouts.set(name, value, text(value));
        heard.push(`${words} ${text(value)}`);
      }
      const raised = audit.raised(run, epoch);
      ui.told.textContent = told(run, epoch, raised, kit.integer);
      const sentence = `${run.words}, epoch ${kit.integer(epoch)}: ${heard.join(", ")}. ${ui.told.textContent}`;
      for (const { surface, name } of panels) surface.canvas.setAttribute("aria-label", `${WORDS[name] || name} of ${run.words} over epochs, cursor at ${kit.integer(epoch)}`);
      say(sentence);
    }

    const scales = new Map();
    function draw() {
      const ink = { ...kit.palette(tools, box), alarm: tools.colour("series-4") };
      ui.legend.paint([ink.train, ink.test, ink.accent, ink.alarm]);
      const run = current();
      for (const panel of panels) {
        const view = { kind: state.axis, end: run.end, until: run.end, cursor: cursor(), last: ["loss", "sum_sq_weights"].includes(panel.name) };
        scales.set(panel, panel.draw(panel.surface, ink, run, panel.name, view).x);
      }
      return false;
    }

    const frames = kit.animator(box, draw);
    ui.run.input.addEventListener("change", () => change({ run: ui.run.input.value }));
    ui.epoch.input.addEventListener("input", () => change({ epoch: epochAt(ui.epoch.input.valueAsNumber / STEPS, current().end, state.axis) }, false));
    ui.epoch.input.addEventListener("change", () => tools.state.set(changed()));
    ui.reset.addEventListener("click", () => {
      reset();
      change({});
    });
    for (const panel of panels) {
      chart.draggable(panel.surface.canvas, () => scales.get(panel), (epoch) => change({ epoch: Math.round(epoch) }, false), () => tools.state.set(changed()));
    }
    tools.onTheme(frames.request);

    read(tools.state.get());
    readOut();
    frames.request();
    return { destroy: frames.destroy };
  }

  Timeless.widget("audit", { mount });
})();
