/* The two-dimensional transform of a logit or a neuron over all pairs, at any checkpoint: as image and as numbers.
   Controls -> state -> compute -> draw; what is computed lies in dft-2d-core.js and kit/fourier.js. */
(function () {
  "use strict";

  const { instrument: kit, chart, mounting } = Timeless;
  const { centred, analyse, strongest, rebuilt, csvOf, range } = Timeless.parts["dft-2d"];

  const ROWS = 8; // of the table
  const FLOOR = 1e-3; // of the largest norm: what is smaller has the lowest colour
  const MOST = 12; // components that the slider can keep
  const CLUSTERED = 0.85; // share of a neuron's energy that makes it one of a frequency

  const KINDS = [["neuron", "a neuron"], ["logit", "a logit"], ["centred", "a centred logit"]];

  // --- controls -> state --------------------------------------------------------------------

  const keptText = (keep) => (keep ? `the ${keep > 1 ? `${keep} strongest components` : "strongest component"}` : "all of it");

  function tableOf({ info: { p, d_mlp: neurons }, epochs }, { opening }) {
    const { numbersTo } = Timeless.pairs;
    return [
      mounting.oneOf("choice", "kind", "Transform", KINDS),
      ["neuron", opening.neuron, numbersTo(neurons), { kind: "number", label: `Neuron (0 to ${neurons - 1})` }],
      ["logit", 0, numbersTo(p), { kind: "number", label: `Class c (0 to ${p - 1})` }],
      Timeless.cursor.row(epochs),
      ["keep", 0, numbersTo(MOST + 1), {
        kind: "slider", label: "Left map shows", min: 1, max: MOST + 1, at: (keep) => keep || MOST + 1, from: (place) => (place > MOST ? 0 : place),
        text: keptText, spoken: keptText,
      }],
    ];
  }

  /** Returns a scale under a map, `{node, tell(css, from, to)}`. */
  function scaleOf(name) {
    const { element } = kit;
    const [low, ramp, high] = [element("span", { "data-readout": `${name}-low` }), element("i", {}), element("span", { "data-readout": `${name}-high` })];
    return {
      node: element("p", { class: "dft-2d-scale" }, low, ramp, high),
      tell(css, from, to) {
        [low.textContent, high.textContent] = [from, to];
        ramp.style.setProperty("--ramp", css);
      },
    };
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls, typical } = it;
    const { element } = kit;
    const view = {
      random: ui.button({ name: "random", label: "Another at random", act: () => chooseRandom(it) }),
      typical: typical.map(({ freq, neuron }) => ui.button({ name: `typical-${freq}`, label: `k = ${freq}`, act: () => it.choose("neuron", neuron) })),
      csv: ui.button({ name: "csv", label: "Spectrum as CSV", act: () => download(it.found) }),
      plane: element("div", { class: "dft-2d-map" }),
      spectrum: element("div", { class: "dft-2d-map" }),
      planeScale: scaleOf("plane"),
      spectrumScale: scaleOf("spectrum"),
      rows: element("tbody", {}),
      caption: element("caption", {}),
      values: ui.readouts([["own", "Frequency with the largest share"], ["own-share", "Share of 1, cos, sin of it"],
        ["sum", "Share that depends on a + b alone"], ["constant", "Mean over all pairs"]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    view.typicalGroup = element("div", { class: "control-choice", role: "group", "aria-label": "A typical neuron of a key frequency" },
      element("span", {}, "Typical of"), ...view.typical);
    const heads = ["frequency over a", "over b", "norm", "share of the energy", "together"].map((text) => element("th", { scope: "col" }, text));
    view.root = element("div", { class: "dft-2d" },
      ui.row(controls.kind.node),
      ui.row(controls.neuron.node, controls.logit.node, view.random, view.typicalGroup),
      ui.row(controls.epoch.node, controls.keep.node),
      element("div", { class: "dft-2d-maps" },
        element("div", {}, view.plane, view.planeScale.node), element("div", {}, view.spectrum, view.spectrumScale.node)),
      view.values.node,
      element("table", {}, view.caption, element("thead", {}, element("tr", {}, ...heads)), view.rows),
      ui.row(view.csv, mounting.resetButton(it, () => turn(it, it.epochs.indexOf(it.state.epoch)))),
      view.failure.node,
      view.live);
    return view;
  }

  function set(it, name, value) {
    if (name === "epoch") return turn(it, it.epochs.indexOf(value));
    it.state[name] = value;
    return name === "keep" ? it.refresh() : turn(it);
  }

  function chooseRandom(it) {
    const { state, info } = it;
    const [name, n] = state.kind === "neuron" ? ["neuron", info.d_mlp] : ["logit", info.p];
    it.choose(name, (state[name] + 1 + Math.floor(Math.random() * (n - 1))) % n);
  }

  /** Gives the reader the whole spectrum as a file. */
  function download({ name, found }) {
    const address = URL.createObjectURL(new Blob([csvOf(found)], { type: "text/csv" }));
    const file = `timeless-dft-2d-${name.replace(/,/g, "").replace(/[^a-z0-9]+/g, "-")}.csv`;
    kit.element("a", { href: address, download: file }).click();
    setTimeout(URL.revokeObjectURL, 10_000, address);
  }

  // --- compute ------------------------------------------------------------------------------

  function subjectOf({ kind, neuron, logit }) {
    if (kind === "neuron") return `neuron ${neuron}`;
    return kind === "logit" ? `logit of class ${logit}` : `centred logit of class ${logit}`;
  }

  const nameAt = ({ state, epochs }, index) => `${subjectOf(state)}, epoch ${kit.integer(epochs[index])}`;

  /** Returns the values over all pairs that the state asks for, at a checkpoint; null if a later question took its place. */
  async function valuesAt({ state: { kind, neuron, logit }, info, run, jobs }, index) {
    const weights = await run.weights(index);
    const one = kind === "neuron" ? { neurons: [neuron] } : { logits: [logit] };
    const result = await jobs.run("allPairs", [kind === "centred" ? centred(weights, info) : weights, info, 0, one], "chosen");
    return result && (result.maps.neurons[0] ?? result.maps.logits[0]);
  }

  /** Shows what the state asks for at a checkpoint, once it is computed and if it is still asked for. */
  async function turn(it, index = it.here.wanted) {
    const { here, seen, view } = it;
    here.wanted = index;
    const name = nameAt(it, index);
    it.tell();
    try {
      if (!seen.has(name)) {
        const values = await valuesAt(it, index);
        if (!values) return;
        seen.set(name, { name, index, values, found: analyse(values, it.info.p) });
      }
    } catch (error) {
      if (name === nameAt(it, here.wanted)) fail(it, name, error);
      return;
    }
    if (name !== nameAt(it, here.wanted)) return;
    view.failure.tell("");
    it.found = seen.get(name);
    here.shown = index;
    it.state.epoch = it.epochs[index];
    it.refresh();
  }

  function fail(it, name, error) {
    const { here, found, view } = it;
    const stays = found ? "The picture stays as it was; ask again to try again." : "Ask again to try again.";
    view.failure.tell(`This cannot be shown: ${name} (${Timeless.told(error)}). ${stays}`);
    if (found) here.wanted = here.shown;
    it.tell();
  }

  // --- tell ---------------------------------------------------------------------------------

  const short = (value) => Timeless.pairs.short(value);

  const capital = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

  function tell(it) {
    const { state, view, controls, typical, found, here } = it;
    const neuron = state.kind === "neuron";
    controls.neuron.node.hidden = !neuron;
    controls.logit.node.hidden = neuron;
    view.typicalGroup.hidden = !neuron || !typical.length;
    view.typical.forEach((button, i) => button.setAttribute("aria-pressed", String(neuron && typical[i].neuron === state.neuron)));
    view.root.setAttribute("aria-busy", String(!found || found.name !== nameAt(it, here.wanted)));
    view.csv.disabled = !found;
    if (found) tellFound(it, found);
    else for (const name of ["own", "own-share", "sum", "constant"]) view.values.set(name, "", "…");
  }

  /** Tells what has been computed. */
  function tellFound(it, { name, values, found }) {
    const { view, state, info } = it;
    const some = found.energy > 0;
    const mean = found.coefficients[0] / info.p;
    const belongs = state.kind === "neuron" && found.ownShare >= CLUSTERED;
    view.values.tell({
      own: some ? [found.own, `k = ${found.own}`] : ["", "none: it is constant"],
      "own-share": [found.ownShare, `${kit.percent(found.ownShare)}${belongs ? ", belongs to it" : ""}`],
      sum: [found.sum, kit.percent(found.sum)],
      constant: [mean, short(mean)],
    });
    const top = strongest(found, ROWS);
    view.caption.textContent = `${capital(name)}: the strongest components, apart from the constant`;
    view.rows.replaceChildren(...top.map(rowOf));
    const [{ freqA, freqB, share }] = top;
    const told = some
      ? `${name}: strongest at frequency ${freqA} over a and ${freqB} over b, ${kit.percent(share)} of the energy; frequency ${found.own} holds ${kit.percent(found.ownShare)}; ${kit.percent(found.sum)} depend on a + b alone`
      : `${name}: it is the same for all pairs`;
    const { low, high } = range(values);
    mounting.describe(it, {
      plane: `Heat map over a and b of ${keptText(state.keep)} of ${name}, from ${short(low)} to ${short(high)}.`,
      spectrum: `Heat map of norms by frequency over a and over b. ${told}. The table has the strongest.`,
    });
    if (name === nameAt(it, it.here.wanted)) it.say(told);
  }

  function rowOf({ freqA, freqB, norm, share, together }) {
    const texts = [[freqA, freqA], [freqB, freqB], [norm, short(norm)], [share, kit.percent(share)], [together, kit.percent(together)]];
    return kit.element("tr", {}, ...texts.map(([value, text]) => kit.element("td", { "data-value": value }, String(text))));
  }

  // --- draw ---------------------------------------------------------------------------------

  function rampOf(colour, names) {
    const colours = names.map(colour);
    return { colourAt: chart.ramp(colours), css: `linear-gradient(to right, ${colours.join(", ")})` };
  }

  /** Returns the ends of the left map's scale: a neuron is drawn from 0 up, a logit to both sides of its mean. */
  function endsOf(neuron, { low, high, mean }) {
    const reach = Math.max(high - mean, mean - low) || 1;
    return neuron ? [0, high || 1] : [mean - reach, mean + reach];
  }

  /** Draws the function, or what its strongest components make of it. */
  function drawPlane({ surfaces, info, state, view, tools }, ink, { name, values, found }, sequential) {
    const neuron = name.startsWith("neuron");
    const [from, to] = endsOf(neuron, range(values));
    const ramp = neuron ? sequential : rampOf(tools.colour, ["series-2", "paper", "series-1"]);
    chart.grid(surfaces.plane, ink, {
      title: `${capital(name)}${state.keep ? `, ${state.keep} strongest` : ""}`,
      values: state.keep ? rebuilt(found, state.keep) : values, n: info.p, colourOf: (value) => ramp.colourAt((value - from) / (to - from)),
    });
    view.planeScale.tell(ramp.css, short(from), short(to));
  }

  function drawSpectrum({ surfaces, view }, ink, { norms, ranked, m }, sequential) {
    const most = norms[ranked[0]] || 1;
    const share = (norm) => 1 - Math.log10(Math.max(norm / most, FLOOR)) / Math.log10(FLOOR);
    chart.grid(surfaces.spectrum, ink, {
      title: "Norm by pair of frequencies (log colour scale)",
      values: norms, n: m, colourOf: (norm, at) => sequential.colourAt(at ? share(norm) : 0), names: ["over a", "over b"],
    });
    view.spectrumScale.tell(sequential.css, `≤ ${short(FLOOR * most)}`, short(most));
  }

  function draw(it) {
    if (!it.found) return false;
    const ink = kit.palette(it.tools, it.box);
    const sequential = rampOf(it.tools.colour, [1, 2, 3, 4, 5].map((i) => `sequential-${i}`));
    drawPlane(it, ink, it.found, sequential);
    drawSpectrum(it, ink, it.found.found, sequential);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Keeps what the page opens with as if it had been computed. */
  function open({ seen, epochs, info }, { opening: { neuron, values: encoded, scale } }, tools) {
    const index = epochs.length - 1;
    const values = Float32Array.from(tools.decode(encoded).array, (value) => value * scale);
    const name = nameAt({ state: { kind: "neuron", neuron }, epochs }, index);
    seen.set(name, { name, index, values, found: analyse(values, info.p) });
  }

  async function mount(box, data, tools) {
    const run = await Timeless.checkpoints.open(data.experiment);
    const { info, epochs } = run;
    const it = mounting.begin("dft-2d", box, tools, tableOf(run, data));
    Object.assign(it, {
      run, info, epochs, typical: data.typical, jobs: Timeless.background.startFor(it),
      seen: new Map(), // what is shown at which epoch -> {name, index, values, found}
      found: null, // the one on screen
      here: { wanted: epochs.indexOf(it.state.epoch), shown: -1 },
      set: (name, value) => set(it, name, value),
    });
    mounting.stage(it, {
      view: build(it),
      surfaces: { plane: "Function over the pairs", spectrum: "Its spectrum" },
      draw, tell,
    });
    open(it, data, tools);
    turn(it);
    return {
      destroy() {
        it.jobs.destroy();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("dft-2d", { needs: ["network", "fourier", "checkpoints", "background", "cursor", "pairs"], mount });
})();
