/* Progress measures under one epoch: curves, spectrum, ring and accuracy map of the same network.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  /** Returns the index of the entry of a rising list that is nearest to x, the earlier of two. */
  function nearest(list, x) {
    let after = list.findIndex((entry) => entry >= x);
    if (after < 0) after = list.length - 1;
    return after > 0 && x - list[after - 1] <= list[after] - x ? after - 1 : after;
  }

  /** Returns the epoch at a position along the checkpoints, whole at each of them; between two the
      logarithm of 1 + epoch grows evenly. */
  function epochAt(epochs, position) {
    const i = Math.floor(position);
    const w = position - i;
    if (!w) return epochs[i];
    return Math.expm1(Math.log1p(epochs[i]) * (1 - w) + Math.log1p(epochs[i + 1]) * w);
  }

  /** Returns the position of an epoch along the checkpoints, the inverse of `epochAt`. */
  function positionOf(epochs, epoch) {
    const i = epochs.findLastIndex((entry) => entry <= epoch);
    if (i < 0) return 0;
    if (i === epochs.length - 1) return i;
    const [from, to] = [Math.log1p(epochs[i]), Math.log1p(epochs[i + 1])];
    return i + (Math.log1p(epoch) - from) / (to - from);
  }

  const PACE = 1000; // milliseconds from one checkpoint to the next, at speed 1

  /** Returns the position after playing on for dt milliseconds; it ends at `last`. */
  const advance = (position, dt, speed, last) => Math.min(position + (dt * speed) / PACE, last);

  /** Returns the checkpoint after an epoch (direction 1) or before it (-1), or the outermost one. */
  function stepFrom(epochs, epoch, direction) {
    if (direction > 0) return epochs.find((entry) => entry > epoch) ?? epochs[epochs.length - 1];
    return epochs.findLast((entry) => entry < epoch) ?? epochs[0];
  }

  /** Returns the phase that an epoch belongs to: the last one that has begun. */
  const phaseAt = (phases, epoch) => phases.findLast(({ start }) => start <= epoch) ?? phases[0];

  const SPLITS = { all: "all pairs", train: "training pairs", test: "test pairs" };

  /** Returns on which pairs restricted and excluded loss are taken. */
  const splitsOf = ({ split }) =>
    split === "defined" ? { restricted: "all", excluded: "train" } : { restricted: split, excluded: split };

  /** Returns the curves of a state, `[{key, label, table, column, colour}]`; tables are "curves" or a choice
      of directions. */
  function linesOf({ view, split, directions }) {
    const outer = (name, text) => ({ key: `${name}-${view}`, label: `${name} ${text}`, table: "curves", column: `${name}_${view}`, colour: name });
    if (view === "accuracy") {
      const label = "accuracy of the restricted logits, all pairs";
      return [outer("train", "accuracy"), outer("test", "accuracy"), { key: "restricted-accuracy", label, table: directions, column: "restricted_accuracy_all", colour: "series-3" }];
    }
    const taken = splitsOf({ split });
    const inner = (kind, colour) => ({ key: kind, label: `${kind} loss, ${SPLITS[taken[kind]]}`, table: directions, column: `${kind}_loss_${taken[kind]}`, colour });
    return [outer("train", "loss"), outer("test", "loss"), inner("restricted", "series-3"), inner("excluded", "series-4")];
  }

  /** Returns in words how restricted and excluded loss are taken. */
  function protocolOf(state, directions, integer = String) {
    const taken = splitsOf(state);
    const { freqs, epoch } = directions[state.directions];
    const where = state.split === "defined" || taken.restricted !== taken.excluded
      ? `Restricted loss on ${SPLITS[taken.restricted]}, excluded loss on ${SPLITS[taken.excluded]}`
      : `Restricted and excluded loss on ${SPLITS[taken.restricted]}`;
    const who = state.directions === "last"
      ? `the key frequencies of the last checkpoint, epoch ${integer(epoch)}; this choice was made beforehand`
      : `the key frequencies of epoch ${integer(epoch)}, when grokking was confirmed; this choice was made after looking at the run`;
    return `${where}. Directions: cos and sin of ω_k(a + b) with k = ${freqs.join(", ")}, ${who}.`;
  }

  const compute = { nearest, epochAt, positionOf, PACE, advance, stepFrom, phaseAt, splitsOf, linesOf, protocolOf };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const TWEEN = 260; // milliseconds in which ring and bars glide from one checkpoint to the next
  const PATIENT = 1; // the highest speed at which playing waits for each map
  const AHEAD = 3; // checkpoints that are fetched ahead while playing
  const SPEEDS = [[0.5, "½×"], [1, "1×"], [2, "2×"], [4, "4×"]];
  const TINTS = [null, "accent", "series-6", null]; // of the phases

  function build(box, ui, data, { element }) {
    const { freqs, directions, epochs } = data;
    const integer = (n) => n.toLocaleString("en-US");
    const faded = (k) => (directions.last.freqs.includes(k) ? String(k) : `${k} (key at ${integer(directions.confirmed.epoch)})`);
    const choose = {};
    const made = {
      play: ui.button({ name: "play", label: "Play", primary: true }),
      back: ui.button({ name: "back", label: "◂" }),
      forth: ui.button({ name: "forth", label: "▸" }),
      reset: ui.button({ name: "reset", label: "Reset" }),
      epoch: ui.slider({ name: "epoch", label: `Epoch (${epochs.length} checkpoints)`, max: epochs.length - 1 }),
      speed: ui.choice({ name: "speed", label: "Speed", options: SPEEDS, onChoose: (value) => choose.set("speed", value) }),
      view: ui.choice({ name: "view", label: "Curves", options: [["loss", "Loss"], ["accuracy", "Accuracy"]], onChoose: (value) => choose.set("view", value) }),
      axis: ui.choice({ name: "axis", label: "Epoch axis", options: [["log", "Log"], ["linear", "Linear"]], onChoose: (value) => choose.set("axis", value) }),
      split: ui.select({ name: "split", label: "Split: restricted, excluded", options: [
        ["defined", "all, train (as defined)"], ["all", "all pairs"], ["train", "training pairs"], ["test", "test pairs"]] }),
      directions: ui.select({ name: "directions", label: "Directions: key frequencies of", options: [
        ["last", "the last checkpoint"], ["confirmed", `epoch ${integer(directions.confirmed.epoch)}, post hoc`]] }),
      freq: ui.select({ name: "freq", label: "Ring of frequency k", options: freqs.map((k) => [k, faded(k)]) }),
      plane: ui.select({ name: "plane", label: "Its plane", options: [["last", "the last checkpoint’s"], ["own", "this checkpoint’s own"]] }),
      values: ui.readouts([["at", "Epoch"], ["phase", "Phase"], ["train-loss", "Train loss"], ["test-loss", "Test loss"],
        ["restricted", "Restricted loss"], ["excluded", "Excluded loss"], ["train-accuracy", "Train accuracy"], ["test-accuracy", "Test accuracy"]]),
      curves: element("div", { class: "progress-curves" }),
      legend: element("div", {}),
      protocol: element("p", { class: "progress-note", "data-readout": "protocol" }),
      failure: ui.failure(),
      live: ui.live(),
      choose,
    };
    made.back.append(element("span", {}, " Step"));
    made.forth.prepend(element("span", {}, "Step "));
    made.back.setAttribute("aria-label", "Step to the published checkpoint before");
    made.forth.setAttribute("aria-label", "Step to the next published checkpoint");
    for (const name of ["bars", "ring", "map"]) {
      made[name] = element("div", { class: `progress-${name}` });
      made[`${name}Epoch`] = element("output", { "data-readout": `${name}-epoch`, "aria-live": "off" });
      made[`${name}Note`] = element("p", { class: "progress-note", "data-readout": `${name}-note` });
    }
    const picture = (name, title) => element("div", { class: "progress-picture" },
      element("p", { class: "progress-head" }, element("span", {}, title), made[`${name}Epoch`]), made[name], made[`${name}Note`]);
    made.mapLegend = ui.legend([["block", "trained on, right"], ["block", "unseen, right"], ["block", "trained on, wrong"], ["block", "unseen, wrong"]]);
    made.root = element("div", { class: "progress" },
      element("div", { class: "progress-drive" },
        ui.row(element("div", { class: "progress-buttons" }, made.play, made.back, made.forth, made.reset)),
        made.epoch.node),
      ui.row(made.speed.node, made.view.node, made.axis.node),
      made.values.node,
      made.curves,
      made.legend,
      element("div", { class: "progress-pictures" },
        picture("bars", "Spectrum of the embedding"), picture("ring", "Tokens in the plane of k"), picture("map", "Answers to all pairs (a, b)")),
      element("div", { class: "progress-map-legend" }, made.mapLegend.node),
      element("div", { class: "progress-choices" }, made.split.node, made.directions.node, made.freq.node, made.plane.node),
      made.protocol,
      made.failure.node,
      made.live);
    box.replaceChildren(made.root);
    return made;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws the curves with phases, cursor and published checkpoints; returns the scale of epochs. */
  function drawCurves(surface, ink, { kit, chart }, { data, state, lines, cursor, row, published, shown, extent, colour }) {
    const loss = state.view === "loss";
    const last = data.epochs[data.epochs.length - 1];
    const [low, high] = loss ? extent : [0, 1];
    const series = lines.map(({ table, column, colour: name }) => {
      const measured = table === "curves" ? data.measures[column] : data.measures[table][column];
      const [x, y] = table === "curves" ? [data.curves.epoch, data.curves[column]] : [data.epochs, measured];
      return { x, y, colour: colour(name), at: measured[row] };
    });
    const { ctx, x, box } = chart.panel(surface, ink, {
      title: loss ? "Loss, nats per example" : "Share of pairs answered right",
      x: { kind: state.axis === "log" ? "epoch" : "linear", low: 0, high: last, label: state.axis === "log" ? "epoch (log scale)" : "epoch" },
      y: loss ? { kind: "log", low, high } : { low, high, text: (share) => `${100 * share}%` },
      bands: data.phases.flatMap(({ start, end }, i) =>
        TINTS[i] ? [{ x: [start, end], low: [low, low], high: [high, high], colour: colour(TINTS[i]) }] : []),
      marks: Object.entries(data.events).filter(([, at]) => at !== null).map(([text, at]) => ({ x: at, text })),
      lines: series.map((line) => ({ ...line, width: 1.75 })),
      points: series.map(({ at, colour: shade }) => ({ x: data.epochs[row], y: at, colour: shade, radius: 4 })),
      cursor,
    });
    published.forEach((epoch, i) => {
      const tall = i === shown;
      kit.stroke(ctx, [[x(epoch), box.lower - (tall ? 11 : 5)], [x(epoch), box.lower]], tall ? ink.ink : ink.muted, tall ? 2.5 : 1);
    });
    return x;
  }

  /** Draws the norm of each frequency as a bar; those of the chosen directions stand out. */
  function drawBars(surface, ink, kit, { norm, threshold, high, keys }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [24, width - 1, 14, height - 36];
    const pitch = (right - left) / norm.length;
    const x = (k) => left + (k - 0.5) * pitch;
    const y = (value) => lower - (value / high) * (lower - upper);
    for (const tick of kit.ticksTo(high, 4).filter((t) => t <= high)) {
      kit.stroke(ctx, [[left, y(tick)], [right, y(tick)]], ink.line);
      kit.write(ctx, String(tick), left - 6, y(tick), ink.muted, "right", "middle");
    }
    for (const tick of [1, 20, 40, 60].filter((k) => k <= norm.length)) kit.write(ctx, String(tick), x(tick), lower + 6, ink.muted, "center", "top");
    kit.write(ctx, "frequency k", right, height - 2, ink.muted, "right", "bottom");
    const wide = Math.max(pitch * 0.62, 1.5);
    norm.forEach((value, i) => {
      const key = keys.includes(i + 1);
      ctx.globalAlpha = key ? 1 : 0.55;
      ctx.fillStyle = key ? ink.accent : ink.muted;
      ctx.fillRect(x(i + 1) - wide / 2, y(value), wide, Math.max(lower - y(value), 1));
    });
    ctx.globalAlpha = 1;
    kit.stroke(ctx, [[left, y(threshold)], [right, y(threshold)]], ink.ink, 1, [4, 4]);
  }

  /** Draws which pairs are answered right; a map of another epoch than the one asked for is grey. */
  function drawMap(surface, ink, chart, { answers, mask, label, p, stale }) {
    const shades = [ink.train, ink.test].map((colour) => chart.ramp([ink.paper, stale ? ink.muted : colour]));
    const places = shades.map((shade) => [shade(0.18), shade(stale ? 0.6 : 1)]);
    const colourOf = (answer, pair) => places[mask[pair] ? 0 : 1][answer === label(pair) ? 1 : 0];
    chart.grid(surface, ink, { values: answers, n: p, colourOf });
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    const load = (names) => Promise.all(names.map((name) => Timeless.load(`kit/${name}.js`)));
    await load(["instrument", "fourier", "network"]);
    await load(["checkpoints", "background", "controls", "chart"]);
    const { instrument: kit, chart, network } = Timeless;
    const { coefficients, spectrum, planeOf, project } = Timeless.fourier;
    const run = await Timeless.checkpoints.open("addition");
    const { info, epochs: published } = run;
    const { p, d_model: d } = info;
    data = unpacked(data, kit, tools);
    const { epochs, freqs, measures } = data;
    const final = published.length - 1;
    const planes = tools.decode(data.planes).array;
    const losses = [measures.train_loss, measures.test_loss, data.curves.train_loss, data.curves.test_loss];
    for (const table of ["last", "confirmed"]) losses.push(...Object.entries(measures[table]).flatMap(([name, column]) => (/loss/.test(name) ? [column] : [])));
    const extent = chart.extent(losses, "log");

    const settings = Timeless.controls.parameters([
      ["epoch", data.start, epochs],
      ["speed", 1, SPEEDS.map(([value]) => value)],
      ["view", "loss", ["loss", "accuracy"]],
      ["axis", "log", ["log", "linear"]],
      ["split", "defined", ["defined", "all", "train", "test"]],
      ["directions", "last", ["last", "confirmed"]],
      ["freq", freqs[0], freqs],
      ["plane", "last", ["last", "own"]],
    ]);
    const { state } = settings;
    settings.read(tools.state.get());

    const ui = Timeless.controls.controls("progress");
    const view = build(box, ui, data, kit);
    const surfaces = {
      curves: kit.surface(view.curves, "Losses over epochs"),
      bars: kit.surface(view.bars, "Spectrum of the embedding"),
      ring: kit.surface(view.ring, "Tokens in the plane of a frequency"),
      map: kit.surface(view.map, "Which pairs are answered right"),
    };
    const say = kit.announcer(view.live);
    const mask = run.trainMask(0);
    const label = (pair) => network.label(info, Math.floor(pair / p), pair % p);

    const seen = new Map(); // index of a checkpoint -> {W, rows, norm, threshold}
    const maps = new Map(); // index -> {answers, trained, unseen}
    const asked = new Set(); // indices whose map is on the way
    let worker = null;
    let playing = false;
    let position = 0; // along the published checkpoints, while playing
    let waited = 0;
    let cursor = state.epoch; // the epoch at the cursor; while playing between the measured ones
    let wanted = 0; // the published checkpoint nearest to the cursor
    let shown = -1; // the one in the pictures, -1 before the first is here
    let mapped = -1; // the one in the map
    let broken = -1; // the one that could not be shown
    let picture = null; // norms and tokens as drawn; glide towards `goal`
    let from = null;
    let goal = null;
    let glided = 1;
    let mapDrawn = ""; // what the map was drawn from; it is too large to draw in every frame
    let across = null; // the scale of epochs as last drawn

    // -- state -> compute

    function analyse(index, weights) {
      const W = Float64Array.from(weights.W_E.subarray(0, p * d));
      const rows = coefficients(W, p, d);
      seen.set(index, { W, rows, ...spectrum(rows) });
    }

    function planeAt(rows) {
      if (state.plane === "own") return planeOf(rows, state.freq);
      const at = 2 * d * freqs.indexOf(state.freq);
      const column = (c) => Float64Array.from({ length: d }, (_, i) => planes[at + 2 * i + c]);
      return { u: column(0), v: column(1) };
    }

    /** Returns norms, threshold and tokens at the checkpoint shown. */
    function pictureOf(index) {
      const { W, rows, norm, threshold } = seen.get(index);
      const { u, v } = planeAt(rows);
      return { norm, threshold, x: project(W, p, d, u), y: project(W, p, d, v) };
    }

    function glide(a, b, w) {
      const lists = (name) => Float64Array.from(b[name], (value, i) => kit.mix(a[name][i], value, w));
      return { norm: lists("norm"), x: lists("x"), y: lists("y"), threshold: kit.mix(a.threshold, b.threshold, w) };
    }

    function repaint(gliding) {
      if (shown >= 0) {
        goal = pictureOf(shown);
        from = picture;
        glided = gliding && from && !tools.reducedMotion ? 0 : 1;
        if (glided === 1) picture = goal;
      }
      readOut();
      frames.request();
    }

    /** Shows the checkpoint nearest to the cursor, once its weights are here. */
    async function look() {
      const index = wanted;
      if (index === shown) {
        recover();
        answer(index, "shown");
        return;
      }
      broken = -1;
      try {
        const weights = await run.weights(index);
        if (!seen.has(index)) analyse(index, weights);
      } catch (error) {
        if (index === wanted) fail(index, `The checkpoint of epoch ${kit.integer(published[index])} cannot be shown (${error.message}). Spectrum, ring and map stay as they are; move the cursor to try again.`);
        return;
      }
      if (index !== wanted || index === shown) return;
      recover();
      shown = index;
      repaint(true);
      answer(index, "shown");
      if (playing) ahead();
    }

    function recover() {
      broken = -1;
      view.failure.tell("");
    }

    function fail(index, message) {
      playing = false;
      broken = index;
      view.failure.tell(message);
      readOut();
    }

    /** Computes the answers of a checkpoint to all pairs, in the background. */
    async function answer(index, key) {
      if (maps.has(index)) mapped = index === shown ? index : mapped;
      if (maps.has(index) || asked.has(index)) return;
      asked.add(index);
      let result = null;
      try {
        const weights = await run.weights(index);
        worker ??= Timeless.background.start();
        result = await worker.run("allPairs", [weights, info, 0], key);
      } catch (error) {
        if (index === shown) fail(index, `The answers at epoch ${kit.integer(published[index])} cannot be computed (${error.message}).`);
        return;
      } finally {
        asked.delete(index);
      }
      if (result) {
        const share = (value) => network.summarise(result, info, 0, mask, value).accuracy;
        maps.set(index, { answers: result.answers, trained: share(1), unseen: share(0) });
      }
      if (!result) {
        if (index === shown) answer(index, "shown"); // another job had taken its place
        return;
      }
      if (mapped < 0 || Math.abs(index - shown) < Math.abs(mapped - shown)) mapped = index; // late is better than older
      readOut();
      frames.request();
    }

    /** Fetches the next checkpoints while playing, and computes the next map. */
    async function ahead() {
      const next = published.map((_, index) => index).slice(shown + 1, shown + 1 + AHEAD);
      try {
        for (const index of next) {
          await run.weights(index);
          if (index === next[0]) answer(index, "ahead");
        }
      } catch {
        /* arriving there tells the reader */
      }
    }

    // -- controls -> state

    function remember() {
      tools.state.set(settings.changed());
    }

    /** Puts the cursor at an epoch; the state keeps the measured one nearest to it. */
    function goTo(epoch) {
      cursor = epoch;
      state.epoch = epochs[nearest(epochs, epoch)];
      wanted = nearest(published, state.epoch);
      look();
      readOut();
      frames.request();
    }

    function stop() {
      playing = false;
      goTo(state.epoch);
      remember();
    }

    const atStart = () => state.epoch === epochs[epochs.length - 1] || state.epoch === data.start;

    function play() {
      playing = true;
      waited = 0;
      position = atStart() ? 0 : positionOf(published, state.epoch);
      goTo(epochAt(published, position));
      if (shown >= 0) ahead();
    }

    function moveOn(dt) {
      if (wanted !== shown) return; // its weights are on the way
      if (mapped !== shown && state.speed <= PATIENT) return;
      if (!tools.reducedMotion) position = advance(position, dt, state.speed, final);
      else if ((waited += dt) >= PACE / state.speed) {
        waited = 0;
        position = Math.min(Math.floor(position) + 1, final);
      }
      goTo(epochAt(published, position));
      if (position === final) stop();
    }

    // -- draw

    function lossText(value) {
      return chart.tickText(Number(value.toPrecision(3)));
    }

    function readOut() {
      const row = epochs.indexOf(state.epoch);
      const lines = linesOf({ ...state, view: "loss" });
      const phase = phaseAt(data.phases, state.epoch).name;
      const told = { at: kit.integer(state.epoch), phase };
      view.values.set("at", state.epoch, told.at);
      view.values.set("phase", phase, phase);
      for (const { key, label: name, table, column } of lines) {
        const value = table === "curves" ? measures[column][row] : measures[table][column][row];
        told[key] = `${name} ${lossText(value)}`;
        view.values.set(key, value, lossText(value));
        if (table !== "curves") view.values.outputs[key].closest("div").firstChild.textContent = name[0].toUpperCase() + name.slice(1);
      }
      for (const name of ["train", "test"]) {
        const value = measures[`${name}_accuracy`][row];
        told[name] = kit.percent(value);
        view.values.set(`${name}-accuracy`, value, told[name]);
      }
      view.epoch.input.value = row;
      view.epoch.output.value = told.at;
      view.epoch.input.setAttribute("aria-valuetext", `epoch ${told.at}, ${phase}`);
      view.play.textContent = playing ? "Pause" : atStart() ? "Play from 0" : "Play";
      view.back.disabled = state.epoch <= published[0];
      view.forth.disabled = state.epoch >= published[final];
      for (const name of ["speed", "view", "axis"]) view[name].show(state[name]);
      for (const name of ["split", "directions", "freq", "plane"]) view[name].input.value = state[name];
      view.protocol.textContent = protocolOf(state, data.directions, kit.integer);
      view.root.setAttribute("aria-busy", String(broken !== wanted && (wanted !== shown || mapped !== shown)));
      tellPictures(told);
      showLegend();
      const text = `epoch ${told.at}, ${phase}: ${lines.map(({ key }) => told[key]).join(", ")}; train accuracy ${told.train}, test accuracy ${told.test}`;
      if (!playing) {
        surfaces.curves.canvas.setAttribute("aria-label", `${state.view === "loss" ? "Losses" : "Accuracies"} over epochs; at ${text}.`);
        say(text);
      }
    }

    function tellPictures() {
      const { freq } = state;
      const set = (name, index) => {
        view[`${name}Epoch`].dataset.value = index < 0 ? "" : published[index];
        view[`${name}Epoch`].value = index < 0 ? (broken < 0 ? "loading" : "not loaded") : `epoch ${kit.integer(published[index])}`;
      };
      set("bars", shown);
      set("ring", shown);
      set("map", mapped);
      if (shown >= 0) {
        const at = `epoch ${kit.integer(published[shown])}`;
        const { norm, threshold } = seen.get(shown);
        const above = Array.from(norm.keys()).filter((i) => norm[i] > threshold).length;
        view.barsNote.textContent = `Norm at k, the chosen key frequencies in colour; ${above} of ${norm.length} exceed ¼ of the largest (dashed).`;
        view.ringNote.textContent = `k = ${freq}, in the plane of ${state.plane === "last" ? "the last checkpoint" : "this checkpoint"}; coloured by k·t mod ${p}.`;
        surfaces.bars.canvas.setAttribute("aria-label", `Spectrum of the embedding at ${at}: ${above} of ${norm.length} frequencies above a quarter of the largest norm.`);
        surfaces.ring.canvas.setAttribute("aria-label", `The ${p} tokens at ${at}, in the plane of frequency ${freq} of ${state.plane === "last" ? "the last" : "this"} checkpoint.`);
      }
      view.mapNote.textContent = mapText();
      surfaces.map.canvas.setAttribute("aria-label", `Which of the ${kit.integer(p * p)} pairs are answered right. ${mapText()}`);
    }

    function mapText() {
      const now = maps.get(mapped);
      const own = now ? `${kit.percent(now.trained)} of the pairs trained on and ${kit.percent(now.unseen)} of the unseen ones right.` : "";
      const due = wanted === mapped ? "" : `Epoch ${kit.integer(published[wanted])} ${wanted === broken ? "is missing" : "is being computed"}.`;
      const grey = now && due ? `Grey: epoch ${kit.integer(published[mapped])}. ` : "";
      return due ? `${grey}${due}` : own;
    }

    let legended = "";
    function showLegend() {
      const lines = linesOf(state);
      const key = JSON.stringify(lines);
      if (key !== legended) {
        legended = key;
        const phases = data.phases.flatMap(({ name, start, end }, i) => (TINTS[i] ? [[`${name}, ${kit.integer(start)} to ${kit.integer(end)}`, TINTS[i]]] : []));
        const legend = ui.legend([...lines.map(({ label: text }) => ["line", text]), ...phases.map(([text]) => ["tint", text]), ["tick", "published checkpoint"]]);
        legend.paint([...lines.map(({ colour }) => colour), ...phases.map(([, tint]) => tint), "ink"].map((name) => `var(--${name})`));
        view.legend.replaceChildren(legend.node);
      }
    }

    function draw(dt) {
      if (playing) moveOn(dt);
      if (glided < 1) {
        glided = Math.min(glided + dt / Math.min(TWEEN, (0.8 * PACE) / state.speed), 1);
        picture = glided < 1 ? glide(from, goal, kit.ease(glided)) : goal;
      }
      const ink = kit.palette(tools, box);
      const { freq } = state;
      across = drawCurves(surfaces.curves, ink, { kit, chart }, {
        data, state, lines: linesOf(state), cursor, row: epochs.indexOf(state.epoch), published, shown, extent, colour: tools.colour,
      });
      if (picture) {
        drawBars(surfaces.bars, ink, kit, { ...picture, high: 1.03 * data.high, keys: data.directions[state.directions].freqs });
        kit.tokens(surfaces.ring, ink, { x: picture.x, y: picture.y, reach: data.reach[freqs.indexOf(freq)], ring: kit.ringOrder(freq, p), freq });
      }
      const stale = mapped !== wanted;
      const { clientWidth, clientHeight } = surfaces.map.canvas;
      const drawn = [mapped, stale, clientWidth, clientHeight, devicePixelRatio, ink.font, ink.ink].join();
      if (maps.has(mapped) && drawn !== mapDrawn) {
        drawMap(surfaces.map, ink, chart, { answers: maps.get(mapped).answers, mask, label, p, stale });
        mapDrawn = drawn;
      }
      return playing || glided < 1;
    }

    // -- wiring

    const frames = kit.animator(box, draw);
    const pause = () => {
      playing = false;
    };
    view.choose.set = (name, value) => {
      state[name] = value;
      remember();
      repaint(false);
    };
    for (const name of ["split", "directions", "freq", "plane"]) {
      const { input } = view[name];
      input.addEventListener("change", () => view.choose.set(name, name === "freq" ? Number(input.value) : input.value));
    }
    view.mapLegend.paint(["var(--train)", "var(--test)", "color-mix(in srgb, var(--train) 18%, var(--paper))", "color-mix(in srgb, var(--test) 18%, var(--paper))"]);
    view.play.addEventListener("click", () => (playing ? stop() : play()));
    view.back.addEventListener("click", () => {
      pause();
      goTo(stepFrom(published, state.epoch, -1));
      remember();
    });
    view.forth.addEventListener("click", () => {
      pause();
      goTo(stepFrom(published, state.epoch, 1));
      remember();
    });
    view.epoch.input.addEventListener("input", () => {
      pause();
      goTo(epochs[view.epoch.input.valueAsNumber]);
    });
    view.epoch.input.addEventListener("change", remember);
    chart.draggable(surfaces.curves.canvas, () => across, (epoch) => {
      pause();
      goTo(epochs[nearest(epochs, epoch)]);
    }, remember);
    view.reset.addEventListener("click", () => {
      pause();
      settings.reset();
      goTo(state.epoch);
      repaint(false);
      remember();
    });
    tools.onTheme(frames.request);
    goTo(state.epoch);
    return {
      destroy() {
        playing = false;
        frames.destroy();
        if (worker) worker.destroy();
      },
    };
  }

  /** Returns the payload with its columns as lists. */
  function unpacked(data, kit, tools) {
    const columns = (table) =>
      Object.fromEntries(Object.entries(table).map(([name, column]) =>
        [name, Array.isArray(column) || column.dtype ? kit.list(column, tools) : columns(column)]));
    return { ...data, epochs: kit.list(data.epochs, tools), measures: columns(data.measures), curves: columns(data.curves) };
  }

  Timeless.widget("progress", { mount });
})();
