/* Clocks: how the trained network adds. Two numbers turn the hands of a few clocks, every clock has a wave over the answers, and
   the waves agree in one place.
   Controls -> state -> compute -> draw; what is computed lies in clocks-core.js and kit/network. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { core, drawFace, drawRow, unitOf, tell } = Timeless.parts.clocks;
  const { wrapped, clockOf, turnsOf, handsOf, nearestNumber, waveOf, added, inUse, verdictOf, centred, leftOver, partsAt } = core;

  const COLOURS = ["series-3", "series-4", "series-5", "series-6", "series-8", "series-1"];
  const PACE = 900; // milliseconds that a step takes while it is played
  const GLIDE = 90; // milliseconds in which a hand goes most of the way to its place

  // --- controls -> state --------------------------------------------------------------------

  const switchOf = (k) => `k${k}`;

  /** The numbers of a product are those that have a logarithm: 1 and on. */
  function tableOf({ epochs }, { a, b, freqs, order }) {
    const [least, most] = [Math.min(...order), Math.max(...order)];
    const number = (name, value) => [name, Math.max(value % (most + 1), least), least, most, { kind: "slider", label: name, clamped: true, spoken: (t) => `${name} = ${t}` }];
    return [
      number("a", a), number("b", b), Timeless.cursor.row(epochs),
      ...freqs.map((k) => [switchOf(k), true, [true, false], { kind: "toggle", label: `frequency ${k}` }]),
    ];
  }

  /** Returns the parts of a clock's row by name: its face, its wave, and what is told of it. */
  function rowOf(it, k) {
    const { element } = kit;
    const face = element("div", { class: "clocks-face" });
    const wave = element("div", { class: "clocks-bars" });
    const amount = element("span", { class: "clocks-amount", "data-readout": `amount${k}` });
    const row = element("div", { class: "clocks-row", "data-frequency": k }, face,
      element("div", { class: "clocks-wave" }, element("div", { class: "clocks-head" }, it.controls[switchOf(k)].node, amount), wave));
    return { face, wave, amount, row };
  }

  /** Returns a row that says what was found on its left, and shows it on its right. */
  function resultOf(values, name, bars, note) {
    const { element } = kit;
    const told = values.outputs[name].closest("div"); // the pair of label and value
    return element("div", { class: "clocks-row clocks-result", "data-result": name }, element("div", { class: "clocks-said" }, element("dl", {}, told), note), bars);
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own, freqs } = it;
    const { element } = kit;
    own.epoch.node.hidden = it.epochs.length < 2;
    const parts = Object.fromEntries(freqs.map((k) => [k, rowOf(it, k)]));
    const values = ui.readouts([["sum", "Added up"], ["network", "The network’s logits"], ["left", "Left unexplained"]]);
    const bars = () => element("div", { class: "clocks-bars" });
    const view = {
      values,
      play: ui.button({ name: "play", label: "", primary: true, act: () => play(it, !it.playing) }),
      said: element("p", { class: "clocks-sentence", "data-readout": "said" }),
      notes: { sum: element("p"), network: element("p"), left: element("p", {}, "logits less the sum") },
      sum: bars(), network: bars(), left: bars(),
      rows: {}, amounts: {},
      failure: ui.failure(),
      live: ui.live(),
    };
    for (const k of freqs) {
      Object.assign(view, { [`face${k}`]: parts[k].face, [`wave${k}`]: parts[k].wave });
      [view.rows[k], view.amounts[k]] = [parts[k].row, parts[k].amount];
    }
    view.root = element("div", { class: "clocks" },
      ui.row(own.a.node, own.b.node, view.play),
      view.said,
      ...freqs.map((k) => parts[k].row),
      ...["sum", "network", "left"].map((name) => resultOf(values, name, view[name], view.notes[name])),
      it.note,
      ui.row(own.epoch.node, mounting.resetButton(it, () => Timeless.cursor.turnToState(it))),
      view.failure.node,
      view.live);
    return view;
  }

  // --- state -> compute ---------------------------------------------------------------------

  /** Returns what is known of the checkpoint that is shown: its clocks, and the amplitudes of their waves once they are here. */
  function seenOf(it) {
    const { seen, here, info, freqs, circle: { order, slope } } = it;
    if (!seen.has(here.shown)) {
      const { fourier } = Timeless;
      const { W, waves } = fourier.spectrumOf(here.weights.W_E, info.d_model, order);
      const clockAt = (k) => clockOf(fourier, W, waves, k);
      const clocks = freqs.map((k) => ({ ...clockAt(k), ...(slope === 1 ? {} : { slope, turns: turnsOf(clockAt, k, order.length, slope) }) }));
      seen.set(here.shown, { clocks, amplitudes: null });
    }
    return seen.get(here.shown);
  }

  /** Has the amplitudes of the checkpoint that is shown measured in the background, once. */
  async function measure(it) {
    const { here: { shown, weights }, info, freqs, jobs } = it;
    const seen = seenOf(it);
    if (seen.amplitudes) return;
    const { curves: _curves, train_pairs: _pairs, ...sizes } = info;
    try {
      const found = await jobs.run("amplitudes", [weights, sizes, it.op, freqs, it.circle], "amplitudes");
      if (found) seen.amplitudes = it.amplitudes = found; // those of the checkpoint before stand in until then
    } catch (error) {
      it.view.failure.tell(`The waves could not be measured (${Timeless.told(error)}).`);
    }
    if (it.here.shown === shown) it.refresh();
  }

  /** Composes what is told and drawn from the state, at the moment of playing. */
  function compose(it) {
    const { here, info, state, freqs } = it;
    const { order, slope } = it.circle;
    const p = order.length; // places on the circle
    const { clocks, amplitudes } = seenOf(it);
    const [a, b] = [state.a, state.b].map((number) => order.indexOf(number));
    const right = Timeless.network.placeOfAnswer({ order, slope }, a, b);
    const used = amplitudes ? inUse(amplitudes) : freqs.map((k) => it.own || info.key_freqs.includes(k));
    const all = clocks.map((clock, i) => ({
      ...clock, hands: handsOf(clock, a, b), amplitude: amplitudes && amplitudes[i], used: used[i], on: state[switchOf(clock.k)],
      wave: waveOf(amplitudes ? amplitudes[i] : 0, clock.k, p, right), colour: it.tools.colour(COLOURS[i % COLOURS.length]),
    }));
    const on = all.filter((clock) => clock.used && clock.on);
    const parts = partsAt(it.moment, on.length);
    const sum = added(on.map(({ wave }) => wave), parts.waves, p);
    const { logits, answer } = Timeless.network.forward(here.weights, info, state.a, state.b, it.op);
    const own = centred(Float64Array.from(order, (c) => logits[c]));
    const { rest, share } = leftOver(own, sum);
    const { chance } = verdictOf(own, right);
    it.found = {
      p, order, right, place: order.indexOf(answer), clocks: all, amplitudes, parts, answer, chance, rest, left: share, logits: own,
      values: sum, sum: verdictOf(sum, right, Math.max(...own.map(Math.abs))), on: on.filter((_, i) => parts.waves[i] > 0),
      shown: all.filter((clock) => clock.used),
    };
  }

  // --- play ---------------------------------------------------------------------------------

  const lastOf = ({ found }) => 2 + (found ? found.shown.filter(({ on }) => on).length : 0);

  function play(it, on) {
    it.playing = on;
    it.waited = 0;
    it.moment = on ? 0 : Infinity;
    it.refresh();
  }

  /** Moves on by dt milliseconds: smoothly, or step by step where motion is unwelcome. */
  function advance(it, dt) {
    if (!it.tools.reducedMotion) it.moment += dt / PACE;
    else if ((it.waited += dt) >= PACE) [it.waited, it.moment] = [0, Math.floor(it.moment) + 1];
    if (it.moment >= lastOf(it)) [it.playing, it.moment] = [false, Infinity];
    compose(it);
    it.tell();
  }

  /** Returns hands on their way from where they were drawn to where they belong, the short way round; `it.gliding` says whether
      any still moves. */
  function glided(it, k, hands, dt) {
    const before = it.drawn.get(k);
    const share = it.tools.reducedMotion || it.playing || !before ? 1 : 1 - Math.exp(-(dt || 16) / GLIDE);
    const toward = (from, to) => to - (Math.abs(wrapped(to - from)) < 0.004 ? 0 : (1 - share) * wrapped(to - from));
    const now = before ? { a: toward(before.a, hands.a), sum: toward(before.sum, hands.sum) } : hands;
    it.drawn.set(k, { a: now.a, sum: now.sum });
    if (now.a !== hands.a || now.sum !== hands.sum) it.gliding = true;
    return { ...hands, ...now };
  }

  // --- draw ---------------------------------------------------------------------------------

  function drawResults(it, ink, { unit, least, most }) {
    const { surfaces, found: { p, order, right, values, logits, rest, on, place, sum } } = it;
    const rows = { unit, base: most / (most - least), right };
    const ticks = kit.ticksTo(p - 1, surfaces.left.canvas.clientWidth < 480 ? 4 : 8).filter((t) => t < p && Number.isInteger(t));
    drawRow(surfaces.sum, ink, {
      ...rows, values, colour: on.length === 1 ? on[0].colour : ink.accent, marked: [right, sum.highest], text: `c = ${order[right]}`,
    });
    drawRow(surfaces.network, ink, { ...rows, values: logits, colour: ink.ink, marked: [right, place] });
    const named = order[0] ? { ticks, axis: "logarithm of answer c" } : { ticks };
    drawRow(surfaces.left, ink, { ...rows, values: rest, colour: ink.muted, ...named });
  }

  function draw(it, dt) {
    if (!it.found) return false;
    if (it.playing) advance(it, dt);
    const { surfaces, found: { shown, parts, values, logits, rest, right } } = it;
    const ink = kit.palette(it.tools, it.box);
    const [low, high] = [surfaces[`wave${shown[0].k}`], surfaces.sum].map(({ canvas }) => canvas.clientHeight - 4);
    const scale = unitOf({ waves: shown.map(({ wave }) => wave), curves: [values, logits, rest], low, high });
    it.gliding = false;
    let wave = 0;
    for (const clock of shown) {
      const { k, on, colour } = clock;
      const share = on ? parts.waves[wave++] : 0;
      drawFace(surfaces[`face${k}`], ink, { clock, hands: glided(it, k, clock.hands, dt), parts, colour, on, names: it.names });
      drawRow(surfaces[`wave${k}`], ink, { values: clock.wave, unit: scale.unit, base: 0.5, colour: share > 0 ? colour : ink.line, right });
    }
    drawResults(it, ink, scale);
    return it.playing || it.gliding;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Has a pointer on a face turn its hand: b becomes the number that brings it there. */
  function turnByHand(it, k) {
    const { canvas } = it.surfaces[`face${k}`];
    const follow = ({ offsetX: x, offsetY: y }) => {
      const angle = Math.atan2(x - canvas.clientWidth / 2, canvas.clientHeight / 2 - y);
      const { order } = it.circle;
      it.set("b", order[nearestNumber(it.found.clocks.find((clock) => clock.k === k), order.indexOf(it.state.a), angle)]);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      follow(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) follow(event);
    });
    canvas.addEventListener("pointerup", it.remember);
  }

  /** Returns the frequencies that get a clock in a network of which nothing is published: its key ones, the strongest of them
      where they are many. */
  async function freqsOf({ info, epochs, weights }, { order }) {
    const { norm, keys } = Timeless.fourier.spectrumOf((await weights(epochs.length - 1)).W_E, info.d_model, order);
    const strongest = keys.sort((j, k) => norm[k - 1] - norm[j - 1]);
    return { all: strongest.length, freqs: strongest.slice(0, COLOURS.length).sort((j, k) => j - k) };
  }

  const noteText = (all, shown) => (all > shown
    ? `Above a quarter of the maximum of the embedding’s spectrum are ${all} frequencies. The ${shown} strongest have a clock, if their wave is worth one.` : "");

  async function mount(box, data, tools) {
    const { run, op, own } = await Timeless.opened.shownBy(tools, "addition");
    const circle = Timeless.opened.circleOf(run.info, op);
    const { all, freqs } = own ? await freqsOf(run, circle) : { all: 0, freqs: data.freqs };
    const it = mounting.begin("clocks", box, tools, tableOf(run, { ...data, freqs, order: circle.order }));
    const note = kit.element("p", { hidden: all <= freqs.length }, noteText(all, freqs.length));
    Object.assign(it, {
      info: run.info, op, own, circle, note, freqs, names: ["a", Timeless.opened.sumText(run.info, "a", "b", op).replaceAll(" ", "")], jobs: Timeless.background.startFor(it),
      seen: new Map(), drawn: new Map(), // by checkpoint, what was found; by frequency, where its hands were drawn last
      found: null, moment: Infinity, playing: false, gliding: false, waited: 0,
    });
    Timeless.cursor.follow(it, run, {
      arrived() {
        it.refresh();
        measure(it);
      },
    });
    mounting.stage(it, {
      view: build(it),
      surfaces: {
        ...Object.fromEntries(freqs.flatMap((k) => [[`face${k}`, `Clock of frequency ${k}`], [`wave${k}`, `Wave of frequency ${k}`]])),
        sum: "The waves added up", network: "The network’s logits", left: "What the waves leave unexplained",
      },
      draw, tell,
    });
    const show = it.refresh;
    it.refresh = () => {
      if (it.here.shown >= 0) compose(it);
      show();
    };
    tools.onTheme(it.refresh);
    freqs.forEach((k) => turnByHand(it, k));
    await Timeless.cursor.turnToState(it);
    return {
      destroy() {
        it.playing = false;
        it.jobs.destroy();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("clocks", { needs: ["network", "fourier", "group", "opened", "checkpoints", "background", "cursor", "pairs"], mount });
})();
