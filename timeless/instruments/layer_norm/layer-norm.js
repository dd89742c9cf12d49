/* Layer normalisation, put into a network that was trained without it: what it does to the residual stream,
   and to the answers. Controls -> state -> compute -> draw; what is computed lies in layer-norm-core.js. */
(function () {
  "use strict";

  const { instrument: kit, chart, mounting } = Timeless;
  const { signedLog, signedTicks, PARTS, BEFORE, PLACES, moments, streamsOf, overPairs, keyOf, whereOf, overAll } = Timeless.parts["layer-norm"];

  // The colours of the figure of the same name, and three more for two at a time.
  const COLOURS = {
    attention: "series-3", mlp: "series-4", final: "series-5", "attention+mlp+final": "series-2",
    "attention+mlp": "series-6", "attention+final": "series-7", "mlp+final": "series-8", none: "ink",
  };
  const MOMENTS = ["mean", "variance", "norm"];

  // --- controls -> state --------------------------------------------------------------------

  function tableOf({ info, epochs }, data) {
    const choice = (...row) => mounting.oneOf("choice", ...row);
    return [
      ...PARTS.map((part) => [part, part === "attention", [true, false], { kind: "toggle", label: `before ${BEFORE[part]}` }]),
      ...Timeless.pairs.rows(info.p, data),
      Timeless.cursor.row(epochs),
      choice("over", "Numbers of", [["pair", "this pair"], ["all", "all pairs"]]),
      choice("show", "Curve of", [["accuracy", "Accuracy"], ["loss", "Loss"]]),
    ];
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls } = it;
    const { element } = kit;
    const view = {
      rug: element("div", { class: "layer-norm-rug" }),
      curve: element("div", { class: "layer-norm-curve" }),
      caption: element("caption", { class: "visually-hidden" }),
      rows: element("tbody", {}),
      ticks: ui.legend([["tick", "coordinate of the stream"], ["tick", "as the next part reads it, normalised"]]),
      values: ui.readouts([["answer", "Answer to the pair"], ["accuracy", "Accuracy, all pairs"], ["loss", "Loss, all pairs (nats)"]]),
      lines: ui.legend([["", "as trained"], ["dot", "with the insertion chosen"], ["dot", "with others computed so far"]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    view.tellTrained = Timeless.pairs.asTrained(ui, view.values, ["accuracy", "loss"]);
    view.root = element("div", { class: "layer-norm" },
      element("fieldset", { class: "insert" }, element("legend", {}, "Normalise the stream"), ...PARTS.map((part) => controls[part].node)),
      ui.row(controls.epoch.node, controls.a.node, controls.b.node),
      view.rug,
      view.ticks.node,
      ui.row(controls.over.node),
      tableAround(view),
      view.values.node,
      ui.row(controls.show.node, it.sweep.button, resetButton(it)),
      view.curve,
      view.lines.node,
      view.failure.node,
      view.live);
    return view;
  }

  /** Returns the table of moments, scrolled by keyboard where it is too wide. */
  function tableAround({ caption, rows }) {
    const { element } = kit;
    const head = (text, attributes = {}) => element("th", { scope: "col", ...attributes }, text);
    const group = (text) => element("th", { scope: "colgroup", colspan: 3, class: "group" }, text);
    return element("div", { class: "layer-norm-table", tabindex: 0, role: "group", "aria-label": "Moments of the residual stream" },
      element("table", {}, caption,
        element("thead", {},
          element("tr", {}, element("td", { class: "group" }), group("the stream"), group("as the next part reads it")),
          element("tr", {}, head("place"), ...[0, 1].flatMap(() => [head("mean", { class: "first" }), head("variance"), head("norm")]))),
        rows));
  }

  const resetButton = (it) => mounting.resetButton(it, async () => {
    it.sweep.stop();
    it.refresh();
    await Timeless.cursor.turnToState(it);
    if (it.here.shown >= 0) measureState(it);
  });

  // --- compute ------------------------------------------------------------------------------

  const NONE = Object.fromEntries(PARTS.map((part) => [part, false]));

  const inserted = (state) => Object.fromEntries(PARTS.map((part) => [part, state[part]]));
  const nameOf = (epoch, key) => `${epoch} ${key}`;

  /** Returns what was found at a checkpoint, with the insertion of the state or another. */
  const resultAt = (it, index, key = keyOf(inserted(it.state))) => it.found.get(nameOf(it.epochs[index], key));

  /** Returns the checkpoints at which the insertion of the state is still to be computed, the last ones first. */
  const missing = (it) => it.epochs.map((_, index) => index).filter((index) => !resultAt(it, index)).reverse();

  /** Returns what was measured beforehand, without the moments over all pairs, by name. */
  function foundBefore({ inserted: keys, epoch: epochs, accuracy_all: accuracies, loss_all: losses }) {
    return new Map(keys.map((key, i) => [nameOf(epochs[i], key), { epoch: epochs[i], key, accuracy: accuracies[i], loss: losses[i], moments: null }]));
  }

  /** Computes all pairs of a checkpoint with an insertion, once; again where moments over all pairs are asked for and not known. */
  async function measure(it, index, weights, layerNorm, job) {
    const [epoch, key] = [it.epochs[index], keyOf(layerNorm)];
    const known = it.found.get(nameOf(epoch, key));
    if (known && (known.moments || job !== "chosen" || it.state.over === "pair")) return;
    const result = await it.jobs.run("allPairs", [weights, it.info, 0, { layerNorm, streams: true }], job);
    if (!result) return;
    const { accuracy, loss, streams } = result;
    it.found.set(nameOf(epoch, key), { epoch, key, accuracy, loss, moments: overPairs(weights, it.info, streams, layerNorm) });
    it.refresh();
  }

  function measureState(it) {
    const report = (error) => it.view.failure.tell(`The answers could not be computed (${Timeless.told(error)}).`);
    const { shown, weights } = it.here;
    measure(it, shown, weights, inserted(it.state), "chosen").catch(report);
    measure(it, shown, weights, NONE, "none").catch(report);
  }

  /** Returns the streams of the pair at the checkpoint that is shown. */
  const streamsNow = ({ here, info, state }) => streamsOf(Timeless.network, here.weights, info, state.a, state.b, inserted(state));

  // --- tell ---------------------------------------------------------------------------------

  const short = (value) => Timeless.pairs.short(value);

  /** Returns the rows of the table, `{place, label, on, before, read}`: lists of [moment, value, text]. */
  function rowsOf(it) {
    if (it.state.over === "pair") {
      const texts = (values) => Object.entries(moments(values)).map(([name, value]) => [name, value, short(Math.abs(value) < 1e-9 ? 0 : value)]);
      return streamsNow(it).map(({ place, label, on, x, read }) => ({ place, label, on, before: texts(x), read: texts(read) }));
    }
    const spreads = (values) => Object.entries(values).map(([name, [mean, deviation]]) => [name, mean, `${short(mean)} ± ${short(deviation)}`]);
    const none = MOMENTS.map((name) => [name, "", "…"]);
    const result = resultAt(it, it.here.shown);
    if (!result?.moments) return PLACES.map(([place, , label]) => ({ place, label, on: false, before: none, read: none }));
    return result.moments.map(({ place, label, on, before, read }) => ({ place, label, on, before: spreads(before), read: spreads(read) }));
  }

  function fillTable(it) {
    const { state, info, view } = it;
    const cell = (side, place) => ([name, value, text], i) =>
      kit.element("td", { class: i ? null : "first", "data-moment": `${place} ${side} ${name}`, "data-value": value }, text);
    view.rows.replaceChildren(...rowsOf(it).map(({ place, label, on, before, read }) => {
      const after = read.map(cell("read", place));
      after.forEach((node) => node.classList.add(on ? "changed" : "same"));
      return kit.element("tr", {}, kit.element("th", { scope: "row" }, label), ...before.map(cell("stream", place)), ...after);
    }));
    view.caption.textContent = state.over === "pair"
      ? `Mean and variance over the ${info.d_model} coordinates, and norm, of the residual stream of ${state.a} + ${state.b}.`
      : `Mean and variance over the ${info.d_model} coordinates, and norm, of the residual stream: mean and standard deviation over all pairs.`;
  }

  function textsOf(result) {
    if (!result) return { accuracy: ["", "…"], loss: ["", "…"] };
    return { accuracy: [result.accuracy, kit.percent(result.accuracy, 2)], loss: [result.loss, short(result.loss)] };
  }

  function tell(it) {
    const { here, view } = it;
    it.sweep.tell();
    const [now, before] = here.shown < 0 ? [] : [resultAt(it, here.shown), resultAt(it, here.shown, "none")];
    view.root.setAttribute("aria-busy", String(here.wanted !== here.shown || !now));
    view.values.tell(textsOf(now));
    view.tellTrained(textsOf(before));
    if (here.shown < 0) view.values.set("answer", "", "…");
    else tellPair(it, now);
  }

  /** Tells what is known of the pair and the insertion, once there are weights. */
  function tellPair(it, now) {
    const { here, info, state, epochs } = it;
    fillTable(it);
    const { answer } = Timeless.network.forward(here.weights, info, state.a, state.b, 0, { layerNorm: inserted(state) });
    it.view.values.set("answer", ...Timeless.pairs.answered(answer, Timeless.network.label(info, state.a, state.b, 0)));
    const where = `normalised ${whereOf(inserted(state))}, epoch ${kit.integer(epochs[here.shown])}`;
    const texts = textsOf(now);
    const told = now ? `${where}: accuracy ${texts.accuracy[1]}, loss ${texts.loss[1]} nats` : `${where}: computing`;
    mounting.describe(it, {
      rug: `The ${info.d_model} coordinates of the residual stream of ${state.a} + ${state.b} at five places, ${where}. The table below has their moments.`,
      curve: `${state.show === "loss" ? "Loss" : "Accuracy"} over the checkpoints as trained, and with the insertion at ` +
        `${epochs.length - missing(it).length} of them. At ${told}.`,
    });
    if (now && !it.sweep.running()) it.say(told);
  }

  // --- draw ---------------------------------------------------------------------------------

  function drawTicks(ctx, at, values, [from, to], colour, width, alpha) {
    ctx.globalAlpha = alpha;
    for (const value of values) kit.stroke(ctx, [[at(value), from], [at(value), to]], colour, width);
    ctx.globalAlpha = 1;
  }

  /** Draws the coordinates of each stream as ticks, above the line as they are and below as they are read. */
  function drawRug(surface, ink, { streams, title }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [upper, lower, right, narrow] = [22, height - 24, width - 6, width < 540];
    const left = narrow ? 6 : 118;
    const pitch = (lower - upper) / streams.length;
    const reach = streams.reduce((most, { x, read }) => Math.max(most, ...x.map(Math.abs), ...read.map(Math.abs)), 1);
    const at = (value) => (left + right) / 2 + (signedLog(value) / signedLog(1.05 * reach)) * ((right - left) / 2);
    kit.write(ctx, title, 0, 12, ink.ink);
    for (const tick of signedTicks(reach, narrow ? 2 : 1)) {
      kit.stroke(ctx, [[at(tick), upper + 6], [at(tick), lower]], ink.line);
      kit.write(ctx, chart.tickText(tick), at(tick), lower + 6, ink.muted, "center", "top");
    }
    const half = Math.min(0.32 * pitch, 12);
    streams.forEach(({ label, x, read, on }, i) => {
      const y = upper + (i + 0.62) * pitch;
      kit.write(ctx, label, 0, narrow ? y - 15 : y, ink.ink, "left", "middle", narrow ? ink.paper : "");
      drawTicks(ctx, at, x, [y - half * (narrow ? 0.6 : 1), y - 1], ink.ink, 1, 0.5);
      if (on) drawTicks(ctx, at, read, [y + 1, y + half], ink.accent, 1.25, 0.7);
      kit.stroke(ctx, [[left, y], [right, y]], ink.muted, 0.75);
    });
  }

  /** Returns the vertical axis of the curve: shares, or whole decades that enclose the losses. */
  function axisOf(quantity, trained, groups) {
    if (quantity === "accuracy") return { low: 0, high: 1, text: (share) => `${Math.round(100 * share)}%` };
    const [low, high] = chart.extent([trained, ...groups.map(({ points }) => points.map(({ loss }) => loss))], "log");
    return { kind: "log", low: 10 ** Math.floor(Math.log10(low)), high: 10 ** Math.ceil(Math.log10(high)) };
  }

  /** Draws accuracy or loss over the checkpoints; returns the scale of epochs. */
  function drawCurve(surface, ink, { quantity, epochs, trained, groups, chosen, cursor, colourOf }) {
    const ordered = [...groups].sort((one, other) => (one.key === chosen) - (other.key === chosen));
    const lines = ordered.map(({ key, points }) => ({
      x: points.map(({ epoch }) => epoch), y: points.map((point) => point[quantity]), colour: colourOf(key),
      width: key === chosen ? 2 : 1.25, faint: key !== chosen, dash: points.length < epochs.length ? [2, 4] : [],
    }));
    return chart.panel(surface, ink, {
      title: quantity === "loss" ? "Loss over all pairs, nats" : "Accuracy over all pairs",
      x: { kind: "epoch", low: 0, high: epochs[epochs.length - 1], label: "epoch of the checkpoint (log scale)" },
      y: axisOf(quantity, trained, groups),
      lines: [{ x: epochs, y: trained, colour: ink.ink, width: 1.5 }, ...lines],
      points: lines.flatMap(({ x, y: values, colour, faint }) => x.map((epoch, i) => ({ x: epoch, y: values[i], colour, radius: faint ? 2 : 4 }))),
      cursor,
    }).x;
  }

  function draw(it) {
    const { here, state, info, epochs, surfaces } = it;
    if (here.shown < 0) return false;
    const ink = kit.palette(it.tools, it.box);
    drawRug(surfaces.rug, ink, {
      streams: streamsNow(it), title: `The ${info.d_model} coordinates of the stream of ${state.a} + ${state.b} (signed log scale)`,
    });
    const groups = Object.keys(COLOURS).filter((key) => key !== "none").map((key) => ({ key, points: epochs.flatMap((_, i) => resultAt(it, i, key) ?? []) }));
    const colourOf = (key) => it.tools.colour(COLOURS[key]);
    const chosen = keyOf(inserted(state));
    it.scale = drawCurve(surfaces.curve, ink, {
      quantity: state.show, epochs, trained: it.trained[state.show], groups: groups.filter(({ points }) => points.length),
      chosen, cursor: epochs[here.shown], colourOf,
    });
    it.view.ticks.paint([ink.ink, ink.accent]);
    it.view.lines.paint([ink.ink, colourOf(chosen), ink.line]);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Sets a parameter, and computes what is not known of it yet. */
  function setBy(it, set) {
    return (name, value) => {
      if (PARTS.includes(name)) it.sweep.stop();
      const done = set(name, value);
      if (name !== "epoch" && it.here.shown >= 0) measureState(it);
      return done;
    };
  }

  /** Returns the logged curves over all pairs. */
  function curvesOf({ info, trainMask }) {
    const [logged] = info.curves;
    return Object.fromEntries(["accuracy", "loss"].map((name) => [name, overAll(logged[`train_${name}`], logged[`test_${name}`], trainMask(0))]));
  }

  /** Returns the bytes of a checkpoint's weights as they are loaded, as text. */
  const bytesOf = ({ tensors }) => tensors.reduce((sum, [, shape]) => sum + shape.reduce((n, m) => n * m, 1), 0) * 2 * (4 / 3);

  async function mount(box, data, tools) {
    const { cursor } = Timeless;
    const run = await Timeless.checkpoints.open(data.experiment);
    const { info, epochs } = run;
    const it = mounting.begin("layer-norm", box, tools, tableOf(run, data));
    Object.assign(it, {
      info, trained: curvesOf(run), jobs: Timeless.background.startFor(it, Timeless.background.HANDS),
      found: foundBefore(data.measured), // epoch and where inserted -> {epoch, accuracy, loss, moments}
      scale: null, // of epochs, as last drawn
    });
    cursor.follow(it, run, {
      arrived() {
        it.refresh();
        measureState(it);
      },
    });
    it.set = setBy(it, it.set);
    it.sweep = Timeless.sweep(it, {
      left: () => missing(it),
      async step(index) {
        const layerNorm = inserted(it.state);
        await measure(it, index, await run.weights(index), layerNorm, null);
      },
      label: (n) => `Compute the curve (loads up to ${Math.ceil((n * bytesOf(info)) / 1e6)} MB)`,
      failed: (error) => `Not every checkpoint could be computed (${Timeless.told(error)}); press the button to go on.`,
    });
    mounting.stage(it, {
      view: build(it),
      surfaces: { rug: "Coordinates of the residual stream", curve: "Accuracy over the checkpoints" },
      draw, tell,
    });
    chart.draggable(it.surfaces.curve.canvas, () => it.scale, (epoch) => it.choose("epoch", epochs[kit.nearestEpoch(epochs, epoch)]));
    cursor.turnToState(it);
    return Timeless.sweep.ending(it);
  }

  Timeless.widget("layer-norm", { needs: ["network", "checkpoints", "background", "cursor", "pairs", "sweep"], mount });
})();
