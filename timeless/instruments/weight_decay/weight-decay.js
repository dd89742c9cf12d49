/* Weight decay: the norm of a tensor under the factor 1 − ηλ, beside the run's own and real branches.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  /** Returns 1 − ηλ, by which decay multiplies every weight at an update. */
  const factorOf = (eta, lambda) => 1 - eta * lambda;

  /** Returns after how many updates decay alone has halved a norm; never, if there is none. */
  const halfLife = (factor) => (factor === 1 ? Infinity : Math.LN2 / -Math.log(factor));

  /** Returns a norm after `steps` updates of decay alone. */
  const decayed = (norm, factor, steps) => norm * factor ** steps;

  /** Returns the norm of the run at an epoch, on the straight line between two measured ones; null outside. */
  function normAt(epochs, norms, epoch) {
    const after = epochs.findIndex((entry) => entry >= epoch);
    if (after < 0 || epoch < epochs[0]) return null;
    if (epochs[after] === epoch) return norms[after];
    const [from, to] = [epochs[after - 1], epochs[after]];
    return norms[after - 1] + ((epoch - from) / (to - from)) * (norms[after] - norms[after - 1]);
  }

  /** Returns what is added per update to a norm that goes from `start` to `end` in `steps` updates,
      each of which multiplies by `factor` first: the same at each of them. */
  function putBack(start, end, factor, steps) {
    if (factor === 1) return (end - start) / steps;
    return ((end - start * factor ** steps) * (1 - factor)) / (1 - factor ** steps);
  }

  /** Returns {epoch, taken, back} lists: what decay takes of the norm per epoch, and what the rest of the update
      puts back, from each measured epoch to the next. Epochs of the warm-up, in which η changes, are left out. */
  function exchange(epochs, norms, factor, warmup) {
    const found = { epoch: [], taken: [], back: [] };
    for (let i = 0; i + 1 < epochs.length; i++) {
      if (epochs[i] < warmup) continue;
      found.epoch.push(epochs[i]);
      found.taken.push((1 - factor) * norms[i]);
      found.back.push(putBack(norms[i], norms[i + 1], factor, epochs[i + 1] - epochs[i]));
    }
    return found;
  }

  /** Returns the index of the entry of a rising list nearest to x. */
  function nearest(list, x) {
    return list.reduce((best, entry, i) => (Math.abs(entry - x) < Math.abs(list[best] - x) ? i : best), 0);
  }

  const compute = { factorOf, halfLife, decayed, normAt, putBack, exchange, nearest };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const SPANS = [200, 1000, 5000, 20000];
  const [LEAST_RATE, MOST_RATE, PER_DECADE] = [1e-4, 1e-2, 20];
  const MOST_DECAY = 4;
  const LINES = { run: "series-1", alone: "muted", both: "ink", gradient: "series-2", decay: "series-3" };

  const rateAt = (position) => Number((10 ** (position / PER_DECADE)).toPrecision(3));
  const placeOfRate = (rate) => Math.round(PER_DECADE * Math.log10(rate));

  function build(box, ui, data, { element, integer }) {
    const choose = {};
    const names = Object.keys(data.norms);
    const made = {
      tensor: ui.select({ name: "tensor", label: "Weights", options: names.map((name) => [name, name === "all" ? "all of them" : name]) }),
      start: ui.slider({ name: "start", label: "From epoch", max: data.epochs.length - 1 }),
      lambda: ui.slider({ name: "lambda", label: "Weight decay λ", max: MOST_DECAY, step: 0.05 }),
      eta: ui.slider({ name: "eta", label: "Learning rate η (log scale)", min: placeOfRate(LEAST_RATE), max: placeOfRate(MOST_RATE) }),
      stage: ui.choice({ name: "stage", label: "Real branches from epoch", options: data.stages.map(([, epoch]) => [epoch, integer(epoch)]),
        onChoose: (epoch) => choose.set("start", epoch) }),
      span: ui.choice({ name: "span", label: "Epochs shown", options: SPANS.map((n) => [n, integer(n)]), onChoose: (n) => choose.set("span", n) }),
      axis: ui.choice({ name: "axis", label: "Norm axis", options: [["linear", "Linear"], ["log", "Log"]], onChoose: (kind) => choose.set("axis", kind) }),
      reset: ui.button({ name: "reset", label: "Reset" }),
      norms: element("div", { class: "weight-decay-norms" }),
      exchange: element("div", { class: "weight-decay-exchange" }),
      values: ui.readouts([["factor", "Factor 1 − ηλ per epoch"], ["half-life", "Half-life of decay, epochs"],
        ["run", "Norm, the run"], ["alone", "Norm, decay alone"],
        ["taken", "Decay takes, per epoch"], ["back", "Gradient puts back, per epoch"], ["share", "Put back of what is taken"], ["branches", "Branches"]]),
      lines: ui.legend([["line", "the run: gradient and decay"], ["dashes", "decay alone, (1 − ηλ)ᵗ: formula"], ["line", "branch: gradient and decay"],
        ["line", "branch: gradient, no decay"], ["dot", "branch: decay, no gradient"]]),
      flows: ui.legend([["line", "taken by decay"], ["line", "put back by the gradient"]]),
      failure: ui.failure(),
      live: ui.live(),
      choose,
    };
    made.root = element("div", { class: "weight-decay" },
      ui.row(made.tensor.node, made.start.node),
      ui.row(made.stage.node, made.span.node, made.axis.node, made.reset),
      element("div", { class: "weight-decay-sliders" }, made.lambda.node, made.eta.node),
      made.norms,
      made.lines.node,
      made.values.node,
      made.exchange,
      made.flows.node,
      made.failure.node,
      made.live);
    box.replaceChildren(made.root);
    return made;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws norms from the start on: formula, run, and branches where there are any. */
  function drawNorms(surface, ink, chart, { state, series, title }) {
    const [low, high] = chart.extent(series.map(({ y }) => y), state.axis);
    const bottom = state.axis === "log" ? low / 1.1 : 0;
    chart.panel(surface, ink, {
      title,
      x: { low: state.start, high: state.start + state.span, label: "epoch" },
      y: { kind: state.axis, low: bottom, high: Math.max(1.06 * high, bottom + 1e-6) },
      lines: series.filter(({ dots }) => !dots),
      points: series.filter(({ dots }) => dots).flatMap(({ x, y, colour }) => x.map((at, i) => ({ x: at, y: y[i], colour, radius: 2.25 }))),
    });
  }

  /** Draws what is taken and put back over all of training; returns the scale of epochs. */
  function drawExchange(surface, ink, chart, { flows, cursor, last, colours, title }) {
    const [low, high] = chart.extent([flows.taken, flows.back]);
    const room = 0.06 * (high - Math.min(low, 0)) || 1e-6;
    return chart.panel(surface, ink, {
      title,
      x: { kind: "log", low: Math.max(flows.epoch[0], 1), high: last, label: "epoch (log scale)" },
      y: { low: Math.min(low - room, 0), high: high + room },
      lines: [
        { x: flows.epoch, y: flows.back, colour: colours.back, width: 1.75 },
        { x: flows.epoch, y: flows.taken, colour: colours.taken, width: 1.75 },
      ],
      cursor,
    }).x;
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    await Promise.all(["controls", "chart"].map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, chart } = Timeless;
    const unpacked = (table) => Object.fromEntries(Object.entries(table).map(([name, column]) => [name, kit.list(column, tools)]));
    const norms = unpacked(data.norms);
    const branches = Object.fromEntries(Object.entries(data.branches).map(([epoch, { step, ...lines }]) =>
      [epoch, { step, ...Object.fromEntries(Object.entries(lines).map(([name, table]) => [name, unpacked(table)])) }]));
    const { epochs } = data;
    const last = epochs[epochs.length - 1];
    const own = factorOf(data.lr, data.weight_decay);

    const settings = Timeless.controls.parameters([
      ["tensor", "all", Object.keys(norms)],
      ["start", data.stages[0][1], epochs],
      ["lambda", data.weight_decay, 0, MOST_DECAY],
      ["eta", data.lr, LEAST_RATE, MOST_RATE],
      ["span", 1000, SPANS],
      ["axis", "linear", ["linear", "log"]],
    ]);
    const { state } = settings;
    settings.read(tools.state.get());

    const view = build(box, Timeless.controls.controls("weight-decay"), data, kit);
    const surfaces = {
      norms: kit.surface(view.norms, "Norm over epochs"),
      exchange: kit.surface(view.exchange, "What decay takes and the gradient puts back"),
    };
    const say = kit.announcer(view.live);
    let across = null; // the scale of epochs of the lower panel, as last drawn

    // -- state -> compute

    const size = (value) => chart.tickText(Number(value.toPrecision(3)));
    const named = () => (state.tensor === "all" ? "all weights" : state.tensor);
    const flows = () => exchange(epochs, norms[state.tensor], own, data.warmup_steps);

    /** Returns the lines of the upper panel. */
    function series() {
      const list = norms[state.tensor];
      const end = state.start + state.span;
      const start = normAt(epochs, list, state.start);
      const inside = epochs.filter((epoch) => epoch >= state.start && epoch <= end);
      const factor = factorOf(state.eta, state.lambda);
      const steps = Array.from({ length: 101 }, (_, i) => (i * state.span) / 100);
      const branch = branches[state.start];
      const from = (name) => ({ x: branch.step.map((step) => state.start + step), y: branch[name][state.tensor], colour: tools.colour(LINES[name]) });
      const close = end < last ? [[...inside, end], [...inside.map((epoch) => normAt(epochs, list, epoch)), normAt(epochs, list, end)]] : [inside, inside.map((epoch) => normAt(epochs, list, epoch))];
      return [
        { x: close[0], y: close[1], colour: tools.colour(LINES.run), width: 2.5 },
        ...(branch ? [{ ...from("both"), width: 1.75 }, { ...from("gradient"), width: 1.75 }, { ...from("decay"), dots: true }] : []),
        { x: steps.map((t) => state.start + t), y: steps.map((t) => decayed(start, factor, t)), colour: tools.colour(LINES.alone), width: 2, dash: [6, 5] },
      ];
    }

    /** Returns what is told of the state: values with their texts. */
    function told() {
      const list = norms[state.tensor];
      const factor = factorOf(state.eta, state.lambda);
      const end = Math.min(state.start + state.span, last);
      const half = halfLife(factor);
      const [start, run] = [state.start, end].map((epoch) => normAt(epochs, list, epoch));
      const alone = decayed(start, factor, end - state.start);
      const flow = flows();
      const at = nearest(flow.epoch, state.start); // at the last checkpoint, what led to it
      const known = state.start >= data.warmup_steps;
      const [taken, back] = [flow.taken[at], flow.back[at]];
      const branch = branches[state.start];
      const ends = branch ? ["both", "gradient", "decay"].map((name) => branch[name][state.tensor].at(-1)) : null;
      return {
        end,
        factor: [factor, String(Number(factor.toPrecision(6)))],
        "half-life": [half, half === Infinity ? "never" : kit.integer(half)],
        run: [run, `${size(start)} → ${size(run)}`],
        alone: [alone, `${size(start)} → ${size(alone)}`],
        taken: known ? [taken, size(taken)] : ["", "warm-up"],
        back: known ? [back, size(back)] : ["", "warm-up"],
        share: known ? [back / taken, kit.percent(back / taken, 0)] : ["", "–"],
        branches: ends ? [ends.join(" "), ends.map(size).join(" · ")] : ["", "none from here"],
        steps: branch ? branch.step.at(-1) : 0,
      };
    }

    function readOut() {
      const found = told();
      for (const name of ["factor", "half-life", "run", "alone", "taken", "back", "share", "branches"]) view.values.set(name, ...found[name]);
      const rename = (name, text) => (view.values.outputs[name].closest("div").firstChild.textContent = text);
      rename("run", `Norm, the run, to epoch ${kit.integer(found.end)}`);
      rename("alone", `Norm, decay alone, to epoch ${kit.integer(found.end)}`);
      rename("branches", found.steps ? `After ${found.steps} updates: both · no decay · decay only` : "Branches");
      const start = kit.integer(state.start);
      view.tensor.input.value = state.tensor;
      view.start.input.value = epochs.indexOf(state.start);
      view.start.output.value = start;
      view.start.input.setAttribute("aria-valuetext", `epoch ${start}`);
      view.lambda.input.value = state.lambda;
      view.lambda.output.value = String(state.lambda);
      view.eta.input.value = placeOfRate(state.eta);
      view.eta.output.value = String(state.eta);
      view.eta.input.setAttribute("aria-valuetext", `learning rate ${state.eta}`);
      for (const name of ["span", "axis"]) view[name].show(state[name]);
      view.stage.show(state.start);
      view.lines.node.querySelectorAll("li").forEach((entry, i) => (entry.hidden = i > 1 && !found.steps));
      const text = `${named()} from epoch ${start}: decay alone halves the norm in ${found["half-life"][1]} epochs; ` +
        `by epoch ${kit.integer(found.end)} the run goes ${found.run[1].replace("→", "to")}, decay alone ${found.alone[1].replace("→", "to")}`;
      const share = found.share[0] === "" ? "" : `; per epoch decay takes ${found.taken[1]} and the gradient puts back ${found.back[1]}, ${found.share[1]} of it`;
      surfaces.norms.canvas.setAttribute("aria-label", `Norm over epochs: ${text}.`);
      surfaces.exchange.canvas.setAttribute("aria-label", `What decay takes and the gradient puts back, over training: ${named()}, epoch ${start}${share}.`);
      say(text + share);
    }

    // -- draw

    function draw() {
      const ink = kit.palette(tools, box);
      drawNorms(surfaces.norms, ink, chart, { state, series: series(), title: `Norm of ${named()}` });
      const colours = { taken: tools.colour(LINES.decay), back: tools.colour(LINES.gradient) };
      across = drawExchange(surfaces.exchange, ink, chart, { flows: flows(), cursor: state.start, last, colours, title: `Change of the norm of ${named()} per epoch` });
      view.lines.paint(["run", "alone", "both", "gradient", "decay"].map((name) => tools.colour(LINES[name])));
      view.flows.paint([colours.taken, colours.back]);
      return false;
    }

    // -- controls -> state

    const frames = kit.animator(box, draw);
    const refresh = () => {
      readOut();
      frames.request();
    };
    const remember = () => tools.state.set(settings.changed());
    function set(name, value) {
      state[name] = value;
      refresh();
    }
    view.choose.set = (name, value) => {
      set(name, value);
      remember();
    };
    view.tensor.input.addEventListener("change", () => view.choose.set("tensor", view.tensor.input.value));
    view.start.input.addEventListener("input", () => set("start", epochs[view.start.input.valueAsNumber]));
    view.lambda.input.addEventListener("input", () => set("lambda", Number(view.lambda.input.value)));
    view.eta.input.addEventListener("input", () => set("eta", rateAt(view.eta.input.valueAsNumber)));
    for (const name of ["start", "lambda", "eta"]) view[name].input.addEventListener("change", remember);
    chart.draggable(surfaces.exchange.canvas, () => across, (epoch) => set("start", epochs[nearest(epochs, epoch)]), remember);
    view.reset.addEventListener("click", () => {
      settings.reset();
      refresh();
      remember();
    });
    tools.onTheme(frames.request);
    refresh();
    return { destroy: frames.destroy };
  }

  Timeless.widget("weight-decay", { mount });
})();
