/* Directional derivatives: the loss along a direction in weight space, its tangent, and one drawn in the page.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  /** Returns the Euclidean length over all tensors together. */
  function lengthOf(tensors) {
    let sum = 0;
    for (const part of Object.values(tensors)) for (let i = 0; i < part.length; i++) sum += part[i] * part[i];
    return Math.sqrt(sum);
  }

  /** Returns a · one + b · other, tensor by tensor, as arrays of that type. */
  function combined(a, one, b, other, Numbers) {
    const sums = {};
    for (const name of Object.keys(one)) {
      const [x, y] = [one[name], other[name]];
      const sum = (sums[name] = new Numbers(x.length));
      for (let i = 0; i < x.length; i++) sum[i] = a * x[i] + b * y[i];
    }
    return sums;
  }

  const scaled = (tensors, factor) => combined(factor, tensors, 0, tensors, Float64Array);
  const unit = (tensors) => scaled(tensors, 1 / lengthOf(tensors));

  /** Returns a random direction of length 1 in the space of the weights: every weight alike, or with each tensor's
      part as long, relative to the others, as the tensor itself. `draw` gives normal numbers. */
  function randomDirection(weights, draw, scaling) {
    const drawn = {};
    for (const name of Object.keys(weights).sort()) {
      const part = { [name]: Float64Array.from(weights[name], draw) };
      drawn[name] = scaling === "by-tensor" ? scaled(part, lengthOf({ [name]: weights[name] }) / lengthOf(part))[name] : part[name];
    }
    return unit(drawn);
  }

  /** Returns the direction of what lies between weights and some of them changed. */
  const towards = (changed, weights) => unit(combined(1, weights, -1, changed, Float64Array));

  /** Returns weights + t · direction. */
  const moved = (weights, direction, t) => combined(1, weights, t, direction, Float32Array);

  /** Returns the pairs at which a mask has a value, in rising order. */
  function pairsWhere(mask, value) {
    const found = [];
    mask.forEach((one, pair) => one === value && found.push(pair));
    return found;
  }

  /** Returns the derivative from values a step ahead and a step behind. */
  const central = (ahead, behind, step) => (ahead - behind) / (2 * step);

  /** Returns the loss at t by the tangent, or with a curvature by the parabola. */
  const predicted = (t, loss, slope, curvature = 0) => loss + slope * t + (curvature * t * t) / 2;

  /** Returns the difference of two numbers over the larger of them. */
  const apart = (one, other) => Math.abs(one - other) / Math.max(Math.abs(one), Math.abs(other), 1e-300);

  /** Returns the point of a profile {t, loss} nearest to t; null beyond its ends. */
  function pointAt(profile, t) {
    const pitch = profile.length > 1 ? (profile[profile.length - 1].t - profile[0].t) / (profile.length - 1) : 0;
    const best = profile.reduce((found, point) => (!found || Math.abs(point.t - t) < Math.abs(found.t - t) ? point : found), null);
    return best && Math.abs(best.t - t) <= pitch / 2 + 1e-9 ? best : null;
  }

  /** Returns lengths from −reach to reach, those nearest to 0 first. */
  function outwards(reach, steps) {
    const found = [0];
    for (let i = 1; i <= steps; i++) found.push((i * reach) / steps, (-i * reach) / steps);
    return found;
  }

  const compute = { lengthOf, randomDirection, towards, moved, pairsWhere, central, predicted, apart, pointAt, outwards };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const DRAWN = "drawn";
  const STEP = 0.005; // of the central differences in the page
  const DIGITS = 1e-6; // above the rounding of the slopes in the data
  const STEPS = 10; // lengths on either side at which the page computes the loss along a drawn direction
  const TICKS = 20; // positions of the slider on either side of t = 0
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

  function words({ direction, kind }) {
    if (kind === "key") return `${direction.replace("key", "component of k =")}, a key frequency`;
    if (kind === "other") return `${direction.replace("other", "component of k =")}, not a key frequency`;
    return kind === "gradient" ? "down the gradient of the train loss" : "random, every weight alike";
  }

  function build(box, ui, data, kit) {
    const { element, integer } = kit;
    const choose = {};
    const directions = new Map(data.profiles.map((profile) => [profile.direction, words(profile)]));
    const stages = data.stages.map(({ name, epoch }) => [name, `${name}, epoch ${integer(epoch)}`]);
    const pick = (name) => (value) => choose.set(name, value);
    const made = {
      direction: ui.select({ name: "direction", label: "Direction d", options: [...directions, [DRAWN, "random, drawn by you"]] }),
      seed: ui.number({ name: "seed", label: "Seed", min: 1, max: MOST_SEEDS }),
      again: ui.button({ name: "again", label: "Draw another", primary: true }),
      scaling: ui.choice({ name: "scaling", label: "Scaled", options: [["isotropic", "every weight alike"], ["by-tensor", "tensor by tensor"]], onChoose: pick("scaling") }),
      one: ui.select({ name: "one", label: "Network", options: stages }),
      two: ui.select({ name: "two", label: "Beside it", options: stages }),
      split: ui.choice({ name: "split", label: "Loss on", options: [["train", "Training pairs"], ["test", "Test pairs"]], onChoose: pick("split") }),
      unit: ui.choice({ name: "unit", label: "Length", options: [["absolute", "t"], ["relative", "t / ‖θ‖"]], onChoose: pick("unit") }),
      axis: ui.choice({ name: "axis", label: "Loss axis", options: [["log", "Log"], ["linear", "Linear"]], onChoose: pick("axis") }),
      reach: ui.choice({ name: "reach", label: "Range", options: REACHES, onChoose: pick("reach") }),
      at: ui.slider({ name: "at", label: "Marked length t", min: -TICKS, max: TICKS }),
      reset: ui.button({ name: "reset", label: "Reset" }),
      profile: element("div", { class: "derivative-profile" }),
      slopes: element("div", { class: "derivative-slopes" }),
      legend: ui.legend([["line", ""], ["line", ""], ["dashes", "tangent at 0"], ["dots", "parabola at 0"]]),
      marks: ui.legend([["dot", "the loss falls along d"], ["ring", "it rises"]]),
      note: element("p", { class: "derivative-note", "data-readout": "note" }),
      failure: ui.failure(),
      live: ui.live(),
      cells: {},
      heads: {},
      choose,
    };
    const cell = (row, network) => (made.cells[`${row}-${network}`] = element("td", { "data-readout": `${row}-${network}` }));
    const head = (network) => (made.heads[network] = element("th", { scope: "col" }));
    made.table = element("table", {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Quantity")), head("one"), head("two"))),
      element("tbody", {}, ...ROWS.map(([row, text]) => element("tr", {}, element("th", { scope: "row" }, text), cell(row, "one"), cell(row, "two")))));
    made.drawn = element("div", { class: "derivative-drawn" }, made.seed.node, made.again, made.scaling.node);
    made.root = element("div", { class: "derivative" },
      ui.row(made.direction.node, made.one.node, made.two.node),
      ui.row(made.drawn, made.split.node, made.unit.node, made.axis.node, made.reach.node, made.reset),
      made.profile,
      made.legend.node,
      ui.row(made.at.node),
      made.table,
      made.note,
      made.slopes,
      made.marks.node,
      made.failure.node,
      made.live);
    box.replaceChildren(made.root);
    return made;
  }

  // --- draw ---------------------------------------------------------------------------------

  const CURVE = 240; // points of tangent and parabola

  /** Draws the loss along the direction for each network; returns the scale of lengths. */
  function drawProfile(surface, ink, { kit, chart }, { networks, state, reach, cursor, title }) {
    const seen = networks.flatMap(({ points }) => points.filter(({ x }) => Math.abs(x) <= reach * (1 + 1e-9)));
    const [low, high] = chart.extent([seen.map(({ loss }) => loss)], state.axis);
    const room = 0.08 * (high - low) || 0.1;
    const y = state.axis === "log" ? { kind: "log", low: low / 2, high: high * 2 } : { low: low - room, high: high + room };
    const t = Array.from({ length: CURVE + 1 }, (_, i) => reach * ((2 * i) / CURVE - 1));
    const model = ({ norm, loss, slope, curvature }, order) =>
      t.map((x) => {
        const value = predicted(x * norm, loss, slope, order === 2 ? curvature : 0);
        return value < y.low || value > y.high ? null : value;
      });
    const ticks = kit.ticksTo(reach, 2).filter((tick) => tick > 0 && tick <= reach);
    return chart.panel(surface, ink, {
      title,
      x: { low: -reach, high: reach, ticks: [...ticks.map((tick) => -tick).reverse(), 0, ...ticks], label: state.unit === "absolute" ? "length t along d" : "length t over the network’s own norm ‖θ‖" },
      y,
      lines: networks.flatMap((network) => [
        { x: network.points.map(({ x }) => x), y: network.points.map(({ loss }) => loss), colour: network.colour, width: 1.5 },
        ...(network.curvature === null ? [] : [{ x: t, y: model(network, 2), colour: network.colour, width: 1.5, dash: [1, 5] }]),
        ...(network.slope === null ? [] : [{ x: t, y: model(network, 1), colour: network.colour, width: 1.5, dash: [7, 4] }]),
      ]),
      points: networks.flatMap(({ points, colour, there }) => [
        ...points.map(({ x, loss }) => ({ x, y: loss, colour, radius: 2.25 })),
        ...(there ? [{ x: there.x, y: there.loss, colour, radius: 5 }] : []),
      ]),
      cursor,
    }).x;
  }

  /** Draws the size of the slope at every stage: filled where the loss falls, open where it rises. */
  function drawSlopes(surface, ink, { kit, chart }, { marks, chosen, title }) {
    const [low, high] = chart.extent([marks.map(({ slope }) => Math.abs(slope))], "log");
    const epochs = marks.map(({ epoch }) => epoch);
    const { ctx, x, y } = chart.panel(surface, ink, {
      title,
      x: { kind: "epoch", low: Math.min(...epochs) / 1.5, high: Math.max(...epochs) * 1.5, label: "epoch (log scale)",
        ticks: [1000, 3000, 10000, 30000] },
      y: { kind: "log", low: low / 4, high: high * 4 },
      lines: [{ x: epochs.filter((_, i) => marks[i].own), y: marks.filter(({ own }) => own).map(({ slope }) => Math.abs(slope) || null), colour: ink.muted, width: 1 }],
    });
    for (const { name, epoch, slope, colour } of marks) {
      if (!slope) continue;
      const radius = chosen.includes(name) ? 6.5 : 4.5;
      kit.dot(ctx, x(epoch), y(Math.abs(slope)), radius, colour);
      if (slope > 0) kit.dot(ctx, x(epoch), y(Math.abs(slope)), radius - 2, ink.paper);
    }
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Promise.all(["instrument", "network"].map((name) => Timeless.load(`kit/${name}.js`)));
    await Promise.all(["chance", "checkpoints", "background", "controls", "chart"].map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, chance, chart, network } = Timeless;
    const run = await Timeless.checkpoints.open("addition");
    const { info } = run;
    const mask = run.trainMask(0);
    const stages = Object.fromEntries(data.stages.map((stage) => [stage.name, stage]));
    const names = Object.keys(stages);
    const { lengths } = data;
    const longest = lengths[lengths.length - 1];
    const random = data.profiles.find(({ kind }) => kind === "random").direction;

    const settings = Timeless.controls.parameters([
      ["direction", random, [...new Set(data.profiles.map(({ direction }) => direction)), DRAWN]],
      ["seed", 1, 1, MOST_SEEDS],
      ["scaling", "isotropic", ["isotropic", "by-tensor"]],
      ["one", names[0], names],
      ["two", names.includes("last") ? "last" : names[names.length - 1], names],
      ["split", "train", ["train", "test"]],
      ["unit", "absolute", ["absolute", "relative"]],
      ["axis", "log", ["log", "linear"]],
      ["reach", 1, REACHES.map(([share]) => share)],
      ["at", TICKS / 2, -TICKS, TICKS],
    ]);
    const { state } = settings;
    settings.read(tools.state.get());
    [state.seed, state.at] = [Math.round(state.seed), Math.round(state.at)];

    const view = build(box, Timeless.controls.controls("derivative"), data, kit);
    const surfaces = {
      profile: kit.surface(view.profile, "Loss along a direction"),
      slopes: kit.surface(view.slopes, "Slopes over training"),
    };
    const say = kit.announcer(view.live);
    const found = new Map(); // what is asked for -> {points, slope} as computed in the page
    const drawnSlopes = new Map(); // the same without the reach -> slope
    let worker = null;
    let job = null; // {asked}, what is being computed now
    let broken = ""; // what could not be
    let across = null; // the scale of lengths as last drawn

    // -- what the page computes itself

    const isDrawn = () => state.direction === DRAWN;
    const kindOf = (direction) => data.profiles.find((profile) => profile.direction === direction)?.kind ?? DRAWN;
    const canCompute = (name) => stages[name].in_page && ["key", "other", DRAWN].includes(kindOf(state.direction));
    const keyOf = (name) => [name, state.direction, state.split, ...(isDrawn() ? [state.seed, state.scaling, state.reach] : [])].join();

    function directionIn(weights) {
      if (isDrawn()) return randomDirection(weights, chance.normal(state.seed), state.scaling);
      const k = Number(state.direction.split(" ")[1]);
      return towards(network.withoutFrequencies(weights, info, [k]), weights);
    }

    /** Computes what the state asks for: for the two networks, and of a drawn direction the slopes at the other
        stages. A newer state ends it. */
    async function computeAll() {
      const others = isDrawn() ? names.filter((name) => drawnSlope(name) === null) : [];
      const own = [...new Set([state.one, state.two, ...others])].filter(canCompute).map((name) => [name, keyOf(name)]);
      const asked = own.map(([, key]) => key).join();
      if (job?.asked === asked) return;
      const current = (job = { asked });
      broken = "";
      view.failure.tell("");
      for (const [name, key] of own) {
        if (found.get(key)?.done) continue;
        try {
          await computeOne(name, key, () => job === current);
        } catch (error) {
          if (job !== current) return;
          found.delete(key);
          broken = key;
          view.failure.tell(`The loss at epoch ${kit.integer(stages[name].epoch)} cannot be computed here (${error.message}). Choose again to try once more.`);
        }
        if (job !== current) return;
      }
      job = null;
      refresh();
    }

    async function computeOne(name, key, current) {
      const { split, reach } = state;
      const drawn = isDrawn();
      const weights = await run.weights(run.index(stages[name].epoch));
      if (!current()) return;
      const direction = directionIn(weights);
      const value = split === "train" ? 1 : 0;
      const own = pairsWhere(mask, value);
      const pairs = Uint32Array.from(drawn ? chance.drawn(own, data.sample, chance.uniform(state.seed)) : own).sort();
      const made = { points: [], slope: null, done: false, n: pairs.length };
      found.set(key, made);
      worker ??= Timeless.background.start();
      const lossAt = async (t) => (await worker.run("allPairs", [moved(weights, direction, t), info, 0, { pairs }]))?.loss ?? NaN;
      const [ahead, behind] = [await lossAt(STEP), await lossAt(-STEP)];
      made.slope = central(ahead, behind, STEP);
      if (drawn) drawnSlopes.set(slopeKey(name, split), made.slope);
      const ts = drawn && [state.one, state.two].includes(name) ? outwards(reach * longest, STEPS) : [];
      for (const t of ts) {
        if (!current()) return;
        made.points = [...made.points, { t, loss: await lossAt(t) }].sort((one, other) => one.t - other.t);
        refresh();
      }
      made.done = ts.length > 0 || !drawn;
      refresh();
    }

    // -- state -> what is shown

    const measured = (name) => data.profiles.find((profile) => profile.stage === name && profile.direction === state.direction);

    /** Returns what is known of a network along the direction: points {t, x, loss}, derivatives, norm, colour. */
    function networkOf(name, colour) {
      const stage = stages[name];
      const { split } = state;
      const own = found.get(keyOf(name));
      const profile = measured(name);
      const norm = state.unit === "absolute" ? 1 : stage.norm;
      const raw = profile ? lengths.map((t, i) => ({ t, loss: profile[`loss_${split}`][i] })) : own?.points ?? [];
      const points = raw.map((point) => ({ ...point, x: point.t / norm }));
      const start = points.find(({ t }) => t === 0)?.loss ?? null;
      const got = {
        name, stage, colour, norm, points, loss: start,
        slope: profile ? profile[`slope_${split}`] : null,
        difference: profile ? profile[`difference_${split}`] : null,
        curvature: profile ? profile[`curvature_${split}`] : null,
        page: own?.slope ?? null,
        random: stage[`random_${split}`],
        there: pointAt(points, cursor() * norm),
      };
      if (!profile && start !== null) got.slope = got.page;
      got.tangent = got.there && got.slope !== null ? predicted(got.there.t, got.loss, got.slope) : null;
      return got;
    }

    const norms = () => [state.one, state.two].map((name) => stages[name].norm);
    const reachOf = () => (state.reach * longest) / (state.unit === "absolute" ? 1 : Math.min(...norms()));
    const cursor = () => (state.at / TICKS) * reachOf();
    const networks = () => {
      const [one, two] = [state.one, state.two].map((name) => networkOf(name, tools.colour(COLOURS[name])));
      return state.one === state.two ? [one] : [one, two];
    };

    /** Returns the slope at each stage, as far as it is known. */
    function marks() {
      return data.stages.flatMap((stage) => {
        const profile = measured(stage.name);
        const slope = profile ? profile[`slope_${state.split}`] : drawnSlope(stage.name);
        return slope ? [{ name: stage.name, epoch: stage.epoch, own: stage.in_page, slope, colour: tools.colour(COLOURS[stage.name]) }] : [];
      });
    }

    const slopeKey = (name, split) => [name, split, state.seed, state.scaling].join();
    const drawnSlope = (name) => (isDrawn() ? drawnSlopes.get(slopeKey(name, state.split)) ?? null : null);

    const size = (value) => (value === null || !Number.isFinite(value) ? "–" : chart.tickText(Number(value.toPrecision(3))));

    function cellTexts({ name, stage, loss, slope, difference, page, curvature, random: usual, tangent, there }) {
      const waiting = canCompute(name) && broken !== keyOf(name) ? "…" : "–";
      const drawn = isDrawn();
      return {
        loss: [loss, loss === null ? (stage.in_page ? waiting : "no weights here") : size(loss)],
        slope: [drawn ? null : slope, drawn ? "–" : slope === null ? "none measured" : size(slope)],
        difference: [difference, size(difference)],
        page: [page, page === null ? waiting : size(page)],
        curvature: [curvature, size(curvature)],
        random: [usual, size(usual)],
        tangent: [tangent, size(tangent)],
        there: [there ? there.loss : null, there ? size(there.loss) : "–"],
      };
    }

    /** Returns a small share as a percentage, down to what the digits of the data can tell. */
    const share = (value) => (value < DIGITS ? "less than 0.0001%" : `${Number((100 * value).toPrecision(1))}%`);

    function noteText(shown) {
      const length = `Marked: ${state.unit === "absolute" ? "t" : "t/‖θ‖"} = ${size(cursor())}, read at the nearest point.`;
      if (isDrawn()) {
        const n = kit.integer(shown.map(({ name }) => found.get(keyOf(name))?.n ?? 0).reduce((a, b) => Math.max(a, b)) || data.sample);
        return `${length} Computed in this page on ${n} ${state.split === "train" ? "training" : "test"} pairs, the slope with steps of ±${STEP}.`;
      }
      const off = shown.filter(({ slope }) => slope !== null).map(({ slope, difference }) => share(apart(slope, difference)));
      const own = shown.some(({ name }) => canCompute(name)) ? ` In this page: all pairs of the split, steps of ±${STEP}.` : "";
      return `${length} Forward mode and differences in Python are ${off.join(" and ") || "–"} apart.${own}`;
    }

    // -- page

    function readOut() {
      const shown = networks();
      const both = shown.length === 2 ? shown : [shown[0], shown[0]];
      const busy = job !== null;
      ["one", "two"].forEach((place, i) => {
        const { name, stage } = both[i];
        view.heads[place].textContent = `${name}, ${kit.integer(stage.epoch)}`;
        view.heads[place].style.setProperty("--swatch", `var(--${COLOURS[name]})`);
        for (const [row, [value, text]] of Object.entries(cellTexts(both[i]))) {
          const cell = view.cells[`${row}-${place}`];
          cell.textContent = text;
          cell.dataset.value = value ?? "";
        }
      });
      for (const name of ["direction", "one", "two"]) view[name].input.value = state[name];
      for (const name of ["scaling", "split", "unit", "axis", "reach"]) view[name].show(state[name]);
      if (document.activeElement !== view.seed.input) view.seed.input.value = state.seed;
      view.drawn.hidden = !isDrawn();
      view.at.input.value = state.at;
      view.at.output.value = size(cursor());
      view.at.input.setAttribute("aria-valuetext", `length ${size(cursor())}${state.unit === "absolute" ? "" : " of the norm"}`);
      view.note.textContent = noteText(shown);
      view.root.setAttribute("aria-busy", String(busy));
      const texts = view.legend.node.querySelectorAll("li");
      both.forEach(({ name, stage }, i) => (texts[i].lastChild.textContent = `${name}, epoch ${kit.integer(stage.epoch)}`));
      texts[1].hidden = shown.length === 1;
      texts[3].hidden = isDrawn();
      for (const row of MEASURED) view.cells[`${row}-one`].parentElement.hidden = isDrawn();
      const name = view.direction.input.selectedOptions[0].textContent;
      const parts = shown.map((one) => {
        const cells = cellTexts(one);
        const slope = isDrawn() ? cells.page[1] : cells.slope[1];
        return `${one.name}, epoch ${kit.integer(one.stage.epoch)}: loss ${cells.loss[1]} nats, slope ${slope}, at length ${size(cursor())} loss ${cells.there[1]}`;
      });
      const text = `${state.split} loss, ${name}. ${parts.join("; ")}`;
      surfaces.profile.canvas.setAttribute("aria-label", `Loss along a direction: ${text}.`);
      surfaces.slopes.canvas.setAttribute("aria-label", `Slope of the ${state.split} loss, ${name}: ${marks().map(({ name: stage, slope }) => `${stage} ${size(slope)}`).join(", ")}.`);
      if (!busy) say(text);
    }

    function draw() {
      const ink = kit.palette(tools, box);
      const shown = networks();
      const split = state.split === "train" ? "training" : "test";
      across = drawProfile(surfaces.profile, ink, { kit, chart }, { networks: shown, state, reach: reachOf(), cursor: cursor(), title: `Loss on ${split} pairs, nats` });
      drawSlopes(surfaces.slopes, ink, { kit, chart }, { marks: marks(), chosen: [state.one, state.two], title: "Size of the slope at t = 0, nats per unit of length" });
      view.legend.paint([...[state.one, state.two].map((name) => tools.colour(COLOURS[name])), ink.muted, ink.muted]);
      view.marks.paint([ink.muted, ink.muted]);
      return false;
    }

    // -- controls -> state

    const frames = kit.animator(box, draw);
    function refresh() {
      readOut();
      frames.request();
    }
    const remember = () => tools.state.set(settings.changed());
    function set(name, value) {
      state[name] = value;
      if (name !== "at" && name !== "unit" && name !== "axis") computeAll();
      refresh();
    }
    view.choose.set = (name, value) => {
      set(name, value);
      remember();
    };
    for (const name of ["direction", "one", "two"]) {
      view[name].input.addEventListener("change", () => view.choose.set(name, view[name].input.value));
    }
    view.seed.input.addEventListener("input", () => {
      const seed = view.seed.input.valueAsNumber;
      if (Number.isInteger(seed) && seed >= 1 && seed <= MOST_SEEDS) view.choose.set("seed", seed);
    });
    view.seed.input.addEventListener("change", () => (view.seed.input.value = state.seed));
    view.again.addEventListener("click", () => {
      view.choose.set("seed", (state.seed % MOST_SEEDS) + 1);
      view.seed.input.value = state.seed;
    });
    view.at.input.addEventListener("input", () => set("at", view.at.input.valueAsNumber));
    view.at.input.addEventListener("change", remember);
    chart.draggable(surfaces.profile.canvas, () => across, (x) => set("at", Math.round(kit.clamp(x / reachOf(), -1, 1) * TICKS)), remember);
    view.reset.addEventListener("click", () => {
      settings.reset();
      view.seed.input.value = state.seed;
      computeAll();
      refresh();
      remember();
    });
    tools.onTheme(frames.request);
    computeAll();
    refresh();
    return {
      destroy() {
        job = {};
        worker?.destroy();
        frames.destroy();
      },
    };
  }

  Timeless.widget("derivative", { mount });
})();
