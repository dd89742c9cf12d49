/* The spectrum analyser: the embedding's spectrum at a checkpoint, and the wave of one frequency.
   Controls -> state -> compute -> draw; what is computed lies in kit/fourier.js. */
(function () {
  "use strict";

  const TWEEN = 240; // milliseconds in which the picture glides from one checkpoint to the next
  const STEP = 260; // milliseconds a checkpoint stays while playing
  const STEP_STILL = 700; // … where the reader asked for less motion

  // --- controls -----------------------------------------------------------------------------

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(box, { p, epochs, keys }, { element }) {
    const top = Math.floor(p / 2);
    const id = (name) => `spectrum-${name}`;
    const range = (name, max, min = 0) =>
      element("input", { type: "range", id: id(name), min, max, step: 1, "data-control": name });
    const output = (name) =>
      element("output", { "data-readout": name, for: `${id("frequency")} ${id("checkpoint")}`, "aria-live": "off" });
    const control = (input, label, ...rest) =>
      element("div", { class: "control" }, element("label", { for: input.id }, label), ...rest, input);
    const slider = (...parts) => {
      const node = control(...parts);
      node.classList.add("control-slider");
      return node;
    };
    const select = (name, choices) =>
      element("select", { id: id(name), "data-control": name },
        ...choices.map(([value, text]) => element("option", { value }, text)));
    const readout = (label, name) => element("div", {}, element("dt", {}, label), element("dd", {}, output(name)));
    const swatch = (name, shape, text) => element("li", {}, element("i", { class: shape, "data-swatch": name }), text);

    const ui = {
      frequency: range("frequency", top, 1),
      checkpoint: range("checkpoint", epochs.length - 1),
      play: element("button", { type: "button", class: "button button-primary", "data-control": "play" }),
      reset: element("button", { type: "button", class: "button", "data-control": "reset" }, "Reset"),
      keys: keys.map((k) =>
        element("button", { type: "button", class: "button", "data-key": k, "aria-label": `Key frequency ${k}` }, String(k)),
      ),
      bars: element("div", { class: "spectrum-bars" }),
      wave: element("div", { class: "spectrum-wave" }),
      ring: element("div", { class: "spectrum-ring" }),
      failure: element("p", { class: "widget-error", role: "alert", hidden: true }),
      live: element("p", { class: "visually-hidden", "aria-live": "polite", "data-readout": "spoken" }),
      plane: select("plane", [["own", "this checkpoint"], ["last", "the last checkpoint"]]),
      order: select("order", [["t", "their value t"], ["kt", `k·t mod ${p}`]]),
      scale: select("scale", [["common", "the same for every k"], ["fit", "fitted to this k"]]),
    };
    ui.root = element("div", { class: "spectrum" },
      element("div", { class: "controls" },
        slider(ui.frequency, "Frequency k", output("frequency")),
        element("div", { class: "spectrum-buttons", role: "group", "aria-label": "Key frequencies" },
          element("span", {}, "Key"), ...ui.keys)),
      ui.bars,
      element("div", { class: "controls" },
        slider(ui.checkpoint, "Epoch of the checkpoint", output("epoch")),
        element("div", { class: "spectrum-buttons" }, ui.play, ui.reset)),
      element("dl", { class: "readout" },
        readout("Norm at k", "norm"), readout("Share of power", "share"), readout("Rank", "rank"),
        readout("Wave explains", "explained"), readout("Roundness of ring", "roundness"),
        readout("Test accuracy", "test-accuracy")),
      element("div", { class: "spectrum-pair" }, ui.wave, ui.ring),
      element("div", { class: "controls" },
        control(ui.order, "Tokens in order of"), control(ui.plane, "Plane (u, v) of"), control(ui.scale, "Scale of u and v")),
      element("ul", { class: "legend" },
        swatch("key", "block", "key frequency of the last checkpoint"), swatch("other", "block", "other frequency"),
        swatch("threshold", "dashes", "¼ of the maximum, the rule for key frequencies"),
        swatch("token", "wheel", `token t, coloured by k·t mod ${p}`), swatch("fit", "thin", "fitted wave of frequency k")),
      ui.failure,
      ui.live);
    ui.readouts = Object.fromEntries(
      [...ui.root.querySelectorAll("[data-readout]")].map((node) => [node.dataset.readout, node]),
    );
    box.replaceChildren(ui.root);
    return ui;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws the tokens' coordinate on the first direction with the wave fitted to it. */
  function drawWave(surface, ink, kit, { view, k, p, order, extent, colours }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [36, width - 1, 26, height - 38];
    const place = order === "kt" ? (t) => (k * t) % p : (t) => t;
    const x = (t) => left + ((t + 0.5) / p) * (right - left);
    const y = (value) => (upper + lower) / 2 - (value / extent) * ((lower - upper) / 2);
    const ticks = kit.ticksTo(extent, 2).filter((tick) => tick <= extent * 0.999);

    kit.write(ctx, "Token wave: coordinate of each token along u", 0, 12, ink.ink);
    for (const tick of ticks.flatMap((tick) => (tick ? [tick, -tick] : [0]))) {
      kit.stroke(ctx, [[left, y(tick)], [right, y(tick)]], tick ? ink.line : ink.muted);
      kit.write(ctx, String(tick).replace("-", "−"), left - 7, y(tick), ink.muted, "right", "middle");
    }
    for (const tick of [0, 20, 40, 60, 80, 100, 120].filter((t) => t < p)) {
      kit.write(ctx, String(tick), x(tick), lower + 8, ink.muted, "center", "top");
    }
    const axis = order === "kt" ? `k·t mod ${p}, the token’s place on the ring` : "token t";
    kit.write(ctx, axis, right, height - 2, ink.muted, "right", "bottom");

    ctx.save();
    ctx.beginPath();
    ctx.rect(left, upper - 6, right - left, lower - upper + 12);
    ctx.clip();
    const cycles = order === "kt" ? 1 : k;
    const samples = Math.ceil((right - left) * 2);
    const wave = Array.from({ length: samples + 1 }, (_, i) => {
      const t = (i / samples) * p - 0.5;
      const angle = (2 * Math.PI * cycles * t) / p;
      return [x(t), y(view.wx.c * Math.cos(angle) + view.wx.s * Math.sin(angle))];
    });
    kit.stroke(ctx, wave, ink.muted, cycles > p / 5 ? 0.75 : 1.25);
    const radius = kit.clamp((right - left) / p / 1.7, 2, 3.4);
    view.x.forEach((value, t) => kit.dot(ctx, x(place(t)), y(value), radius, colours[t]));
    ctx.restore();
  }

  /** Draws the tokens in the plane of frequency k, a thread through ring neighbours, the fitted ring. */
  function drawRing(surface, ink, kit, { view, p, extent, colours, ring }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [cx, cy] = [width / 2, height / 2 + 6];
    const unit = (Math.min(width, height - 12) / 2 - 8) / extent;
    const at = (x, y) => [cx + unit * x, cy - unit * y];

    kit.write(ctx, "The same tokens in the plane (u, v)", 0, 12, ink.ink);
    kit.stroke(ctx, [at(-extent, 0), at(extent, 0)], ink.line);
    kit.stroke(ctx, [at(0, -extent), at(0, extent)], ink.line);
    kit.write(ctx, "u", ...at(extent, 0).map((c, i) => c + (i ? -6 : -2)), ink.muted, "right");
    kit.write(ctx, "v", ...at(0, extent).map((c, i) => c + (i ? 12 : 7)), ink.muted);

    const points = Array.from(view.x, (x, t) => at(x, view.y[t]));
    const fitted = Array.from({ length: 121 }, (_, i) => {
      const [c, s] = [Math.cos((2 * Math.PI * i) / 120), Math.sin((2 * Math.PI * i) / 120)];
      return at(view.wx.c * c + view.wx.s * s, view.wy.c * c + view.wy.s * s);
    });
    kit.stroke(ctx, fitted, ink.muted, 1.25);
    kit.necklace(ctx, points, ring, colours, ink, 3.2);
    for (const t of [0, 1]) {
      const [x, y] = points[t];
      const away = Math.hypot(x - cx, y - cy) || 1;
      const [dx, dy] = [(x - cx) / away, (y - cy) / away];
      ctx.beginPath();
      ctx.arc(x, y, 5, 0, 2 * Math.PI);
      ctx.strokeStyle = ink.ink;
      ctx.lineWidth = 1.25;
      ctx.stroke();
      kit.write(ctx, String(t), x + 13 * dx, y + 13 * dy, ink.ink, "center", "middle", ink.paper);
    }
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    await Promise.all([Timeless.load("kit/fourier.js"), Timeless.load("kit/spectrum-bars.js")]);
    const kit = Timeless.instrument;
    const { dequantise, coefficients, spectrum, planeOf, viewOf } = Timeless.fourier;
    const { p, d_model: d, final } = data;
    const [epochs, scales, testAccuracy] = [data.epochs, data.scales, data.test_accuracy].map((column) => kit.list(column, tools));
    const keys = kit.list(data.key_freqs, tools).sort((a, b) => a - b);
    const W = (payload, index) => dequantise(tools.decode(payload.W_E).array, scales[index]);

    const ui = build(box, { p, epochs, keys }, kit);
    const surfaces = {
      bars: kit.surface(ui.bars, "Spectrum of the embedding"),
      wave: kit.surface(ui.wave, "Token wave of the chosen frequency"),
      ring: kit.surface(ui.ring, "Tokens in the plane of the chosen frequency"),
    };
    const say = kit.announcer(ui.live);

    // The checkpoints seen so far: index -> {W, rows, spectrum}.
    const seen = new Map();
    const analyse = (index, payload) => {
      const weights = W(payload, index);
      const rows = coefficients(weights, p, d);
      seen.set(index, { W: weights, rows, spectrum: spectrum(rows) });
    };
    analyse(final, data);
    const last = seen.get(final);
    const strongest = 1 + last.spectrum.norm.indexOf(Math.max(...last.spectrum.norm));

    const initial = { k: strongest, epoch: epochs[final], plane: "own", order: "t", scale: "common" };
    const state = { ...initial };
    let wanted = final; // the checkpoint asked for
    let shown = final; // the checkpoint on screen
    let playing = false;
    let waited = 0;
    let picture = null; // what is drawn; glides towards `goal`
    let from = null;
    let goal = null;
    let progress = 1;
    let frequencyAt = () => state.k;
    let prefetching = false;

    // -- state -> compute

    /** Returns the picture of the state: bars, points and waves, as flat numbers that can glide. */
    function pictureOf(index) {
      const now = seen.get(index);
      const frame = planeOf((state.plane === "last" ? last : now).rows, state.k);
      const view = viewOf(now.W, p, d, state.k, frame);
      const reach = (a) => 1.12 * Math.max(...a.x.map(Math.abs), ...a.y.map(Math.abs));
      return {
        ...view,
        norm: now.spectrum.norm,
        threshold: now.spectrum.threshold,
        high: 1.06 * Math.max(...now.spectrum.norm, ...last.spectrum.norm),
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

    /** Computes the goal and shows it, gliding if asked; every change of state ends here. */
    function refresh(gliding = false) {
      goal = pictureOf(shown);
      from = picture;
      progress = gliding && from && !tools.reducedMotion ? 0 : 1;
      if (progress === 1) picture = goal;
      readOut();
      frames.request();
    }

    function readOut() {
      const { norm, share, rank } = seen.get(shown).spectrum;
      const row = state.k - 1;
      const set = (name, value, text) => {
        ui.readouts[name].value = text;
        ui.readouts[name].dataset.value = value;
      };
      set("frequency", state.k, String(state.k));
      set("epoch", epochs[shown], kit.integer(epochs[shown]));
      set("norm", norm[row], norm[row].toFixed(2));
      set("share", share[row], kit.percent(share[row]));
      set("rank", rank[row], `${rank[row]} of ${norm.length}`);
      set("explained", goal.explained, kit.percent(goal.explained));
      set("roundness", goal.roundness, goal.roundness.toFixed(2));
      set("test-accuracy", testAccuracy[shown], kit.percent(testAccuracy[shown]));

      ui.frequency.value = state.k;
      ui.frequency.setAttribute("aria-valuetext", `frequency ${state.k}${keys.includes(state.k) ? ", a key frequency" : ""}`);
      ui.checkpoint.value = wanted;
      ui.checkpoint.setAttribute("aria-valuetext", `epoch ${kit.integer(epochs[wanted])}`);
      for (const name of ["plane", "order", "scale"]) ui[name].value = state[name];
      for (const button of ui.keys) button.setAttribute("aria-pressed", String(Number(button.dataset.key) === state.k));
      ui.play.textContent = playing ? "Pause" : "Play";
      ui.root.setAttribute("aria-busy", String(wanted !== shown));

      const told =
        `frequency ${state.k}: norm ${norm[row].toFixed(2)}, ${kit.percent(share[row])} of the power, ` +
        `rank ${rank[row]} of ${norm.length}; epoch ${kit.integer(epochs[shown])}, ` +
        `test accuracy ${kit.percent(testAccuracy[shown])}`;
      surfaces.bars.canvas.setAttribute("aria-label", `Spectrum of the embedding. ${told}.`);
      surfaces.wave.canvas.setAttribute("aria-label",
        `Coordinates of the ${p} tokens with the fitted wave of frequency ${state.k}, ` +
        `which explains ${kit.percent(goal.explained)} of the variance in its plane.`);
      surfaces.ring.canvas.setAttribute("aria-label",
        `The ${p} tokens in the plane of frequency ${state.k}; the fitted ring has roundness ${goal.roundness.toFixed(2)}.`);
      if (!playing) say(told);
    }

    // -- controls -> state

    function remember() {
      const changed = Object.entries(state).filter(([name, value]) => value !== initial[name]);
      tools.state.set(Object.fromEntries(changed));
    }

    function choose(k) {
      state.k = kit.clamp(Math.round(k), 1, Math.floor(p / 2));
      refresh();
    }

    /** Asks for a checkpoint; the latest one asked for is shown once its weights are here. */
    async function scrub(index) {
      wanted = index;
      try {
        if (!seen.has(index)) {
          ui.root.setAttribute("aria-busy", "true");
          ui.checkpoint.value = index;
          const payload = await tools.require(String(epochs[index]).padStart(6, "0"));
          if (!seen.has(index)) analyse(index, payload);
        }
      } catch (error) {
        fail(index, error);
        return;
      }
      if (index !== wanted) return;
      ui.failure.hidden = true;
      shown = index;
      state.epoch = epochs[index];
      refresh(true);
    }

    function fail(index, error) {
      if (index !== wanted) return;
      playing = false;
      wanted = shown;
      ui.failure.textContent =
        `The checkpoint of epoch ${kit.integer(epochs[index])} cannot be shown (${error.message}). ` +
        "The picture stays at the one before; reload the page to try again.";
      ui.failure.hidden = false;
      readOut();
    }

    /** Fetches the other checkpoints one after the other, the nearest first. */
    async function prefetch() {
      if (prefetching) return;
      prefetching = true;
      const rest = epochs.map((_, index) => index).filter((index) => !seen.has(index));
      rest.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
      for (const index of rest) {
        if (!prefetching) return;
        try {
          await tools.require(String(epochs[index]).padStart(6, "0"));
        } catch {
          return; // scrubbing to it tells the reader
        }
      }
    }

    function play(on) {
      playing = on;
      waited = 0;
      if (on && wanted === epochs.length - 1) scrub(0);
      if (!on) remember();
      readOut();
      frames.request();
    }

    // -- draw

    function draw(dt) {
      if (progress < 1) {
        progress = Math.min(progress + dt / TWEEN, 1);
        picture = progress < 1 ? glide(from, goal, kit.ease(progress)) : goal;
      }
      if (playing && wanted === shown) {
        waited += dt;
        if (waited >= (tools.reducedMotion ? STEP_STILL : STEP)) {
          waited = 0;
          if (shown === epochs.length - 1) play(false);
          else scrub(shown + 1);
        }
      }
      const ink = kit.palette(tools, box);
      const { k, order } = state;
      const colours = Array.from({ length: p }, (_, t) => kit.ringColour(kit.ringFraction(t, k, p), ink.dark));
      frequencyAt = Timeless.spectrumBars(surfaces.bars, ink, { ...picture, k, keys, axis: `frequency k (cycles over the ${p} tokens)` });
      drawWave(surfaces.wave, ink, kit, { view: picture, k, p, order, extent: picture.extent, colours });
      drawRing(surfaces.ring, ink, kit, { view: picture, p, extent: picture.extent, colours, ring: kit.ringOrder(k, p) });
      return progress < 1 || (playing && wanted === shown);
    }

    function paintLegend() {
      const ink = kit.palette(tools, box);
      const hues = [0, 1, 2, 3, 4, 5, 6].map((i) => kit.ringColour((i % 6) / 6, ink.dark)).join(", ");
      const fills = { key: ink.accent, other: ink.muted, threshold: ink.ink, token: `conic-gradient(${hues})`, fit: ink.muted };
      for (const node of ui.root.querySelectorAll("[data-swatch]")) {
        node.style.setProperty("--swatch", fills[node.dataset.swatch]);
        node.style.opacity = node.dataset.swatch === "other" ? 0.55 : 1;
      }
    }

    const frames = kit.animator(box, draw);
    const strongView = viewOf(last.W, p, d, strongest, planeOf(last.rows, strongest));
    const common = 1.12 * Math.max(...strongView.x.map(Math.abs), ...strongView.y.map(Math.abs));

    ui.frequency.addEventListener("input", () => choose(ui.frequency.valueAsNumber));
    ui.checkpoint.addEventListener("input", () => {
      playing = false;
      scrub(ui.checkpoint.valueAsNumber);
      prefetch();
    });
    for (const name of ["plane", "order", "scale"]) {
      ui[name].addEventListener("change", () => {
        state[name] = ui[name].value;
        refresh(name !== "order");
      });
    }
    ui.root.addEventListener("change", remember);
    for (const button of ui.keys) {
      button.addEventListener("click", () => {
        choose(Number(button.dataset.key));
        remember();
      });
    }
    ui.play.addEventListener("click", () => {
      play(!playing);
      if (playing) prefetch();
    });
    ui.reset.addEventListener("click", () => {
      playing = false;
      Object.assign(state, initial);
      tools.state.set({});
      scrub(final);
    });
    const point = (event) => {
      if (event.type !== "pointerdown" && !event.buttons) return;
      choose(frequencyAt(event.offsetX));
    };
    const { canvas } = surfaces.bars;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerup", remember);
    const repaint = () => {
      paintLegend();
      frames.request();
    };
    tools.onTheme(repaint);

    // A shared address may carry a state; what it says beyond the possible is left out.
    const shared = tools.state.get() || {};
    if (Number.isInteger(Number(shared.k))) state.k = kit.clamp(Number(shared.k), 1, Math.floor(p / 2));
    for (const name of ["plane", "order", "scale"]) {
      if ([...ui[name].options].some(({ value }) => value === shared[name])) state[name] = shared[name];
    }
    paintLegend();
    refresh();
    const asked = epochs.indexOf(Number(shared.epoch));
    if (asked >= 0 && asked !== final) scrub(asked);

    return {
      destroy() {
        prefetching = playing = false;
        frames.destroy();
      },
    };
  }

  Timeless.widget("spectrum", { mount });
})();
