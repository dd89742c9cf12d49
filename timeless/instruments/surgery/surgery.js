/* Frequency surgery: waves of the trained embedding are switched off, and the network answers all pairs again.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. The network itself runs in
   a worker (kit/background.js); what is asked of it follows from the state alone, one set of frequencies at a time. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  const SETS = 20; // random sets that the page computes
  const SEED = 1; // from which they are drawn
  const STEPS = 200; // that can be undone

  /** Returns the frequencies 1 … top. */
  const all = (top) => Array.from({ length: top }, (_, i) => i + 1);

  /** Returns the frequencies 1 … top that are not in a set. */
  const others = (top, set) => all(top).filter((k) => !set.includes(k));

  /** Returns the frequencies that an operation switches off: those chosen, or all but those. */
  const switchedOff = ({ mode, set }, top) => (mode === "keep" ? others(top, set) : set);

  /** Returns a set with k, or without it if it was there; sets are sorted. */
  const toggled = (set, k) => (set.includes(k) ? set.filter((f) => f !== k) : [...set, k].sort((a, b) => a - b));

  /** Returns the runs [first, last] of neighbouring frequencies in a sorted set. */
  function runs(set) {
    const found = [];
    for (const k of set) {
      if (found.length && found.at(-1)[1] === k - 1) found.at(-1)[1] = k;
      else found.push([k, k]);
    }
    return found;
  }

  /** Returns a set in words, "17, 54, 59" or "1–16, 18". */
  const words = (set) =>
    runs(set).map(([a, b]) => (a === b ? a : b === a + 1 ? `${a}, ${b}` : `${a}–${b}`)).join(", ");

  /** Returns a set as an address carries it, "17_54_59" or "1-16_18", "none" if it is empty. */
  const coded = (set) => runs(set).map(([a, b]) => (a === b ? a : `${a}-${b}`)).join("_") || "none";

  /** Returns the set that an address carries, or null where it makes no sense. */
  function decoded(text, top) {
    if (text === "none") return [];
    const found = [];
    for (const part of String(text).split("_")) {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) || [];
      if (!(first >= 1 && Number(last) >= Number(first) && last <= top)) return null;
      for (let k = Number(first); k <= Number(last); k++) found.push(k);
    }
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /** Returns the state of an address, with the initial one where it says nothing or makes no sense. */
  function stateOf(shared, initial, { epochs, top }) {
    return {
      mode: ["remove", "keep"].includes(shared.mode) ? shared.mode : initial.mode,
      set: (shared.set !== undefined && decoded(shared.set, top)) || initial.set,
      epoch: epochs.includes(shared.epoch) ? shared.epoch : initial.epoch,
    };
  }

  /** Returns `{now, go, undo, redo, before, after}`: a state with the steps that led to it and those taken back. */
  function history(start) {
    const [past, future] = [[], []];
    let now = start;
    const swap = (from, to) => {
      if (!from.length) return;
      to.push(now);
      now = from.pop();
    };
    return {
      now: () => now,
      go(next) {
        past.push(now);
        if (past.length > STEPS) past.shift();
        future.length = 0;
        now = next;
      },
      undo: () => swap(past, future),
      redo: () => swap(future, past),
      before: () => past.length,
      after: () => future.length,
    };
  }

  /** Returns in how many ways `size` of n things can be chosen, no more than `most`. */
  function ways(n, size, most) {
    let found = 1;
    for (let i = 0; i < Math.min(size, n - size); i++) found = Math.min((found * (n - i)) / (i + 1), 1e12);
    return Math.min(Math.round(found), most);
  }

  /** Returns up to `count` different sets of as many frequencies as `set` has, by the rule of timeless/ablation.py:
      drawn from those that are not in it, or from all where too few are left. The set itself is none of them,
      and an empty one has none beside it. `chance` is kit/chance.js. */
  function randomSets(top, set, chance, count = SETS, seed = SEED) {
    if (!set.length) return [];
    const rest = others(top, set);
    const apart = rest.length >= set.length;
    const pool = apart ? rest : all(top);
    const wanted = apart ? ways(pool.length, set.length, count) : Math.min(ways(top, set.length, count + 1) - 1, count);
    const random = chance.uniform(seed);
    const found = new Map();
    while (found.size < wanted) {
      const one = chance.drawn(pool, set.length, random).sort((a, b) => a - b);
      if (coded(one) !== coded(set)) found.set(coded(one), one);
    }
    return [...found.values()];
  }

  /** Returns `{n, mean, deviation, least, most}` of some values; without any, n is 0 and the rest NaN. */
  function summary(values) {
    const n = values.length;
    const mean = values.reduce((sum, x) => sum + x, 0) / n;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
    return { n, mean, deviation, least: n ? Math.min(...values) : NaN, most: n ? Math.max(...values) : NaN };
  }

  /** Returns the frequency with the largest norm of those between two, which a fingertip covers. */
  function tallest(norm, from, to) {
    let best = from;
    for (let k = from; k <= to; k++) if (norm[k - 1] > norm[best - 1]) best = k;
    return best;
  }

  /** Returns what an operation does, as a sentence begins. */
  function operation({ mode, set }) {
    if (mode === "keep") return set.length ? `Kept only ${words(set)}` : "Kept no frequency, only the mean";
    return set.length ? `Removed ${words(set)}` : "Nothing removed";
  }

  const compute = { all, others, switchedOff, toggled, words, coded, decoded, stateOf, history, randomSets, summary, tallest, operation };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const MEASURES = [["accuracy", "Accuracy"], ["loss", "Loss (nats)"]];
  const PARTS = [["all", "all pairs"], ["train", "trained on"], ["test", "never seen"]];
  const COLUMNS = [["intact", "intact"], ["own", "after"], ["random", "random sets, mean"]];

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(box, { top, epochs, presets, onMode }, kit, make) {
    const { element } = kit;
    const ui = {
      mode: make.choice({ name: "mode", label: "The chosen frequencies:", options: [["remove", "Remove these"], ["keep", "Keep only these"]], onChoose: onMode }),
      frequency: make.slider({ name: "frequency", label: "Frequency k", min: 1, max: top }),
      checkpoint: make.slider({ name: "checkpoint", label: "Epoch of the checkpoint", max: epochs.length - 1 }),
      presets: presets.map(([name, label, set]) => {
        const button = make.button({ name: `preset-${name}`, label });
        button.dataset.set = coded(set);
        return button;
      }),
      switch: make.button({ name: "switch", label: "", primary: true }),
      undo: make.button({ name: "undo", label: "Undo" }),
      redo: make.button({ name: "redo", label: "Redo" }),
      reset: make.button({ name: "reset", label: "Reset" }),
      bars: element("div", { class: "surgery-bars" }),
      said: element("p", { class: "surgery-said", "data-readout": "operation" }),
      note: element("p", { class: "surgery-note", "data-readout": "note" }),
      accuracy: element("div", { class: "surgery-strip surgery-accuracy" }),
      loss: element("div", { class: "surgery-strip surgery-loss" }),
      map: element("div", { class: "surgery-map" }),
      spectrum: make.legend([["block", "key frequency of the last checkpoint"], ["block", "other frequency"], ["hollow", "switched off"]]),
      results: make.legend([["block", "intact"], ["diamond", "after the operation"], ["dot", "one random set"], ["upright", "mean of the random sets"],
        ["dashes", "guessing"], ["ramp", "loss of a pair in the map, from 0 to twice that of guessing or more"]]),
      failure: make.failure(),
      live: make.live(),
      cells: {},
      reaches: {}, // how far the values behind a mean reach
    };
    const cell = (name) => {
      ui.cells[name] = element("output", { "data-readout": name, "aria-live": "off" });
      ui.reaches[name] = element("small");
      return element("td", {}, ui.cells[name], ui.reaches[name]);
    };
    const rows = MEASURES.flatMap(([measure, label]) =>
      PARTS.map(([part, text]) =>
        element("tr", {}, element("th", { scope: "row" }, `${label}, ${text}`),
          ...COLUMNS.map(([column]) => cell(`${column}-${measure}-${part}`)))));
    const head = element("tr", {}, element("td", {}), ...COLUMNS.map(([, text]) => element("th", { scope: "col" }, text)));
    ui.root = element("div", { class: "surgery" },
      make.row(ui.checkpoint.node),
      make.row(
        element("div", { class: "surgery-buttons", role: "group", "aria-label": "Choose" }, element("span", {}, "Choose"), ...ui.presets),
        ui.mode.node),
      ui.bars,
      make.row(ui.frequency.node, element("div", { class: "surgery-buttons" }, ui.switch, ui.undo, ui.redo, ui.reset)),
      ui.spectrum.node,
      ui.failure.node,
      ui.said,
      ui.note,
      element("div", { class: "surgery-pair" }, ui.accuracy, ui.loss),
      ui.results.node,
      element("div", { class: "surgery-pair surgery-results" },
        element("table", {}, element("caption", { class: "visually-hidden" }, "Accuracy and loss"), element("thead", {}, head), element("tbody", {}, ...rows)),
        ui.map),
      ui.live);
    box.replaceChildren(ui.root);
    return ui;
  }

  // --- draw ---------------------------------------------------------------------------------

  const ROW = 46; // pixels
  const FINGER = 9; // pixels on either side that a fingertip covers
  const SPREAD = 12; // pixels over which the points of a row are spread, only to keep them apart

  /** Draws rows of values on one axis. A row is {labels, values, shape, colour}; its label is the first that fits.
      `guess` is what guessing gives. */
  function drawStrip(surface, ink, kit, chart, { title, kind, low, high, ticks, text, guess, rows }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [8, width - 14, 34, height - 24];
    const x = chart.scale({ kind, low, high, from: left, to: right, count: 4 });

    kit.write(ctx, title, 0, 12, ink.ink);
    let free = -Infinity;
    for (const tick of ticks || x.ticks) {
      kit.stroke(ctx, [[x(tick), upper - 10], [x(tick), lower]], ink.line);
      const half = ctx.measureText(text(tick)).width / 2;
      const at = kit.clamp(x(tick), half, width - half);
      if (at - half < free) continue;
      kit.write(ctx, text(tick), at, lower + 6, ink.muted, "center", "top");
      free = at + half + 6;
    }
    rows.forEach(({ labels, values, shape, colour }, i) => {
      const middle = upper + ROW * i + 22;
      const label = labels.find((one) => ctx.measureText(one).width < width - left) || labels.at(-1);
      kit.write(ctx, label, left, middle - 14, ink.ink, "left", "alphabetic", ink.paper);
      kit.stroke(ctx, [[x(guess), middle - 10], [x(guess), middle + 10]], ink.muted, 1.5, [1.5, 3]);
      if (!values.length) return;
      const at = (value) => x(kit.clamp(value, low, high));
      if (shape === "dots") {
        ctx.globalAlpha = values.length > 40 ? 0.35 : 0.6;
        values.forEach((value, n) => {
          const away = ((((n + 1) * 0.618034) % 1) - 0.5) * SPREAD; // evenly filled, neighbours far apart
          kit.dot(ctx, at(value), middle + away, 3, colour);
        });
        ctx.globalAlpha = 1;
        const mean = at(summary(values).mean);
        kit.stroke(ctx, [[mean, middle - 10], [mean, middle + 10]], ink.ink, 2);
        return;
      }
      const side = shape === "diamond" ? 5.5 : 4.5;
      ctx.save();
      ctx.translate(at(values[0]), middle);
      if (shape === "diamond") ctx.rotate(Math.PI / 4);
      ctx.fillStyle = colour;
      ctx.fillRect(-side, -side, 2 * side, 2 * side);
      ctx.restore();
    });
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Promise.all([Timeless.load("kit/instrument.js"), Timeless.load("kit/network.js")]);
    const scripts = ["chance", "controls", "chart", "fourier", "spectrum-bars", "checkpoints", "background"];
    await Promise.all(scripts.map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, chart, network, controls } = Timeless;
    const make = controls.controls("surgery");
    const net = await Timeless.checkpoints.open("addition");
    const { info, epochs } = net;
    const { p, d_model: d } = info;
    const top = Math.floor(p / 2);
    const keys = info.key_freqs;
    const last = epochs.at(-1);
    const initial = { mode: "remove", set: keys, epoch: last };
    const steps = history(stateOf(tools.state.get(), initial, { epochs, top }));
    const state = () => steps.now();

    // Weights and spectra of the checkpoints seen so far, by epoch; what was measured, by epoch and what was off.
    const seen = new Map();
    const measured = new Map();
    async function see(epoch) {
      if (seen.has(epoch)) return;
      const weights = await net.weights(net.index(epoch));
      const { norm, share } = Timeless.fourier.spectrum(Timeless.fourier.coefficients(weights.W_E.subarray(0, p * d), p, d));
      seen.set(epoch, { weights, norm, share });
    }
    await see(state().epoch);

    let k = keys[0] || 1;
    let frequencyAt = () => k;
    let hover = null; // the frequency under the mouse
    let scrubbed = null; // the epoch of the slider until its weights are here
    let pictured = new Float32Array(p * p); // the losses that the map shows
    let view = null;
    let spoken = "";
    let destroyed = false;

    const presets = [["key", "Key frequencies", keys], ["rest", "All but key", others(top, keys)]];
    const study = data.study_freqs.filter((f) => f <= top);
    if (study.length) presets.push(["study", study.join(", "), study]);
    presets.push(["none", "None", []]);

    const ui = build(box, { top, epochs, presets, onMode: (mode) => go({ mode }) }, kit, make);
    const surfaces = {
      bars: kit.surface(ui.bars, "Spectrum of the embedding"),
      accuracy: kit.surface(ui.accuracy, "Accuracy"),
      loss: kit.surface(ui.loss, "Loss"),
      map: kit.surface(ui.map, "Loss of every pair"),
    };
    const say = kit.announcer(ui.live);

    // -- state -> compute

    const key = (epoch, off) => `${epoch}/${coded(off)}`;

    /** Returns a worker that measures, one after the other, what is wanted and not yet known. What failed is not tried
        again; the losses of single pairs are kept if the map needs them. */
    function measurer({ withPairs }) {
      const isKnown = (name) => measured.has(name) && !(withPairs && measured.get(name) && !measured.get(name).losses);
      const hand = Timeless.background.start();
      let busy = false;
      return {
        async work(epoch, wanted) {
          const off = busy ? undefined : wanted.find((one) => !isKnown(key(epoch, one)));
          if (!off || destroyed) return;
          busy = true;
          try {
            const cut = network.withoutFrequencies(seen.get(epoch).weights, info, off);
            const found = await hand.run("allPairs", [cut, info]);
            if (found) measured.set(key(epoch, off), resultOf(found, withPairs));
          } catch (error) {
            measured.set(key(epoch, off), null);
            ui.failure.tell(`The network could not be computed (${error.message}). Choose another set, or reload the page.`);
          }
          busy = false;
          if (!destroyed) refresh();
        },
        destroy: hand.destroy,
      };
    }
    // Two, so that what the reader asks for never waits behind the random sets.
    const hands = { own: measurer({ withPairs: true }), random: measurer({ withPairs: false }) };

    function resultOf(found, withPairs) {
      const mask = net.trainMask();
      return {
        all: network.summarise(found, info),
        train: network.summarise(found, info, 0, mask, 1),
        test: network.summarise(found, info, 0, mask, 0),
        losses: withPairs ? found.losses : null,
      };
    }

    /** Returns the published results of random sets where the state is that of the published ablation, or null. */
    function published({ mode, set, epoch }) {
      return epoch === data.epoch && coded(set) === coded(data.freqs) ? data.random[mode] : null;
    }

    /** Returns what is known of random sets, in the form of the published ones. */
    function gathered(sets, results) {
      const known = results.filter(Boolean);
      const columns = MEASURES.map(([measure]) =>
        [measure, Object.fromEntries(PARTS.map(([part]) => [part, known.map((one) => one[part][measure])]))]);
      return { sets: sets.filter((_, i) => results[i]), ...Object.fromEntries(columns) };
    }

    /** Computes what the state shows; what is not known yet is left out and asked for by `draw`. */
    function compose() {
      const { mode, set, epoch } = state();
      const off = switchedOff(state(), top);
      const sets = published(state()) ? [] : randomSets(top, set, Timeless.chance);
      const drawn = sets.map((one) => switchedOff({ mode, set: one }, top));
      const random = published(state()) || gathered(sets, drawn.map((one) => measured.get(key(epoch, one))));
      const own = measured.get(key(epoch, off));
      if (own?.losses) pictured = own.losses;
      view = {
        ...state(), ...seen.get(epoch), off, drawn, random,
        isPublished: Boolean(published(state())),
        intact: measured.get(key(epoch, [])),
        own: own?.losses ? own : null,
        waiting: [[], off].some((one) => measured.get(key(epoch, one)) !== null && !measured.get(key(epoch, one))?.losses),
        power: off.reduce((sum, f) => sum + seen.get(epoch).share[f - 1], 0),
      };
    }

    /** Composes everything anew and shows it; every change of state, and every new result, ends here. */
    function refresh() {
      compose();
      readOut();
      frames.request();
    }

    const FORMATS = {
      accuracy: (value) => kit.percent(value, 2),
      loss: (value) => (value >= 0.01 ? value.toFixed(value >= 10 ? 1 : 2) : chart.tickText(Number(value.toPrecision(2)))),
    };

    /** Returns in words how far the values of the random sets reach. */
    function range(values, format) {
      const { least, most } = summary(values);
      const [low, high] = [format(least), format(most)];
      return low === high ? `all ${low}` : `${low} to ${high}`;
    }

    function randomName({ set, drawn, isPublished, random }) {
      if (!set.length) return "no set, so nothing to compare it with";
      const n = random.accuracy.all.length;
      const of = `random ${set.length === 1 ? "frequencies" : `sets of ${set.length}`}`;
      if (isPublished) return `${n} published ${of}`;
      if (!drawn.length) return `no other set of ${set.length}`;
      return n < drawn.length ? `${n} of ${drawn.length} ${of}` : `${n} ${of}`;
    }

    /** Returns which of the random sets matters most: to lose, or to have. */
    function telling({ mode, random: { sets, accuracy, loss } }) {
      if (sets.length < 2) return "";
      const at = loss.all.indexOf((mode === "keep" ? Math.min : Math.max)(...loss.all));
      return ` Of the random sets, ${words(sets[at])} ${mode === "keep" ? "keeps most" : "does most harm"}: ${FORMATS.accuracy(accuracy.all[at])} right.`;
    }

    function note({ off, waiting, drawn, random, isPublished, power, set }) {
      const n = random.accuracy.all.length;
      const held = off.length
        ? `${off.length} of ${top} frequencies ${off.length === 1 ? "is" : "are"} off, with ${kit.percent(power)} of the embedding’s power.`
        : "All frequencies are on.";
      if (waiting) return `${held} The network answers all ${kit.integer(p * p)} pairs …`;
      if (isPublished) return `${held} The random sets are the published ones.${telling(view)}`;
      if (n < drawn.length) return `${held} Random sets: ${n} of ${drawn.length} computed …`;
      return drawn.length || !set.length ? `${held}${telling(view)}` : `${held} There is no other set of that size.`;
    }

    function readOut() {
      const { mode, set, epoch, off, own, intact, random, waiting } = view;
      const whole = ({ all }) => FORMATS.accuracy(all.accuracy);
      ui.said.textContent = `${operation(view)}: ${own ? `${whole(own)} of all pairs right` : waiting ? "computing …" : "not computed"}` +
        (intact && off.length ? `, intact ${whole(intact)}` : "");
      ui.note.textContent = note(view);
      for (const [measure] of MEASURES) {
        for (const [part] of PARTS) {
          const values = { intact: intact?.[part][measure], own: own?.[part][measure], random: summary(random[measure][part]).mean };
          for (const [column] of COLUMNS) {
            const output = ui.cells[`${column}-${measure}-${part}`];
            const value = values[column];
            output.value = Number.isFinite(value) ? FORMATS[measure](value) : "–";
            if (Number.isFinite(value)) output.dataset.value = value;
            else delete output.dataset.value;
          }
          const several = random[measure][part].length > 1;
          ui.reaches[`random-${measure}-${part}`].textContent = several ? range(random[measure][part], FORMATS[measure]) : "";
        }
      }
      const isOff = off.includes(k);
      ui.switch.textContent = `Switch ${k} ${isOff ? "on" : "off"}`;
      ui.frequency.input.value = k;
      ui.frequency.output.value = String(k);
      ui.frequency.input.setAttribute("aria-valuetext", `frequency ${k}, ${isOff ? "off" : "on"}${keys.includes(k) ? ", a key frequency" : ""}`);
      tellEpoch(scrubbed ?? epoch);
      ui.mode.show(mode);
      for (const button of ui.presets) button.setAttribute("aria-pressed", String(button.dataset.set === coded(set)));
      ui.undo.disabled = !steps.before();
      ui.redo.disabled = !steps.after();
      ui.root.setAttribute("aria-busy", String(waiting));
      describe();
    }

    function tellEpoch(epoch) {
      ui.checkpoint.input.value = net.index(epoch);
      ui.checkpoint.output.value = kit.integer(epoch);
      ui.checkpoint.output.dataset.value = epoch;
      ui.checkpoint.input.setAttribute("aria-valuetext", `epoch ${kit.integer(epoch)}`);
    }

    function describe() {
      const { epoch, own, intact, random, drawn, isPublished, set, off } = view;
      const told = (measure) =>
        `${operation(view)}: ${own ? FORMATS[measure](own.all[measure]) : "not computed yet"}, ` +
        `intact ${intact ? FORMATS[measure](intact.all[measure]) : "not computed yet"}, ` +
        (random[measure].all.length ? `${randomName(view)}: ${range(random[measure].all, FORMATS[measure])}.` : `${randomName(view)}.`);
      surfaces.bars.canvas.setAttribute("aria-label",
        `Spectrum of the embedding at epoch ${kit.integer(epoch)}. ${off.length ? `Switched off: ${words(off)}` : "All frequencies are on"}.`);
      surfaces.accuracy.canvas.setAttribute("aria-label", `Accuracy over all pairs. ${told("accuracy")}`);
      surfaces.loss.canvas.setAttribute("aria-label", `Loss over all pairs, in nats. ${told("loss")}`);
      surfaces.map.canvas.setAttribute("aria-label",
        `Loss of every pair a, b after the operation${own ? `; its mean is ${FORMATS.loss(own.all.loss)} nats` : ""}.`);
      if (!own || !intact) return;
      const n = random.accuracy.all.length;
      if (n && !isPublished && n < drawn.length) return; // told once when they begin and once when all are here
      const compared = !set.length || !n ? "" : `, ${randomName(view)}: ${range(random.accuracy.all, FORMATS.accuracy)}`;
      const text = `${operation(view)} at epoch ${kit.integer(epoch)}: accuracy ${FORMATS.accuracy(own.all.accuracy)} of all pairs, ` +
        `intact ${FORMATS.accuracy(intact.all.accuracy)}${compared}.`;
      if (text !== spoken) say(text);
      spoken = text;
    }

    // -- controls -> state

    function remember() {
      const { mode, set, epoch } = state();
      tools.state.set({
        ...(mode === initial.mode ? {} : { mode }),
        ...(coded(set) === coded(initial.set) ? {} : { set: coded(set) }),
        ...(epoch === initial.epoch ? {} : { epoch }),
      });
    }

    /** Takes a step to a state that differs in what is given, if it differs. */
    function go(changes) {
      const next = { ...state(), ...changes };
      if (JSON.stringify(next) === JSON.stringify(state())) return;
      steps.go(next);
      ui.failure.tell("");
      remember();
      refresh();
    }

    function point(frequency) {
      k = kit.clamp(Math.round(frequency), 1, top);
      readOut();
      frames.request();
    }

    function aim(frequency) {
      hover = frequency;
      frames.request();
    }

    let asked = 0;
    /** Goes to a checkpoint once its weights are here, if no other was asked for meanwhile. */
    async function visit(epoch, changes = {}) {
      const turn = ++asked;
      scrubbed = epoch;
      tellEpoch(epoch);
      let failed = "";
      try {
        await see(epoch);
      } catch (error) {
        failed = `The checkpoint of epoch ${kit.integer(epoch)} cannot be shown (${error.message}). The instrument stays at the one before.`;
      }
      if (turn !== asked) return;
      scrubbed = null;
      ui.failure.tell(failed);
      if (failed) readOut();
      else go({ ...changes, epoch });
    }

    function travel(move) {
      asked++;
      scrubbed = null;
      ui.failure.tell("");
      move();
      remember();
      refresh();
    }

    // -- draw

    function draw() {
      const { epoch, off, drawn, norm, own } = view;
      hands.own.work(epoch, [off, []]);
      if (own) hands.random.work(epoch, drawn); // this is called on screen alone: elsewhere the sets wait
      const ink = kit.palette(tools, box);
      const marks = [tools.colour("series-7"), tools.colour("series-3"), tools.colour("series-2")];
      frequencyAt = Timeless.spectrumBars(surfaces.bars, ink, {
        norm, high: 1.06 * Math.max(...norm), k: hover ?? k, keys, named: namesOf(view), off, axis: `frequency k (cycles over the ${p} tokens)`,
      });
      drawStrips(ink, marks);
      const shade = chart.ramp([1, 2, 3, 4, 5].map((i) => tools.colour(`sequential-${i}`)));
      chart.grid(surfaces.map, ink, {
        title: own ? "Loss of each pair after the operation" : "Loss of each pair: computing …",
        values: pictured, n: p, colourOf: (loss) => shade(loss / (2 * Math.log(p))),
      });
    }

    /** Returns the frequencies whose number stands above their bar: the chosen ones, and the one under the mouse. */
    function namesOf({ set }) {
      const few = set.length <= Timeless.spectrumBars.MANY - 1 ? set : [];
      return hover === null || few.includes(hover) ? few : toggled(few, hover);
    }

    function drawStrips(ink, colours) {
      const { own, intact, random } = view;
      for (const [measure] of MEASURES) {
        const format = FORMATS[measure];
        const one = (name, result) => [`${name}: ${result ? format(result.all[measure]) : "computing …"}`];
        const values = random[measure].all;
        const name = randomName(view);
        const mean = `${name}: mean ${format(summary(values).mean)}`;
        const reach = range(values, format);
        const alike = reach.startsWith("all");
        const compared = values.length ? [alike ? `${name}: ${reach}` : `${mean}, ${reach}`, mean] : [name];
        const rows = [
          { labels: one("intact", intact), values: intact ? [intact.all[measure]] : [], shape: "square", colour: colours[0] },
          { labels: one("after", own), values: own ? [own.all[measure]] : [], shape: "diamond", colour: colours[1] },
          { labels: compared, values, shape: "dots", colour: colours[2] },
        ];
        drawStrip(surfaces[measure], ink, kit, chart, { ...axisOf(measure, rows), rows });
      }
    }

    function axisOf(measure, rows) {
      if (measure === "accuracy") {
        return { title: "Accuracy over all pairs", kind: "linear", low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1],
          text: (value) => `${100 * value}%`, guess: 1 / p };
      }
      const guess = Math.log(p);
      const [least, most] = chart.extent([...rows.map((row) => row.values), [guess]], "log");
      return { title: "Loss over all pairs, nats (logarithmic)", kind: "log", low: 10 ** Math.floor(Math.log10(least)),
        high: 10 ** Math.ceil(Math.log10(most)), text: chart.tickText, guess };
    }

    function paintLegends() {
      const ink = kit.palette(tools, box);
      ui.spectrum.paint([ink.accent, ink.muted, ink.accent]);
      ui.spectrum.node.querySelectorAll("i")[1].style.opacity = 0.55;
      const ramp = [1, 2, 3, 4, 5].map((i) => tools.colour(`sequential-${i}`)).join(", ");
      ui.results.paint([tools.colour("series-7"), tools.colour("series-3"), tools.colour("series-2"), ink.ink, ink.muted, `linear-gradient(to right, ${ramp})`]);
    }

    const frames = kit.animator(box, draw);

    ui.presets.forEach((button, i) => button.addEventListener("click", () => go({ set: presets[i][2] })));
    ui.frequency.input.addEventListener("input", () => point(ui.frequency.input.valueAsNumber));
    ui.switch.addEventListener("click", () => go({ set: toggled(state().set, k) }));
    ui.undo.addEventListener("click", () => travel(steps.undo));
    ui.redo.addEventListener("click", () => travel(steps.redo));
    ui.reset.addEventListener("click", () => {
      k = keys[0] || 1;
      visit(initial.epoch, initial);
    });
    ui.checkpoint.input.addEventListener("input", () => {
      scrubbed = epochs[ui.checkpoint.input.valueAsNumber];
      tellEpoch(scrubbed);
    });
    ui.checkpoint.input.addEventListener("change", () => visit(epochs[ui.checkpoint.input.valueAsNumber]));
    const { canvas } = surfaces.bars;
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") aim(frequencyAt(event.offsetX));
    });
    canvas.addEventListener("pointerleave", () => aim(null));
    canvas.addEventListener("click", (event) => {
      const [x, reach] = [event.offsetX, event.pointerType === "touch" ? FINGER : 0];
      point(tallest(view.norm, frequencyAt(x - reach), frequencyAt(x + reach)));
      go({ set: toggled(state().set, k) });
    });
    tools.onTheme(() => {
      paintLegends();
      frames.request();
    });

    paintLegends();
    refresh();

    return {
      destroy() {
        destroyed = true;
        Object.values(hands).forEach((hand) => hand.destroy());
        frames.destroy();
      },
    };
  }

  Timeless.widget("surgery", { mount });
})();
