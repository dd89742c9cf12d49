/* The logarithm explorer: multiplying is adding on the circle of powers, and the network has such circles.
   Controls -> state -> compute -> draw; what is computed lies in discrete-log-compute.js, kit/group.js and kit/fourier.js. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { baseOf, strongest, analyse, analysis, planeView, compute, known, drawOwn, drawTurned, drawPlane, tell } = Timeless.parts["discrete-log"];

  const WALK = 3600; // milliseconds that a walk takes, however long it is …
  const STEP = [24, 320]; // … as long as a step takes no less and no more than this
  const STEP_STILL = 450; // a tenth of the walk takes so long where the reader asked for less motion

  // --- controls -> state --------------------------------------------------------------------

  /** What a slider of g, a or b says, with the field in which the number can be typed. */
  function showDial(name, spoken) {
    return ({ input, typed }, it) => {
      const value = it.state[name];
      input.value = value;
      if (document.activeElement !== typed) typed.value = value;
      input.setAttribute("aria-valuetext", `${value}, ${spoken(it.shown)}`);
    };
  }

  function showFrequency({ input, output }, { state: { k }, shown: { now } }) {
    input.max = now.spectrum.norm.length;
    input.value = k;
    Timeless.controls.write(output, k, String(k));
    input.setAttribute("aria-valuetext", `frequency ${k}${now.keys.includes(k) ? ", above the rule" : ""}`);
  }

  function tableOf({ p, g }, strongest) {
    const first = Timeless.group.powers(p, g);
    const slider = { kind: "slider", wide: false, clamped: true };
    return [
      ["g", g, 2, p - 1, { ...slider, label: "Base g", show: showDial("g", ({ missed }) => `${missed.length ? "no " : ""}primitive root`) }],
      ["a", first[Math.round(0.28 * p)], 0, p - 1, { ...slider, label: "Number a", show: showDial("a", ({ logA }) => `logarithm ${known(logA)}`) }],
      ["b", first[Math.round(0.47 * p)], 0, p - 1, { ...slider, label: "Number b", show: showDial("b", ({ logB }) => `logarithm ${known(logB)}`) }],
      mounting.oneOf("select", "order", "Circle in the order of the", [["log", "logarithm to base g"], ["number", "number itself"]]),
      ["k", strongest, 1, Math.floor(p / 2), { ...slider, name: "frequency", label: "Frequency k", show: showFrequency }],
    ];
  }

  /** Puts a field in which the number can be typed beside a slider's label. */
  function addField(it, name) {
    const control = it.controls[name];
    const { min, max } = control.input;
    const label = control.node.querySelector("label").textContent;
    const typed = kit.element("input", {
      type: "number", inputmode: "numeric", min, max, step: 1, "aria-label": `${label}, typed`, "data-number": name,
    });
    control.output.replaceWith(typed);
    control.typed = typed;
    typed.addEventListener("input", () => {
      if (typed.value !== "" && Number(typed.value) >= Number(min) && Number(typed.value) <= Number(max)) it.set(name, Number(typed.value));
    });
    typed.addEventListener("change", () => {
      it.choose(name, typed.value === "" ? it.state[name] : typed.valueAsNumber);
      typed.value = it.state[name];
    });
  }

  /** Returns the buttons by name. */
  function buttonsOf(it) {
    const { ui } = it;
    const labelled = (button, label) => {
      button.setAttribute("aria-label", label);
      return button;
    };
    const root = (step) => () => it.choose("g", Timeless.group.nextRoot(it.data.p, it.state.g, step));
    const pointing = (name) => () => {
      it.pointing = name;
      it.tell();
    };
    return {
      previous: labelled(ui.button({ name: "previous", label: "‹ Root", act: root(-1) }), "Previous primitive root"),
      next: labelled(ui.button({ name: "next", label: "Root ›", act: root(1) }), "Next primitive root"),
      play: ui.button({ name: "play", label: "", primary: true, act: () => play(it, !it.playing) }),
      points: ["a", "b"].map((name) => labelled(ui.button({ name: `point-${name}`, label: name, act: pointing(name) }), `Pointing at a circle sets ${name}`)),
      reset: mounting.resetButton(it, () => {
        Object.assign(it, { playing: false, steps: Infinity, pointing: "a" });
        it.refresh();
      }),
    };
  }

  const ids = (...names) => names.map((name) => `discrete-log-${name}`).join(" ");

  /** Returns the elements that are filled with what is told and drawn. */
  function partsOf({ ui, data: { p } }) {
    const { element } = kit;
    const text = (name) => element("p", { class: `dlog-${name}`, "data-readout": name });
    return {
      steps: ui.slider({ name: "steps", label: "Steps walked from 1", max: 1, wide: false }),
      own: element("div", { class: "dlog-circle dlog-own" }),
      turned: element("div", { class: "dlog-circle dlog-turned" }),
      bars: element("div", { class: "dlog-bars" }),
      plane: element("div", { class: "dlog-circle dlog-plane" }),
      keys: element("div", { class: "dlog-buttons", role: "group", "aria-label": "Key frequencies" }),
      powers: element("div", { class: "dlog-powers", tabindex: 0, role: "region", "aria-label": "Table of powers" }),
      verdict: text("verdict"), equation: text("equation"), title: text("title"),
      product: ui.readouts([["log-a", "Logarithm of a"], ["log-b", "Logarithm of b"], ["exponent", "Their sum, on the circle"],
        ["answer", `a·b modulo ${p}`]], ids("g", "a", "b")),
      wave: ui.readouts([["norm", "Norm at k"], ["share", "Share of power"], ["rank", "Rank"], ["explained", "Wave explains"],
        ["places", "Places on its circle"]], ids("frequency", "order", "g")),
      numbers: ui.legend([["", "a, and the way to it from 1"], ["", "b, and as many steps on"], ["hollow", "a·b"],
        ["dot", "number, coloured by its logarithm"], ["dot", "number without one"]]),
      spectrum: ui.legend([["block", "above ¼ of the maximum"], ["block", "other frequency"], ["dashes", "¼ of the maximum"],
        ["dot", "number, coloured by its place on the circle of k"]]),
      live: ui.live(),
    };
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const view = { ...partsOf(it), ...buttonsOf(it) };
    const buttons = (...nodes) => element("div", { class: "dlog-buttons" }, ...nodes);
    const pointing = buttons(element("span", {}, "Pointing sets"), ...view.points);
    pointing.setAttribute("role", "group");
    pointing.setAttribute("aria-label", "What pointing sets");
    view.root = element("div", { class: "dlog" },
      ui.row(own.g.node, buttons(view.previous, view.next)),
      view.verdict,
      ui.row(own.a.node, own.b.node, pointing),
      element("div", { class: "dlog-pair" }, view.own, view.turned),
      ui.row(view.steps.node, buttons(view.play, view.reset)),
      view.equation,
      view.product.node,
      view.numbers.node,
      element("details", {}, element("summary", {}, "All powers in a table"), view.powers),
      view.title,
      ui.row(own.order.node, own.k.node, view.keys),
      element("div", { class: "dlog-pair" }, view.bars, view.plane),
      view.wave.node,
      view.spectrum.node,
      view.live);
    return view;
  }

  // --- actions ------------------------------------------------------------------------------

  const LOWEST = { g: 2, a: 0, b: 0 };

  /** Sets g, a or b. A new base keeps the wave that is looked at: its frequency is another one then. */
  function setNumber(it, name, value) {
    if (!Number.isFinite(value)) return;
    const { state, data: { p } } = it;
    const before = baseOf(it);
    state[name] = kit.clamp(Math.round(value), LOWEST[name], p - 1);
    if (state.order === "log") state.k = Timeless.group.rebase(p, state.k, before, baseOf(it));
    Object.assign(it, { playing: false, steps: Infinity });
    it.refresh();
  }

  function set(it, name, value) {
    const { state } = it;
    if (name in LOWEST) {
      setNumber(it, name, value);
      return;
    }
    state[name] = value;
    state.k = name === "order" ? strongest(analysis(it)) : kit.clamp(Math.round(value), 1, analysis(it).spectrum.norm.length);
    it.refresh();
  }

  function play(it, on) {
    if (on && it.steps >= it.shown.path.length - 1) it.steps = 0;
    it.playing = on;
    it.waited = 0;
    it.refresh();
  }

  function scrub(it) {
    it.playing = false;
    it.steps = it.view.steps.input.valueAsNumber;
    it.refresh();
  }

  /** Walks on by dt milliseconds. */
  function advance(it, dt) {
    const { reducedMotion } = it.tools;
    const total = it.shown.path.length - 1;
    const pace = reducedMotion ? STEP_STILL : kit.clamp(WALK / total, ...STEP);
    it.waited += dt;
    const due = Math.floor(it.waited / pace);
    if (!due) return;
    it.waited -= due * pace;
    it.steps = Math.min(it.steps + due * (reducedMotion ? Math.ceil(total / 10) : 1), total);
    if (it.steps === total) it.playing = false;
    it.shown.steps = it.steps;
    it.tell();
  }

  // --- draw ---------------------------------------------------------------------------------

  function draw(it, dt) {
    if (it.playing) advance(it, dt);
    const { shown, surfaces, tools } = it;
    const ink = { ...kit.palette(tools, it.box), a: tools.colour("series-1"), b: tools.colour("series-2") };
    ink.c = ink.ink;
    const { now, plane, k, marks } = shown;
    const { norm, threshold } = now.spectrum;
    const axis = `frequency k (cycles over the ${now.tokens.length} ${shown.byLog ? "logarithms" : "numbers"})`;
    it.picked = {
      own: drawOwn(surfaces.own, ink, shown),
      turned: drawTurned(surfaces.turned, ink, shown),
      bars: Timeless.spectrumBars(surfaces.bars, ink, { norm, threshold, high: it.high, k, keys: now.keys, axis }),
    };
    drawPlane(surfaces.plane, ink, { ...plane, tokens: now.tokens, extent: Math.max(plane.reach, it.common), k, marks });
    return it.playing;
  }

  function paintLegends({ tools, box, view }) {
    const ink = kit.palette(tools, box);
    const wheel = kit.wheel(ink.dark);
    view.numbers.paint([tools.colour("series-1"), tools.colour("series-2"), ink.ink, wheel, ink.muted]);
    view.spectrum.paint([ink.accent, ink.muted, ink.ink, wheel]);
    view.numbers.swatches[4].style.opacity = 0.45;
    view.spectrum.swatches[1].style.opacity = 0.55;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Has pointing at circles, bars and the table choose what is under the pointer. */
  function pointAtPictures(it) {
    const { surfaces, view } = it;
    const pick = (value) => it.choose(it.pointing, value);
    for (const name of ["own", "turned"]) {
      surfaces[name].canvas.addEventListener("click", (event) => pick(it.picked[name](event.offsetX, event.offsetY)));
    }
    view.powers.addEventListener("click", (event) => {
      const cell = event.target.closest("[data-power]");
      if (cell) pick(Number(cell.dataset.power));
    });
    view.keys.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      if (key) it.choose("k", Number(key.dataset.key));
    });
    Timeless.spectrumBars.follow(surfaces.bars.canvas, { at: (x) => it.picked.bars(x), choose: (k) => it.set("k", k), done: it.remember });
  }

  /** Returns a state's remembering: the strongest wave of an order goes without saying. */
  function remembering(it, initial) {
    return () => {
      const usual = { ...initial, k: strongest(analysis(it)) };
      it.tools.state.set(Object.fromEntries(Object.entries(it.state).filter(([name, value]) => value !== usual[name])));
    };
  }

  /** Returns the numbers' sizes and embedding: those of another network where one is to be shown. */
  async function embeddingOf(payload, { source, decode }) {
    if (!source) return { data: payload, W: Timeless.fourier.dequantise(decode(payload.W_E).array, payload.scale) };
    const { p, d_model } = source.run.info;
    const { W_E } = await source.run.weights(source.run.epochs.length - 1);
    return { data: { p, d_model, g: Timeless.group.nextRoot(p, 1) }, W: Float64Array.from(W_E.subarray(0, p * d_model)) };
  }

  async function mount(box, payload, tools) {
    const { data, W } = await embeddingOf(payload, tools);
    const { p, d_model: d } = data;
    const first = analyse(W, Timeless.group.powers(p, data.g), d);
    const table = tableOf(data, strongest(first));
    const it = mounting.begin("discrete-log", box, tools, table);
    Object.assign(it, {
      data, W, analysed: new Map([[data.g, first]]), // by base, or 0 for the numbers in their own order
      steps: Infinity, // of the walk that are shown
      pointing: "a", playing: false, waited: 0,
      picked: {}, // what a pixel of a surface stands for, as drawn last
      tabled: 0, // the g of the table
      high: 1.06 * Math.max(...first.spectrum.norm),
      common: planeView(first, W, d, strongest(first)).reach,
      set: (name, value) => set(it, name, value),
    });
    it.remember = remembering(it, Object.fromEntries(table.map(([name, value]) => [name, value])));
    if (!Number.isInteger(tools.state.get().k)) it.state.k = strongest(analysis(it));
    for (const name of Object.keys(LOWEST)) addField(it, name);
    mounting.stage(it, {
      view: build(it),
      surfaces: {
        own: "Numbers in their own order", turned: "Numbers as powers", bars: "Spectrum of the embedding",
        plane: "Numbers in the plane of the chosen frequency",
      },
      draw, tell,
    });
    const show = it.refresh;
    it.refresh = () => {
      compute(it);
      show();
    };
    it.view.steps.input.addEventListener("input", () => scrub(it));
    pointAtPictures(it);
    tools.onTheme(() => paintLegends(it));
    paintLegends(it);
    it.refresh();
    return {
      destroy() {
        it.playing = false;
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("discrete-log", { needs: ["fourier", "group", "spectrum-bars"], mount });
})();
