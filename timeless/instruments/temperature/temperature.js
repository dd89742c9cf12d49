/* Attention at another temperature: the real pattern of a pair, and what it does to every answer.
   Controls -> state -> compute -> draw; what is computed lies in temperature-core.js and kit/network. */
(function () {
  "use strict";

  const { instrument: kit, chart, mounting } = Timeless;
  const { MOST, HALF, GRID, temperatureAt, positionOf, entropyOf, coldest, byHead, curvesOf, withPoint, missing, decades } = Timeless.parts.temperature;

  const PLACES = ["a", "b", "op"];
  const COLOURS = ["train", "test", "accent"];
  const SPLITS = ["all", "train", "test"];
  const CHANCE = Math.log(PLACES.length); // the entropy of equal attention, nats
  const CURVES = [["accuracy", "Accuracy"], ["loss", "Loss"], ["entropy", "Entropy of the pattern"]];

  const short = (T) => String(Number(T.toPrecision(3)));

  // --- controls -> state --------------------------------------------------------------------

  const tableOf = ({ info, epochs }, data) => [
    ...Timeless.pairs.rows(info.p, data),
    ["T", 1, 1 / MOST, MOST, {
      kind: "slider", label: "Temperature T (log scale)", min: -HALF, max: HALF, at: positionOf, from: temperatureAt, text: short, spoken: (T) => `temperature ${short(T)}`,
    }],
    Timeless.cursor.row(epochs),
  ];

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it, { n_heads: heads }) {
    const { ui, controls } = it;
    const { element } = kit;
    const view = {
      heads: element("div", { class: "temperature-heads", "data-heads": heads }),
      values: ui.readouts([["answer", "Answer to the pair"], ["accuracy", "Accuracy, all pairs"],
        ["loss", "Loss, all pairs (nats)"], ["entropy", "Entropy of the pattern (nats)"]]),
      bars: ui.legend([["block", "to a"], ["block", "to b"], ["block", "to the operation"], ["outline", "as trained, T = 1"]]),
      lines: ui.legend([["", "all pairs"], ["", "trained on"], ["", "never seen"], ["dashes", `equal attention, ln ${PLACES.length}`]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    for (const [name] of CURVES) view[name] = element("div", {});
    view.tellTrained = Timeless.pairs.asTrained(ui, view.values, CURVES.map(([name]) => name));
    view.root = element("div", { class: "temperature" },
      ui.row(controls.T.node, controls.a.node, controls.b.node),
      view.heads,
      view.bars.node,
      ui.row(controls.epoch.node, it.sweep.button, resetButton(it)),
      view.values.node,
      element("div", { class: "temperature-curves" }, ...CURVES.map(([name]) => view[name])),
      view.lines.node,
      view.failure.node,
      view.live);
    return view;
  }

  const resetButton = (it) => mounting.resetButton(it, async () => {
    it.sweep.stop();
    it.set("T", it.state.T);
    await Timeless.cursor.turnToState(it);
  });

  // --- compute ------------------------------------------------------------------------------

  /** Returns the points of the curve at the checkpoint that is shown. */
  const pointsOf = ({ curves, epochs, here }) => curves.get(epochs[here.shown]) ?? [];

  const pointAt = (it, temperature) => pointsOf(it).find(({ T }) => T === temperature);

  /** Adds the point of a temperature to the curve of the checkpoint that is shown. */
  async function measure(it, T, key) {
    const { info, epochs, here, curves } = it;
    const { summarise } = Timeless.network;
    const [epoch, index] = [epochs[here.shown], here.shown];
    if (pointAt(it, T)) return;
    const result = await it.jobs.run("allPairs", [here.weights, info, 0, { temperature: T }], key);
    if (!result) return;
    const point = { T, entropy: result.entropy, all: { accuracy: result.accuracy, loss: result.loss } };
    point.train = summarise(result, info, 0, it.mask, 1);
    point.test = summarise(result, info, 0, it.mask, 0);
    curves.set(epoch, withPoint(curves.get(epoch) ?? [], point));
    if (index === here.shown) it.refresh();
  }

  /** Computes what the state asks for: the point of its temperature, and that of T = 1. */
  function measureState(it) {
    const report = (error) => it.view.failure.tell(`The answers could not be computed (${Timeless.told(error)}).`);
    measure(it, 1, "one").catch(report);
    measure(it, it.state.T, "chosen").catch(report);
  }

  const attentionAt = ({ here, info, state }, temperature) => Timeless.network.forward(here.weights, info, state.a, state.b, 0, { temperature });

  // --- tell ---------------------------------------------------------------------------------

  /** Returns values and texts of what a point says; without one, that it is still to come. */
  function textsOf(point) {
    if (!point) return { accuracy: ["", "…"], loss: ["", "…"], entropy: ["", "…"] };
    const { accuracy, loss } = point.all;
    return { accuracy: [accuracy, kit.percent(accuracy, 2)], loss: [loss, Timeless.pairs.short(loss, 2)], entropy: [point.entropy, point.entropy.toFixed(3)] };
  }

  function tell(it) {
    const { here, state, view } = it;
    it.sweep.tell();
    const [chosen, one] = here.shown < 0 ? [] : [pointAt(it, state.T), pointAt(it, 1)];
    view.root.setAttribute("aria-busy", String(here.wanted !== here.shown || !chosen));
    view.values.tell(textsOf(chosen));
    view.tellTrained(textsOf(one));
    if (here.shown < 0) view.values.set("answer", "", "…");
    else tellPair(it, chosen);
  }

  /** Tells what is known of the pair and its temperature, once there are weights. */
  function tellPair(it, chosen) {
    const { here, info, state, view } = it;
    const { answer, pattern, scores } = attentionAt(it, state.T);
    view.values.set("answer", ...Timeless.pairs.answered(answer, Timeless.network.label(info, state.a, state.b, 0)));
    const where = `temperature ${short(state.T)}, epoch ${kit.integer(it.epochs[here.shown])}`;
    const texts = textsOf(chosen);
    const told = chosen
      ? `${where}: accuracy ${texts.accuracy[1]}, loss ${texts.loss[1]} nats, ` +
        `pattern entropy ${texts.entropy[1]} of at most ${CHANCE.toFixed(3)} nats; ${state.a} + ${state.b} gives ${answer}`
      : `${where}: computing`;
    mounting.describe(it, {
      heads: headsText(state, byHead(pattern, info.n_heads), byHead(scores, info.n_heads)),
      ...Object.fromEntries(CURVES.map(([name, what]) => [name, `${what} against the temperature, ${pointsOf(it).length} points known. At ${told}.`])),
    });
    if (chosen && !it.sweep.running()) it.say(told);
  }

  function headsText({ a, b, T }, heads, scores) {
    const cold = scores.map((own) => PLACES[coldest(own).indexOf(Math.max(...coldest(own)))]);
    return `Attention of the last position for ${a} + ${b} at T = ${T}, to a, b and the operation. ` +
      heads.map((own, h) => `Head ${h}: ${own.map((share) => kit.percent(share, 0)).join(", ")}; as T falls to 0 all goes to ${cold[h]}.`).join(" ");
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws a head's bar at a place, filled at the chosen temperature, outlined at T = 1. */
  function drawBar(ctx, ink, { x, across, upper, lower }, { place, share, trained, T }) {
    const tall = (value) => value * (lower - upper);
    ctx.fillStyle = ink[COLOURS[place]];
    ctx.fillRect(x, lower - tall(share), across, Math.max(tall(share), 1));
    if (T !== 1) {
      ctx.strokeStyle = ink.ink;
      ctx.lineWidth = 1.25;
      ctx.strokeRect(x - 2, lower - tall(trained), across + 4, tall(trained));
    }
    const above = lower - tall(T === 1 ? share : Math.max(share, trained));
    kit.write(ctx, kit.percent(share, 0), x + across / 2, above - 6, ink.ink, "center");
    kit.write(ctx, PLACES[place], x + across / 2, lower + 6, ink.muted, "center", "top");
  }

  /** Draws three bars for each head. */
  function drawHeads(surface, ink, { patterns, trained, T }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const columns = width < 540 ? 2 : patterns.length;
    const rows = Math.ceil(patterns.length / columns);
    const [wide, high] = [width / columns, height / rows];
    patterns.forEach((pattern, h) => {
      const [left, top] = [(h % columns) * wide, Math.floor(h / columns) * high];
      const [upper, lower, right] = [top + 42, top + high - 26, left + wide - 18];
      const pitch = (right - left) / PLACES.length;
      kit.write(ctx, `Head ${h}`, left, top + 12, ink.ink);
      kit.write(ctx, `${entropyOf(pattern).toFixed(2)} nats`, right, top + 12, ink.muted, "right");
      pattern.forEach((share, place) => {
        const box = { x: left + (place + 0.12) * pitch, across: 0.76 * pitch, upper, lower };
        drawBar(ctx, ink, box, { place, share, trained: trained[h][place], T });
      });
      kit.stroke(ctx, [[left, lower], [right, lower]], ink.muted);
    });
  }

  /** Draws one quantity against the temperature; returns the scale of temperatures. */
  function drawCurve(surface, ink, { title, y, series, level, whole, T }) {
    const ends = [1 / MOST, MOST];
    const fixed = level ? [{ x: ends, y: [level, level], colour: ink.muted, width: 1.25, dash: [4, 4] }] : [];
    return chart.panel(surface, ink, {
      title,
      x: { kind: "log", low: ends[0], high: ends[1], label: "temperature T (log scale)", ticks: [0.05, 0.2, 1, 5, 20] },
      y,
      marks: [{ x: 1 }],
      lines: [...fixed, ...series.map(({ x, y: values, colour, width }) => ({ x, y: values, colour, width: whole ? width : 1, dash: whole ? [] : [2, 4] }))],
      points: series.flatMap(({ x, y: values, colour, width }) => x.map((at, i) => ({ x: at, y: values[i], colour, radius: at === T ? 4.5 : width }))),
      cursor: T,
    }).x;
  }

  function drawCurves(it, ink) {
    const { surfaces, state: { T } } = it;
    const curve = pointsOf(it);
    const x = curve.map((point) => point.T);
    const inks = { all: ink.ink, train: ink.train, test: ink.test };
    const series = (quantity) => ["train", "test", "all"].map((split) => ({
      x, y: curve.map((point) => point[split][quantity]), colour: inks[split], width: split === "all" ? 2.5 : 1.5,
    }));
    const [low, high] = decades(curve.flatMap((point) => SPLITS.map((split) => point[split].loss)));
    const shared = { T, whole: !missing(curve).length };
    it.scale = drawCurve(surfaces.accuracy, ink, {
      ...shared, title: "Accuracy", y: { low: 0, high: 1, text: (share) => `${Math.round(100 * share)}%` }, series: series("accuracy"),
    });
    drawCurve(surfaces.loss, ink, { ...shared, title: "Loss, nats per pair", y: { kind: "log", low, high }, series: series("loss") });
    drawCurve(surfaces.entropy, ink, {
      ...shared, title: "Mean entropy of the pattern, nats",
      y: { low: 0, high: 1.12 * CHANCE, ticks: [0, 0.5, CHANCE], text: (tick) => (tick === CHANCE ? `ln ${PLACES.length}` : String(tick)) },
      series: [{ x, y: curve.map(({ entropy }) => entropy), colour: ink.ink, width: 2.5 }], level: CHANCE,
    });
  }

  function draw(it) {
    if (it.here.shown < 0) return false;
    const ink = kit.palette(it.tools, it.box);
    const [patterns, trained] = [it.state.T, 1].map((T) => byHead(attentionAt(it, T).pattern, it.info.n_heads));
    drawHeads(it.surfaces.heads, ink, { patterns, trained, T: it.state.T });
    drawCurves(it, ink);
    it.view.bars.paint([...COLOURS.map((name) => ink[name]), ink.ink]);
    it.view.lines.paint([ink.ink, ink.train, ink.test, ink.muted]);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Sets a parameter; another temperature is also measured. */
  function setBy(it, set) {
    return (name, value) => {
      const done = set(name, value);
      if (name === "T" && it.here.shown >= 0) measureState(it);
      return done;
    };
  }

  async function mount(box, data, tools) {
    const { cursor } = Timeless;
    const run = await Timeless.checkpoints.open(data.experiment);
    const it = mounting.begin("temperature", box, tools, tableOf(run, data));
    Object.assign(it, {
      info: run.info, mask: run.trainMask(0), jobs: Timeless.background.startFor(it, Timeless.background.HANDS),
      curves: curvesOf(data.measured), // epoch -> the points known so far, by rising temperature
      scale: null, // of temperatures, as last drawn
    });
    cursor.follow(it, run, {
      asked() {
        if (it.here.wanted !== it.here.shown) it.sweep.stop();
      },
      arrived() {
        it.refresh();
        measureState(it);
      },
    });
    it.set = setBy(it, it.set);
    it.sweep = Timeless.sweep(it, {
      left: () => (it.here.shown < 0 ? GRID : missing(pointsOf(it))),
      step: (T) => measure(it, T, null),
      label: (n) => `Compute the curve (${n} points)`,
      failed: (error) => `The curve could not be computed (${Timeless.told(error)}).`,
      ready: () => it.here.shown >= 0,
    });
    mounting.stage(it, {
      view: build(it, run.info),
      surfaces: { heads: "Attention pattern of a pair", ...Object.fromEntries(CURVES.map(([name, what]) => [name, `${what} against temperature`])) },
      draw, tell,
    });
    for (const [name] of CURVES) {
      chart.draggable(it.surfaces[name].canvas, () => it.scale, (T) => it.set("T", temperatureAt(positionOf(T))), it.remember);
    }
    cursor.turnToState(it);
    return Timeless.sweep.ending(it);
  }

  Timeless.widget("temperature", { needs: ["network", "checkpoints", "background", "cursor", "pairs", "sweep"], mount });
})();
