/* The logarithm explorer: multiplying is adding on the circle of powers, and the network has such circles.
   Controls -> state -> compute -> draw; what is computed lies in kit/group.js and kit/fourier.js. */
(function () {
  "use strict";

  const WALK = 3600; // milliseconds that a walk takes, however long it is …
  const STEP = [24, 320]; // … as long as a step takes no less and no more than this
  const STEP_STILL = 450; // a tenth of the walk takes so long where the reader asked for less motion
  const COLUMNS = 10; // of the table of powers
  const MANY = 12; // key frequencies that get a button each

  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const times = (a, b) => `${a}\u00a0·\u00a0${b}`;
  const power = (g, exponent) => `${g}${String(exponent).replace(/\d/g, (digit) => RAISED[digit])}`;

  // --- controls -----------------------------------------------------------------------------

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(box, { p }, { element }) {
    const id = (name) => `discrete-log-${name}`;
    const button = (name, text, attributes = {}) =>
      element("button", { type: "button", class: "button", "data-control": name, ...attributes }, text);
    const range = (name, min, max) =>
      element("input", { type: "range", id: id(name), min, max, step: 1, "data-control": name });
    const slider = (input, label, ...rest) =>
      element("div", { class: "control" }, element("label", { for: input.id }, label), ...rest, input);
    const output = (name, of) => element("output", { "data-readout": name, for: of.map(id).join(" "), "aria-live": "off" });
    const readout = (label, name, of) =>
      element("div", {}, element("dt", {}, label), element("dd", {}, output(name, of)));
    const swatch = (name, shape, text) => element("li", {}, element("i", { class: shape, "data-swatch": name }), text);
    const ui = { numbers: {} };
    /** A slider with a field in which the number can be typed. */
    const dial = (name, label, min) => {
      ui[name] = range(name, min, p - 1);
      ui.numbers[name] = element("input", {
        type: "number", inputmode: "numeric", min, max: p - 1, step: 1, "aria-label": `${label}, typed`, "data-number": name,
      });
      return slider(ui[name], label, ui.numbers[name]);
    };

    const dials = [dial("g", "Base g", 2), dial("a", "Number a", 0), dial("b", "Number b", 0)];
    Object.assign(ui, {
      steps: range("steps", 0, 1),
      frequency: range("frequency", 1, 1),
      previous: button("previous", "‹ Root", { "aria-label": "Previous primitive root" }),
      next: button("next", "Root ›", { "aria-label": "Next primitive root" }),
      play: button("play", "", { class: "button button-primary" }),
      reset: button("reset", "Reset"),
      points: ["a", "b"].map((name) => button(`point-${name}`, name, { "aria-label": `Pointing at a circle sets ${name}` })),
      order: element("select", { id: id("order"), "data-control": "order" },
        element("option", { value: "log" }, "logarithm to base g"), element("option", { value: "number" }, "number itself")),
      keys: element("div", { class: "dlog-buttons", role: "group", "aria-label": "Key frequencies" }),
      own: element("div", { class: "dlog-circle dlog-own" }),
      turned: element("div", { class: "dlog-circle dlog-turned" }),
      bars: element("div", { class: "dlog-bars" }),
      plane: element("div", { class: "dlog-circle dlog-plane" }),
      verdict: element("p", { class: "dlog-verdict", "data-readout": "verdict" }),
      equation: element("p", { class: "dlog-equation", "data-readout": "equation" }),
      title: element("p", { class: "dlog-title", "data-readout": "title" }),
      powers: element("div", { class: "dlog-powers", tabindex: 0, role: "region", "aria-label": "Table of powers" }),
      live: element("p", { class: "visually-hidden", "aria-live": "polite", "data-readout": "spoken" }),
    });
    ui.root = element("div", { class: "dlog" },
      element("div", { class: "controls" }, dials[0], element("div", { class: "dlog-buttons" }, ui.previous, ui.next)),
      ui.verdict,
      element("div", { class: "controls" }, dials[1], dials[2],
        element("div", { class: "dlog-buttons", role: "group", "aria-label": "What pointing sets" },
          element("span", {}, "Pointing sets"), ...ui.points)),
      element("div", { class: "dlog-pair" }, ui.own, ui.turned),
      element("div", { class: "controls" },
        slider(ui.steps, "Steps walked from 1", output("steps", ["steps"])),
        element("div", { class: "dlog-buttons" }, ui.play, ui.reset)),
      ui.equation,
      element("dl", { class: "readout" },
        readout("Logarithm of a", "log-a", ["g", "a"]), readout("Logarithm of b", "log-b", ["g", "b"]),
        readout("Their sum, on the circle", "exponent", ["g", "a", "b"]), readout(`a·b modulo ${p}`, "answer", ["a", "b"])),
      element("ul", { class: "legend" },
        swatch("a", "", "a, and the way to it from 1"), swatch("b", "", "b, and as many steps on"),
        swatch("c", "hollow", "a·b"), swatch("wheel", "dot", "number, coloured by its logarithm"),
        swatch("none", "dot", "number without one")),
      element("details", {}, element("summary", {}, "All powers in a table"), ui.powers),
      ui.title,
      element("div", { class: "controls" },
        element("div", { class: "control" }, element("label", { for: id("order") }, "Circle in the order of the"), ui.order),
        slider(ui.frequency, "Frequency k", output("frequency", ["frequency"])), ui.keys),
      element("div", { class: "dlog-pair" }, ui.bars, ui.plane),
      element("dl", { class: "readout" },
        ...[["Norm at k", "norm"], ["Share of power", "share"], ["Rank", "rank"], ["Wave explains", "explained"],
          ["Places on its circle", "places"]].map(([label, name]) => readout(label, name, ["frequency", "order", "g"]))),
      element("ul", { class: "legend" },
        swatch("key", "block", "above ¼ of the maximum"), swatch("other", "block", "other frequency"),
        swatch("threshold", "dashes", "¼ of the maximum"), swatch("wheel", "dot", "number, coloured by its place on the circle of k")),
      ui.live);
    ui.readouts = Object.fromEntries(
      [...ui.root.querySelectorAll("[data-readout]")].map((node) => [node.dataset.readout, node]),
    );
    box.replaceChildren(ui.root);
    return ui;
  }

  /** Fills the table of the powers of g, anew for each g. */
  function fillTable(holder, { p, g, found }, { element }) {
    const heads = Array.from({ length: Math.min(COLUMNS, found.length) }, (_, i) => element("th", { scope: "col" }, `+${i}`));
    const body = element("tbody", {});
    for (let first = 0; first < found.length; first += COLUMNS) {
      const cells = found.slice(first, first + COLUMNS).map((number) => element("td", { "data-power": number }, String(number)));
      body.append(element("tr", {}, element("th", { scope: "row" }, String(first)), ...cells));
    }
    const caption = `${g} to the power of row plus column, modulo ${p}`;
    holder.replaceChildren(element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "exponent"), ...heads)), body));
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Returns the geometry of a dial in a surface: positions run clockwise from the top. */
  function dialOf({ width, height }) {
    const [cx, cy] = [width / 2, height / 2 + 8];
    const r = Math.min(width, height - 16) / 2 - 24;
    const at = (fraction, radius = r) => [
      cx + radius * Math.sin(2 * Math.PI * fraction),
      cy - radius * Math.cos(2 * Math.PI * fraction),
    ];
    return { cx, cy, r, at };
  }

  /** Returns which of the marks {a, b, c} stand on which number; a·b wins over b, b over a. */
  const marksOf = ({ a, b, answer }) => new Map([[a, "a"], [b, "b"], [answer, "c"]]);

  /** Writes numbers round a dial: the marked ones, and of the others as many as leave them room. */
  function label(ctx, kit, ink, dial, places, marks, every) {
    const taken = [];
    const put = (number, fraction, colour, weight) => {
      const gap = (other) => Math.min(Math.abs(other - fraction), 1 - Math.abs(other - fraction));
      if (taken.some((other) => gap(other) * 2 * Math.PI * dial.r < 26)) return;
      taken.push(fraction);
      ctx.font = `${weight} 12px ${ink.font}`;
      kit.write(ctx, String(number), ...dial.at(fraction, dial.r + 15), colour, "center", "middle");
    };
    for (const number of [...marks.keys()].reverse()) {
      if (places.has(number)) put(number, places.get(number), ink.ink, 600);
    }
    [...places].forEach(([number, fraction], i) => {
      if (i % every === 0) put(number, fraction, ink.muted, 400);
    });
  }

  function ringAround(ctx, kit, ink, [x, y], mark, radius) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.strokeStyle = ink[mark];
    ctx.lineWidth = 2.25;
    ctx.stroke();
  }

  /** Draws the numbers in their own order with the walk as chords; returns pixel -> number. */
  function drawOwn(surface, ink, kit, view) {
    const { ctx, width, height } = surface.begin(ink.font);
    const { p, logs, order, path, steps, logA, marks } = view;
    const dial = dialOf({ width, height });
    const point = (number, radius) => dial.at(number / p, radius);
    const radius = kit.clamp((2 * Math.PI * dial.r) / p / 2.6, 1.6, 5);

    kit.write(ctx, "The numbers in their own order", 0, 12, ink.ink);
    const legs = [[path.slice(0, Math.min(logA, steps) + 1), ink.a], [path.slice(logA, steps + 1), ink.b]];
    for (const [leg, colour] of legs) {
      if (leg.length < 2) continue;
      ctx.globalAlpha = leg.length > 40 ? 0.5 : 0.8;
      kit.stroke(ctx, leg.map((number) => point(number, dial.r - radius - 2)), colour, 1);
      ctx.globalAlpha = 1;
    }
    for (let number = 0; number < p; number++) {
      const known = logs[number] >= 0;
      ctx.globalAlpha = known ? 1 : 0.45;
      kit.dot(ctx, ...point(number), radius, known ? kit.ringColour(logs[number] / order, ink.dark) : ink.muted);
      ctx.globalAlpha = 1;
    }
    for (const [number, mark] of marks) ringAround(ctx, kit, ink, point(number), mark, radius + 2.5);
    if (path.length && steps < path.length - 1) kit.dot(ctx, ...point(path[steps]), radius + 2, ink.ink);
    const places = new Map(Array.from({ length: p }, (_, number) => [number, number / p]));
    label(ctx, kit, ink, dial, places, marks, p > 31 ? 10 : 1);
    return (x, y) => Math.round(((fractionAt(dial, x, y) * p) % p)) % p;
  }

  const fractionAt = ({ cx, cy }, x, y) => (Math.atan2(x - cx, cy - y) / (2 * Math.PI) + 1) % 1;

  /** Strokes an arc between two fractions of the turn, with a head at its end. */
  function arc(ctx, dial, from, to, radius, colour, width, dash = []) {
    if (to <= from) return;
    const angle = (fraction) => 2 * Math.PI * fraction - Math.PI / 2;
    ctx.beginPath();
    ctx.arc(dial.cx, dial.cy, radius, angle(from), angle(Math.min(to, from + 0.9999)));
    ctx.setLineDash(dash);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.setLineDash([]);
    if (dash.length) return;
    const [x, y] = dial.at(to, radius);
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(2 * Math.PI * to);
    ctx.beginPath();
    ctx.moveTo(5, 0);
    ctx.lineTo(-4, -5);
    ctx.lineTo(-4, 5);
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.restore();
  }

  /** Draws the powers of g at equal steps, the logarithms of a and b as arcs; returns pixel -> number. */
  function drawTurned(surface, ink, kit, view) {
    const { ctx, width, height } = surface.begin(ink.font);
    const { g, found, order, missed, path, steps, logA, logB, marks } = view;
    const dial = dialOf({ width, height });
    const radius = kit.clamp((2 * Math.PI * dial.r) / order / 2.6, 1.6, 5);

    kit.write(ctx, `The same numbers as powers of ${g}`, 0, 12, ink.ink);
    missed.forEach((_, i) => {
      ctx.globalAlpha = 0.45;
      kit.dot(ctx, ...dial.at(i / missed.length, dial.r * 0.48), 1.6, ink.muted);
      ctx.globalAlpha = 1;
    });
    if (path.length) {
      arc(ctx, dial, 0, logB / order, dial.r - 34, ink.b, 1.25, [2, 4]);
      arc(ctx, dial, 0, Math.min(steps, logA) / order, dial.r - 14, ink.a, 3);
      arc(ctx, dial, logA / order, Math.max(steps, logA) / order, dial.r - 24, ink.b, 3);
    }
    found.forEach((number, i) => kit.dot(ctx, ...dial.at(i / order), radius, kit.ringColour(i / order, ink.dark)));
    const places = new Map(found.map((number, i) => [number, i / order]));
    for (const [number, mark] of marks) {
      if (places.has(number)) ringAround(ctx, kit, ink, dial.at(places.get(number)), mark, radius + 2.5);
    }
    if (path.length && steps < path.length - 1) kit.dot(ctx, ...dial.at((steps % order) / order), radius + 2, ink.ink);
    label(ctx, kit, ink, dial, places, marks, order > 31 ? 10 : 1);
    const [small, large] = centre(view);
    kit.write(ctx, small, dial.cx, dial.cy - 13, ink.muted, "center", "middle");
    ctx.font = `500 ${kit.clamp(dial.r / 7, 14, 20)}px ${ink.font}`;
    kit.write(ctx, large, dial.cx, dial.cy + 8, ink.ink, "center", "middle");
    return (x, y) => found[Math.round(fractionAt(dial, x, y) * order) % order];
  }

  /** Returns what stands in the middle of the circle of powers, a small line and a large one. */
  function centre({ g, path, steps, order, logA, logB, sum, zero }) {
    if (!path.length) return zero ? ["0 is no power", "no place here"] : [`not both are powers of ${g}`, "no sum"];
    if (steps < path.length - 1) return [`after ${steps} ${steps === 1 ? "step" : "steps"}`, `${power(g, steps)} = ${path[steps]}`];
    const around = sum >= order ? ` − ${order}` : "";
    return [`log a + log b${around}`, `${logA} + ${logB}${around} = ${sum % order}`];
  }

  /** Draws the numbers in the plane of frequency k, place 0 on top and clockwise as on the dials above. */
  function drawPlane(surface, ink, kit, { tokens, x, y, zero, extent, k, marks }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [cx, cy] = [width / 2, height / 2 + 8];
    const unit = (Math.min(width, height - 16) / 2 - 18) / extent;
    const n = tokens.length;
    const at = (along, across) => [cx + unit * across, cy - unit * along];
    const points = tokens.map((_, i) => at(x[i], y[i]));
    const colours = tokens.map((_, i) => kit.ringColour(kit.ringFraction(i, k, n), ink.dark));

    kit.write(ctx, `The network’s numbers in the plane of frequency ${k}`, 0, 12, ink.ink);
    kit.stroke(ctx, [at(-extent, 0), at(extent, 0)], ink.line);
    kit.stroke(ctx, [at(0, -extent), at(0, extent)], ink.line);
    kit.necklace(ctx, points, kit.ringOrder(k, n), colours, ink, n > 60 ? 3.2 : 5);
    if (zero) {
      const [zx, zy] = at(...zero);
      kit.stroke(ctx, [[zx - 4, zy - 4], [zx + 4, zy + 4]], ink.ink, 1.5);
      kit.stroke(ctx, [[zx - 4, zy + 4], [zx + 4, zy - 4]], ink.ink, 1.5);
      kit.write(ctx, "0", zx + 10, zy, ink.ink, "left", "middle", ink.paper);
    }
    const written = [];
    for (const [number, mark] of [...marks].reverse()) {
      const i = tokens.indexOf(number);
      if (i < 0 || (zero && number === 0)) continue;
      const [px, py] = points[i];
      ringAround(ctx, kit, ink, [px, py], mark, 6);
      const away = Math.hypot(px - cx, py - cy) || 1;
      const [lx, ly] = [px + (16 * (px - cx)) / away, py + (14 * (py - cy)) / away];
      if (written.every(([ox, oy]) => Math.hypot(ox - lx, oy - ly) > 15)) {
        kit.write(ctx, String(number), lx, ly, ink.ink, "center", "middle", ink.paper);
        written.push([lx, ly]);
      }
    }
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    await Promise.all(["fourier", "group", "spectrum-bars"].map((name) => Timeless.load(`kit/${name}.js`)));
    const kit = Timeless.instrument;
    const { dequantise, coefficients, spectrum, planeOf, viewOf } = Timeless.fourier;
    const { powers, isRoot, logarithms, nextRoot, multiply, walk, rebase, places } = Timeless.group;
    const { p, d_model: d } = data;
    const W = dequantise(tools.decode(data.W_E).array, data.scale);

    const ui = build(box, data, kit);
    const surfaces = {
      own: kit.surface(ui.own, "Numbers in their own order"),
      turned: kit.surface(ui.turned, "Numbers as powers"),
      bars: kit.surface(ui.bars, "Spectrum of the embedding"),
      plane: kit.surface(ui.plane, "Numbers in the plane of the chosen frequency"),
    };
    const say = kit.announcer(ui.live);

    // The network in one order of its numbers: name of the order -> {tokens, W, rows, spectrum, keys}.
    const analysed = new Map();
    function analysis() {
      const base = baseOf(state);
      const name = state.order === "log" ? base : 0;
      if (!analysed.has(name)) {
        const tokens = name ? powers(p, base) : Array.from({ length: p }, (_, t) => t);
        const ordered = Float64Array.from(tokens.flatMap((t) => [...W.subarray(t * d, (t + 1) * d)]));
        const rows = coefficients(ordered, tokens.length, d);
        const found = spectrum(rows);
        const keys = [...found.norm.keys()].filter((row) => found.norm[row] > found.threshold).map((row) => row + 1);
        analysed.set(name, { tokens, W: ordered, rows, spectrum: found, keys });
      }
      return analysed.get(name);
    }
    /** Returns the primitive root whose logarithms order the network's numbers: g, or the study's own. */
    const baseOf = ({ g }) => (isRoot(p, g) ? g : data.g);
    const strongest = ({ spectrum: { norm } }) => 1 + norm.indexOf(Math.max(...norm));

    const first = powers(p, data.g);
    const initial = { g: data.g, a: first[Math.round(0.28 * p)], b: first[Math.round(0.47 * p)], order: "log", k: 0 };
    const state = { ...initial };
    state.k = initial.k = strongest(analysis());
    let steps = Infinity; // of the walk that are shown
    let pointing = "a";
    let [playing, waited] = [false, 0];
    let picked = {}; // what a pixel of a surface stands for, as drawn last
    let view = null;
    let tabled = 0; // the g of the table

    // -- state -> compute

    /** Returns the numbers of the embedding in the plane of k, and where zero falls if it has no place in the order. */
    function planeView(now, k) {
      const frame = planeOf(now.rows, k);
      const found = viewOf(now.W, now.tokens.length, d, k, frame);
      const along = (row, direction) => direction.reduce((sum, value, i) => sum + value * row[i], 0);
      const mean = Float64Array.from({ length: d }, (_, i) =>
        now.tokens.reduce((sum, _t, t) => sum + now.W[t * d + i], 0) / now.tokens.length);
      const rest = W.subarray(0, d).map((value, i) => value - mean[i]);
      const zero = now.tokens.includes(0) ? null : [along(rest, frame.u), along(rest, frame.v)];
      const reach = 1.1 * Math.max(...found.x.map(Math.abs), ...found.y.map(Math.abs), ...(zero || []).map(Math.abs));
      return { ...found, zero, reach };
    }

    function compute() {
      const { g, a, b, k } = state;
      const [found, logs, product, path] = [powers(p, g), logarithms(p, g), multiply(p, g, a, b), walk(p, g, a, b)];
      const now = analysis();
      const plane = planeView(now, k);
      steps = Math.min(steps, Math.max(path.length - 1, 0));
      view = {
        p, g, a, b, k, found, logs, path, steps, now, plane,
        order: found.length,
        answer: product.answer,
        sum: product.sum,
        exponent: product.exponent,
        logA: product.a,
        logB: product.b,
        zero: a === 0 || b === 0,
        missed: logs.flatMap((log, number) => (number && log < 0 ? [number] : [])),
        marks: marksOf({ a, b, answer: product.answer }),
      };
    }

    function verdict({ g, order, missed }) {
      const start = `${g} is ${missed.length ? "not " : ""}a primitive root modulo ${p}: its powers`;
      return missed.length
        ? `${start} are back at 1 after ${order} steps and never meet the other ${missed.length} non-zero numbers.`
        : `${start} meet all ${order} non-zero numbers before they are back at 1.`;
    }

    function equation({ g, a, b, answer, logA, logB, sum, order, path }) {
      if (!path.length) {
        const lacking = [...new Set([a, b])].filter((number) => view.logs[number] < 0);
        return `${lacking.join(" and ")} ${lacking.length > 1 ? "are" : "is"} no power of ${g}, so logarithms to base ${g} ` +
          `cannot tell that ${times(a, b)} ≡ ${answer} (mod ${p})`;
      }
      const around = sum >= order ? ` = ${power(g, sum % order)}` : "";
      return `${times(a, b)} = ${times(power(g, logA), power(g, logB))} = ${power(g, sum)}${around} ≡ ${answer} (mod ${p})`;
    }

    /** Computes everything anew and shows it; every change of state ends here. */
    function refresh() {
      compute();
      readOut();
      frames.request();
    }

    function set(name, value, text) {
      ui.readouts[name].value = text;
      ui.readouts[name].dataset.value = value;
    }

    function readOut() {
      const { g, a, b, k, answer, exponent, logA, logB, now, plane } = view;
      const { norm, share, rank } = now.spectrum;
      const known = (log) => (log < 0 ? "none" : String(log));
      set("log-a", logA, known(logA));
      set("log-b", logB, known(logB));
      set("exponent", exponent, known(exponent));
      set("answer", answer, String(answer));
      set("steps", steps, `${steps} of ${Math.max(view.path.length - 1, 0)}`);
      set("frequency", k, String(k));
      set("norm", norm[k - 1], norm[k - 1].toFixed(2));
      set("share", share[k - 1], kit.percent(share[k - 1]));
      set("rank", rank[k - 1], `${rank[k - 1]} of ${norm.length}`);
      set("explained", plane.explained, kit.percent(plane.explained));
      set("places", places(k, now.tokens.length), `${places(k, now.tokens.length)} of ${now.tokens.length}`);
      ui.verdict.textContent = verdict(view);
      ui.equation.textContent = equation(view);
      const base = baseOf(state);
      ui.title.textContent =
        state.order === "log"
          ? `The trained network, its numbers in the order of the powers of ${base}` +
            (base === g ? "" : ` (the powers of ${g} do not meet all of them)`)
          : "The trained network, its numbers in their own order";
      showControls(now);
      if (tabled !== g) fillTable(ui.powers, view, kit);
      tabled = g;
      for (const cell of ui.powers.querySelectorAll("td")) {
        const mark = view.marks.get(Number(cell.dataset.power));
        if (mark) cell.dataset.is = mark;
        else delete cell.dataset.is;
      }
      const told = `${verdict(view)} ${equation(view)}.`;
      const network = `Frequency ${k}: norm ${norm[k - 1].toFixed(2)}, ${kit.percent(share[k - 1])} of the power, rank ${rank[k - 1]} of ${norm.length}.`;
      surfaces.own.canvas.setAttribute("aria-label", `The numbers modulo ${p} in their own order; the powers of ${g} jump about.`);
      surfaces.turned.canvas.setAttribute("aria-label", `The powers of ${g} on a circle. ${told}`);
      surfaces.bars.canvas.setAttribute("aria-label", `Spectrum of the embedding. ${network}`);
      surfaces.plane.canvas.setAttribute("aria-label",
        `The numbers in the plane of frequency ${k}; its wave explains ${kit.percent(plane.explained)} of their variance there.`);
      if (!playing) say(`${told} ${network}`);
    }

    function showControls(now) {
      for (const name of ["g", "a", "b"]) {
        ui[name].value = state[name];
        if (document.activeElement !== ui.numbers[name]) ui.numbers[name].value = state[name];
      }
      ui.g.setAttribute("aria-valuetext", `${state.g}, ${view.missed.length ? "no " : ""}primitive root`);
      ui.a.setAttribute("aria-valuetext", `${state.a}, logarithm ${ui.readouts["log-a"].value}`);
      ui.b.setAttribute("aria-valuetext", `${state.b}, logarithm ${ui.readouts["log-b"].value}`);
      ui.steps.max = Math.max(view.path.length - 1, 0);
      ui.steps.disabled = ui.play.disabled = view.path.length < 2;
      ui.steps.value = steps;
      ui.steps.setAttribute("aria-valuetext", view.path.length ? `${steps} steps, at ${view.path[steps]}` : "no walk");
      ui.play.textContent = playing ? "Pause" : "Walk";
      ui.order.value = state.order;
      ui.frequency.max = now.spectrum.norm.length;
      ui.frequency.value = state.k;
      ui.frequency.setAttribute("aria-valuetext", `frequency ${state.k}${now.keys.includes(state.k) ? ", above the rule" : ""}`);
      ui.points.forEach((button, i) => button.setAttribute("aria-pressed", String("ab"[i] === pointing)));
      showKeys(now.keys);
    }

    function showKeys(keys) {
      const listed = keys.join();
      if (ui.keys.dataset.listed !== listed) {
        ui.keys.dataset.listed = listed;
        const few = keys.length <= MANY;
        ui.keys.replaceChildren(
          kit.element("span", {}, few ? "Key" : `${keys.length} of ${view.now.spectrum.norm.length} frequencies are above the rule: none stands out.`),
          ...(few ? keys : []).map((k) =>
            kit.element("button", { type: "button", class: "button", "data-key": k, "aria-label": `Key frequency ${k}` }, String(k))),
        );
      }
      for (const button of ui.keys.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(Number(button.dataset.key) === state.k));
      }
    }

    // -- controls -> state

    function remember() {
      const usual = { ...initial, k: strongest(analysis()) };
      tools.state.set(Object.fromEntries(Object.entries(state).filter(([name, value]) => value !== usual[name])));
    }

    const lowest = { g: 2, a: 0, b: 0 };

    /** Sets g, a or b. A new base keeps the wave that is looked at: its frequency is another one then. */
    function choose(name, value) {
      if (!Number.isFinite(value)) return;
      const before = baseOf(state);
      state[name] = kit.clamp(Math.round(value), lowest[name], p - 1);
      if (state.order === "log") state.k = rebase(p, state.k, before, baseOf(state));
      playing = false;
      steps = Infinity;
      refresh();
    }

    function chooseFrequency(k) {
      state.k = kit.clamp(Math.round(k), 1, analysis().spectrum.norm.length);
      refresh();
    }

    function play(on) {
      if (on && steps >= view.path.length - 1) steps = 0;
      playing = on;
      waited = 0;
      refresh();
    }

    // -- draw

    function advance(dt) {
      const total = view.path.length - 1;
      const pace = tools.reducedMotion ? STEP_STILL : kit.clamp(WALK / total, ...STEP);
      waited += dt;
      const due = Math.floor(waited / pace);
      if (!due) return;
      waited -= due * pace;
      steps = Math.min(steps + due * (tools.reducedMotion ? Math.ceil(total / 10) : 1), total);
      if (steps === total) playing = false;
      view.steps = steps;
      readOut();
    }

    function draw(dt) {
      if (playing) advance(dt);
      const ink = { ...kit.palette(tools, box), a: tools.colour("series-1"), b: tools.colour("series-2") };
      ink.c = ink.ink;
      const { now, plane, k, marks } = view;
      const { norm, threshold } = now.spectrum;
      picked = {
        own: drawOwn(surfaces.own, ink, kit, view),
        turned: drawTurned(surfaces.turned, ink, kit, view),
        bars: Timeless.spectrumBars(surfaces.bars, ink, { norm, threshold, high, k, keys: now.keys, axis: axisTitle(now) }),
      };
      drawPlane(surfaces.plane, ink, kit, { ...plane, tokens: now.tokens, extent: Math.max(plane.reach, common), k, marks });
      return playing;
    }

    const axisTitle = ({ tokens }) =>
      `frequency k (cycles over ${state.order === "log" ? `the ${tokens.length} logarithms` : `the ${tokens.length} numbers`})`;

    function paintLegend() {
      const ink = kit.palette(tools, box);
      const hues = [0, 1, 2, 3, 4, 5, 6].map((i) => kit.ringColour((i % 6) / 6, ink.dark)).join(", ");
      const fills = {
        a: tools.colour("series-1"), b: tools.colour("series-2"), c: ink.ink, none: ink.muted, key: ink.accent,
        other: ink.muted, threshold: ink.ink, wheel: `conic-gradient(${hues})`,
      };
      for (const node of ui.root.querySelectorAll("[data-swatch]")) {
        node.style.setProperty("--swatch", fills[node.dataset.swatch]);
        node.style.opacity = { other: 0.55, none: 0.45 }[node.dataset.swatch] || 1;
      }
    }

    const frames = kit.animator(box, draw);
    const strong = analysis();
    const high = 1.06 * Math.max(...strong.spectrum.norm);
    const common = planeView(strong, state.k).reach;

    for (const name of ["g", "a", "b"]) {
      ui[name].addEventListener("input", () => choose(name, ui[name].valueAsNumber));
      ui.numbers[name].addEventListener("input", () => {
        const { value, min, max } = ui.numbers[name];
        if (value !== "" && Number(value) >= Number(min) && Number(value) <= Number(max)) choose(name, Number(value));
      });
      ui.numbers[name].addEventListener("change", () => {
        choose(name, ui.numbers[name].value === "" ? state[name] : ui.numbers[name].valueAsNumber);
        ui.numbers[name].value = state[name];
      });
    }
    [[ui.previous, -1], [ui.next, 1]].forEach(([button, step]) => {
      button.addEventListener("click", () => {
        choose("g", nextRoot(p, state.g, step));
        remember();
      });
    });
    ui.points.forEach((button, i) => {
      button.addEventListener("click", () => {
        pointing = "ab"[i];
        readOut();
      });
    });
    ui.steps.addEventListener("input", () => {
      playing = false;
      steps = ui.steps.valueAsNumber;
      refresh();
    });
    ui.play.addEventListener("click", () => play(!playing));
    ui.reset.addEventListener("click", () => {
      playing = false;
      steps = Infinity;
      pointing = "a";
      Object.assign(state, initial);
      tools.state.set({});
      refresh();
    });
    ui.order.addEventListener("change", () => {
      state.order = ui.order.value;
      state.k = strongest(analysis());
      refresh();
    });
    ui.frequency.addEventListener("input", () => chooseFrequency(ui.frequency.valueAsNumber));
    ui.keys.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      if (!key) return;
      chooseFrequency(Number(key.dataset.key));
      remember();
    });
    ui.root.addEventListener("change", remember);
    for (const name of ["own", "turned"]) {
      surfaces[name].canvas.addEventListener("click", (event) => {
        choose(pointing, picked[name](event.offsetX, event.offsetY));
        remember();
      });
    }
    ui.powers.addEventListener("click", (event) => {
      const cell = event.target.closest("[data-power]");
      if (!cell) return;
      choose(pointing, Number(cell.dataset.power));
      remember();
    });
    surfaces.bars.canvas.addEventListener("pointerdown", (event) => chooseFrequency(picked.bars(event.offsetX)));
    surfaces.bars.canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) chooseFrequency(picked.bars(event.offsetX));
    });
    surfaces.bars.canvas.addEventListener("pointerup", remember);
    tools.onTheme(() => {
      paintLegend();
      frames.request();
    });

    // A shared address may carry a state; what it says beyond the possible is left out.
    const shared = tools.state.get() || {};
    for (const name of ["g", "a", "b"]) {
      if (Number.isInteger(shared[name])) state[name] = kit.clamp(shared[name], lowest[name], p - 1);
    }
    if (["log", "number"].includes(shared.order)) state.order = shared.order;
    state.k = strongest(analysis());
    if (Number.isInteger(shared.k)) state.k = kit.clamp(shared.k, 1, analysis().spectrum.norm.length);
    paintLegend();
    refresh();

    return {
      destroy() {
        playing = false;
        frames.destroy();
      },
    };
  }

  Timeless.widget("discrete-log", { mount });
})();
