/* A throw: the true path of a ball beside what a small trained network answers, and a map of its errors.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  const GRAVITY = 9.81; // m/s²
  const MAP = { theta: [5, 85], v0: [8, 92] }; // what can be thrown: degrees, m/s
  const CELLS = [33, 29]; // of the map, along angle and speed
  const DISTANCES = 27; // along the path that is drawn
  const LEAST = 0.1; // metres: the least error that the map tells apart
  const MOST = 100;

  /** Returns the height in metres at distance x, for an angle in degrees and a speed in m/s. */
  function height(theta, v0, x) {
    const angle = (theta * Math.PI) / 180;
    return x * Math.tan(angle) - (GRAVITY * x * x) / (2 * v0 * v0 * Math.cos(angle) ** 2);
  }

  /** Returns the tensors of an MLP with two hidden layers, views of one flat array (W1 b1 W2 b2 W3 b3). */
  function tensors(flat, width) {
    const sizes = [3 * width, width, width * width, width, width, 1];
    let start = 0;
    return sizes.map((size) => flat.subarray(start, (start += size)));
  }

  /** Returns the network's answer to inputs already mapped to -1 … 1, in its own units. */
  function answer(net, width, inputs) {
    const [W1, b1, W2, b2, W3, b3] = net;
    const first = new Float64Array(width);
    for (let j = 0; j < width; j++) {
      let sum = b1[j];
      for (let i = 0; i < 3; i++) sum += inputs[i] * W1[i * width + j];
      first[j] = Math.max(sum, 0);
    }
    const second = Float64Array.from(b2);
    for (let i = 0; i < width; i++) {
      if (!first[i]) continue;
      for (let j = 0; j < width; j++) second[j] += first[i] * W2[i * width + j];
    }
    let out = b3[0];
    for (let j = 0; j < width; j++) out += Math.max(second[j], 0) * W3[j];
    return out;
  }

  /** Returns a function from (theta, v0, x) to the height that the network answers, in metres. */
  function thrower({ box, mean, std, width }, flat) {
    const net = tensors(flat, width);
    const scaled = (value, [low, high]) => (2 * value - low - high) / (high - low);
    return (theta, v0, x) =>
      mean + std * answer(net, width, [scaled(theta, box.theta), scaled(v0, box.v0), scaled(x, box.x)]);
  }

  /** Returns `{x, truth, found, rmse, worst}` along one throw, at n distances of the box. */
  function pathOf(thrown, box, theta, v0, n = DISTANCES) {
    const [low, high] = box.x;
    const x = Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));
    const truth = x.map((each) => height(theta, v0, each));
    const found = x.map((each) => thrown(theta, v0, each));
    const off = found.map((y, i) => Math.abs(y - truth[i]));
    const rmse = Math.sqrt(off.reduce((sum, each) => sum + each * each, 0) / n);
    return { x, truth, found, rmse, worst: Math.max(...off) };
  }

  /** Returns the path's error in metres for each cell of the map, row by row from the slowest throw. */
  function errorMap(thrown, box, cells = CELLS) {
    const at = ([low, high], i, n) => low + ((high - low) * (i + 0.5)) / n;
    const errors = new Float64Array(cells[0] * cells[1]);
    for (let row = 0; row < cells[1]; row++) {
      for (let col = 0; col < cells[0]; col++) {
        const theta = at(MAP.theta, col, cells[0]);
        const v0 = at(MAP.v0, row, cells[1]);
        errors[row * cells[0] + col] = pathOf(thrown, box, theta, v0, 6).rmse;
      }
    }
    return errors;
  }

  /** Returns how far outside a range a value is, 0 inside. */
  const outside = (value, [low, high]) => Math.max(low - value, value - high, 0);

  /** Returns an error as a shade from 0, at most 0.1 m, to 1, at least 100 m, by its logarithm. */
  const shade = (error) => Math.min(Math.max(Math.log(error / LEAST) / Math.log(MOST / LEAST), 0), 1);

  const compute = { MAP, height, tensors, answer, thrower, pathOf, errorMap, outside, shade };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  const NAMES = {
    standard: "standard initial weights",
    enlarged: "enlarged initial weights",
    enlarged_no_decay: "enlarged, no weight decay",
  };

  function build(box, data, { element }) {
    const id = (name) => `projectile-${name}`;
    const output = (name) =>
      element("output", { "data-readout": name, for: `${id("theta")} ${id("v0")} ${id("net")} ${id("epoch")}`, "aria-live": "off" });
    const control = (input, label, ...rest) =>
      element("div", { class: "control" }, element("label", { for: input.id }, label), ...rest, input);
    const range = (name, [min, max]) =>
      element("input", { type: "range", id: id(name), min, max, step: 1, "data-control": name });
    const readout = (label, name) => element("div", {}, element("dt", {}, label), element("dd", {}, output(name)));
    const swatch = (name, shape, text) => element("li", {}, element("i", { class: shape, "data-swatch": name }), text);
    const ui = {
      theta: range("theta", MAP.theta),
      v0: range("v0", MAP.v0),
      epoch: range("epoch", [0, data.epochs.length - 1]),
      net: element("select", { id: id("net"), "data-control": "net" },
        ...data.variants.map((name) => element("option", { value: name }, NAMES[name]))),
      reset: element("button", { type: "button", class: "button", "data-control": "reset" }, "Reset"),
      path: element("div", { class: "projectile-path" }),
      map: element("div", { class: "projectile-map" }),
      place: element("p", { class: "place", "data-readout": "place" }),
      failure: element("p", { class: "widget-error", role: "alert", hidden: true }),
      live: element("p", { class: "visually-hidden", "aria-live": "polite", "data-readout": "spoken" }),
    };
    ui.root = element("div", { class: "projectile" },
      element("div", { class: "controls" },
        control(ui.theta, "Angle θ", output("theta")), control(ui.v0, "Speed v₀", output("v0"))),
      element("div", { class: "projectile-stage" }, ui.path, ui.map),
      ui.place,
      element("dl", { class: "readout" },
        readout("Error along the path", "rmse"), readout("Worst point", "worst"),
        readout("Train loss", "train-loss"), readout("Test loss", "test-loss")),
      element("div", { class: "controls" },
        control(ui.net, "Network"), control(ui.epoch, "Epoch of its weights", output("epoch")), ui.reset),
      element("ul", { class: "legend" },
        swatch("truth", "", "the equation"), swatch("found", "", "the network"),
        swatch("train", "dot", "training throw"), swatch("box", "box", "range trained on"),
        swatch("scale", "scale", `map: error from ${LEAST} m to ${MOST} m`)),
      ui.failure,
      ui.live);
    ui.readouts = Object.fromEntries(
      [...ui.root.querySelectorAll("[data-readout]")].map((node) => [node.dataset.readout, node]),
    );
    box.replaceChildren(ui.root);
    return ui;
  }

  // --- draw ---------------------------------------------------------------------------------

  function drawPath(surface, ink, kit, { path, box }) {
    const { ctx, width, height: high } = surface.begin(ink.font);
    const [left, right, upper, lower] = [44, width - 8, 28, high - 38];
    const all = [...path.truth, ...path.found, 0];
    const [bottom, top] = [Math.min(...all), Math.max(...all)];
    const span = Math.max(top - bottom, 4);
    const x = (value) => left + (value / box.x[1]) * (right - left);
    const y = (value) => lower - ((value - bottom) / span) * (lower - upper);
    const step = kit.ticksTo(span, 5)[1];
    const minus = (value) => String(value).replace("-", "−");

    kit.write(ctx, "Height in metres", 0, 12, ink.ink);
    for (let tick = Math.ceil(bottom / step) * step; tick <= bottom + span; tick += step) {
      const rounded = Number(tick.toPrecision(10));
      kit.stroke(ctx, [[left, y(rounded)], [right, y(rounded)]], rounded ? ink.line : ink.muted);
      kit.write(ctx, minus(rounded), left - 7, y(rounded), ink.muted, "right", "middle");
    }
    for (const tick of kit.ticksTo(box.x[1], 5).filter((t) => t <= box.x[1])) {
      kit.write(ctx, String(tick), x(tick), lower + 8, ink.muted, "center", "top");
    }
    kit.write(ctx, "distance x in metres", right, high - 2, ink.muted, "right", "bottom");
    const line = (values) => Array.from(path.x, (each, i) => [x(each), y(values[i])]);
    kit.stroke(ctx, line(path.truth), ink.ink, 2);
    kit.stroke(ctx, line(path.found), ink.accent, 2, [6, 4]);
    line(path.found).filter((_, i) => i % 2 === 0).forEach(([px, py]) => kit.dot(ctx, px, py, 3, ink.accent));
  }

  /** Draws the map and returns the function that turns a pixel into `[theta, v0]`. */
  function drawMap(surface, ink, kit, { errors, box, throws, theta, v0 }) {
    const { ctx, width, height: high } = surface.begin(ink.font);
    const [left, right, upper, lower] = [36, width - 8, 28, high - 38];
    const along = (value, [low, top]) => (value - low) / (top - low);
    const x = (value) => left + along(value, MAP.theta) * (right - left);
    const y = (value) => lower - along(value, MAP.v0) * (lower - upper);

    kit.write(ctx, "Speed v₀ in m/s", 0, 12, ink.ink);
    const [wide, tall] = [(right - left) / CELLS[0], (lower - upper) / CELLS[1]];
    ctx.fillStyle = ink.accent;
    errors.forEach((error, i) => {
      ctx.globalAlpha = 0.85 * shade(error);
      const [col, row] = [i % CELLS[0], Math.floor(i / CELLS[0])];
      const edge = [left + col * wide, lower - (row + 1) * tall, left + (col + 1) * wide, lower - row * tall].map(Math.round);
      ctx.fillRect(edge[0], edge[1], edge[2] - edge[0], edge[3] - edge[1]);
    });
    ctx.globalAlpha = 1;
    for (const [tx, ty] of throws) kit.dot(ctx, x(tx), y(ty), 1.6, ink.train);
    ctx.setLineDash([]);
    ctx.lineWidth = 1.75;
    ctx.strokeStyle = ink.ink;
    ctx.strokeRect(x(box.theta[0]), y(box.v0[1]), x(box.theta[1]) - x(box.theta[0]), y(box.v0[0]) - y(box.v0[1]));
    for (const tick of [20, 40, 60, 80]) {
      kit.write(ctx, String(tick), x(tick), lower + 8, ink.muted, "center", "top");
      kit.write(ctx, String(tick), left - 7, y(tick), ink.muted, "right", "middle");
    }
    kit.write(ctx, "angle θ in degrees", right, high - 2, ink.muted, "right", "bottom");

    const [cx, cy] = [x(theta), y(v0)];
    kit.dot(ctx, cx, cy, 7, ink.paper);
    ctx.beginPath();
    ctx.arc(cx, cy, 7, 0, 2 * Math.PI);
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 2;
    ctx.stroke();
    kit.dot(ctx, cx, cy, 2.5, ink.ink);
    return (px, py) => [
      MAP.theta[0] + ((px - left) / (right - left)) * (MAP.theta[1] - MAP.theta[0]),
      MAP.v0[0] + ((lower - py) / (lower - upper)) * (MAP.v0[1] - MAP.v0[0]),
    ];
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    const kit = Timeless.instrument;
    data = { ...data, epochs: kit.list(data.epochs, tools) };
    const { epochs, variants } = data;
    const flatThrows = tools.decode(data.throws).array;
    const throws = Array.from({ length: flatThrows.length / 2 }, (_, i) => [flatThrows[2 * i], flatThrows[2 * i + 1]]);
    const final = epochs.length - 1;

    const ui = build(box, data, kit);
    const surfaces = {
      path: kit.surface(ui.path, "Path of the throw"),
      map: kit.surface(ui.map, "Map of errors over angle and speed"),
    };
    const say = kit.announcer(ui.live);

    // The networks seen so far: epoch index -> variant -> {thrown, errors}; errors are made when first drawn.
    const seen = new Map();
    function take(index, nets) {
      const found = {};
      for (const name of variants) {
        const flat = tools.decode(nets[name]).array;
        found[name] = { thrown: thrower(data, flat), errors: null };
      }
      seen.set(index, found);
    }
    take(final, data.nets);

    const initial = { theta: 45, v0: 30, net: variants.includes("enlarged") ? "enlarged" : variants[0], epoch: epochs[final] };
    const state = { ...initial };
    let wanted = final;
    let shown = final;
    let fromPixel = null;

    const network = () => seen.get(shown)[state.net];

    function readOut() {
      const path = pathOf(network().thrown, data.box, state.theta, state.v0);
      const set = (name, value, text) => {
        ui.readouts[name].value = text;
        ui.readouts[name].dataset.value = value;
      };
      const metres = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} m`;
      const loss = (split) => kit.list(data.losses[state.net][split], tools)[shown];
      const short = (value) => {
        if (value >= 100) return kit.integer(value);
        if (value >= 0.001) return String(Number(value.toPrecision(2)));
        const [digits, power] = value.toExponential(1).split("e-");
        return `${digits} · 10⁻${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
      };
      set("theta", state.theta, `${state.theta}°`);
      set("v0", state.v0, `${state.v0} m/s`);
      set("epoch", epochs[shown], kit.integer(epochs[shown]));
      set("rmse", path.rmse, metres(path.rmse));
      set("worst", path.worst, metres(path.worst));
      set("train-loss", loss("train"), short(loss("train")));
      set("test-loss", loss("test"), short(loss("test")));
      const [angle, speed] = [outside(state.theta, data.box.theta), outside(state.v0, data.box.v0)];
      const parts = [angle && `the angle by ${angle}°`, speed && `the speed by ${speed} m/s`].filter(Boolean);
      const place = parts.length ? `Outside the range trained on: ${parts.join(", ")}.` : "Inside the range trained on.";
      ui.place.textContent = place;
      ui.place.dataset.outside = String(parts.length > 0);

      ui.theta.value = state.theta;
      ui.v0.value = state.v0;
      ui.net.value = state.net;
      ui.epoch.value = wanted;
      ui.theta.setAttribute("aria-valuetext", `${state.theta} degrees`);
      ui.v0.setAttribute("aria-valuetext", `${state.v0} metres per second`);
      ui.epoch.setAttribute("aria-valuetext", `epoch ${kit.integer(epochs[wanted])}`);
      ui.root.setAttribute("aria-busy", String(wanted !== shown));
      const told =
        `${state.theta} degrees, ${state.v0} metres per second, ${NAMES[state.net]}, epoch ${kit.integer(epochs[shown])}: ` +
        `off by ${metres(path.rmse)} along the path, at worst by ${metres(path.worst)}. ${place}`;
      surfaces.path.canvas.setAttribute("aria-label", `Path by the equation and by the network. ${told}`);
      surfaces.map.canvas.setAttribute("aria-label",
        `Map of the network’s error over angle and speed, with the range trained on; the chosen throw is at ${state.theta} degrees and ${state.v0} metres per second.`);
      say(told);
    }

    function remember() {
      const changed = Object.entries(state).filter(([name, value]) => value !== initial[name]);
      tools.state.set(Object.fromEntries(changed));
    }

    function refresh() {
      readOut();
      frames.request();
    }

    function aim(theta, v0) {
      state.theta = Math.round(kit.clamp(theta, ...MAP.theta));
      state.v0 = Math.round(kit.clamp(v0, ...MAP.v0));
      refresh();
    }

    /** Asks for the weights of an epoch; the latest ones asked for are shown once they are here. */
    async function turn(index) {
      wanted = index;
      try {
        if (!seen.has(index)) {
          ui.root.setAttribute("aria-busy", "true");
          const payload = await tools.require(String(epochs[index]).padStart(6, "0"));
          if (!seen.has(index)) take(index, payload.nets);
        }
      } catch (error) {
        if (index !== wanted) return;
        wanted = shown;
        ui.failure.textContent =
          `The weights of epoch ${kit.integer(epochs[index])} cannot be shown (${error.message}). ` +
          "The picture stays at those before; reload the page to try again.";
        ui.failure.hidden = false;
        readOut();
        return;
      }
      if (index !== wanted) return;
      ui.failure.hidden = true;
      shown = index;
      state.epoch = epochs[index];
      refresh();
    }

    function draw() {
      const ink = kit.palette(tools, box);
      const now = network();
      now.errors = now.errors || errorMap(now.thrown, data.box);
      const path = pathOf(now.thrown, data.box, state.theta, state.v0);
      drawPath(surfaces.path, ink, kit, { path, box: data.box });
      fromPixel = drawMap(surfaces.map, ink, kit, { errors: now.errors, box: data.box, throws, theta: state.theta, v0: state.v0 });
      const swatches = { truth: ink.ink, found: ink.accent, train: ink.train, box: ink.ink, scale: ink.accent };
      for (const [name, colour] of Object.entries(swatches)) {
        ui.root.querySelector(`[data-swatch="${name}"]`).style.setProperty("--swatch", colour);
      }
      return false;
    }

    const frames = kit.animator(box, draw);
    for (const name of ["theta", "v0"]) {
      ui[name].addEventListener("input", () => aim(ui.theta.valueAsNumber, ui.v0.valueAsNumber));
      ui[name].addEventListener("change", remember);
    }
    ui.net.addEventListener("change", () => {
      state.net = ui.net.value;
      refresh();
      remember();
    });
    ui.epoch.addEventListener("input", () => turn(ui.epoch.valueAsNumber));
    ui.epoch.addEventListener("change", () => turn(ui.epoch.valueAsNumber).then(remember));
    ui.reset.addEventListener("click", () => {
      Object.assign(state, initial);
      turn(final).then(remember);
    });
    const canvas = surfaces.map.canvas;
    const point = (event) => {
      const place = canvas.getBoundingClientRect();
      if (fromPixel) aim(...fromPixel(event.clientX - place.left, event.clientY - place.top));
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) point(event);
    });
    canvas.addEventListener("pointerup", remember);
    tools.onTheme(frames.request);

    // What an address asks for, as far as it makes sense.
    const asked = tools.state.get() || {};
    const number = (name) => (Number.isFinite(Number(asked[name] ?? NaN)) ? Number(asked[name]) : state[name]);
    if (variants.includes(asked.net)) state.net = asked.net;
    aim(number("theta"), number("v0"));
    const index = epochs.indexOf(Number(asked.epoch ?? NaN));
    if (index >= 0) turn(index);
    return { destroy: frames.destroy };
  }

  Timeless.widget("projectile", { mount });
})();
