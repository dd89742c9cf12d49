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

  const { instrument: kit, chart, mounting } = Timeless;

  // --- controls -> state --------------------------------------------------------------------

  const SPANS = [200, 1000, 5000, 20000];
  const AXES = [["linear", "Linear"], ["log", "Log"]];
  const [LEAST_RATE, MOST_RATE, PER_DECADE] = [1e-4, 1e-2, 20];
  const MOST_DECAY = 4;
  const BRANCHES = ["both", "gradient", "decay"];
  const LINES = { run: "series-1", alone: "muted", both: "ink", gradient: "series-2", decay: "series-3" };

  const rateAt = (position) => Number((10 ** (position / PER_DECADE)).toPrecision(3));
  const placeOfRate = (rate) => Math.round(PER_DECADE * Math.log10(rate));

  function tableOf({ norms, epochs, stages, lr, weight_decay }) {
    const names = Object.keys(norms);
    return [
      ["tensor", "all", names, { kind: "select", label: "Weights", options: names.map((name) => [name, name === "all" ? "all of them" : name]) }],
      ["start", stages[0][1], epochs, { kind: "slider", label: "From epoch", text: kit.integer, spoken: (epoch) => `epoch ${kit.integer(epoch)}` }],
      ["lambda", weight_decay, 0, MOST_DECAY, { kind: "slider", label: "Weight decay λ", step: 0.05 }],
      ["eta", lr, LEAST_RATE, MOST_RATE, {
        kind: "slider", label: "Learning rate η (log scale)", min: placeOfRate(LEAST_RATE), max: placeOfRate(MOST_RATE),
        at: placeOfRate, from: rateAt, spoken: (rate) => `learning rate ${rate}`,
      }],
      ["span", 1000, SPANS, { kind: "choice", label: "Epochs shown", options: SPANS.map((n) => [n, kit.integer(n)]) }],
      mounting.oneOf("choice", "axis", "Norm axis", AXES),
    ];
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build({ ui, controls: own, choose }, { stages }, reset) {
    const { element } = kit;
    const view = {
      stage: ui.choice({ name: "stage", label: "Real branches from epoch", options: stages.map(([, epoch]) => [epoch, kit.integer(epoch)]),
        onChoose: (epoch) => choose("start", epoch) }),
      norms: element("div", { class: "weight-decay-norms" }),
      exchange: element("div", { class: "weight-decay-exchange" }),
      values: ui.readouts([["factor", "Factor 1 − ηλ per epoch"], ["half-life", "Half-life of decay, epochs"],
        ["run", "Norm, the run"], ["alone", "Norm, decay alone"],
        ["taken", "Decay takes, per epoch"], ["back", "Gradient puts back, per epoch"], ["share", "Put back of what is taken"], ["branches", "Branches"]]),
      lines: ui.legend([["line", "the run: gradient and decay"], ["dashes", "decay alone, (1 − ηλ)ᵗ: formula"], ["line", "branch: gradient and decay"],
        ["line", "branch: gradient, no decay"], ["dot", "branch: decay, no gradient"]]),
      flows: ui.legend([["line", "taken by decay"], ["line", "put back by the gradient"]]),
      live: ui.live(),
    };
    view.root = element("div", { class: "weight-decay" },
      ui.row(own.tensor.node, own.start.node),
      ui.row(view.stage.node, own.span.node, own.axis.node, reset),
      element("div", { class: "weight-decay-sliders" }, own.lambda.node, own.eta.node),
      view.norms, view.lines.node, view.values.node, view.exchange, view.flows.node, view.live);
    return view;
  }

  // --- state -> compute ---------------------------------------------------------------------

  const named = ({ tensor }) => (tensor === "all" ? "all weights" : tensor);

  /** Returns what decay takes and the gradient puts back of the chosen tensor, over all of training. */
  const flowsOf = ({ norms, epochs, factor, warmup_steps }, { tensor }) => exchange(epochs, norms[tensor], factor, warmup_steps);

  /** Returns the line of the run from the start on, as far as it goes. */
  function runOf({ norms, epochs, last }, { tensor, start, span }) {
    const end = start + span;
    const inside = epochs.filter((epoch) => epoch >= start && epoch <= end);
    const x = end < last ? [...inside, end] : inside;
    return { x, y: x.map((epoch) => normAt(epochs, norms[tensor], epoch)) };
  }

  /** Returns the lines of the upper panel. */
  function seriesOf(data, state, colour) {
    const { tensor, start, span, eta, lambda } = state;
    const factor = factorOf(eta, lambda);
    const norm = normAt(data.epochs, data.norms[tensor], start);
    const steps = Array.from({ length: 101 }, (_, i) => (i * span) / 100);
    const branch = data.branches[start];
    const from = (name) => ({ x: branch.step.map((step) => start + step), y: branch[name][tensor], colour: colour(LINES[name]) });
    return [
      { ...runOf(data, state), colour: colour(LINES.run), width: 2.5 },
      ...(branch ? [{ ...from("both"), width: 1.75 }, { ...from("gradient"), width: 1.75 }, { ...from("decay"), dots: true }] : []),
      { x: steps.map((t) => start + t), y: steps.map((t) => decayed(norm, factor, t)), colour: colour(LINES.alone), width: 2, dash: [6, 5] },
    ];
  }

  /** Returns the values that are told of a state. */
  function valuesOf(data, state) {
    const { epochs, norms, last } = data;
    const { tensor, start, span, eta, lambda } = state;
    const factor = factorOf(eta, lambda);
    const end = Math.min(start + span, last);
    const [from, run] = [start, end].map((epoch) => normAt(epochs, norms[tensor], epoch));
    const flows = flowsOf(data, state);
    const at = nearest(flows.epoch, start); // at the last checkpoint, what led to it
    const known = start >= data.warmup_steps;
    const branch = data.branches[start];
    return {
      end, factor, from, run,
      half: halfLife(factor),
      alone: decayed(from, factor, end - start),
      taken: known ? flows.taken[at] : null,
      back: known ? flows.back[at] : null,
      ends: branch ? BRANCHES.map((name) => branch[name][tensor].at(-1)) : null,
      steps: branch ? branch.step.at(-1) : 0,
    };
  }

  // --- tell ---------------------------------------------------------------------------------

  const size = (value) => chart.tickText(Number(value.toPrecision(3)));

  /** Returns values with their texts, by the name of their read-out. */
  function textsOf({ factor, half, from, run, alone, taken, back, ends }) {
    const flow = (value, text) => (taken === null ? ["", "warm-up"] : [value, text(value)]);
    return {
      factor: [factor, String(Number(factor.toPrecision(6)))],
      "half-life": [half, half === Infinity ? "never" : kit.integer(half)],
      run: [run, `${size(from)} → ${size(run)}`],
      alone: [alone, `${size(from)} → ${size(alone)}`],
      taken: flow(taken, size),
      back: flow(back, size),
      share: taken === null ? ["", "–"] : [back / taken, kit.percent(back / taken, 0)],
      branches: ends ? [ends.join(" "), ends.map(size).join(" · ")] : ["", "none from here"],
    };
  }

  function tell({ data, state, view, say, surfaces }) {
    const { end, steps, ...values } = valuesOf(data, state);
    const texts = textsOf(values);
    view.values.tell(texts);
    view.values.rename("run", `Norm, the run, to epoch ${kit.integer(end)}`);
    view.values.rename("alone", `Norm, decay alone, to epoch ${kit.integer(end)}`);
    view.values.rename("branches", steps ? `After ${steps} updates: both · no decay · decay only` : "Branches");
    view.stage.show(state.start);
    view.lines.items.forEach((item, i) => (item.hidden = i > 1 && !steps));
    const start = kit.integer(state.start);
    const text = (name) => texts[name][1].replace("→", "to");
    const norm = `${named(state)} from epoch ${start}: decay alone halves the norm in ${text("half-life")} epochs; ` +
      `by epoch ${kit.integer(end)} the run goes ${text("run")}, decay alone ${text("alone")}`;
    const share = values.taken === null ? "" : `; per epoch decay takes ${text("taken")} and the gradient puts back ${text("back")}, ${text("share")} of it`;
    mounting.describe({ surfaces }, {
      norms: `Norm over epochs: ${norm}.`,
      exchange: `What decay takes and the gradient puts back, over training: ${named(state)}, epoch ${start}${share}.`,
    });
    say(norm + share);
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws norms from the start on: formula, run, and branches where there are any. */
  function drawNorms(surface, ink, { state, series }) {
    const [low, high] = chart.extent(series.map(({ y }) => y), state.axis);
    const bottom = state.axis === "log" ? low / 1.1 : 0;
    chart.panel(surface, ink, {
      title: `Norm of ${named(state)}`,
      x: { low: state.start, high: state.start + state.span, label: "epoch" },
      y: { kind: state.axis, low: bottom, high: Math.max(1.06 * high, bottom + 1e-6) },
      lines: series.filter(({ dots }) => !dots),
      points: series.filter(({ dots }) => dots).flatMap(({ x, y, colour }) => x.map((at, i) => ({ x: at, y: y[i], colour, radius: 2.25 }))),
    });
  }

  /** Draws what is taken and put back over all of training; returns the scale of epochs. */
  function drawExchange(surface, ink, { flows, state, last, colours }) {
    const [low, high] = chart.extent([flows.taken, flows.back]);
    const room = 0.06 * (high - Math.min(low, 0)) || 1e-6;
    return chart.panel(surface, ink, {
      title: `Change of the norm of ${named(state)} per epoch`,
      x: { kind: "log", low: Math.max(flows.epoch[0], 1), high: last, label: "epoch (log scale)" },
      y: { low: Math.min(low - room, 0), high: high + room },
      lines: [
        { x: flows.epoch, y: flows.back, colour: colours.back, width: 1.75 },
        { x: flows.epoch, y: flows.taken, colour: colours.taken, width: 1.75 },
      ],
      cursor: state.start,
    }).x;
  }

  function draw(it) {
    const { data, state, surfaces, tools, view } = it;
    const ink = kit.palette(tools, it.box);
    drawNorms(surfaces.norms, ink, { state, series: seriesOf(data, state, tools.colour) });
    const colours = { taken: tools.colour(LINES.decay), back: tools.colour(LINES.gradient) };
    it.scale = drawExchange(surfaces.exchange, ink, { flows: flowsOf(data, state), state, last: data.last, colours });
    view.lines.paint(Object.values(LINES).map(tools.colour));
    view.flows.paint([colours.taken, colours.back]);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Returns the payload with its columns as lists, and what follows from it. */
  function unpacked(data, tools) {
    const lists = (table) => Object.fromEntries(Object.entries(table).map(([name, column]) => [name, kit.list(column, tools)]));
    const branch = ({ step, ...lines }) => ({ step, ...Object.fromEntries(Object.entries(lines).map(([name, table]) => [name, lists(table)])) });
    return {
      ...data,
      norms: lists(data.norms),
      branches: Object.fromEntries(Object.entries(data.branches).map(([epoch, table]) => [epoch, branch(table)])),
      last: data.epochs[data.epochs.length - 1],
      factor: factorOf(data.lr, data.weight_decay),
    };
  }

  function mount(box, payload, tools) {
    const data = unpacked(payload, tools);
    const { epochs } = data;
    const it = mounting.begin("weight-decay", box, tools, tableOf(data));
    Object.assign(it, { data, scale: null }); // of epochs in the lower panel, as last drawn
    mounting.stage(it, {
      view: build(it, data, mounting.resetButton(it)),
      surfaces: { norms: "Norm over epochs", exchange: "What decay takes and the gradient puts back" },
      draw, tell,
    });
    chart.draggable(it.surfaces.exchange.canvas, () => it.scale, (epoch) => it.set("start", epochs[nearest(epochs, epoch)]), it.remember);
    it.refresh();
    return { destroy: it.frames.destroy };
  }

  Timeless.widget("weight-decay", { mount });
})();
