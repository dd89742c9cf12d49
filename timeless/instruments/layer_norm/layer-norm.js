/* Layer normalisation, put into a network that was trained without it: what it does to the residual stream,
   and to the answers. Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  const EPSILON = 1e-5; // as in kit/network.js
  const PARTS = ["attention", "mlp", "final"];
  const BEFORE = { attention: "attention", mlp: "the MLP", final: "the unembedding" };

  /** The places of the stream, with the part that reads each. */
  const PLACES = [
    ["pre-a", "attention", "resid_pre at a"],
    ["pre-b", "attention", "resid_pre at b"],
    ["pre-op", "attention", "resid_pre at op"],
    ["mid", "mlp", "resid_mid"],
    ["post", "final", "resid_post"],
  ];

  /** Returns `{mean, variance, norm}` of the coordinates of a stream. */
  function moments(x) {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    return { mean, variance, norm: Math.hypot(...x) };
  }

  /** Returns the moments of a normalised stream of d coordinates that had this variance. */
  function afterwards(variance, d) {
    const rest = variance / (variance + EPSILON);
    return { mean: 0, variance: rest, norm: Math.sqrt(d * rest) };
  }

  /** Returns mean and standard deviation of a list. */
  function spread(list) {
    const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
    return [mean, Math.sqrt(list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / list.length)];
  }

  /** Returns how a pair's stream stands at each place, `{place, part, label, on, x, read}`: its coordinates, and
      as the next part reads them. */
  function streamsOf(network, weights, info, a, b, layerNorm) {
    const { resid_pre, resid_mid, resid_post } = network.forward(weights, info, a, b, 0, { layerNorm });
    const streams = [...resid_pre, resid_mid, resid_post];
    return PLACES.map(([place, part, label], i) => {
      const [x, on] = [streams[i], layerNorm[part]];
      return { place, part, label, on, x, read: on ? network.normalised(x) : x };
    });
  }

  /** Returns mean and variance of the stream that enters at a place, over the p tokens, or that of the operation. */
  function inputMoments({ W_E, W_pos }, { p, d_model: d }, place, op = 0) {
    const tokens = place === 2 ? [p + op] : Array.from({ length: p }, (_, t) => t);
    const all = tokens.map((token) => moments(Float64Array.from({ length: d }, (_, i) => W_E[token * d + i] + W_pos[place * d + i])));
    return { means: all.map(({ mean }) => mean), variances: all.map(({ variance }) => variance) };
  }

  /** Returns for each place `{mean, variance, norm}`, each [mean, standard deviation] over all pairs, before and as
      read; `streams` is what `allPairs` found. */
  function overPairs(weights, info, streams, layerNorm) {
    const found = [0, 1, 2].map((place) => inputMoments(weights, info, place)).concat(streams.mid, streams.post);
    const d = info.d_model;
    return PLACES.map(([place, part, label], i) => {
      const { means, variances } = found[i];
      const norms = Array.from(variances, (variance, j) => Math.sqrt(d * (variance + means[j] ** 2)));
      const before = { mean: spread(means), variance: spread(variances), norm: spread(norms) };
      if (!layerNorm[part]) return { place, label, on: false, before, read: before };
      const after = Array.from(variances, (variance) => afterwards(variance, d));
      const read = Object.fromEntries(["mean", "variance", "norm"].map((name) => [name, spread(after.map((each) => each[name]))]));
      return { place, label, on: true, before, read };
    });
  }

  /** Returns the parts before which it is inserted, as a short key: "attention+final", "none". */
  const keyOf = (layerNorm) => PARTS.filter((part) => layerNorm[part]).join("+") || "none";

  /** Returns in words where it is inserted. */
  function whereOf(layerNorm) {
    const named = PARTS.filter((part) => layerNorm[part]).map((part) => BEFORE[part]);
    if (!named.length) return "nowhere";
    return `before ${named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named[named.length - 1]}` : named[0]}`;
  }

  /** Returns the mean of train and test curves over all pairs, of which `mask` says who is trained on. */
  function overAll(train, test, mask) {
    const share = mask.reduce((sum, one) => sum + one, 0) / mask.length;
    return Array.from(train, (value, i) => share * value + (1 - share) * test[i]);
  }

  const NEAR = 0.1; // of the signed logarithmic axis: what is smaller lies on a nearly linear piece about 0

  /** Returns the place of a value on an axis that is logarithmic to either side of 0. */
  const signedLog = (value) => Math.asinh(value / NEAR);

  /** Returns the ticks of that axis within [-reach, reach]: 0, and powers of ten from NEAR up, of both signs. */
  function signedTicks(reach, every = 1) {
    const powers = [];
    for (let power = Math.log10(NEAR); 10 ** power <= reach; power += every) powers.push(10 ** power);
    return [...powers.map((x) => -x).reverse(), 0, ...powers];
  }

  const compute = { signedLog, signedTicks, EPSILON, PARTS, PLACES, moments, afterwards, spread, streamsOf, inputMoments, overPairs, keyOf, whereOf, overAll };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  // The colours of the figure of the same name, and three more for two at a time.
  const COLOURS = {
    attention: "series-3", mlp: "series-4", final: "series-5", "attention+mlp+final": "series-2",
    "attention+mlp": "series-6", "attention+final": "series-7", "mlp+final": "series-8", none: "ink",
  };

  function build(box, ui, { p }, epochs, choose, { element }) {
    const made = {
      a: ui.number({ name: "a", label: `a (0 to ${p - 1})`, min: 0, max: p - 1 }),
      b: ui.number({ name: "b", label: `b (0 to ${p - 1})`, min: 0, max: p - 1 }),
      epoch: ui.slider({ name: "epoch", label: "Epoch of the checkpoint", max: epochs.length - 1 }),
      over: ui.choice({ name: "over", label: "Numbers of", options: [["pair", "this pair"], ["all", "all pairs"]], onChoose: (value) => choose("over", value) }),
      show: ui.choice({ name: "show", label: "Curve of", options: [["accuracy", "Accuracy"], ["loss", "Loss"]], onChoose: (value) => choose("show", value) }),
      sweep: ui.button({ name: "sweep", label: "", primary: true }),
      reset: ui.button({ name: "reset", label: "Reset" }),
      rug: element("div", { class: "layer-norm-rug" }),
      curve: element("div", { class: "layer-norm-curve" }),
      rows: element("tbody", {}),
      ticks: ui.legend([["tick", "coordinate of the stream"], ["tick", "as the next part reads it, normalised"]]),
      values: ui.readouts([["answer", "Answer to the pair"], ["accuracy", "Accuracy, all pairs"], ["loss", "Loss, all pairs (nats)"]]),
      failure: ui.failure(),
      live: ui.live(),
      trained: {},
    };
    for (const name of ["accuracy", "loss"]) {
      made.trained[name] = element("output", { "data-readout": `${name}-trained`, "aria-live": "off" });
      made.values.outputs[name].parentElement.after(element("dd", { class: "trained" }, "as trained: ", made.trained[name]));
    }
    made.lines = ui.legend([["", "as trained"], ["dot", "with the insertion chosen"], ["dot", "with others computed so far"]]);
    for (const part of PARTS) made[part] = ui.toggle({ name: part, label: `before ${BEFORE[part]}` });
    const head = (text, attributes = {}) => element("th", { scope: "col", ...attributes }, text);
    const group = (text) => element("th", { scope: "colgroup", colspan: 3, class: "group" }, text);
    made.caption = element("caption", { class: "visually-hidden" });
    made.root = element("div", { class: "layer-norm" },
      element("fieldset", { class: "insert" }, element("legend", {}, "Normalise the stream"), ...PARTS.map((part) => made[part].node)),
      ui.row(made.epoch.node, made.a.node, made.b.node),
      made.rug,
      made.ticks.node,
      ui.row(made.over.node),
      element("div", { class: "layer-norm-table", tabindex: 0, role: "group", "aria-label": "Moments of the residual stream" },
        element("table", {}, made.caption,
          element("thead", {},
            element("tr", {}, element("td", { class: "group" }), group("the stream"), group("as the next part reads it")),
            element("tr", {}, head("place"), ...[0, 1].flatMap(() => [head("mean", { class: "first" }), head("variance"), head("norm")]))),
          made.rows)),
      made.values.node,
      ui.row(made.show.node, made.sweep, made.reset),
      made.curve,
      made.lines.node,
      made.failure.node,
      made.live);
    box.replaceChildren(made.root);
    return made;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws the coordinates of each stream as ticks, above the line as they are and below as they are read. */
  function drawRug(surface, ink, { kit, chart }, { streams, title }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [upper, lower] = [22, height - 24];
    const right = width - 6;
    const narrow = width < 540;
    const left = narrow ? 6 : 118;
    const pitch = (lower - upper) / streams.length;
    const reach = streams.reduce((most, { x, read }) => Math.max(most, ...x.map(Math.abs), ...read.map(Math.abs)), 1);
    const at = (value) => (left + right) / 2 + (signedLog(value) / signedLog(1.05 * reach)) * ((right - left) / 2);
    kit.write(ctx, title, 0, 12, ink.ink);
    for (const tick of signedTicks(reach, narrow ? 2 : 1)) {
      kit.stroke(ctx, [[at(tick), upper + 6], [at(tick), lower]], ink.line);
      kit.write(ctx, chart.tickText(tick), at(tick), lower + 6, ink.muted, "center", "top");
    }
    streams.forEach(({ label, x, read, on }, i) => {
      const y = upper + (i + 0.62) * pitch;
      kit.write(ctx, label, 0, narrow ? y - 15 : y, ink.ink, "left", "middle", narrow ? ink.paper : "");
      const ticks = (values, from, to, colour, width, alpha) => {
        ctx.globalAlpha = alpha;
        for (const value of values) kit.stroke(ctx, [[at(value), from], [at(value), to]], colour, width);
        ctx.globalAlpha = 1;
      };
      const half = Math.min(0.32 * pitch, 12);
      ticks(x, y - half * (narrow ? 0.6 : 1), y - 1, ink.ink, 1, 0.5);
      if (on) ticks(read, y + 1, y + half, ink.accent, 1.25, 0.7);
      kit.stroke(ctx, [[left, y], [right, y]], ink.muted, 0.75);
    });
  }

  /** Draws accuracy or loss over the checkpoints; returns the scale of epochs. */
  function drawCurve(surface, ink, chart, { quantity, epochs, trained, inserted, chosen, cursor, colourOf }) {
    const logs = quantity === "loss" ? [...trained, ...inserted.flatMap(({ points }) => points.map((point) => point.loss))] : [];
    const [low, high] = chart.extent([logs], "log");
    const y = quantity === "loss"
      ? { kind: "log", low: 10 ** Math.floor(Math.log10(low)), high: 10 ** Math.ceil(Math.log10(high)) }
      : { low: 0, high: 1, text: (share) => `${Math.round(100 * share)}%` };
    const ordered = [...inserted].sort((one, other) => (one.key === chosen) - (other.key === chosen));
    const lines = ordered.map(({ key, points }) => ({
      x: points.map(({ epoch }) => epoch), y: points.map((point) => point[quantity]), colour: colourOf(key),
      width: key === chosen ? 2 : 1.25, faint: key !== chosen, dash: points.length < epochs.length ? [2, 4] : [],
    }));
    return chart.panel(surface, ink, {
      title: quantity === "loss" ? "Loss over all pairs, nats" : "Accuracy over all pairs",
      x: { kind: "epoch", low: 0, high: epochs[epochs.length - 1], label: "epoch of the checkpoint (log scale)" },
      y,
      lines: [{ x: epochs, y: trained, colour: ink.ink, width: 1.5 }, ...lines],
      points: lines.flatMap(({ x, y: values, colour, faint }) => x.map((epoch, i) => ({ x: epoch, y: values[i], colour, radius: faint ? 2 : 4 }))),
      cursor,
    }).x;
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Promise.all(["instrument", "network"].map((name) => Timeless.load(`kit/${name}.js`)));
    await Promise.all(["checkpoints", "background", "controls", "chart"].map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, chart, network } = Timeless;
    const run = await Timeless.checkpoints.open(data.experiment);
    const { info, epochs } = run;
    const logged = info.curves[0];
    const trained = Object.fromEntries(["accuracy", "loss"].map((name) =>
      [name, overAll(logged[`train_${name}`], logged[`test_${name}`], run.trainMask(0))]));
    const numbers = Array.from({ length: info.p }, (_, t) => t);

    const table = Timeless.controls.parameters([
      ["attention", true, [true, false]], ["mlp", false, [true, false]], ["final", false, [true, false]],
      ["a", data.a, numbers], ["b", data.b, numbers], ["epoch", epochs[epochs.length - 1], epochs],
      ["over", "pair", ["pair", "all"]], ["show", "accuracy", ["accuracy", "loss"]],
    ]);
    const { state } = table;
    table.read(tools.state.get());

    const view = build(box, Timeless.controls.controls("layer-norm"), info, epochs, choose, kit);
    const surfaces = {
      rug: kit.surface(view.rug, "Coordinates of the residual stream"),
      curve: kit.surface(view.curve, "Accuracy over the checkpoints"),
    };
    const say = kit.announcer(view.live);
    const jobs = Timeless.background.start();

    const found = new Map(); // epoch and where inserted -> {epoch, accuracy, loss, moments}
    const here = Timeless.checkpoints.cursor(run, {
      asked: readOut,
      arrived() {
        state.epoch = epochs[here.shown];
        refresh();
        measureState();
      },
      failed: view.failure.tell,
    });
    here.wanted = run.index(state.epoch);
    let sweeping = null; // {done, of}
    let scale = null;

    const inserted = () => Object.fromEntries(PARTS.map((part) => [part, state[part]]));
    const nameOf = (epoch, key) => `${epoch} ${key}`;
    const resultAt = (index, key = keyOf(inserted())) => found.get(nameOf(epochs[index], key));

    // -- compute

    /** Computes all pairs of a checkpoint with an insertion, once. */
    async function measure(index, own, layerNorm, job) {
      const [epoch, key] = [epochs[index], keyOf(layerNorm)];
      if (found.has(nameOf(epoch, key))) return;
      const result = await jobs.run("allPairs", [own, info, 0, { layerNorm, streams: true }], job);
      if (!result) return;
      const { accuracy, loss, streams } = result;
      found.set(nameOf(epoch, key), { epoch, key, accuracy, loss, moments: overPairs(own, info, streams, layerNorm) });
      refresh();
    }

    function measureState() {
      const report = (error) => view.failure.tell(`The answers could not be computed (${error.message}).`);
      const none = Object.fromEntries(PARTS.map((part) => [part, false]));
      measure(here.shown, here.weights, inserted(), "chosen").catch(report);
      measure(here.shown, here.weights, none, "none").catch(report);
    }

    const missing = () => epochs.map((_, index) => index).filter((index) => !resultAt(index));

    /** Computes the chosen insertion at every checkpoint, the last ones first. */
    async function sweep() {
      if (sweeping) {
        sweeping = null;
        readOut();
        return;
      }
      const [layerNorm, left] = [inserted(), missing().reverse()];
      const own = (sweeping = { done: 0, of: left.length });
      readOut();
      try {
        for (const index of left) {
          await measure(index, await run.weights(index), layerNorm, null);
          if (sweeping !== own) return;
          own.done += 1;
          readOut();
        }
      } catch (error) {
        view.failure.tell(`Not every checkpoint could be computed (${error.message}); press the button to go on.`);
      }
      if (sweeping === own) sweeping = null;
      readOut();
    }

    // -- state -> page

    const short = (value) => chart.tickText(Number(value.toPrecision(3)));
    const spreadText = ([mean, deviation]) => `${short(mean)} ± ${short(deviation)}`;

    function rowsOf() {
      if (state.over === "pair") {
        return streamsOf(network, here.weights, info, state.a, state.b, inserted()).map(({ place, label, on, x, read }) => {
          const texts = (values) => Object.entries(moments(values)).map(([name, value]) => [name, value, short(Math.abs(value) < 1e-9 ? 0 : value)]);
          return { place, label, on, before: texts(x), read: texts(read) };
        });
      }
      return resultAt(here.shown)?.moments.map(({ place, label, on, before, read }) => {
        const texts = (values) => Object.entries(values).map(([name, value]) => [name, value[0], spreadText(value)]);
        return { place, label, on, before: texts(before), read: texts(read) };
      });
    }

    function fillTable() {
      const cell = (side, place) => ([name, value, text], i) =>
        kit.element("td", { class: i ? null : "first", "data-moment": `${place} ${side} ${name}`, "data-value": value }, text);
      const rows = rowsOf() ?? PLACES.map(([place, , label]) => {
        const none = ["mean", "variance", "norm"].map((name) => [name, "", "…"]);
        return { place, label, on: false, before: none, read: none };
      });
      view.rows.replaceChildren(...rows.map(({ place, label, on, before, read }) => {
        const after = read.map(cell("read", place));
        after.forEach((node) => node.classList.add(on ? "changed" : "same"));
        return kit.element("tr", {}, kit.element("th", { scope: "row" }, label), ...before.map(cell("stream", place)), ...after);
      }));
      view.caption.textContent = state.over === "pair"
        ? `Mean and variance over the ${info.d_model} coordinates, and norm, of the residual stream of ${state.a} + ${state.b}.`
        : `Mean and variance over the ${info.d_model} coordinates, and norm, of the residual stream: mean and standard deviation over all pairs.`;
    }

    function readOut() {
      const { set } = view.values;
      for (const part of PARTS) view[part].input.checked = state[part];
      for (const name of ["a", "b"]) if (document.activeElement !== view[name].input) view[name].input.value = state[name];
      view.over.show(state.over);
      view.show.show(state.show);
      view.epoch.input.value = here.wanted;
      view.epoch.input.setAttribute("aria-valuetext", `epoch ${kit.integer(epochs[here.wanted])}`);
      const seen = here.shown < 0 ? here.wanted : here.shown;
      view.epoch.output.value = kit.integer(epochs[seen]);
      view.epoch.output.dataset.value = epochs[seen];
      const left = missing().length;
      const size = info.tensors.reduce((sum, [, shape]) => sum + shape.reduce((n, m) => n * m, 1), 0) * 2 * (4 / 3); // bytes of one, as text
      view.sweep.textContent = sweeping ? `Stop (${sweeping.done} of ${sweeping.of} done)`
        : left ? `Compute the curve (loads up to ${Math.ceil((left * size) / 1e6)} MB)` : "The curve is computed";
      view.sweep.disabled = !sweeping && !left;
      const [now, before] = here.shown < 0 ? [] : [resultAt(here.shown), resultAt(here.shown, "none")];
      view.root.setAttribute("aria-busy", String(here.wanted !== here.shown || !now));
      for (const [name, text] of [["accuracy", (value) => kit.percent(value, 2)], ["loss", short]]) {
        if (now) set(name, now[name], text(now[name]));
        else set(name, "", "…");
        view.trained[name].value = before ? text(before[name]) : "…";
        view.trained[name].dataset.value = before ? before[name] : "";
      }
      if (here.shown < 0) {
        set("answer", "", "…");
        return;
      }
      fillTable();
      const { answer } = network.forward(here.weights, info, state.a, state.b, 0, { layerNorm: inserted() });
      const right = network.label(info, state.a, state.b, 0);
      set("answer", answer, answer === right ? `${answer}, right` : `${answer}, not ${right}`);
      const where = `normalised ${whereOf(inserted())}, epoch ${kit.integer(epochs[here.shown])}`;
      const told = now ? `${where}: accuracy ${kit.percent(now.accuracy, 2)}, loss ${short(now.loss)} nats` : `${where}: computing`;
      surfaces.rug.canvas.setAttribute("aria-label",
        `The ${info.d_model} coordinates of the residual stream of ${state.a} + ${state.b} at five places, ${where}. The table below has their moments.`);
      surfaces.curve.canvas.setAttribute("aria-label",
        `${state.show === "loss" ? "Loss" : "Accuracy"} over the checkpoints as trained, and with the insertion at ${epochs.length - left} of them. At ${told}.`);
      if (now && !sweeping) say(told);
    }

    function refresh() {
      readOut();
      frames.request();
    }

    const remember = () => tools.state.set(table.changed());

    function choose(name, value) {
      state[name] = value;
      if (PARTS.includes(name)) sweeping = null;
      refresh();
      remember();
      if (here.shown >= 0) measureState();
    }

    // -- draw

    function draw() {
      if (here.shown < 0) return false;
      const ink = kit.palette(tools, box);
      const streams = streamsOf(network, here.weights, info, state.a, state.b, inserted());
      drawRug(surfaces.rug, ink, { kit, chart }, {
        streams, title: `The ${info.d_model} coordinates of the stream of ${state.a} + ${state.b} (signed log scale)`,
      });
      const chosen = keyOf(inserted());
      const groups = Object.keys(COLOURS).filter((key) => key !== "none").map((key) => ({ key, points: epochs.flatMap((_, i) => resultAt(i, key) ?? []) }));
      const colourOf = (key) => tools.colour(COLOURS[key]);
      scale = drawCurve(surfaces.curve, ink, chart, {
        quantity: state.show, epochs, trained: trained[state.show], inserted: groups.filter(({ points }) => points.length),
        chosen, cursor: epochs[here.shown], colourOf,
      });
      view.ticks.paint([ink.ink, ink.accent]);
      view.lines.paint([ink.ink, colourOf(chosen), ink.line]);
      return false;
    }

    // -- controls -> state

    const frames = kit.animator(box, draw);
    for (const part of PARTS) view[part].input.addEventListener("change", () => choose(part, view[part].input.checked));
    for (const name of ["a", "b"]) {
      const { input } = view[name];
      input.addEventListener("input", () => {
        if (numbers.includes(input.valueAsNumber)) choose(name, input.valueAsNumber);
      });
      input.addEventListener("change", () => (input.value = state[name]));
    }
    view.epoch.input.addEventListener("input", () => here.turn(view.epoch.input.valueAsNumber));
    view.epoch.input.addEventListener("change", () => here.turn(view.epoch.input.valueAsNumber).then(remember));
    const near = (epoch) => epochs.reduce((best, other, i) =>
      Math.abs(Math.log1p(other) - Math.log1p(epoch)) < Math.abs(Math.log1p(epochs[best]) - Math.log1p(epoch)) ? i : best, 0);
    chart.draggable(surfaces.curve.canvas, () => scale, (epoch) => here.turn(near(epoch)).then(remember));
    view.sweep.addEventListener("click", sweep);
    view.reset.addEventListener("click", () => {
      table.reset();
      sweeping = null;
      for (const name of ["a", "b"]) view[name].input.value = state[name];
      refresh();
      here.turn(run.index(state.epoch)).then(() => {
        remember();
        if (here.shown >= 0) measureState();
      });
    });
    tools.onTheme(frames.request);

    readOut();
    here.turn(here.wanted);
    return {
      destroy() {
        sweeping = null;
        jobs.destroy();
        frames.destroy();
      },
    };
  }

  Timeless.widget("layer-norm", { mount });
})();
