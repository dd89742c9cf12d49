/* Directional derivatives: the loss along a direction in weight space, its tangent, and one drawn in the page.
   Controls -> state -> compute -> draw; what is computed lies in derivative-core.js and derivative-losses.js. */
(function () {
  "use strict";

  const { chart, instrument: kit, mounting } = Timeless;
  const {
    core, DRAWN, STEP, TICKS, isDrawn, canCompute, keyOf, unfinished, stop, computeAll, reachOf, cursorOf, networksOf, slopesOf, drawProfile, drawSlopes,
  } = Timeless.parts.derivative;

  const DIGITS = 1e-6; // above the rounding of the slopes in the data
  const MOST_SEEDS = 9999;
  const REACHES = [[1, "all"], [0.5, "half"], [0.2, "a fifth"]];
  const COLOURS = { memorised: "series-2", forming: "series-4", rising: "series-5", generalised: "series-3", last: "ink", control: "series-6" };
  const ROWS = [
    ["loss", "Loss at t = 0, nats"],
    ["slope", "Slope at 0, forward mode"],
    ["difference", "Slope by differences, in Python"],
    ["page", "Slope by differences, in this page"],
    ["curvature", "Second derivative, forward mode"],
    ["random", "Mean |slope|, random directions"],
    ["tangent", "At the marked t: tangent"],
    ["there", "At the marked t: loss"],
  ];
  const MEASURED = ["slope", "difference", "curvature"]; // rows that a drawn direction has not

  // --- controls -> state --------------------------------------------------------------------

  function words({ direction, kind }) {
    if (kind === "key") return `${direction.replace("key", "component of k =")}, a key frequency`;
    if (kind === "other") return `${direction.replace("other", "component of k =")}, not a key frequency`;
    return kind === "gradient" ? "down the gradient of the train loss" : "random, every weight alike";
  }

  function tableOf({ profiles, stages }) {
    const names = stages.map(({ name }) => name);
    const directions = new Map([...profiles.map((profile) => [profile.direction, words(profile)]), [DRAWN, "random, drawn by you"]]);
    const networks = stages.map(({ name, epoch }) => [name, `${name}, epoch ${kit.integer(epoch)}`]);
    const choice = (...row) => mounting.oneOf("choice", ...row);
    return [
      ["direction", profiles.find(({ kind }) => kind === "random").direction, [...directions.keys()], { kind: "select", label: "Direction d", options: [...directions] }],
      ["seed", 1, 1, MOST_SEEDS, { kind: "number", label: "Seed" }],
      choice("scaling", "Scaled", [["isotropic", "every weight alike"], ["by-tensor", "tensor by tensor"]]),
      ["one", names[0], names, { kind: "select", label: "Network", options: networks }],
      ["two", names.includes("last") ? "last" : names[names.length - 1], names, { kind: "select", label: "Beside it", options: networks }],
      choice("split", "Loss on", [["train", "Training pairs"], ["test", "Test pairs"]]),
      choice("unit", "Length", [["absolute", "t"], ["relative", "t / ‖θ‖"]]),
      choice("axis", "Loss axis", [["log", "Log"], ["linear", "Linear"]]),
      choice("reach", "Range", REACHES),
      ["at", TICKS / 2, -TICKS, TICKS, {
        kind: "slider", label: "Marked length t", text: (_at, it) => size(cursorOf(it)),
        spoken: (_at, it) => `length ${size(cursorOf(it))}${it.state.unit === "absolute" ? "" : " of the norm"}`,
      }],
    ];
  }

  /** Returns the table of the two networks, `{node, heads, cells}`. */
  function tableAround() {
    const { element } = kit;
    const [heads, cells] = [{}, {}];
    const cell = (name) => (cells[name] = element("td", { "data-readout": name }));
    const head = (place) => (heads[place] = element("th", { scope: "col" }));
    const node = element("table", {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Quantity")), head("one"), head("two"))),
      element("tbody", {}, ...ROWS.map(([row, text]) =>
        element("tr", {}, element("th", { scope: "row" }, text), cell(`${row}-one`), cell(`${row}-two`)))));
    return { node, heads, cells };
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const view = {
      profile: element("div", { class: "derivative-profile" }),
      slopes: element("div", { class: "derivative-slopes" }),
      table: tableAround(),
      legend: ui.legend([["line", ""], ["line", ""], ["dashes", "tangent at 0"], ["dots", "parabola at 0"]]),
      marks: ui.legend([["dot", "the loss falls along d"], ["ring", "it rises"]]),
      note: element("p", { class: "derivative-note", "data-readout": "note" }),
      far: element("p", { class: "derivative-note", "data-readout": "progress" }),
      halt: ui.button({ name: "halt", label: "", act: () => halt(it) }),
      failure: ui.failure(),
      live: ui.live(),
    };
    const again = ui.button({ name: "again", label: "Draw another", primary: true, act: () => drawAnother(it) });
    const reset = mounting.resetButton(it, () => {
      computeAll(it);
      it.refresh();
    });
    view.drawn = element("div", { class: "derivative-drawn" }, own.seed.node, again, own.scaling.node);
    view.progress = element("div", { class: "derivative-progress" }, view.far, view.halt);
    view.root = element("div", { class: "derivative" },
      ui.row(own.direction.node, own.one.node, own.two.node),
      ui.row(view.drawn, own.split.node, own.unit.node, own.axis.node, own.reach.node, reset),
      view.profile,
      view.legend.node,
      ui.row(own.at.node),
      view.table.node,
      view.progress,
      view.note,
      view.slopes,
      view.marks.node,
      view.failure.node,
      view.live);
    return view;
  }

  /** Stops what is being computed, or goes on with it. */
  function halt(it) {
    if (it.job) stop(it);
    else computeAll(it);
    it.refresh();
  }

  function drawAnother(it) {
    it.choose("seed", (it.state.seed % MOST_SEEDS) + 1);
    it.controls.seed.show(it.state.seed, true);
  }

  /** Sets a parameter, and computes what is not known of it yet. */
  function set(it, name, value) {
    it.state[name] = value;
    if (name !== "at" && name !== "unit" && name !== "axis") computeAll(it);
    it.refresh();
  }

  // --- tell ---------------------------------------------------------------------------------

  const size = (value) => (value === null || !Number.isFinite(value) ? "–" : chart.tickText(Number(value.toPrecision(3))));

  function lossText({ loss, stage }, waiting) {
    if (loss !== null) return size(loss);
    return stage.in_page ? waiting : "no weights here";
  }

  function slopeText(drawn, slope) {
    if (drawn) return "–";
    return slope === null ? "none measured" : size(slope);
  }

  /** Returns the cells of a network by row, [value, text]. */
  function cellsOf(it, network) {
    const { name, loss, slope, page, there } = network;
    const waiting = canCompute(it, name) && it.broken !== keyOf(it, name) ? "…" : "–";
    const drawn = isDrawn(it);
    const plain = (row) => [network[row], size(network[row])];
    return {
      loss: [loss, lossText(network, waiting)],
      slope: [drawn ? null : slope, slopeText(drawn, slope)],
      difference: plain("difference"),
      page: [page, page === null ? waiting : size(page)],
      curvature: plain("curvature"),
      random: plain("random"),
      tangent: plain("tangent"),
      there: [there ? there.loss : null, there ? size(there.loss) : "–"],
    };
  }

  function tellTable(it, both) {
    const { heads, cells } = it.view.table;
    ["one", "two"].forEach((place, i) => {
      const { name, stage } = both[i];
      heads[place].textContent = `${name}, ${kit.integer(stage.epoch)}`;
      heads[place].style.setProperty("--swatch", `var(--${COLOURS[name]})`);
      for (const [row, [value, text]] of Object.entries(cellsOf(it, both[i]))) {
        const cell = cells[`${row}-${place}`];
        cell.textContent = text;
        cell.dataset.value = value ?? "";
      }
    });
    for (const row of MEASURED) cells[`${row}-one`].parentElement.hidden = isDrawn(it);
  }

  /** Returns a small share as a percentage, down to what the digits of the data can tell. */
  const share = (value) => (value < DIGITS ? "less than 0.0001%" : `${Number((100 * value).toPrecision(1))}%`);

  function noteText(it, shown) {
    const { state, data, found } = it;
    const length = `Marked: ${state.unit === "absolute" ? "t" : "t/‖θ‖"} = ${size(cursorOf(it))}, read at the nearest point.`;
    if (isDrawn(it)) {
      const n = kit.integer(Math.max(...shown.map(({ name }) => found.get(keyOf(it, name))?.n ?? 0)) || data.sample);
      return `${length} Computed in this page on ${n} ${state.split === "train" ? "training" : "test"} pairs, the slope with steps of ±${STEP}.`;
    }
    const off = shown.filter(({ slope }) => slope !== null).map(({ slope, difference }) => share(core.apart(slope, difference)));
    const own = shown.some(({ name }) => canCompute(it, name)) ? ` In this page: all pairs of the split, steps of ±${STEP}.` : "";
    return `${length} Forward mode and differences in Python are ${off.join(" and ") || "–"} apart.${own}`;
  }

  function tellLegend({ view: { legend } }, shown, drawn) {
    shown.forEach(({ name, stage }, i) => (legend.items[i].lastChild.textContent = `${name}, epoch ${kit.integer(stage.epoch)}`));
    legend.items[1].hidden = shown.length === 1;
    legend.items[3].hidden = drawn;
  }

  /** Returns in words what is known of a network. */
  function networkText(it, network) {
    const cells = cellsOf(it, network);
    const slope = isDrawn(it) ? cells.page[1] : cells.slope[1];
    return `${network.name}, epoch ${kit.integer(network.stage.epoch)}: loss ${cells.loss[1]} nats, slope ${slope}, at length ${size(cursorOf(it))} loss ${cells.there[1]}`;
  }

  /** Tells how far the computing is, or that it was stopped. */
  function tellProgress(it) {
    const { job, view } = it;
    const left = job ? job.of - job.done : 0;
    view.progress.hidden = job ? !job.of : it.broken !== "" || !unfinished(it).length;
    view.far.textContent = job ? `${job.done} of ${job.of} losses computed${job.pace.left(left)} …` : "Stopped; what was computed stays.";
    view.halt.textContent = job ? "Stop" : "Go on";
  }

  function tell(it) {
    const { view, state } = it;
    const shown = networksOf(it);
    tellTable(it, [shown[0], shown[shown.length - 1]]);
    tellLegend(it, shown, isDrawn(it));
    view.drawn.hidden = !isDrawn(it);
    view.note.textContent = noteText(it, shown);
    view.root.setAttribute("aria-busy", String(it.job !== null));
    tellProgress(it);
    const name = it.controls.direction.input.selectedOptions[0].textContent;
    const text = `${state.split} loss, ${name}. ${shown.map((network) => networkText(it, network)).join("; ")}`;
    mounting.describe(it, {
      profile: `Loss along a direction: ${text}.`,
      slopes: `Slope of the ${state.split} loss, ${name}: ${slopesOf(it).map(({ name: stage, slope }) => `${stage} ${size(slope)}`).join(", ")}.`,
    });
    if (it.job === null) it.say(text);
  }

  // --- draw ---------------------------------------------------------------------------------

  function draw(it) {
    const { state, surfaces, view } = it;
    const { colour } = it.tools;
    const ink = kit.palette(it.tools, it.box);
    const coloured = (list) => list.map((one) => ({ ...one, colour: colour(COLOURS[one.name]) }));
    it.scale = drawProfile(surfaces.profile, ink, {
      networks: coloured(networksOf(it)), state, reach: reachOf(it), cursor: cursorOf(it),
      title: `Loss on ${state.split === "train" ? "training" : "test"} pairs, nats`,
    });
    drawSlopes(surfaces.slopes, ink, {
      marks: coloured(slopesOf(it)), chosen: [state.one, state.two], title: "Size of the slope at t = 0, nats per unit of length",
    });
    view.legend.paint([...[state.one, state.two].map((name) => colour(COLOURS[name])), ink.muted, ink.muted]);
    view.marks.paint([ink.muted, ink.muted]);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    const run = await Timeless.checkpoints.open("addition");
    const it = mounting.begin("derivative", box, tools, tableOf(data));
    const { state } = it;
    [state.seed, state.at] = [Math.round(state.seed), Math.round(state.at)];
    Object.assign(it, {
      data, run, info: run.info, mask: run.trainMask(0),
      stages: Object.fromEntries(data.stages.map((stage) => [stage.name, stage])),
      names: data.stages.map(({ name }) => name),
      longest: data.lengths[data.lengths.length - 1],
      found: new Map(), drawnSlopes: new Map(),
      worker: null,
      job: null, // {keys}, what is being computed now
      broken: "", // what could not be
      scale: null, // of lengths, as last drawn
      set: (name, value) => set(it, name, value),
    });
    mounting.stage(it, {
      view: build(it),
      surfaces: { profile: "Loss along a direction", slopes: "Slopes over training" },
      draw, tell,
    });
    const aim = (x) => it.set("at", Math.round(kit.clamp(x / reachOf(it), -1, 1) * TICKS));
    chart.draggable(it.surfaces.profile.canvas, () => it.scale, aim, it.remember);
    computeAll(it);
    it.refresh();
    return {
      destroy() {
        it.job = {};
        it.worker?.destroy();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("derivative", { needs: ["network", "chance", "checkpoints", "background", "sweep"], mount });
})();
