/* What the sandbox tells of the particles, in its table and in words. */
(function () {
  "use strict";

  const { controls, instrument: kit, mounting, particles: physics } = Timeless;
  const { core: { NAMES }, SIMULATED, TITLES } = Timeless.parts.sandbox;

  /** Returns the table of measures, a row for each state. */
  function tableAround(ui) {
    const { element } = kit;
    const outputs = {};
    const cell = (name) => element("td", {}, (outputs[name] = ui.output(name)));
    const row = (key) => {
      outputs[`${key}-when`] = element("th", { scope: "row", "data-readout": `${key}-when` });
      return element("tr", { "data-row": key }, outputs[`${key}-when`], ...NAMES.map((name) => cell(`${key}-${name}`)));
    };
    const node = element("table", {},
      element("caption", { class: "visually-hidden" }, "Energy, spectral entropy and order parameter, measured and simulated"),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "State"), ...NAMES.map((name) => element("th", { scope: "col" }, TITLES[name])))),
      element("tbody", {}, row("measured"), row("whole"), row("simulated")));
    return { node, outputs };
  }

  const training = ({ state }) => state.mode === "training";
  const simulating = ({ state }) => state.mode === "simulation";
  const measuresNow = ({ state, system, data, freqs }) => physics.measures(system.at, state.view === "neurons" ? { d: data.d_model } : { freqs });
  const what = ({ state }) => (state.view === "neurons" ? "neurons" : "number tokens");

  /** Returns what was measured of the particles at a checkpoint. */
  const ownAt = ({ particles, plane }, row) => Object.fromEntries(NAMES.map((name) => [name, particles[name][plane()][row]]));

  const DIGITS = { energy: 1, spectral_entropy: 2, order_parameter: 3 };

  function tellRow({ view: { table: { outputs } } }, row, when, values) {
    outputs[`${row}-when`].textContent = when;
    for (const name of NAMES) controls.write(outputs[`${row}-${name}`], values[name], values[name].toFixed(DIGITS[name]));
  }

  function tellMeasures(it) {
    const row = Math.floor(it.position);
    const epoch = kit.integer(it.epochs[row]);
    const simulated = measuresNow(it);
    tellRow(it, "measured", `Measured, these ${what(it)}, epoch ${epoch}`, ownAt(it, row));
    tellRow(it, "whole", `Measured, whole network, epoch ${epoch}`, Object.fromEntries(NAMES.map((name) => [name, it.data.whole[name][row]])));
    tellRow(it, "simulated", `Simulated, time ${it.system.time.toFixed(1)}`, Object.fromEntries(NAMES.map((name) => [name, simulated[SIMULATED[name]]])));
  }

  /** Returns in words what is seen. */
  function seenText(it) {
    const { system, state } = it;
    if (simulating(it)) {
      const { energy, entropy, order } = measuresNow(it);
      return `Simulated ${what(it)} at time ${system.time.toFixed(1)}, weight decay ${state.lambda.toFixed(2)}: ` +
        `energy ${energy.toFixed(0)}, spectral entropy ${entropy.toFixed(2)}, order parameter ${order.toFixed(2)}`;
    }
    const row = Math.floor(it.position);
    const { energy, spectral_entropy: entropy, order_parameter: order } = ownAt(it, row);
    return `Measured ${what(it)} at epoch ${kit.integer(it.epochs[row])}: energy ${energy.toFixed(0)}, ` +
      `spectral entropy ${entropy.toFixed(2)}, order parameter ${order.toFixed(2)}`;
  }

  function playText(it) {
    if (training(it)) return Timeless.parts.sandbox.training.playText(it.training);
    if (it.playing) return "Pause";
    return !simulating(it) && it.position === it.final ? "Play again" : "Play";
  }

  function tell(it) {
    const { view, state } = it;
    const simulated = simulating(it);
    for (const name of ["replay", "simulation"]) view[name].hidden = view.legends[name].node.hidden = name !== state.mode;
    for (const node of view.particles) node.hidden = training(it);
    it.training.view.root.hidden = !training(it);
    const slot = training(it) ? it.training.view.buttons : view.slot;
    if (view.buttons.parentNode !== slot) slot.append(view.buttons);
    view.play.hidden = simulated && it.tools.reducedMotion;
    view.still.hidden = !view.play.hidden;
    view.play.textContent = playText(it);
    if (training(it)) {
      Timeless.parts.sandbox.training.tell(it.training);
      return;
    }
    view.seed.input.value = state.seed;
    tellMeasures(it);
    if (it.playing) return;
    const told = seenText(it);
    mounting.describe(it, { cloud: `${told}, in the plane of frequency ${state.k}.` });
    it.say(told);
  }

  function showEpoch({ input, output }, it) {
    const row = Math.floor(it.position);
    const epoch = kit.integer(it.epochs[row]);
    input.value = Math.round(it.position);
    controls.write(output, it.epochs[row], epoch);
    input.setAttribute("aria-valuetext", `epoch ${epoch}, order parameter ${ownAt(it, row).order_parameter.toFixed(3)}`);
  }

  Object.assign(Timeless.parts.sandbox, { tableAround, simulating, measuresNow, showEpoch, tellMeasures, tell });
})();
