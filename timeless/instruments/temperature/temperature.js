/* Attention at another temperature: the real pattern of a pair, and what it does to every answer.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  const MOST = 20; // the highest temperature; the lowest is one over it
  const HALF = 100; // positions of the slider on either side of T = 1
  const GRID = Array.from({ length: 21 }, (_, i) => temperatureAt(10 * i - HALF));

  /** Returns the temperature, to three digits, at a position of the slider in [-HALF, HALF]. */
  function temperatureAt(position) {
    return Number((MOST ** (position / HALF)).toPrecision(3));
  }

  /** Returns the position of a temperature on the slider, the inverse of `temperatureAt`. */
  const positionOf = (temperature) => Math.round((HALF * Math.log(temperature)) / Math.log(MOST));

  /** Returns the entropy in nats of shares that sum to one. */
  const entropyOf = (shares) => -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0);

  /** Returns what the softmax of scores / T tends to as T falls to 0: all on the largest, ties share. */
  function coldest(scores) {
    const highest = Math.max(...scores);
    const ties = scores.filter((score) => score === highest).length;
    return Array.from(scores, (score) => (score === highest ? 1 / ties : 0));
  }

  /** Returns the rows of a head-major list [heads * 3]. */
  const byHead = (list, heads) => Array.from({ length: heads }, (_, h) => Array.from(list.slice(3 * h, 3 * h + 3)));

  /** Returns the points of a curve with one more, by rising temperature; one at the same takes its place. */
  function withPoint(points, point) {
    return [...points.filter(({ T }) => T !== point.T), point].sort((one, other) => one.T - other.T);
  }

  /** Returns the temperatures of the grid that a curve still lacks, those next to 1 first. */
  function missing(points) {
    const known = new Set(points.map(({ T }) => T));
    return GRID.filter((T) => !known.has(T)).sort((s, t) => Math.abs(Math.log(s)) - Math.abs(Math.log(t)));
  }

  /** Returns powers of ten that enclose values above 0. */
  function decades(values) {
    const logs = values.filter((value) => value > 0).map(Math.log10);
    if (!logs.length) return [0.1, 10];
    return [10 ** Math.floor(Math.min(...logs, -1)), 10 ** Math.ceil(Math.max(...logs, 1))];
  }

  const compute = { MOST, HALF, GRID, temperatureAt, positionOf, entropyOf, coldest, byHead, withPoint, missing, decades };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const PLACES = ["a", "b", "op"];
  const COLOURS = ["train", "test", "accent"];
  const SPLITS = ["all", "train", "test"];
  const CHANCE = Math.log(PLACES.length); // the entropy of equal attention, nats

  function build(box, ui, { p, n_heads: heads }, epochs, { element }) {
    const made = {
      T: ui.slider({ name: "T", label: "Temperature T (log scale)", min: -HALF, max: HALF }),
      a: ui.number({ name: "a", label: `a (0 to ${p - 1})`, min: 0, max: p - 1 }),
      b: ui.number({ name: "b", label: `b (0 to ${p - 1})`, min: 0, max: p - 1 }),
      epoch: ui.slider({ name: "epoch", label: "Epoch of the checkpoint", max: epochs.length - 1 }),
      sweep: ui.button({ name: "sweep", label: "", primary: true }),
      reset: ui.button({ name: "reset", label: "Reset" }),
      heads: element("div", { class: "temperature-heads" }),
      values: ui.readouts([["answer", "Answer to the pair"], ["accuracy", "Accuracy, all pairs"],
        ["loss", "Loss, all pairs (nats)"], ["entropy", "Entropy of the pattern (nats)"]]),
      bars: ui.legend([["block", "to a"], ["block", "to b"], ["block", "to the operation"], ["outline", "as trained, T = 1"]]),
      lines: ui.legend([["", "all pairs"], ["", "trained on"], ["", "never seen"], ["dashes", `equal attention, ln ${PLACES.length}`]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    made.trained = {};
    for (const name of ["accuracy", "loss", "entropy"]) {
      made[`${name}Curve`] = element("div", {});
      made.trained[name] = element("output", { "data-readout": `${name}-trained`, "aria-live": "off" });
      made.values.outputs[name].parentElement.after(element("dd", { class: "trained" }, "as trained: ", made.trained[name]));
    }
    made.root = element("div", { class: "temperature" },
      ui.row(made.T.node, made.a.node, made.b.node),
      made.heads,
      made.bars.node,
      ui.row(made.epoch.node, made.sweep, made.reset),
      made.values.node,
      element("div", { class: "temperature-curves" }, made.accuracyCurve, made.lossCurve, made.entropyCurve),
      made.lines.node,
      made.failure.node,
      made.live);
    made.heads.dataset.heads = heads;
    box.replaceChildren(made.root);
    return made;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws for each head three bars, filled at the chosen temperature, outlined at T = 1. */
  function drawHeads(surface, ink, kit, { patterns, trained, entropies, T }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const columns = width < 540 ? 2 : patterns.length;
    const rows = Math.ceil(patterns.length / columns);
    const [wide, high] = [width / columns, height / rows];
    patterns.forEach((pattern, h) => {
      const [left, top] = [(h % columns) * wide, Math.floor(h / columns) * high];
      const [upper, lower, right] = [top + 42, top + high - 26, left + wide - 18];
      const pitch = (right - left) / PLACES.length;
      kit.write(ctx, `Head ${h}`, left, top + 12, ink.ink);
      kit.write(ctx, `${entropies[h].toFixed(2)} nats`, right, top + 12, ink.muted, "right");
      pattern.forEach((share, place) => {
        const [x, across] = [left + (place + 0.12) * pitch, 0.76 * pitch];
        const tall = (value) => value * (lower - upper);
        ctx.fillStyle = ink[COLOURS[place]];
        ctx.fillRect(x, lower - tall(share), across, Math.max(tall(share), 1));
        if (T !== 1) {
          ctx.strokeStyle = ink.ink;
          ctx.lineWidth = 1.25;
          ctx.strokeRect(x - 2, lower - tall(trained[h][place]), across + 4, tall(trained[h][place]));
        }
        const above = lower - tall(T === 1 ? share : Math.max(share, trained[h][place]));
        kit.write(ctx, kit.percent(share, 0), x + across / 2, above - 6, ink.ink, "center");
        kit.write(ctx, PLACES[place], x + across / 2, lower + 6, ink.muted, "center", "top");
      });
      kit.stroke(ctx, [[left, lower], [right, lower]], ink.muted);
    });
  }

  /** Draws one quantity against the temperature; returns the scale of temperatures. */
  function drawCurve(surface, ink, chart, { title, y, series, level, whole, T }) {
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

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Promise.all(["instrument", "network"].map((name) => Timeless.load(`kit/${name}.js`)));
    await Promise.all(["checkpoints", "background", "controls", "chart"].map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, chart, network } = Timeless;
    const run = await Timeless.checkpoints.open(data.experiment);
    const { info, epochs } = run;
    const mask = run.trainMask(0);
    const numbers = Array.from({ length: info.p }, (_, t) => t);

    const table = Timeless.controls.parameters([
      ["a", data.a, numbers], ["b", data.b, numbers], ["T", 1, 1 / MOST, MOST], ["epoch", epochs[epochs.length - 1], epochs],
    ]);
    const { state } = table;
    table.read(tools.state.get());

    const view = build(box, Timeless.controls.controls("temperature"), info, epochs, kit);
    const surfaces = {
      heads: kit.surface(view.heads, "Attention pattern of a pair"),
      accuracy: kit.surface(view.accuracyCurve, "Accuracy against temperature"),
      loss: kit.surface(view.lossCurve, "Loss against temperature"),
      entropy: kit.surface(view.entropyCurve, "Entropy of the pattern against temperature"),
    };
    const say = kit.announcer(view.live);
    const jobs = Timeless.background.start();

    const curves = new Map(); // epoch -> the points computed so far, by rising temperature
    const here = Timeless.checkpoints.cursor(run, {
      asked() {
        if (here.wanted !== here.shown) sweeping = null;
        readOut();
      },
      arrived() {
        state.epoch = epochs[here.shown];
        refresh();
        measureState();
      },
      failed: view.failure.tell,
    });
    here.wanted = run.index(state.epoch);
    let sweeping = null; // {index, done, of}
    let scale = null;

    const points = () => curves.get(epochs[here.shown]) ?? [];
    const pointAt = (T) => points().find((point) => point.T === T);

    // -- compute

    /** Adds the point of a temperature to the curve of the checkpoint that is shown. */
    async function measure(T, key) {
      const [epoch, index] = [epochs[here.shown], here.shown];
      if (pointAt(T)) return;
      const result = await jobs.run("allPairs", [here.weights, info, 0, { temperature: T }], key);
      if (!result) return;
      const point = { T, entropy: result.entropy, all: { accuracy: result.accuracy, loss: result.loss } };
      point.train = network.summarise(result, info, 0, mask, 1);
      point.test = network.summarise(result, info, 0, mask, 0);
      curves.set(epoch, withPoint(curves.get(epoch) ?? [], point));
      if (index === here.shown) refresh();
    }

    /** Computes what the state asks for: the point of its temperature, and that of T = 1. */
    function measureState() {
      const report = (error) => view.failure.tell(`The answers could not be computed (${error.message}).`);
      measure(1, "one").catch(report);
      measure(state.T, "chosen").catch(report);
    }

    async function sweep() {
      if (sweeping || here.shown < 0) {
        sweeping = null;
        readOut();
        return;
      }
      const own = (sweeping = { done: 0, of: missing(points()).length });
      readOut();
      try {
        for (const T of missing(points())) {
          await measure(T, null);
          if (sweeping !== own) return;
          own.done += 1;
          readOut();
        }
      } catch (error) {
        view.failure.tell(`The curve could not be computed (${error.message}).`);
      }
      if (sweeping === own) sweeping = null;
      readOut();
    }

    // -- state -> page

    const attention = (temperature) => network.forward(here.weights, info, state.a, state.b, 0, { temperature });
    const loss = (value) => chart.tickText(Number(value.toPrecision(2)));
    /** Returns value and text of what a point says; without one, that it is still to come. */
    function tell(point) {
      if (!point) return { accuracy: ["", "…"], loss: ["", "…"], entropy: ["", "…"] };
      const { accuracy, loss: nats } = point.all;
      return { accuracy: [accuracy, kit.percent(accuracy, 2)], loss: [nats, loss(nats)], entropy: [point.entropy, point.entropy.toFixed(3)] };
    }

    function readOut() {
      const { set } = view.values;
      view.T.input.value = positionOf(state.T);
      view.T.input.setAttribute("aria-valuetext", `temperature ${state.T}`);
      view.T.output.value = String(state.T);
      view.T.output.dataset.value = state.T;
      for (const name of ["a", "b"]) if (document.activeElement !== view[name].input) view[name].input.value = state[name];
      const at = Math.max(here.wanted, 0);
      view.epoch.input.value = at;
      view.epoch.input.setAttribute("aria-valuetext", `epoch ${kit.integer(epochs[at])}`);
      const seen = here.shown < 0 ? at : here.shown;
      view.epoch.output.value = kit.integer(epochs[seen]);
      view.epoch.output.dataset.value = epochs[seen];
      const left = here.shown < 0 ? GRID.length : missing(points()).length;
      view.sweep.textContent = sweeping ? `Stop (${sweeping.done} of ${sweeping.of} done)` : left ? `Compute the curve (${left} points)` : "The curve is computed";
      view.sweep.disabled = !sweeping && (here.shown < 0 || !left);
      const [chosen, one] = here.shown < 0 ? [] : [pointAt(state.T), pointAt(1)];
      view.root.setAttribute("aria-busy", String(here.wanted !== here.shown || !chosen));
      const [found, trained] = [chosen, one].map(tell);
      for (const name of ["accuracy", "loss", "entropy"]) {
        set(name, ...found[name]);
        [view.trained[name].dataset.value, view.trained[name].value] = trained[name];
      }
      if (here.shown < 0) {
        set("answer", "", "…");
        return;
      }
      const { answer, pattern, scores } = attention(state.T);
      const right = network.label(info, state.a, state.b, 0);
      set("answer", answer, answer === right ? `${answer}, right` : `${answer}, not ${right}`);
      const heads = byHead(pattern, info.n_heads);
      const cold = byHead(scores, info.n_heads).map((own) => PLACES[coldest(own).indexOf(Math.max(...coldest(own)))]);
      surfaces.heads.canvas.setAttribute("aria-label",
        `Attention of the last position for ${state.a} + ${state.b} at T = ${state.T}, to a, b and the operation. ` +
        heads.map((own, h) => `Head ${h}: ${own.map((share) => kit.percent(share, 0)).join(", ")}; as T falls to 0 all goes to ${cold[h]}.`).join(" "));
      const where = `epoch ${kit.integer(epochs[here.shown])}`;
      const told = chosen
        ? `temperature ${state.T}, ${where}: accuracy ${found.accuracy[1]}, loss ${found.loss[1]} nats, ` +
          `pattern entropy ${found.entropy[1]} of at most ${CHANCE.toFixed(3)} nats; ${state.a} + ${state.b} gives ${answer}`
        : `temperature ${state.T}, ${where}: computing`;
      const many = points().length;
      for (const [name, what] of [["accuracy", "Accuracy"], ["loss", "Loss"], ["entropy", "Entropy of the pattern"]]) {
        surfaces[name].canvas.setAttribute("aria-label", `${what} against the temperature, ${many} points computed. At ${told}.`);
      }
      if (chosen && !sweeping) say(told);
    }

    function refresh() {
      readOut();
      frames.request();
    }

    const remember = () => tools.state.set(table.changed());

    function warm(T) {
      state.T = kit.clamp(T, 1 / MOST, MOST);
      refresh();
      if (here.shown >= 0) measureState();
    }

    // -- draw

    function draw() {
      if (here.shown < 0) return false;
      const ink = kit.palette(tools, box);
      const [patterns, trained] = [state.T, 1].map((T) => byHead(attention(T).pattern, info.n_heads));
      drawHeads(surfaces.heads, ink, kit, { patterns, trained, entropies: patterns.map(entropyOf), T: state.T });
      const curve = points();
      const x = curve.map(({ T }) => T);
      const inks = { all: ink.ink, train: ink.train, test: ink.test };
      const series = (quantity) => ["train", "test", "all"].map((split) => ({
        x, y: curve.map((point) => point[split][quantity]), colour: inks[split], width: split === "all" ? 2.5 : 1.5,
      }));
      const [low, high] = decades(curve.flatMap((point) => SPLITS.map((split) => point[split].loss)));
      const shared = { T: state.T, whole: !missing(curve).length };
      scale = drawCurve(surfaces.accuracy, ink, chart, {
        ...shared, title: "Accuracy", y: { low: 0, high: 1, text: (share) => `${Math.round(100 * share)}%` }, series: series("accuracy"),
      });
      drawCurve(surfaces.loss, ink, chart, { ...shared, title: "Loss, nats per pair", y: { kind: "log", low, high }, series: series("loss") });
      drawCurve(surfaces.entropy, ink, chart, {
        ...shared, title: "Mean entropy of the pattern, nats",
        y: { low: 0, high: 1.12 * CHANCE, ticks: [0, 0.5, CHANCE], text: (tick) => (tick === CHANCE ? `ln ${PLACES.length}` : String(tick)) },
        series: [{ x, y: curve.map(({ entropy }) => entropy), colour: ink.ink, width: 2.5 }], level: CHANCE,
      });
      view.bars.paint([...COLOURS.map((name) => ink[name]), ink.ink]);
      view.lines.paint([ink.ink, ink.train, ink.test, ink.muted]);
      return false;
    }

    // -- controls -> state

    const frames = kit.animator(box, draw);
    view.T.input.addEventListener("input", () => warm(temperatureAt(view.T.input.valueAsNumber)));
    view.T.input.addEventListener("change", remember);
    for (const name of ["accuracy", "loss", "entropy"]) {
      chart.draggable(surfaces[name].canvas, () => scale, (T) => warm(temperatureAt(positionOf(T))), remember);
    }
    for (const name of ["a", "b"]) {
      const { input } = view[name];
      input.addEventListener("input", () => {
        if (!numbers.includes(input.valueAsNumber)) return;
        state[name] = input.valueAsNumber;
        refresh();
        remember();
      });
      input.addEventListener("change", () => (input.value = state[name]));
    }
    view.epoch.input.addEventListener("input", () => here.turn(view.epoch.input.valueAsNumber));
    view.epoch.input.addEventListener("change", () => here.turn(view.epoch.input.valueAsNumber).then(remember));
    view.sweep.addEventListener("click", sweep);
    view.reset.addEventListener("click", () => {
      table.reset();
      sweeping = null;
      for (const name of ["a", "b"]) view[name].input.value = state[name];
      warm(state.T);
      here.turn(run.index(state.epoch)).then(remember);
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

  Timeless.widget("temperature", { mount });
})();
