/* The sandbox: particles of the trained network, replayed as measured and simulated in an energy well.
   Controls -> state -> compute -> draw; the physics lies in instruments/sandbox/particles.js. What needs no page is tested in Node. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  const NAMES = ["energy", "spectral_entropy", "order_parameter"];

  /** Returns the particles [x, y, …] and their row lengths at a position along the checkpoints, in plane number `plane`.
      Whole positions are measured; between them particles move on straight lines. */
  function measuredAt({ n, xy, lengths, planes }, plane, position) {
    const last = lengths.length / n - 1;
    const i = Math.min(Math.max(Math.floor(position), 0), last);
    const j = Math.min(i + 1, last);
    const w = position - i;
    const slice = (values, size, row) => values.subarray(size * row, size * (row + 1));
    const between = (values, size, from, to) => {
      const [a, b] = [slice(values, size, from), slice(values, size, to)];
      return w ? Float64Array.from(a, (x, at) => x + w * (b[at] - x)) : Float64Array.from(a);
    };
    return {
      xy: between(xy, 2 * n, i * planes + plane, j * planes + plane),
      lengths: between(lengths, n, i, j),
      row: i,
    };
  }

  /** Returns a record of numbers over time that never holds more than `room` rows: when it is full, every
      second one goes, and from then on half as many are kept. */
  function recorder(names, room = 400) {
    const kept = { time: [], ...Object.fromEntries(names.map((name) => [name, []])) };
    let every = 0;
    return {
      kept,
      note(time, values) {
        const { length } = kept.time;
        if (length && time - kept.time[length - 1] < every * 0.999) return;
        kept.time.push(time);
        for (const name of names) kept[name].push(values[name]);
        if (kept.time.length < room) return;
        for (const list of Object.values(kept)) list.splice(0, list.length, ...list.filter((_, i) => i % 2 === 0));
        every = kept.time[1] - kept.time[0];
      },
      clear() {
        every = 0;
        for (const list of Object.values(kept)) list.length = 0;
      },
    };
  }

  /** Returns the radius within which all but one in a hundred particles lie in a plane, at whichever of the checkpoints
      it is largest. */
  function reach({ n, xy, planes }, plane, rows) {
    let most = 0;
    for (const row of rows) {
      const start = 2 * n * (row * planes + plane);
      const radii = Float64Array.from({ length: n }, (_, i) => Math.hypot(xy[start + 2 * i], xy[start + 2 * i + 1])).sort();
      most = Math.max(most, radii[Math.ceil(0.99 * n) - 1]);
    }
    return most;
  }

  const compute = { NAMES, measuredAt, recorder, reach };
  if (typeof module === "object" && module.exports) {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const PACE = 340; // milliseconds from one checkpoint to the next while playing
  const PACE_STILL = 900; // … in steps, where the reader asked for less motion
  const STEP = 25; // steps of the simulation at a press of Step
  const STEP_STILL = 100; // … where the reader asked for less motion, and nothing plays
  const AT_REST = 1e-4; // largest slope at which a simulation without temperature is over
  const HUES = 48;

  const TITLES = { energy: "Energy", spectral_entropy: "Spectral entropy", order_parameter: "Order parameter" };
  const SIMULATED = { energy: "energy", spectral_entropy: "entropy", order_parameter: "order" };

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(box, { epochs, freqs, weightDecay }, make, { element }) {
    const ui = {
      mode: make.choice({ name: "mode", label: "Mode", options: [["replay", "Replay"], ["simulation", "Simulation"]], onChoose: (v) => ui.on.mode(v) }),
      view: make.choice({ name: "view", label: "Particles", options: [["tokens", "tokens"], ["neurons", "neurons"]], onChoose: (v) => ui.on.view(v) }),
      k: make.choice({ name: "k", label: "Plane of frequency", options: freqs.map((k) => [k, String(k)]), onChoose: (v) => ui.on.k(v) }),
      trigger: make.button({ name: "trigger", label: "Trigger Phase Transition", primary: true }),
      play: make.button({ name: "play", label: "Play" }),
      step: make.button({ name: "step", label: "Step" }),
      reset: make.button({ name: "reset", label: "Reset" }),
      epoch: make.slider({ name: "epoch", label: "Epoch of the checkpoint", max: epochs.length - 1 }),
      lambda: make.slider({ name: "lambda", label: "Weight decay λ", max: 2 * weightDecay, step: 0.05 * weightDecay }),
      temperature: make.slider({ name: "temperature", label: "Temperature T", max: 0.3, step: 0.005 }),
      noise: make.slider({ name: "noise", label: "Noise in the sites", unit: "of radius", max: 0.5, step: 0.05 }),
      speed: make.slider({ name: "speed", label: "Speed", unit: "time per second", min: 0.1, max: 4, step: 0.1 }),
      seed: make.number({ name: "seed", label: "Seed", min: 0, max: 9999 }),
      cloud: element("div", { class: "sandbox-cloud" }),
      charts: element("div", { class: "sandbox-charts" }),
      legend: {
        replay: make.legend([["wheel", "particle, measured"], ["line", "these particles, measured"], ["dashes", "whole network, measured"]]),
        simulation: make.legend([["wheel", "particle, simulated"], ["hollow", "its measured place at the last checkpoint"], ["line", "these particles, measured"], ["dashes", "whole network, measured"], ["dashes", "simulated"]]),
      },
      failure: make.failure(),
      live: make.live(),
    };
    ui.seed.node.classList.add("sandbox-seed");
    const cell = (row, name) => element("td", {}, element("output", { "data-readout": `${row}-${name}`, "aria-live": "off" }));
    const row = (key, text) => element("tr", { "data-row": key }, element("th", { scope: "row", "data-readout": `${key}-when` }, text), ...NAMES.map((name) => cell(key, name)));
    ui.table = element("table", {},
      element("caption", { class: "visually-hidden" }, "Energy, spectral entropy and order parameter, measured and simulated"),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "State"), ...NAMES.map((name) => element("th", { scope: "col" }, TITLES[name])))),
      element("tbody", {}, row("measured", ""), row("whole", ""), row("simulated", "")));
    ui.still = element("p", { class: "sandbox-note", hidden: true }, "Your system asks for less motion, so the simulation moves when you press Step.");
    ui.replay = make.row(ui.epoch.node);
    ui.simulation = element("div", {},
      make.row(ui.lambda.node, ui.temperature.node, ui.noise.node),
      make.row(ui.speed.node, ui.seed.node));
    ui.root = element("div", { class: "sandbox" },
      element("div", { class: "controls sandbox-top" }, ui.mode.node, ui.view.node, ui.k.node),
      element("div", { class: "sandbox-stage" },
        element("div", {}, ui.cloud, element("div", { class: "sandbox-buttons" }, ui.trigger, ui.play, ui.step, ui.reset), ui.still),
        ui.charts),
      ui.replay,
      ui.simulation,
      ui.table,
      ui.legend.replay.node, ui.legend.simulation.node,
      ui.failure.node,
      ui.live);
    ui.readouts = Object.fromEntries([...ui.root.querySelectorAll("[data-readout]")].map((node) => [node.dataset.readout, node]));
    box.replaceChildren(ui.root);
    return ui;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws particles at `at` [x, y, …]: for tokens on a thread in ring order, for all in their colours, and the sites. */
  function drawCloud(surface, ink, kit, { at, stride, radius, colours, ring, sites, title, dots }) {
    const { ctx, width, height } = surface.begin(ink.font, 13);
    const [cx, cy] = [width / 2, height / 2 + 8];
    const unit = (Math.min(width, height - 16) / 2 - 6) / radius;
    const [x, y] = [(i) => cx + unit * at[stride * i], (i) => cy - unit * at[stride * i + 1]];
    const n = at.length / stride;

    kit.stroke(ctx, [[cx - unit * radius, cy], [cx + unit * radius, cy]], ink.line);
    kit.stroke(ctx, [[cx, cy - unit * radius], [cx, cy + unit * radius]], ink.line);
    if (sites) {
      ctx.beginPath();
      for (let i = 0; i < n; i++) {
        const [sx, sy] = [cx + unit * sites[2 * i], cy - unit * sites[2 * i + 1]];
        ctx.moveTo(sx + dots + 1, sy);
        ctx.arc(sx, sy, dots + 1, 0, 2 * Math.PI);
      }
      ctx.globalAlpha = 0.5;
      ctx.strokeStyle = ink.muted;
      ctx.lineWidth = 0.75;
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    if (ring) {
      ctx.beginPath();
      ring.forEach((t, i) => (i ? ctx.lineTo(x(t), y(t)) : ctx.moveTo(x(t), y(t))));
      ctx.closePath();
      ctx.globalAlpha = ink.dark ? 0.34 : 0.28;
      ctx.strokeStyle = ink.muted;
      ctx.lineWidth = 0.8;
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    let outside = 0;
    for (const [colour, members] of colours) {
      ctx.beginPath();
      for (const i of members) {
        const [px, py] = [x(i), y(i)];
        if (px < 0 || py < 0 || px > width || py > height) outside += 1;
        ctx.moveTo(px + dots, py);
        ctx.arc(px, py, dots, 0, 2 * Math.PI);
      }
      ctx.fillStyle = colour;
      ctx.fill();
    }
    kit.write(ctx, title, 0, 13, ink.ink, "left", "alphabetic", ink.paper);
    if (outside) kit.write(ctx, `${outside} outside the frame`, width, height - 3, ink.muted, "right", "alphabetic", ink.paper);
  }

  /** Returns [colour, particles] by the angle of each one's place on the crystal; those near its centre are grey. */
  function hues(crystal, kit, ink) {
    const n = crystal.length / 2;
    const radii = Array.from({ length: n }, (_, i) => Math.hypot(crystal[2 * i], crystal[2 * i + 1]));
    const near = 0.2 * Math.max(...radii);
    const groups = new Map();
    for (let i = 0; i < n; i++) {
      const turn = Math.atan2(crystal[2 * i + 1], crystal[2 * i]) / (2 * Math.PI);
      const hue = radii[i] < near ? -1 : Math.floor((((turn % 1) + 1) % 1) * HUES);
      if (!groups.has(hue)) groups.set(hue, []);
      groups.get(hue).push(i);
    }
    return [...groups].sort(([a], [b]) => a - b).map(([hue, members]) => [hue < 0 ? ink.muted : kit.ringColour((hue + 0.5) / HUES, ink.dark), members]);
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    await Promise.all(["kit/controls.js", "kit/chart.js", "kit/chance.js"].map(Timeless.load));
    await Timeless.load("instruments/sandbox/particles.js");
    const [kit, chart, physics] = [Timeless.instrument, Timeless.chart, Timeless.particles];
    const { parameters, controls } = Timeless.controls;
    const { p, d_model: d, weight_decay: run } = data;
    const [epochs, freqs] = [data.epochs, data.key_freqs].map((column) => kit.list(column, tools));
    const final = epochs.length - 1;
    const memory = epochs.indexOf(data.memory_epoch);
    const start = physics.HAND.start * run;

    const decoded = (payload) => {
      const coded = tools.decode(payload.xy).array;
      const view = { n: payload.n, planes: freqs.length, xy: Float64Array.from(coded, (x) => x * payload.scale), lengths: tools.decode(payload.lengths).array };
      for (const name of NAMES) view[name] = payload[name].map((column) => kit.list(column, tools));
      return view;
    };
    const views = { tokens: decoded(data.tokens) };

    const make = controls("sandbox");
    const ui = build(box, { epochs, freqs, weightDecay: run }, make, kit);
    const surfaces = { cloud: kit.surface(ui.cloud, "Particles"), measured: {}, simulated: {} };
    for (const name of NAMES) {
      for (const side of ["measured", "simulated"]) {
        const holder = kit.element("div", {});
        ui.charts.append(holder);
        surfaces[side][name] = kit.surface(holder, `${TITLES[name]}, ${side}`);
      }
    }
    const say = kit.announcer(ui.live);
    const settings = parameters([
      ["mode", "replay", ["replay", "simulation"]],
      ["view", "tokens", ["tokens", "neurons"]],
      ["k", data.freq, freqs],
      ["epoch", epochs[final], epochs],
      ["lambda", start, 0, 2 * run],
      ["temperature", 0.005, 0, 0.3],
      ["noise", 0, 0, 0.5],
      ["seed", 0, 0, 9999],
      ["speed", 1, 0.1, 4],
    ]);
    const { state } = settings;
    settings.read(tools.state.get());
    state.seed = Math.round(state.seed);

    let position = epochs.indexOf(state.epoch);
    let playing = false;
    let owed = 0; // time that the simulation, or the replay in steps, still has to make up
    let view = views.tokens;
    let crystal = null;
    let frame = null; // the radius that is drawn, in each mode
    let [base, well, system] = [null, null, null];
    let pressed = null; // when the transition was triggered
    let colours = null;
    let dirty = true; // the measured charts have to be drawn again
    const record = recorder(Object.values(SIMULATED));

    const plane = () => freqs.indexOf(state.k);
    const kind = () => (state.view === "neurons" ? { d } : { freqs });
    const what = () => (state.view === "neurons" ? "neurons" : "number tokens");
    const simulating = () => state.mode === "simulation";
    const remember = () => tools.state.set(settings.changed());

    // -- state -> compute

    /** Puts the particles into the memory well of this view, plane and seed. */
    function restart() {
      const [m, c] = [memory, final].map((row) => measuredAt(view, plane(), row));
      crystal = c.xy;
      frame = { replay: 1.08 * reach(view, plane(), epochs.keys()), simulation: 1.25 * reach(view, plane(), [memory, final]) };
      base = physics.crystalWell(physics.places(m.xy, m.lengths), physics.places(c.xy, c.lengths), { run });
      system = physics.begin(physics.places(m.xy, m.lengths), state.seed);
      [pressed, owed, colours] = [null, 0, null];
      dirty = true;
      record.clear();
      disturb();
      note();
    }

    /** Moves the sites as the noise asks. */
    function disturb() {
      const radius = Math.sqrt(crystal.reduce((sum, x) => sum + x * x, 0) / view.n);
      well = physics.disordered(base, state.noise, radius, state.seed);
    }

    const measuresNow = () => physics.measures(system.at, kind());
    const note = () => record.note(system.time, measuresNow());

    function advance(steps) {
      for (let i = 0; i < steps; i++) {
        physics.step(system, well, state);
        if (system.steps % 10 === 0) note();
      }
    }

    /** Returns whether nothing moves any more. */
    function atRest() {
      if (state.temperature > 0) return false;
      return physics.gradient(well, state.lambda, system.at, system.slope).every((slope) => Math.abs(slope) < AT_REST);
    }

    // -- tell

    const digits = { energy: 1, spectral_entropy: 2, order_parameter: 3 };
    function tellRow(row, when, values) {
      ui.readouts[`${row}-when`].textContent = when;
      for (const name of NAMES) {
        const output = ui.readouts[`${row}-${name}`];
        output.value = values[name].toFixed(digits[name]);
        output.dataset.value = values[name];
      }
    }

    function readOut() {
      const row = Math.floor(position);
      const epoch = kit.integer(epochs[row]);
      const own = Object.fromEntries(NAMES.map((name) => [name, view[name][plane()][row]]));
      const simulated = measuresNow();
      tellRow("measured", `Measured, these ${what()}, epoch ${epoch}`, own);
      tellRow("whole", `Measured, whole network, epoch ${epoch}`, Object.fromEntries(NAMES.map((name) => [name, data.whole[name][row]])));
      tellRow("simulated", `Simulated, time ${system.time.toFixed(1)}`, Object.fromEntries(NAMES.map((name) => [name, simulated[SIMULATED[name]]])));
      ui.play.textContent = playing ? "Pause" : !simulating() && position === final ? "Play again" : "Play";
      ui.epoch.input.value = Math.round(position);
      ui.epoch.output.value = epoch;
      ui.epoch.input.setAttribute("aria-valuetext", `epoch ${epoch}, order parameter ${own.order_parameter.toFixed(3)}`);
      if (playing) return;
      const told = simulating()
        ? `Simulated ${what()} at time ${system.time.toFixed(1)}, weight decay ${state.lambda.toFixed(2)}: ` +
          `energy ${simulated.energy.toFixed(0)}, spectral entropy ${simulated.entropy.toFixed(2)}, order parameter ${simulated.order.toFixed(2)}`
        : `Measured ${what()} at epoch ${epoch}: energy ${own.energy.toFixed(0)}, ` +
          `spectral entropy ${own.spectral_entropy.toFixed(2)}, order parameter ${own.order_parameter.toFixed(2)}`;
      surfaces.cloud.canvas.setAttribute("aria-label", `${told}, in the plane of frequency ${state.k}.`);
      say(told);
    }

    /** Brings controls in line with the state. */
    function show() {
      for (const name of ["mode", "view", "k"]) ui[name].show(state[name]);
      ui.replay.hidden = simulating();
      ui.simulation.hidden = !simulating();
      ui.legend.replay.node.hidden = simulating();
      ui.legend.simulation.node.hidden = !simulating();
      ui.play.hidden = simulating() && tools.reducedMotion;
      ui.still.hidden = !ui.play.hidden;
      for (const name of ["lambda", "temperature", "noise", "speed", "seed"]) ui[name].input.value = state[name];
      ui.lambda.output.value = state.lambda.toFixed(2);
      ui.lambda.input.setAttribute("aria-valuetext", `${state.lambda.toFixed(2)}; the training’s own is ${run}`);
      ui.temperature.output.value = state.temperature.toFixed(3);
      ui.noise.output.value = kit.percent(state.noise, 0);
      ui.noise.input.setAttribute("aria-valuetext", `${kit.percent(state.noise, 0)} of the ring’s radius`);
      ui.speed.output.value = state.speed.toFixed(1);
      readOut();
      frames.request();
    }

    // -- actions

    function play(on) {
      playing = on;
      owed = 0;
      if (on && !simulating() && position === final) position = 0;
      show();
    }

    function scrub(to) {
      position = kit.clamp(to, 0, final);
      state.epoch = epochs[Math.round(position)];
      dirty = true;
      readOut();
      frames.request();
    }

    async function look(name) {
      try {
        if (!views[name]) views[name] = decoded(await tools.require(name));
      } catch (error) {
        ui.failure.tell(`The ${name} cannot be shown (${error.message}). The picture stays as it was; press again to try once more.`);
        state.view = "tokens";
        show();
        return;
      }
      ui.failure.tell("");
      if (name !== state.view) return; // the reader has gone back meanwhile
      view = views[name];
      restart();
      show();
    }

    function trigger() {
      playing = false;
      if (!simulating() || pressed !== null || state.lambda >= run) {
        state.mode = "simulation";
        restart();
      }
      state.lambda = Math.max(state.lambda, run);
      pressed = system.time;
      remember();
      if (tools.reducedMotion) stepOnce();
      else play(true);
    }

    function stepOnce() {
      playing = false;
      if (simulating()) advance(tools.reducedMotion ? STEP_STILL : STEP);
      else scrub(position === final ? 0 : Math.floor(position) + 1);
      remember();
      show();
    }

    // -- draw

    function move(dt) {
      if (simulating()) {
        owed += (state.speed * dt) / 1000;
        const steps = Math.min(Math.floor(owed / physics.DT + 1e-9), 100);
        owed -= steps * physics.DT;
        advance(steps);
        if (steps && atRest()) playing = false;
      } else if (!tools.reducedMotion) {
        position = Math.min(position + dt / PACE, final);
        dirty = true;
      } else if ((owed += dt) >= PACE_STILL) {
        owed = 0;
        position = Math.min(Math.floor(position) + 1, final);
        dirty = true;
      }
      if (!simulating() && position === final) playing = false;
      if (!simulating()) state.epoch = epochs[Math.floor(position)];
      readOut();
      if (!playing) {
        remember();
        show();
      }
    }

    /** Returns the axis that a measure has in both charts. */
    function axisOf(name) {
      if (name === "order_parameter") return { low: 0, high: 1, ticks: [0, 0.5, 1] };
      const [, high] = chart.extent([view[name][plane()], name === "energy" ? [] : data.whole[name], record.kept[SIMULATED[name]]]);
      return { low: 0, high: 1.04 * high, ticks: kit.ticksTo(high, 3).filter((tick) => tick <= high) };
    }

    const widths = {};
    function drawCharts(ink) {
      const now = record.kept.time;
      for (const name of NAMES) {
        const y = axisOf(name);
        if (widths[name] !== y.high) [widths[name], dirty] = [y.high, true];
      }
      for (const name of NAMES) {
        const y = axisOf(name);
        const series = record.kept[SIMULATED[name]];
        const whole = name === "energy" ? [] : [{ x: epochs, y: data.whole[name], colour: ink.muted, width: 1.25, dash: [2, 3] }];
        const last = name === "order_parameter";
        if (dirty) {
          const at = 10 ** kit.mix(Math.log10(1 + epochs[Math.floor(position)]), Math.log10(1 + epochs[Math.min(Math.floor(position) + 1, final)]), position % 1) - 1;
          chart.panel(surfaces.measured[name], ink, {
            title: `${TITLES[name]}, measured`,
            x: { kind: "epoch", low: 0, high: epochs[final], label: last ? "epoch" : "" },
            y,
            lines: [...whole, { x: epochs, y: view[name][plane()], colour: ink.ink, width: 2 }],
            marks: [ // each line is named where its name has room
              { x: data.memorisation_epoch ?? -1, text: name === "energy" ? "memorised" : "" },
              { x: data.grok_epoch ?? -1, text: name === "energy" ? "" : "generalised" },
            ],
            cursor: simulating() ? null : at,
          });
        }
        chart.panel(surfaces.simulated[name], ink, {
          title: `${TITLES[name]}, simulated`,
          x: { low: 0, high: Math.max(5, now[now.length - 1] || 0), label: last ? "time" : "" },
          y,
          lines: [{ x: now, y: series, colour: ink.accent, width: 2, dash: [5, 3] }],
          marks: [{ x: pressed ?? -1, text: "λ raised" }],
        });
      }
      dirty = false;
    }

    let ink = null;
    function draw(dt) {
      const began = performance.now();
      if (playing) move(dt);
      ink ??= kit.palette(tools, box);
      colours ??= hues(crystal, kit, ink);
      const ring = state.view === "tokens" ? kit.ringOrder(state.k, p) : null;
      const dots = kit.clamp(surfaces.cloud.canvas.clientWidth / (ring ? 105 : 150), 2, 4);
      const common = { radius: frame[state.mode], colours, ring, dots };
      if (simulating()) {
        const title = `Simulated: time ${system.time.toFixed(1)}, λ = ${state.lambda.toFixed(2)}`;
        drawCloud(surfaces.cloud, ink, kit, { ...common, at: system.at, stride: physics.AXES, sites: crystal, title });
      } else {
        const { xy, row } = measuredAt(view, plane(), position);
        drawCloud(surfaces.cloud, ink, kit, { ...common, at: xy, stride: 2, sites: null, title: `Measured: epoch ${kit.integer(epochs[row])}` });
      }
      drawCharts(ink);
      performance.clearMeasures("sandbox-frame");
      performance.measure("sandbox-frame", { start: began }); // what benchmarks/sandbox_frame.py reads
      return playing;
    }

    const frames = kit.animator(box, (dt) => draw(dt));

    function paint() {
      [ink, colours, dirty] = [kit.palette(tools, box), null, true];
      const wheel = `conic-gradient(${[0, 1, 2, 3, 4, 5, 6].map((i) => kit.ringColour((i % 6) / 6, ink.dark)).join(", ")})`;
      ui.legend.replay.paint([wheel, ink.ink, ink.muted]);
      ui.legend.simulation.paint([wheel, ink.muted, ink.ink, ink.muted, ink.accent]);
      frames.request();
    }

    // -- controls -> state

    ui.on = {
      mode(value) {
        playing = false;
        state.mode = value;
        dirty = true;
        remember();
        show();
      },
      view(value) {
        playing = false;
        state.view = value;
        remember();
        look(value);
      },
      k(value) {
        state.k = value;
        remember();
        restart();
        show();
      },
    };
    for (const name of ["lambda", "temperature", "noise", "speed"]) {
      ui[name].input.addEventListener("input", () => {
        state[name] = ui[name].input.valueAsNumber;
        if (name === "noise") disturb();
        show();
      });
    }
    ui.seed.input.addEventListener("change", () => {
      const asked = ui.seed.input.valueAsNumber;
      if (Number.isFinite(asked)) state.seed = kit.clamp(Math.round(asked), 0, 9999);
      restart();
      show();
    });
    ui.epoch.input.addEventListener("input", () => {
      playing = false;
      scrub(ui.epoch.input.valueAsNumber);
    });
    ui.root.addEventListener("change", remember);
    ui.trigger.addEventListener("click", trigger);
    ui.play.addEventListener("click", () => {
      play(!playing);
      if (!playing) remember();
    });
    ui.step.addEventListener("click", stepOnce);
    ui.reset.addEventListener("click", () => {
      const { mode, view: kept, k } = state;
      settings.reset();
      Object.assign(state, { mode, view: kept, k });
      playing = false;
      position = final;
      remember();
      restart();
      show();
    });
    tools.onTheme(paint);
    const size = new ResizeObserver(() => {
      dirty = true;
    });
    size.observe(box);

    restart();
    paint();
    show();
    if (state.view !== "tokens") await look(state.view);
    return {
      destroy() {
        playing = false;
        size.disconnect();
        frames.destroy();
      },
    };
  }

  Timeless.widget("sandbox", { mount });
})();
