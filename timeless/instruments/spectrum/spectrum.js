/* The spectrum analyser: the embedding's spectrum at a checkpoint, and the wave of one frequency.
   Controls -> state -> compute -> draw; what is computed lies in kit/fourier.js. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { drawWave, drawRing } = Timeless.parts.spectrum;

  const TWEEN = 240; // milliseconds in which the picture glides from one checkpoint to the next
  const STEP = 260; // milliseconds a checkpoint stays while playing
  const MOST_KEYS = 16; // key frequencies of another network that get a button each
  const STEP_STILL = 700; // … where the reader asked for less motion

  // --- controls -> state --------------------------------------------------------------------

  function tableOf({ p, epochs, keys, strongest }) {
    const select = (...row) => mounting.oneOf("select", ...row);
    return [
      ["k", strongest, 1, Math.floor(p / 2), {
        kind: "slider", name: "frequency", label: "Frequency k", clamped: true,
        spoken: (k) => `frequency ${k}${keys.includes(k) ? ", a key frequency" : ""}`,
      }],
      Timeless.cursor.row(epochs, { name: "checkpoint", readout: "epoch" }),
      select("plane", "Plane (u, v) of", [["own", "this checkpoint"], ["last", "the last checkpoint"]]),
      select("order", "Tokens in order of", [["t", "their value t"], ["kt", `k·t mod ${p}`]]),
      select("scale", "Scale of u and v", [["common", "the same for every k"], ["fit", "fitted to this k"]]),
    ];
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it, { p, keys }) {
    const { ui, controls } = it;
    const { element } = kit;
    const view = {
      play: ui.button({ name: "play", label: "", primary: true, act: () => pressPlay(it) }),
      keys: keys.map((k) => {
        const button = element("button", { type: "button", class: "button", "data-key": k, "aria-label": `Key frequency ${k}` }, String(k));
        button.addEventListener("click", () => it.choose("k", k));
        return button;
      }),
      bars: element("div", { class: "spectrum-bars" }),
      wave: element("div", { class: "spectrum-wave" }),
      ring: element("div", { class: "spectrum-ring" }),
      values: ui.readouts([["norm", "Norm at k"], ["share", "Share of power"], ["rank", "Rank"], ["explained", "Wave explains"],
        ["roundness", "Roundness of ring"], ["test-accuracy", "Test accuracy"]], "spectrum-frequency spectrum-checkpoint"),
      legend: ui.legend([["block", "key frequency of the last checkpoint"], ["block", "other frequency"],
        ["dashes", "¼ of the maximum, the rule for key frequencies"], ["wheel", `token t, coloured by k·t mod ${p}`], ["thin", "fitted wave of frequency k"]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    const keyButtons = element("div", { class: "spectrum-buttons", role: "group", "aria-label": "Key frequencies", hidden: !keys.length }, element("span", {}, "Key"), ...view.keys);
    for (const node of [controls.epoch.node, view.play, controls.plane.node]) node.hidden = it.data.epochs.length < 2;
    view.root = element("div", { class: "spectrum" },
      ui.row(controls.k.node, keyButtons),
      view.bars,
      ui.row(controls.epoch.node, element("div", { class: "spectrum-buttons" }, view.play, resetButton(it))),
      view.values.node,
      element("div", { class: "spectrum-pair" }, view.wave, view.ring),
      ui.row(controls.order.node, controls.plane.node, controls.scale.node),
      view.legend.node,
      view.failure.node,
      view.live);
    return view;
  }

  const resetButton = (it) => mounting.resetButton(it, async () => {
    it.playing = false;
    await Timeless.cursor.turnToState(it);
    it.refresh(true);
  });

  function choose(it, k) {
    it.set("k", kit.clamp(Math.round(k), 1, Math.floor(it.data.p / 2)));
  }

  /** Changes the state; what moves the tokens is glided to. Returns when it is shown. */
  async function set(it, name, value) {
    if (name === "epoch") {
      it.playing = false;
      const shown = it.here.turn(it.epochs.indexOf(value));
      prefetch(it);
      await shown;
    } else {
      it.state[name] = value;
      it.refresh(name === "plane" || name === "scale");
    }
  }

  function play(it, on) {
    it.playing = on;
    it.waited = 0;
    if (on && it.here.wanted === it.final) it.here.turn(0);
    if (!on) it.remember();
    it.tell();
    it.frames.request();
  }

  function pressPlay(it) {
    play(it, !it.playing);
    if (it.playing) prefetch(it);
  }

  /** Fetches the other checkpoints one after the other, the nearest first. */
  async function prefetch(it) {
    if (it.prefetching) return;
    it.prefetching = true;
    const { kept } = it.source;
    const rest = it.epochs.map((_, index) => index).filter((index) => !kept.has(index));
    rest.sort((a, b) => Math.abs(a - it.here.wanted) - Math.abs(b - it.here.wanted));
    for (const index of rest) {
      if (!it.prefetching) return;
      try {
        await it.source.fetch(index);
      } catch {
        return; // scrubbing to it tells the reader
      }
    }
  }

  // --- state -> compute ---------------------------------------------------------------------

  /** Returns weights, Fourier rows and spectrum of a checkpoint's embedding. */
  function analyse(W, { p, d_model: d }) {
    const { coefficients, spectrum } = Timeless.fourier;
    const rows = coefficients(W, p, d);
    return { W, rows, spectrum: spectrum(rows) };
  }

  const reach = ({ x, y }) => 1.12 * Math.max(...x.map(Math.abs), ...y.map(Math.abs));

  /** Returns the tokens of a checkpoint in the plane of frequency k of another, or of the same. */
  function viewOf({ W }, { rows }, { p, d_model: d }, k) {
    const { planeOf, viewOf: view } = Timeless.fourier;
    return view(W, p, d, k, planeOf(rows, k));
  }

  /** Returns the picture of the state: bars, points and waves, as flat numbers that can glide. */
  function pictureOf({ state, here, last, data, common }) {
    const now = here.weights;
    const view = viewOf(now, state.plane === "last" ? last : now, data, state.k);
    const { norm, threshold } = now.spectrum;
    return {
      ...view, norm, threshold,
      high: 1.06 * Math.max(...norm, ...last.spectrum.norm),
      extent: state.scale === "fit" ? reach(view) || 1 : Math.max(reach(view), common),
    };
  }

  function glide(a, b, w) {
    const lists = (name) => Float64Array.from(b[name], (x, i) => kit.mix(a[name][i], x, w));
    const waves = (name) => ({ c: kit.mix(a[name].c, b[name].c, w), s: kit.mix(a[name].s, b[name].s, w) });
    const mixed = { ...b, norm: lists("norm"), x: lists("x"), y: lists("y"), wx: waves("wx"), wy: waves("wy") };
    for (const name of ["threshold", "high", "extent"]) mixed[name] = kit.mix(a[name], b[name], w);
    return mixed;
  }

  /** Computes the picture to be shown and shows it, gliding if asked; every change of state ends here. */
  function refresh(it, gliding = false) {
    it.goal = pictureOf(it);
    it.from = it.picture;
    it.progress = gliding && it.from && !it.tools.reducedMotion ? 0 : 1;
    if (it.progress === 1) it.picture = it.goal;
    it.tell();
    it.frames.request();
  }

  // --- tell ---------------------------------------------------------------------------------

  function tell(it) {
    const { state: { k }, here, view, goal, data, playing } = it;
    const { norm, share, rank } = here.weights.spectrum;
    const row = k - 1;
    const accuracy = data.testAccuracy ? data.testAccuracy[here.shown] : null;
    const texts = { norm: norm[row].toFixed(2), share: kit.percent(share[row]), rank: `${rank[row]} of ${norm.length}`, accuracy: accuracy === null ? "–" : kit.percent(accuracy) };
    view.values.tell({
      norm: [norm[row], texts.norm], share: [share[row], texts.share], rank: [rank[row], texts.rank],
      explained: [goal.explained, kit.percent(goal.explained)], roundness: [goal.roundness, goal.roundness.toFixed(2)],
      "test-accuracy": [accuracy ?? "", texts.accuracy],
    });
    for (const button of view.keys) button.setAttribute("aria-pressed", String(Number(button.dataset.key) === k));
    view.play.textContent = playing ? "Pause" : "Play";
    view.root.setAttribute("aria-busy", String(here.wanted !== here.shown));
    const told = `frequency ${k}: norm ${texts.norm}, ${texts.share} of the power, rank ${texts.rank}; ` +
      `epoch ${kit.integer(it.epochs[here.shown])}${accuracy === null ? "" : `, test accuracy ${texts.accuracy}`}`;
    mounting.describe(it, {
      bars: `Spectrum of the embedding. ${told}.`,
      wave: `Coordinates of the ${data.p} tokens with the fitted wave of frequency ${k}, ` +
        `which explains ${kit.percent(goal.explained)} of the variance in its plane.`,
      ring: `The ${data.p} tokens in the plane of frequency ${k}; the fitted ring has roundness ${goal.roundness.toFixed(2)}.`,
    });
    if (!playing) it.say(told);
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Moves on by dt milliseconds: the picture towards its goal, and while playing to the next checkpoint. */
  function advance(it, dt) {
    const { here } = it;
    if (it.progress < 1) {
      it.progress = Math.min(it.progress + dt / TWEEN, 1);
      it.picture = it.progress < 1 ? glide(it.from, it.goal, kit.ease(it.progress)) : it.goal;
    }
    if (!it.playing || here.wanted !== here.shown) return;
    it.waited += dt;
    if (it.waited < (it.tools.reducedMotion ? STEP_STILL : STEP)) return;
    it.waited = 0;
    if (here.shown === it.final) play(it, false);
    else here.turn(here.shown + 1);
  }

  function draw(it, dt) {
    advance(it, dt);
    const { picture, surfaces, data: { p, keys }, state: { k, order }, here } = it;
    const ink = kit.palette(it.tools, it.box);
    const colours = Array.from({ length: p }, (_, t) => kit.ringColour(kit.ringFraction(t, k, p), ink.dark));
    it.frequencyAt = Timeless.spectrumBars(surfaces.bars, ink, { ...picture, k, keys, axis: `frequency k (cycles over the ${p} tokens)` });
    drawWave(surfaces.wave, ink, { view: picture, k, p, order, extent: picture.extent, colours });
    drawRing(surfaces.ring, ink, { view: picture, extent: picture.extent, colours, ring: kit.ringOrder(k, p) });
    return it.progress < 1 || (it.playing && here.wanted === here.shown);
  }

  function paintLegend(it) {
    const ink = kit.palette(it.tools, it.box);
    it.view.legend.paint([ink.accent, ink.muted, ink.ink, kit.wheel(ink.dark), ink.muted]);
    it.view.legend.swatches[1].style.opacity = 0.55;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Returns the payload with its columns as lists, and a function that analyses the embedding of a part. */
  function unpacked(payload, tools) {
    const [epochs, scales, testAccuracy] = [payload.epochs, payload.scales, payload.test_accuracy].map((column) => kit.list(column, tools));
    const keys = kit.list(payload.key_freqs, tools).sort((a, b) => a - b);
    const make = ({ W_E }, index) => analyse(Timeless.fourier.dequantise(tools.decode(W_E).array, scales[index]), payload);
    const last = make(payload, payload.final);
    return { ...payload, epochs, testAccuracy, keys, last, source: Timeless.cursor.partsOf(tools, epochs, make, [[payload.final, last]]) };
  }

  /** Returns the same of another network. */
  async function unpackedOf({ info, epochs, weights: weightsAt }) {
    const { p, d_model: d, curves } = info;
    const kept = new Map();
    const fetch = async (index) => kept.set(index, analyse((await weightsAt(index)).W_E.subarray(0, p * d), info));
    const weights = async (index) => kept.get(index) ?? (await fetch(index)).get(index);
    const final = epochs.length - 1;
    const last = await weights(final);
    const { norm, threshold } = last.spectrum;
    const keys = Array.from(norm.keys()).filter((row) => norm[row] > threshold).map((row) => row + 1);
    return { p, d_model: d, epochs, final, keys: keys.length <= MOST_KEYS ? keys : [], testAccuracy: curves && curves[0].test_accuracy, last, source: { epochs, kept, fetch, weights } };
  }

  async function mount(box, payload, tools) {
    const { cursor } = Timeless;
    const data = tools.source ? await unpackedOf(tools.source.run) : unpacked(payload, tools);
    const { final, last, source } = data;
    const { norm } = last.spectrum;
    data.strongest = 1 + norm.indexOf(Math.max(...norm));

    const it = mounting.begin("spectrum", box, tools, tableOf(data));
    Object.assign(it, {
      data, source, last, final, playing: false, waited: 0, prefetching: false,
      common: reach(viewOf(last, last, data, data.strongest)),
      picture: null, from: null, goal: null, progress: 1, // what is drawn glides from one picture to another
      frequencyAt: () => it.state.k,
    });
    cursor.follow(it, source, {
      arrived: () => it.refresh(true),
      failed(message) {
        if (message) it.playing = false;
        it.view.failure.tell(message);
      },
    });
    Object.assign(it.here, { shown: final, weights: last });
    it.set = (name, value) => set(it, name, value);
    mounting.stage(it, {
      view: build(it, data),
      surfaces: { bars: "Spectrum of the embedding", wave: "Token wave of the chosen frequency", ring: "Tokens in the plane of the chosen frequency" },
      draw, tell,
    });
    it.refresh = (gliding) => refresh(it, gliding);
    Timeless.spectrumBars.follow(it.surfaces.bars.canvas, { at: (x) => it.frequencyAt(x), choose: (k) => choose(it, k), done: it.remember });
    tools.onTheme(() => paintLegend(it));
    paintLegend(it);
    it.refresh();
    cursor.turnToState(it);
    return {
      destroy() {
        it.prefetching = it.playing = false;
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("spectrum", { needs: ["fourier", "spectrum-bars", "cursor"], mount });
})();
