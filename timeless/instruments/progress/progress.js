/* Progress measures under one epoch: curves, spectrum, ring and accuracy map of the same network.
   Controls -> state -> compute -> draw. */
(function () {
  "use strict";

  const { chart, instrument: kit, mounting } = Timeless;
  const { core, drawCurves, drawBars, drawMap, look, repaint, glide, ahead, atStart, tell } = Timeless.parts.progress;
  const { nearest, epochAt, positionOf, PACE, advance, stepFrom, phaseAt, linesOf } = core;

  const TWEEN = 260; // milliseconds in which ring and bars glide from one checkpoint to the next
  const PATIENT = 1; // the highest speed at which playing waits for each map

  // --- controls -> state --------------------------------------------------------------------

  function tableOf({ epochs, start, freqs, directions, phases }) {
    const { last, confirmed } = directions;
    const row = mounting.oneOf;
    const faded = (k) => (last.freqs.includes(k) ? String(k) : `${k} (key at ${kit.integer(confirmed.epoch)})`);
    return [
      ["epoch", start, epochs, {
        kind: "slider", label: `Epoch (${epochs.length} checkpoints)`, text: kit.integer,
        spoken: (epoch) => `epoch ${kit.integer(epoch)}, ${phaseAt(phases, epoch).name}`,
      }],
      row("choice", "speed", "Speed", [[0.5, "½×"], [1, "1×"], [2, "2×"], [4, "4×"]], 1),
      row("choice", "view", "Curves", [["loss", "Loss"], ["accuracy", "Accuracy"]]),
      row("choice", "axis", "Epoch axis", [["log", "Log"], ["linear", "Linear"]]),
      row("select", "split", "Split: restricted, excluded", [
        ["defined", "all, train (as defined)"], ["all", "all pairs"], ["train", "training pairs"], ["test", "test pairs"]]),
      row("select", "directions", "Directions: key frequencies of", [
        ["last", "the last checkpoint"], ["confirmed", `epoch ${kit.integer(confirmed.epoch)}, post hoc`]]),
      row("select", "freq", "Ring of frequency k", freqs.map((k) => [k, faded(k)])),
      row("select", "plane", "Its plane", [["last", "the last checkpoint’s"], ["own", "this checkpoint’s own"]]),
    ];
  }

  /** Returns the buttons that drive the epoch. */
  function buttonsOf(it) {
    const { ui } = it;
    const { element } = kit;
    const step = (direction) => () => {
      it.playing = false;
      goTo(it, stepFrom(it.published, it.state.epoch, direction));
      it.remember();
    };
    const [back, forth] = [ui.button({ name: "back", label: "◂", act: step(-1) }), ui.button({ name: "forth", label: "▸", act: step(1) })];
    back.append(element("span", {}, " Step"));
    forth.prepend(element("span", {}, "Step "));
    back.setAttribute("aria-label", "Step to the published checkpoint before");
    forth.setAttribute("aria-label", "Step to the next published checkpoint");
    const reset = mounting.resetButton(it, () => {
      it.playing = false;
      goTo(it, it.state.epoch);
      repaint(it, false);
    });
    return { play: ui.button({ name: "play", label: "Play", primary: true, act: () => (it.playing ? stop(it) : play(it)) }), back, forth, reset };
  }

  /** Returns a picture with its epoch above and a note below; its elements go into `view` under its name. */
  function pictureAround(view, ui, name, title) {
    const { element } = kit;
    view[name] = element("div", { class: `progress-${name}` });
    view[`${name}Epoch`] = ui.output(`${name}-epoch`);
    view[`${name}Note`] = element("p", { class: "progress-note", "data-readout": `${name}-note` });
    return element("div", { class: "progress-picture" },
      element("p", { class: "progress-head" }, element("span", {}, title), view[`${name}Epoch`]), view[name], view[`${name}Note`]);
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const view = {
      ...buttonsOf(it),
      values: ui.readouts([["at", "Epoch"], ["phase", "Phase"], ["train-loss", "Train loss"], ["test-loss", "Test loss"],
        ["restricted", "Restricted loss"], ["excluded", "Excluded loss"], ["train-accuracy", "Train accuracy"], ["test-accuracy", "Test accuracy"]]),
      curves: element("div", { class: "progress-curves" }),
      legend: element("div", {}),
      mapLegend: ui.legend([["block", "trained on, right"], ["block", "unseen, right"], ["block", "trained on, wrong"], ["block", "unseen, wrong"]]),
      protocol: element("p", { class: "progress-note", "data-readout": "protocol" }),
      failure: ui.failure(),
      live: ui.live(),
    };
    const pictures = [["bars", "Spectrum of the embedding"], ["ring", "Tokens in the plane of k"], ["map", "Answers to all pairs (a, b)"]];
    view.root = element("div", { class: "progress" },
      element("div", { class: "progress-drive" },
        ui.row(element("div", { class: "progress-buttons" }, view.play, view.back, view.forth, view.reset)),
        own.epoch.node),
      ui.row(own.speed.node, own.view.node, own.axis.node),
      view.values.node,
      view.curves,
      view.legend,
      element("div", { class: "progress-pictures" }, ...pictures.map(([name, title]) => pictureAround(view, ui, name, title))),
      element("div", { class: "progress-map-legend" }, view.mapLegend.node),
      element("div", { class: "progress-choices" }, own.split.node, own.directions.node, own.freq.node, own.plane.node),
      view.protocol,
      view.failure.node,
      view.live);
    return view;
  }

  function set(it, name, value) {
    if (name === "epoch") {
      it.playing = false;
      goTo(it, value);
    } else {
      it.state[name] = value;
      repaint(it, false);
    }
  }

  /** Puts the cursor at an epoch; the state keeps the measured one nearest to it. */
  function goTo(it, epoch) {
    const { epochs } = it.data;
    it.cursor = epoch;
    it.state.epoch = epochs[nearest(epochs, epoch)];
    it.wanted = nearest(it.published, it.state.epoch);
    look(it);
    it.refresh();
  }

  // --- playing ------------------------------------------------------------------------------

  function stop(it) {
    it.playing = false;
    goTo(it, it.state.epoch);
    it.remember();
  }

  function play(it) {
    it.playing = true;
    it.waited = 0;
    it.position = atStart(it) ? 0 : positionOf(it.published, it.state.epoch);
    goTo(it, epochAt(it.published, it.position));
    if (it.shown >= 0) ahead(it);
  }

  function moveOn(it, dt) {
    const { speed } = it.state;
    if (it.wanted !== it.shown) return; // its weights are on the way
    if (it.mapped !== it.shown && speed <= PATIENT) return;
    if (!it.tools.reducedMotion) it.position = advance(it.position, dt, speed, it.final);
    else if ((it.waited += dt) >= PACE / speed) {
      it.waited = 0;
      it.position = Math.min(Math.floor(it.position) + 1, it.final);
    }
    goTo(it, epochAt(it.published, it.position));
    if (it.position === it.final) stop(it);
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Moves the pictures on towards what they show next. */
  function glideOn(it, dt) {
    if (it.glided >= 1) return;
    it.glided = Math.min(it.glided + dt / Math.min(TWEEN, (0.8 * PACE) / it.state.speed), 1);
    it.picture = it.glided < 1 ? glide(it.from, it.goal, kit.ease(it.glided)) : it.goal;
  }

  function drawPicture({ picture, surfaces, data, state, info: { p } }, ink) {
    const { freq } = state;
    drawBars(surfaces.bars, ink, { ...picture, high: 1.03 * data.high, keys: data.directions[state.directions].freqs });
    kit.tokens(surfaces.ring, ink, { x: picture.x, y: picture.y, reach: data.reach[data.freqs.indexOf(freq)], ring: kit.ringOrder(freq, p), freq });
  }

  /** Draws the map where it has changed: it is too large to draw in every frame. */
  function drawAnswers(it, ink) {
    const { mapped, maps, surfaces: { map }, info, mask } = it;
    const stale = mapped !== it.wanted;
    const drawn = [mapped, stale, map.canvas.clientWidth, map.canvas.clientHeight, devicePixelRatio, ink.font, ink.ink].join();
    if (!maps.has(mapped) || drawn === it.mapDrawn) return;
    const label = (pair) => Timeless.network.label(info, Math.floor(pair / info.p), pair % info.p);
    drawMap(map, ink, { answers: maps.get(mapped).answers, mask, label, p: info.p, stale });
    it.mapDrawn = drawn;
  }

  function draw(it, dt) {
    if (it.playing) moveOn(it, dt);
    glideOn(it, dt);
    const { data, state, cursor, published, shown, extent } = it;
    const ink = kit.palette(it.tools, it.box);
    it.scale = drawCurves(it.surfaces.curves, ink, {
      data, state, lines: linesOf(state), cursor, row: data.epochs.indexOf(state.epoch), published, shown, extent, colour: it.tools.colour,
    });
    if (it.picture) drawPicture(it, ink);
    drawAnswers(it, ink);
    return it.playing || it.glided < 1;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Returns the payload with its columns as lists. */
  function unpacked(data, tools) {
    const columns = (table) =>
      Object.fromEntries(Object.entries(table).map(([name, column]) =>
        [name, Array.isArray(column) || column.dtype ? kit.list(column, tools) : columns(column)]));
    return { ...data, epochs: kit.list(data.epochs, tools), measures: columns(data.measures), curves: columns(data.curves) };
  }

  /** Returns [low, high] of all losses, so that the axis stays when the reader chooses others. */
  function extentOf({ measures, curves }) {
    const losses = [measures.train_loss, measures.test_loss, curves.train_loss, curves.test_loss];
    for (const table of ["last", "confirmed"]) losses.push(...Object.entries(measures[table]).flatMap(([name, column]) => (/loss/.test(name) ? [column] : [])));
    return chart.extent(losses, "log");
  }

  const faint = (name) => `color-mix(in srgb, var(--${name}) 18%, var(--paper))`;

  async function mount(box, payload, tools) {
    const run = await Timeless.checkpoints.open("addition");
    const data = unpacked(payload, tools);
    const it = mounting.begin("progress", box, tools, tableOf(data));
    Object.assign(it, {
      data, run, info: run.info, mask: run.trainMask(0), published: run.epochs, final: run.epochs.length - 1,
      planes: tools.decode(data.planes).array, extent: extentOf(data),
      wanted: 0, shown: -1, mapped: -1, broken: -1, // places of published checkpoints
      seen: new Map(), maps: new Map(),
      asked: new Set(), // places whose map is on the way
      worker: null,
      cursor: it.state.epoch, // while playing between the measured ones
      playing: false, position: 0, waited: 0, // along the published checkpoints
      picture: null, from: null, goal: null, glided: 1, // norms and tokens as drawn glide towards a goal
      mapDrawn: "", // what the map was drawn from
      legended: "", // what the legend was written from
      scale: null, // of epochs, as last drawn
      set: (name, value) => set(it, name, value),
    });
    mounting.stage(it, {
      view: build(it),
      surfaces: { curves: "Losses over epochs", bars: "Spectrum of the embedding", ring: "Tokens in the plane of a frequency", map: "Which pairs are answered right" },
      draw, tell,
    });
    it.view.mapLegend.paint(["var(--train)", "var(--test)", faint("train"), faint("test")]);
    chart.draggable(it.surfaces.curves.canvas, () => it.scale, (epoch) => it.set("epoch", data.epochs[nearest(data.epochs, epoch)]), it.remember);
    goTo(it, it.state.epoch);
    return {
      destroy() {
        it.playing = false;
        it.frames.destroy();
        if (it.worker) it.worker.destroy();
      },
    };
  }

  Timeless.widget("progress", { needs: ["fourier", "network", "checkpoints", "background"], mount });
})();
