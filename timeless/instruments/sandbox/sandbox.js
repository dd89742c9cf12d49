/* The sandbox: tokens of a network that trains, and particles of the study's, replayed as measured and simulated in an energy well.
   Controls -> state -> compute -> draw; the physics lies in particles.js. */
(function () {
  "use strict";

  const { instrument: kit, mounting, particles: physics } = Timeless;
  const { core, SIMULATED, drawCloud, hues, drawCharts, simulating, measuresNow, showEpoch, tellMeasures, tell, training, MOST_SEEDS, tableOf, build, labels } = Timeless.parts.sandbox;
  const { NAMES, measuredAt, recorder, reach } = core;

  const PACE = 340; // milliseconds from one checkpoint to the next while playing
  const PACE_STILL = 900; // … in steps, where the reader asked for less motion
  const STEP = 25; // steps of the simulation at a press of Step
  const STEP_STILL = 100; // … where the reader asked for less motion, and nothing plays
  const AT_REST = 1e-4; // largest slope at which a simulation without temperature is over

  // --- actions ------------------------------------------------------------------------------

  const learns = ({ state }) => state.mode === "training";

  function set(it, name, value) {
    if (training.set(it.training, name, value)) return null;
    if (name === "epoch") {
      it.playing = false;
      return scrub(it, it.epochs.indexOf(value));
    }
    if (name === "mode" || name === "view") it.playing = false;
    if (name === "mode") training.pause(it.training);
    it.state[name] = value;
    if (name === "view") return look(it, value);
    if (name === "mode") it.dirty = true;
    if (name === "k" || name === "seed") restart(it);
    if (name === "noise") disturb(it);
    return it.refresh();
  }

  function play(it, on) {
    it.playing = on;
    it.owed = 0;
    if (on && !simulating(it) && it.position === it.final) it.position = 0;
    it.refresh();
  }

  function pressPlay(it) {
    if (learns(it)) {
      training.press(it.training);
      return;
    }
    play(it, !it.playing);
    if (!it.playing) it.remember();
  }

  function scrub(it, position) {
    it.position = kit.clamp(position, 0, it.final);
    it.state.epoch = it.epochs[Math.round(it.position)];
    it.dirty = true;
    it.refresh();
  }

  /** Shows tokens or neurons, once they are here. */
  async function look(it, name) {
    try {
      it.views[name] ??= decoded(it, await it.tools.require(name));
    } catch (error) {
      it.view.failure.tell(`The ${name} cannot be shown (${Timeless.told(error)}). The picture stays as it was; press again to try once more.`);
      it.state.view = "tokens";
      it.refresh();
      return;
    }
    it.view.failure.tell("");
    if (name !== it.state.view) return; // the reader has gone back meanwhile
    it.particles = it.views[name];
    restart(it);
    it.refresh();
  }

  function trigger(it) {
    if (learns(it)) {
      training.trigger(it.training);
      return;
    }
    const { state, data: { weight_decay: run } } = it;
    it.playing = false;
    if (!simulating(it) || it.pressed !== null || state.lambda >= run) {
      state.mode = "simulation";
      restart(it);
    }
    state.lambda = Math.max(state.lambda, run);
    it.pressed = it.system.time;
    it.remember();
    if (it.tools.reducedMotion) stepOnce(it);
    else play(it, true);
  }

  function stepOnce(it) {
    if (learns(it)) {
      training.step(it.training);
      return;
    }
    it.playing = false;
    if (simulating(it)) advance(it, it.tools.reducedMotion ? STEP_STILL : STEP);
    else scrub(it, it.position === it.final ? 0 : Math.floor(it.position) + 1);
    it.remember();
    it.refresh();
  }

  /** Goes back to the start, but for what is looked at. */
  function reset(it) {
    const { mode, view, k, net, plane, pace } = it.state;
    it.position = it.final;
    it.reset();
    Object.assign(it.state, { mode, view, k, net, plane, pace });
    it.playing = false;
    if (learns(it)) training.renew(it.training);
    it.remember();
    restart(it);
    it.refresh();
  }

  // --- compute ------------------------------------------------------------------------------

  function decoded({ tools, freqs }, payload) {
    const coded = tools.decode(payload.xy).array;
    return {
      n: payload.n, planes: freqs.length, xy: Float64Array.from(coded, (x) => x * payload.scale), lengths: tools.decode(payload.lengths).array,
      ...Object.fromEntries(NAMES.map((name) => [name, payload[name].map((column) => kit.list(column, tools))])),
    };
  }

  /** Puts the particles into the memory well of what is looked at and of the seed. */
  function restart(it) {
    const { particles, epochs, final, memory, state, data: { weight_decay: run } } = it;
    const plane = it.plane();
    const [m, c] = [memory, final].map((row) => measuredAt(particles, plane, row));
    it.crystal = c.xy;
    it.radii = { replay: 1.08 * reach(particles, plane, epochs.keys()), simulation: 1.25 * reach(particles, plane, [memory, final]) };
    it.base = physics.crystalWell(physics.places(m.xy, m.lengths), physics.places(c.xy, c.lengths), { run });
    it.system = physics.begin(physics.places(m.xy, m.lengths), state.seed);
    Object.assign(it, { pressed: null, owed: 0, colours: null, dirty: true });
    it.record.clear();
    disturb(it);
    note(it);
  }

  /** Moves the sites as the noise asks. */
  function disturb(it) {
    const radius = Math.sqrt(it.crystal.reduce((sum, x) => sum + x * x, 0) / it.particles.n);
    it.well = physics.disordered(it.base, it.state.noise, radius, it.state.seed);
  }

  const note = (it) => it.record.note(it.system.time, measuresNow(it));

  function advance(it, steps) {
    for (let i = 0; i < steps; i++) {
      physics.step(it.system, it.well, it.state);
      if (it.system.steps % 10 === 0) note(it);
    }
  }

  /** Returns whether nothing moves any more. */
  function atRest({ state, well, system }) {
    if (state.temperature > 0) return false;
    return physics.gradient(well, state.lambda, system.at, system.slope).every((slope) => Math.abs(slope) < AT_REST);
  }

  /** Moves the simulation on by dt milliseconds. */
  function simulate(it, dt) {
    it.owed += (it.state.speed * dt) / 1000;
    const steps = Math.min(Math.floor(it.owed / physics.DT + 1e-9), 100);
    it.owed -= steps * physics.DT;
    advance(it, steps);
    if (steps && atRest(it)) it.playing = false;
  }

  /** Moves the replay on by dt milliseconds: smoothly, or checkpoint by checkpoint where motion is unwelcome. */
  function replay(it, dt) {
    if (!it.tools.reducedMotion) {
      it.position = Math.min(it.position + dt / PACE, it.final);
      it.dirty = true;
    } else if ((it.owed += dt) >= PACE_STILL) {
      it.owed = 0;
      it.position = Math.min(Math.floor(it.position) + 1, it.final);
      it.dirty = true;
    }
    if (it.position === it.final) it.playing = false;
    it.state.epoch = it.epochs[Math.floor(it.position)];
  }

  function move(it, dt) {
    if (simulating(it)) simulate(it, dt);
    else replay(it, dt);
    if (it.playing) {
      showEpoch(it.controls.epoch, it);
      tellMeasures(it);
    } else {
      it.remember();
      it.refresh();
    }
  }

  // --- draw ---------------------------------------------------------------------------------

  function drawParticles(it) {
    const { ink, state, system, surfaces } = it;
    const ring = state.view === "tokens" ? kit.ringOrder(state.k, it.data.p) : null;
    const dots = kit.clamp(surfaces.cloud.canvas.clientWidth / (ring ? 105 : 150), 2, 4);
    const common = { radius: it.radii[state.mode], colours: it.colours, ring, dots };
    if (simulating(it)) {
      const title = `Simulated: time ${system.time.toFixed(1)}, λ = ${state.lambda.toFixed(2)}`;
      drawCloud(surfaces.cloud, ink, { ...common, at: system.at, stride: physics.AXES, sites: it.crystal, title });
    } else {
      const { xy, row } = measuredAt(it.particles, it.plane(), it.position);
      drawCloud(surfaces.cloud, ink, { ...common, at: xy, stride: 2, sites: null, title: `Measured: epoch ${kit.integer(it.epochs[row])}` });
    }
  }

  function draw(it, dt) {
    if (learns(it)) {
      training.draw(it.training);
      return false;
    }
    const began = performance.now();
    if (it.playing) move(it, dt);
    it.ink ??= kit.palette(it.tools, it.box);
    it.colours ??= hues(it.crystal, it.ink);
    drawParticles(it);
    drawCharts(it, it.ink);
    performance.clearMeasures("sandbox-frame");
    performance.measure("sandbox-frame", { start: began }); // what benchmarks/sandbox_frame.py reads
    return it.playing;
  }

  /** Takes up the theme's colours. */
  function paint(it) {
    const ink = kit.palette(it.tools, it.box);
    Object.assign(it, { ink, colours: null, dirty: true });
    it.view.legends.replay.paint([kit.wheel(ink.dark), ink.ink, ink.muted]);
    it.view.legends.simulation.paint([kit.wheel(ink.dark), ink.muted, ink.ink, ink.muted, ink.accent]);
    it.frames.request();
  }

  // --- mount --------------------------------------------------------------------------------

  /** Takes the seed that is typed, as a whole number that is possible. */
  function chooseSeed(it) {
    const asked = it.view.seed.input.valueAsNumber;
    it.choose("seed", Number.isFinite(asked) ? kit.clamp(Math.round(asked), 0, MOST_SEEDS) : it.state.seed);
  }

  async function mount(box, payload, tools) {
    const [epochs, freqs] = [payload.epochs, payload.key_freqs].map((column) => kit.list(column, tools));
    const data = { ...payload, epochs, freqs };
    const asked = tools.state.get();
    const remembered = (values) => tools.state.set({ ...values, ...training.told(it.training) });
    const it = mounting.begin("sandbox", box, { ...tools, state: { ...tools.state, set: remembered } }, tableOf(data));
    it.training = training.begin(it, training.decoded(data.training, tools));
    it.state.seed = Math.round(it.state.seed);
    Object.assign(it, {
      data, epochs, freqs,
      final: epochs.length - 1, memory: epochs.indexOf(data.memory_epoch),
      position: epochs.indexOf(it.state.epoch), playing: false,
      owed: 0, // time that the simulation, or the replay in steps, still has to make up
      pressed: null, // when the transition was triggered
      dirty: true, highs: "", // the measured charts are drawn again only where something has changed
      ink: null, colours: null,
      record: recorder(Object.values(SIMULATED)),
      plane: () => freqs.indexOf(it.state.k),
      set: (name, value) => set(it, name, value),
    });
    it.particles = decoded(it, data.tokens);
    it.views = { tokens: it.particles };
    const acts = Object.fromEntries(Object.entries({ pressPlay, trigger, stepOnce, reset }).map(([name, act]) => [name, () => act(it)]));
    mounting.stage(it, { view: build(it, acts), surfaces: labels(), draw, tell });
    it.view.seed.input.addEventListener("change", () => chooseSeed(it));
    tools.onTheme(() => paint(it));
    const size = new ResizeObserver(() => (it.dirty = true));
    size.observe(box);
    restart(it);
    training.renew(it.training, Timeless.runs.changesOf(asked.changes));
    paint(it);
    if (it.state.view !== "tokens") await look(it, it.state.view);
    const blind = training.watch(it.training);
    return {
      destroy() {
        it.playing = false;
        blind();
        training.close(it.training);
        size.disconnect();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("sandbox", { needs: ["chance", "fourier", "group", "runs"], mount });
})();
