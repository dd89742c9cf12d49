/* The elements of the sandbox: its controls, pictures and table. */
(function () {
  "use strict";

  const { instrument: kit, mounting, particles: physics } = Timeless;
  const { core: { NAMES }, TITLES, tableAround, showEpoch } = Timeless.parts.sandbox;
  const training = () => Timeless.parts.sandbox.training; // which comes after this script

  const MOST_SEEDS = 9999;

  // --- controls -> state --------------------------------------------------------------------

  function tableOf({ epochs, freqs, freq, weight_decay: run, training: networks }) {
    const choice = (...row) => mounting.oneOf("choice", ...row);
    const slider = (label, step, digits, more = {}) => ({ kind: "slider", label, step, text: (value) => value.toFixed(digits), ...more });
    return [
      choice("mode", "Mode", [["training", "Training"], ["replay", "Replay"], ["simulation", "Simulation"]]),
      ...training().rowsOf(networks),
      choice("view", "Particles", [["tokens", "tokens"], ["neurons", "neurons"]]),
      ["k", freq, freqs, { kind: "choice", label: "Plane of frequency", options: freqs.map((k) => [k, String(k)]) }],
      ["epoch", epochs[epochs.length - 1], epochs, { kind: "slider", label: "Epoch of the checkpoint", show: showEpoch }],
      ["lambda", physics.HAND.start * run, 0, 2 * run,
        slider("Weight decay λ", 0.05 * run, 2, { spoken: (lambda) => `${lambda.toFixed(2)}; the training’s own is ${run}` })],
      ["temperature", 0.005, 0, 0.3, slider("Temperature T", 0.005, 3)],
      ["noise", 0, 0, 0.5, slider("Noise in the sites", 0.05, 2, {
        unit: "of radius", text: (noise) => kit.percent(noise, 0), spoken: (noise) => `${kit.percent(noise, 0)} of the ring’s radius`,
      })],
      ["seed", 0, 0, MOST_SEEDS], // taken when its field is left, since each starts the simulation anew
      ["speed", 1, 0.1, 4, slider("Speed", 0.1, 1, { unit: "time per second" })],
    ];
  }

  /** Returns the elements that are filled with what is told and drawn. */
  function partsOf({ ui }) {
    const { element } = kit;
    const measured = [["line", "these particles, measured"], ["dashes", "whole network, measured"]];
    const view = {
      cloud: element("div", { class: "sandbox-cloud" }),
      legends: {
        replay: ui.legend([["wheel", "particle, measured"], ...measured]),
        simulation: ui.legend([["wheel", "particle, simulated"], ["hollow", "its measured place at the last checkpoint"], ...measured, ["dashes", "simulated"]]),
      },
      table: tableAround(ui),
      still: element("p", { class: "sandbox-note", hidden: true }, "Your system asks for less motion, so the simulation moves when you press Step."),
      seed: ui.number({ name: "seed", label: "Seed", min: 0, max: MOST_SEEDS }),
      failure: ui.failure(),
      live: ui.live(),
    };
    view.seed.node.classList.add("sandbox-seed");
    for (const name of NAMES) for (const side of ["measured", "simulated"]) view[`${name}-${side}`] = element("div", {});
    return view;
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it, acts) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const { view: learning } = it.training;
    const view = { ...partsOf(it), ...Object.fromEntries(Object.keys(training().HEADINGS).map((name) => [name, learning[name]])) };
    view.play = ui.button({ name: "play", label: "Play", act: acts.pressPlay });
    view.replay = ui.row(own.epoch.node);
    view.simulation = element("div", {},
      ui.row(own.lambda.node, own.temperature.node, own.noise.node),
      ui.row(own.speed.node, view.seed.node));
    view.buttons = element("div", { class: "sandbox-buttons" },
      ui.button({ name: "trigger", label: "Trigger Phase Transition", primary: true, act: acts.trigger }),
      view.play,
      ui.button({ name: "step", label: "Step", act: acts.stepOnce }),
      ui.button({ name: "reset", label: "Reset", act: acts.reset }));
    const charts = NAMES.flatMap((name) => [view[`${name}-measured`], view[`${name}-simulated`]]);
    view.slot = element("div", {});
    view.particles = [
      ui.row(own.view.node, own.k.node),
      element("div", { class: "sandbox-stage" },
        element("div", {}, view.cloud, view.slot, view.still),
        element("div", { class: "sandbox-charts" }, ...charts)),
      view.table.node,
    ];
    const [top, stage, table] = view.particles;
    view.root = element("div", { class: "sandbox" },
      element("div", { class: "controls sandbox-top" }, own.mode.node),
      learning.root,
      top, stage,
      view.replay,
      view.simulation,
      table,
      view.legends.replay.node, view.legends.simulation.node,
      view.failure.node,
      view.live);
    return view;
  }

  function labels() {
    const charts = NAMES.flatMap((name) => ["measured", "simulated"].map((side) => [`${name}-${side}`, `${TITLES[name]}, ${side}`]));
    return { cloud: "Particles", ...Object.fromEntries(charts), ...training().HEADINGS };
  }

  Object.assign(Timeless.parts.sandbox, { MOST_SEEDS, tableOf, build, labels });
})();
