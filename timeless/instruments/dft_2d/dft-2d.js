/* The two-dimensional transform of a logit or a neuron over all pairs, at any checkpoint: as image and as numbers.
   Controls -> state -> compute -> draw; the transform lies in kit/fourier.js. What is only counted here
   needs no page: Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const fourier = () => (inNode ? require("../../../site_src/kit/fourier.js") : Timeless.fourier);

  // --- compute ------------------------------------------------------------------------------

  /** Returns weights whose logits are less their mean over the classes, pair by pair: the unembedding less its
      mean column. No probability depends on that mean. */
  function centred(weights, { p, d_model: d }) {
    const [W_U, b_U] = [Float32Array.from(weights.W_U), Float32Array.from(weights.b_U)];
    const level = (row, from) => {
      let sum = 0;
      for (let c = 0; c < p; c++) sum += row[from + c];
      for (let c = 0; c < p; c++) row[from + c] -= sum / p;
    };
    for (let i = 0; i < d; i++) level(W_U, i * p);
    level(b_U, 0);
    return { ...weights, W_U, b_U };
  }

  const ROUNDING = 1e-24; // of the constant's energy: what a constant has besides itself

  /** Returns what there is to tell of a function [n * n] over the pairs:
      `coefficients` and `norms` by pair of frequencies; `shares` of the energy apart from the constant, which has
      none; `ranked`, the places of norms by falling share; `sum`, the share that depends on a + b alone; and
      `own`, the frequency whose products of 1, cos and sin hold the largest share, `ownShare`. */
  function analyse(values, n) {
    const { dft2d, spectrum2d } = fourier();
    const coefficients = dft2d(values, n);
    const norms = spectrum2d(coefficients, n);
    const m = Math.sqrt(norms.length);
    let energy = 0;
    for (let at = 1; at < norms.length; at++) energy += norms[at] ** 2;
    if (energy <= ROUNDING * norms[0] ** 2) energy = 0;
    const shares = norms.map((norm, at) => (at && energy ? norm ** 2 / energy : 0));
    const ranked = Array.from(norms.keys()).slice(1).sort((s, t) => norms[t] - norms[s] || s - t);
    const own = Array.from({ length: m - 1 }, (_, i) => i + 1)
      .map((k) => [shares[k * m] + shares[k] + shares[k * m + k], k])
      .reduce((best, each) => (each[0] > best[0] ? each : best), [0, 1]);
    let sum = 0;
    for (let k = 1; 2 * k <= n; k++) {
      const at = (i, j) => (i < n && j < n ? coefficients[i * n + j] : 0);
      const [c, s] = [2 * k - 1, 2 * k];
      const single = 2 * k === n; // the alternating row is a wave of a + b by itself
      sum += single ? at(c, c) ** 2 : ((at(c, c) - at(s, s)) ** 2 + (at(s, c) + at(c, s)) ** 2) / 2;
    }
    return { n, m, coefficients, norms, shares, ranked, energy, sum: energy ? sum / energy : 0, own: own[1], ownShare: own[0] };
  }

  /** Returns the strongest components, `{freqA, freqB, norm, share, together}`, the last summed up so far. */
  function strongest({ m, norms, shares, ranked }, count) {
    let together = 0;
    return ranked.slice(0, count).map((at) => {
      together += shares[at];
      return { freqA: Math.floor(at / m), freqB: at % m, norm: norms[at], share: shares[at], together };
    });
  }

  /** Returns the function [n * n] that the constant and the `count` strongest components make. */
  function rebuilt({ n, m, coefficients, ranked }, count) {
    const { inverse2d, frequencyOf } = fourier();
    const kept = new Set([0, ...ranked.slice(0, count)]);
    return inverse2d(coefficients.map((c, at) => (kept.has(frequencyOf(Math.floor(at / n)) * m + frequencyOf(at % n)) ? c : 0)), n);
  }

  /** Returns the spectrum as CSV, all pairs of frequencies with norm and share. */
  function csvOf({ m, norms, shares }) {
    const rows = Array.from(norms, (norm, at) => `${Math.floor(at / m)},${at % m},${Number(norm.toPrecision(7))},${at ? Number(shares[at].toPrecision(7)) : ""}`);
    return `freq_a,freq_b,norm,share_of_non_constant_energy\n${rows.join("\n")}\n`;
  }

  /** Returns [low, high] of a list, and its mean. */
  function range(values) {
    let [low, high, sum] = [Infinity, -Infinity, 0];
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
    }
    return { low, high, mean: sum / values.length };
  }

  const compute = { centred, analyse, strongest, rebuilt, csvOf, range };
  if (inNode) {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const ROWS = 8; // of the table
  const FLOOR = 1e-3; // of the largest norm: what is smaller has the lowest colour
  const MOST = 12; // components that the slider can keep
  const CLUSTERED = 0.85; // share of a neuron's energy that makes it one of a frequency

  const KINDS = [["neuron", "a neuron"], ["logit", "a logit"], ["centred", "a centred logit"]];

  function build(box, ui, { p, d_mlp: neurons }, { epochs, typical }, choose, { element }) {
    const made = {
      kind: ui.choice({ name: "kind", label: "Transform", options: KINDS, onChoose: (value) => choose("kind", value) }),
      neuron: ui.number({ name: "neuron", label: `Neuron (0 to ${neurons - 1})`, min: 0, max: neurons - 1 }),
      logit: ui.number({ name: "logit", label: `Class c (0 to ${p - 1})`, min: 0, max: p - 1 }),
      random: ui.button({ name: "random", label: "Another at random" }),
      typical: typical.map(({ freq, neuron }) => ui.button({ name: `typical-${freq}`, label: `k = ${freq}` }, neuron)),
      epoch: ui.slider({ name: "epoch", label: "Epoch of the checkpoint", max: epochs.length - 1 }),
      keep: ui.slider({ name: "keep", label: "Left map shows", min: 1, max: MOST + 1 }),
      csv: ui.button({ name: "csv", label: "Spectrum as CSV" }),
      reset: ui.button({ name: "reset", label: "Reset" }),
      plane: element("div", { class: "dft-2d-map" }),
      spectrum: element("div", { class: "dft-2d-map" }),
      rows: element("tbody", {}),
      caption: element("caption", {}),
      values: ui.readouts([["own", "Frequency with the largest share"], ["own-share", "Share of 1, cos, sin of it"], ["sum", "Share that depends on a + b alone"],
        ["constant", "Mean over all pairs"]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    made.typicalGroup = element("div", { class: "control-choice", role: "group", "aria-label": "A typical neuron of a key frequency" },
      element("span", {}, "Typical of"), ...made.typical);
    const scale = (name) => {
      const [low, ramp, high] = [element("span", { "data-readout": `${name}-low` }), element("i", {}), element("span", { "data-readout": `${name}-high` })];
      made[`${name}Scale`] = { low, ramp, high };
      return element("p", { class: "dft-2d-scale" }, low, ramp, high);
    };
    const head = (text) => element("th", { scope: "col" }, text);
    made.root = element("div", { class: "dft-2d" },
      ui.row(made.kind.node),
      ui.row(made.neuron.node, made.logit.node, made.random, made.typicalGroup),
      ui.row(made.epoch.node, made.keep.node),
      element("div", { class: "dft-2d-maps" },
        element("div", {}, made.plane, scale("plane")), element("div", {}, made.spectrum, scale("spectrum"))),
      made.values.node,
      element("table", {}, made.caption,
        element("thead", {}, element("tr", {}, ...["frequency over a", "over b", "norm", "share of the energy", "together"].map(head))), made.rows),
      ui.row(made.csv, made.reset),
      made.failure.node,
      made.live);
    box.replaceChildren(made.root);
    return made;
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Promise.all(["instrument", "network", "fourier"].map((name) => Timeless.load(`kit/${name}.js`)));
    await Promise.all(["checkpoints", "background", "controls", "chart"].map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, chart } = Timeless;
    const run = await Timeless.checkpoints.open(data.experiment);
    const { info, epochs } = run;
    const { p } = info;
    const typical = data.typical;
    const numbers = (n) => Array.from({ length: n }, (_, i) => i);

    const table = Timeless.controls.parameters([
      ["kind", "neuron", KINDS.map(([kind]) => kind)],
      ["neuron", typical.length ? typical[0].neuron : 0, numbers(info.d_mlp)],
      ["logit", 0, numbers(p)],
      ["epoch", epochs[epochs.length - 1], epochs],
      ["keep", 0, numbers(MOST + 1)],
    ]);
    const { state } = table;
    table.read(tools.state.get());

    const view = build(box, Timeless.controls.controls("dft-2d"), info, { epochs, typical }, choose, kit);
    const surfaces = { plane: kit.surface(view.plane, "Function over the pairs"), spectrum: kit.surface(view.spectrum, "Its spectrum") };
    const say = kit.announcer(view.live);
    const jobs = Timeless.background.start();

    const seen = new Map(); // what is shown at which epoch -> its values and analysis
    let shown = null; // {index, name, values, found} on screen
    let wanted = run.index(state.epoch);

    const subject = () => (state.kind === "neuron" ? `neuron ${state.neuron}` : state.kind === "logit" ? `logit of class ${state.logit}` : `centred logit of class ${state.logit}`);
    const nameAt = (index) => `${subject()}, epoch ${kit.integer(epochs[index])}`;

    // -- compute

    async function valuesAt(index) {
      const { kind, neuron, logit } = state;
      const weights = await run.weights(index);
      const one = kind === "neuron" ? { neurons: [neuron] } : { logits: [logit] };
      const result = await jobs.run("allPairs", [kind === "centred" ? centred(weights, info) : weights, info, 0, one], "chosen");
      return result && (result.maps.neurons[0] ?? result.maps.logits[0]);
    }

    /** Shows what the state asks for at a checkpoint, once it is computed and if it is still asked for. */
    async function turn(index = wanted) {
      wanted = index;
      const name = nameAt(index);
      readOut();
      try {
        if (!seen.has(name)) {
          const values = await valuesAt(index);
          if (!values) return; // a later question took its place
          seen.set(name, { name, index, values, found: analyse(values, p) });
        }
      } catch (error) {
        if (name !== nameAt(wanted)) return;
        const stays = shown ? "The picture stays as it was; ask again to try again." : "Ask again to try again.";
        view.failure.tell(`This cannot be shown: ${name} (${error.message}). ${stays}`);
        if (shown) wanted = shown.index;
        readOut();
        return;
      }
      if (name !== nameAt(wanted)) return;
      view.failure.tell("");
      shown = seen.get(name);
      state.epoch = epochs[index];
      refresh();
    }

    // -- state -> page

    const short = (value) => chart.tickText(Number(value.toPrecision(3)));

    /** Returns values and range of the left map: the function, or what its strongest components make of it. */
    function leftMap() {
      const { values, found } = shown;
      return { values: state.keep ? rebuilt(found, state.keep) : values, range: range(values) };
    }

    function readOut() {
      const { set } = view.values;
      view.kind.show(state.kind);
      const neuron = state.kind === "neuron";
      for (const [node, visible] of [[view.neuron.node, neuron], [view.typicalGroup, neuron && typical.length > 0], [view.logit.node, !neuron]]) node.hidden = !visible;
      for (const name of ["neuron", "logit"]) if (document.activeElement !== view[name].input) view[name].input.value = state[name];
      view.typical.forEach((button, i) => button.setAttribute("aria-pressed", String(neuron && typical[i].neuron === state.neuron)));
      view.epoch.input.value = wanted;
      view.epoch.input.setAttribute("aria-valuetext", `epoch ${kit.integer(epochs[wanted])}`);
      const at = shown ? shown.index : wanted;
      view.epoch.output.value = kit.integer(epochs[at]);
      view.epoch.output.dataset.value = epochs[at];
      const kept = state.keep ? `the ${state.keep > 1 ? `${state.keep} strongest components` : "strongest component"}` : "all of it";
      view.keep.input.value = state.keep || MOST + 1;
      view.keep.input.setAttribute("aria-valuetext", kept);
      view.keep.output.value = kept;
      view.keep.output.dataset.value = state.keep;
      view.root.setAttribute("aria-busy", String(!shown || shown.name !== nameAt(wanted)));
      view.csv.disabled = !shown;
      if (!shown) {
        for (const name of ["own", "own-share", "sum", "constant"]) set(name, "", "…");
        return;
      }
      const { found, name } = shown;
      const some = found.energy > 0;
      const mean = found.coefficients[0] / p;
      set("own", some ? found.own : "", some ? `k = ${found.own}` : "none: it is constant");
      set("own-share", found.ownShare, `${kit.percent(found.ownShare)}${neuron && found.ownShare >= CLUSTERED ? ", belongs to it" : ""}`);
      set("sum", found.sum, kit.percent(found.sum));
      set("constant", mean, short(mean));
      const top = strongest(found, ROWS);
      view.caption.textContent = `${name[0].toUpperCase()}${name.slice(1)}: the strongest components, apart from the constant`;
      view.rows.replaceChildren(...top.map(({ freqA, freqB, norm, share, together }) => {
        const texts = [[freqA, freqA], [freqB, freqB], [norm, short(norm)], [share, kit.percent(share)], [together, kit.percent(together)]];
        return kit.element("tr", {}, ...texts.map(([value, text]) => kit.element("td", { "data-value": value }, String(text))));
      }));
      const [{ freqA, freqB, share }] = top;
      const told = some
        ? `${name}: strongest at frequency ${freqA} over a and ${freqB} over b, ${kit.percent(share)} of the energy; frequency ${found.own} holds ${kit.percent(found.ownShare)}; ${kit.percent(found.sum)} depend on a + b alone`
        : `${name}: it is the same for all pairs`;
      surfaces.plane.canvas.setAttribute("aria-label", `Heat map over a and b of ${kept} of ${name}, from ${short(range(shown.values).low)} to ${short(range(shown.values).high)}.`);
      surfaces.spectrum.canvas.setAttribute("aria-label", `Heat map of norms by frequency over a and over b. ${told}. The table has the strongest.`);
      if (shown.name === nameAt(wanted)) say(told);
    }

    function refresh() {
      readOut();
      frames.request();
    }

    const remember = () => tools.state.set(table.changed());

    function choose(name, value) {
      state[name] = value;
      turn().then(remember);
    }

    // -- draw

    function rampOf(names) {
      const colours = names.map(tools.colour);
      return { colourAt: chart.ramp(colours), css: `linear-gradient(to right, ${colours.join(", ")})` };
    }

    function drawScale({ low, ramp, high }, css, from, to) {
      [low.textContent, high.textContent] = [from, to];
      ramp.style.setProperty("--ramp", css);
    }

    function draw() {
      if (!shown) return false;
      const ink = kit.palette(tools, box);
      const sequential = rampOf([1, 2, 3, 4, 5].map((i) => `sequential-${i}`));
      const left = leftMap();
      const neuron = shown.name.startsWith("neuron");
      // A neuron is drawn from 0 up, a logit to both sides of its mean.
      const { low, high, mean } = left.range;
      const reach = Math.max(high - mean, mean - low) || 1;
      const [from, to] = neuron ? [0, high || 1] : [mean - reach, mean + reach];
      const ramp = neuron ? sequential : rampOf(["series-2", "paper", "series-1"]);
      chart.grid(surfaces.plane, ink, {
        title: `${shown.name[0].toUpperCase()}${shown.name.slice(1)}${state.keep ? `, ${state.keep} strongest` : ""}`,
        values: left.values, n: p, colourOf: (value) => ramp.colourAt((value - from) / (to - from)),
      });
      drawScale(view.planeScale, ramp.css, short(from), short(to));

      const { norms, ranked, m } = shown.found;
      const most = norms[ranked[0]] || 1;
      const share = (norm) => 1 - Math.log10(Math.max(norm / most, FLOOR)) / Math.log10(FLOOR);
      chart.grid(surfaces.spectrum, ink, {
        title: "Norm by pair of frequencies (log colour scale)",
        values: norms, n: m, colourOf: (norm, at) => sequential.colourAt(at ? share(norm) : 0), names: ["over a", "over b"],
      });
      drawScale(view.spectrumScale, sequential.css, `≤ ${short(FLOOR * most)}`, short(most));
      return false;
    }

    /** Gives the reader the whole spectrum as a file. */
    function download() {
      const address = URL.createObjectURL(new Blob([csvOf(shown.found)], { type: "text/csv" }));
      const link = kit.element("a", { href: address, download: `timeless-dft-2d-${shown.name.replace(/,/g, "").replace(/[^a-z0-9]+/g, "-")}.csv` });
      link.click();
      setTimeout(URL.revokeObjectURL, 10_000, address);
    }

    // -- controls -> state

    const frames = kit.animator(box, draw);
    for (const [name, n] of [["neuron", info.d_mlp], ["logit", p]]) {
      const { input } = view[name];
      input.addEventListener("input", () => {
        const value = input.valueAsNumber;
        if (Number.isInteger(value) && value >= 0 && value < n) choose(name, value);
      });
      input.addEventListener("change", () => (input.value = state[name]));
    }
    view.random.addEventListener("click", () => {
      const name = state.kind === "neuron" ? "neuron" : "logit";
      const n = name === "neuron" ? info.d_mlp : p;
      choose(name, (state[name] + 1 + Math.floor(Math.random() * (n - 1))) % n);
    });
    view.typical.forEach((button, i) => button.addEventListener("click", () => choose("neuron", typical[i].neuron)));
    view.epoch.input.addEventListener("input", () => turn(view.epoch.input.valueAsNumber));
    view.epoch.input.addEventListener("change", () => turn(view.epoch.input.valueAsNumber).then(remember));
    view.keep.input.addEventListener("input", () => {
      const count = view.keep.input.valueAsNumber;
      state.keep = count > MOST ? 0 : count;
      refresh();
    });
    view.keep.input.addEventListener("change", remember);
    view.csv.addEventListener("click", download);
    view.reset.addEventListener("click", () => {
      table.reset();
      for (const name of ["neuron", "logit"]) view[name].input.value = state[name];
      turn(run.index(state.epoch)).then(remember);
    });
    tools.onTheme(frames.request);

    readOut();
    turn();
    return {
      destroy() {
        jobs.destroy();
        frames.destroy();
      },
    };
  }

  Timeless.widget("dft-2d", { mount });
})();
