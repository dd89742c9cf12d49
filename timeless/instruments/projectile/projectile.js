/* A throw: the true path of a ball beside what a small trained network answers, and a map of its errors.
   Controls -> state -> compute -> draw; what is computed lies in projectile-core.js. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { MAP, CELLS, LEAST, MOST, errorMap, outside, pathOf, shade, thrower } = Timeless.parts.projectile;

  // --- controls -> state --------------------------------------------------------------------

  const NAMES = {
    standard: "standard initial weights",
    enlarged: "enlarged initial weights",
    enlarged_no_decay: "enlarged, no weight decay",
  };

  function tableOf({ variants, epochs }) {
    const slider = { kind: "slider", wide: false, clamped: true };
    return [
      ["theta", 45, ...MAP.theta, { ...slider, label: "Angle θ", text: (theta) => `${theta}°`, spoken: (theta) => `${theta} degrees` }],
      ["v0", 30, ...MAP.v0, { ...slider, label: "Speed v₀", text: (v0) => `${v0} m/s`, spoken: (v0) => `${v0} metres per second` }],
      ["net", variants.includes("enlarged") ? "enlarged" : variants[0], variants, {
        kind: "select", label: "Network", options: variants.map((name) => [name, NAMES[name]]),
      }],
      Timeless.cursor.row(epochs, { label: "Epoch of its weights", wide: false }),
    ];
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build({ ui, controls }, reset) {
    const { element } = kit;
    const of = ["theta", "v0", "net", "epoch"].map((name) => `projectile-${name}`).join(" ");
    const view = {
      path: element("div", { class: "projectile-path" }),
      map: element("div", { class: "projectile-map" }),
      place: element("p", { class: "place", "data-readout": "place" }),
      values: ui.readouts([["rmse", "Error along the path"], ["worst", "Worst point"], ["train-loss", "Train loss"], ["test-loss", "Test loss"]], of),
      legend: ui.legend([["line", "the equation"], ["dashes", "the network"], ["dot", "training throw"], ["box", "range trained on"],
        ["scale", `map: error from ${LEAST} m to ${MOST} m`]]),
      failure: ui.failure(),
      live: ui.live(),
    };
    view.root = element("div", { class: "projectile" },
      ui.row(controls.theta.node, controls.v0.node),
      element("div", { class: "projectile-stage" }, view.path, view.map),
      view.place,
      view.values.node,
      ui.row(controls.net.node, controls.epoch.node, reset),
      view.legend.node,
      view.failure.node,
      view.live);
    return view;
  }

  /** Throws at an angle and a speed, as whole numbers that the map holds. */
  function aim(it, theta, v0) {
    it.state.theta = Math.round(kit.clamp(theta, ...MAP.theta));
    it.state.v0 = Math.round(kit.clamp(v0, ...MAP.v0));
    it.refresh();
  }

  // --- tell ---------------------------------------------------------------------------------

  const metres = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} m`;

  function lossText(value) {
    if (value >= 100) return kit.integer(value);
    if (value >= 0.001) return String(Number(value.toPrecision(2)));
    return Timeless.chart.tickText(Number(value.toPrecision(2)));
  }

  /** Returns in words how far a throw lies outside the range trained on, "" inside. */
  function outsideOf({ theta, v0 }, box) {
    const [angle, speed] = [outside(theta, box.theta), outside(v0, box.v0)];
    return [angle && `the angle by ${angle}°`, speed && `the speed by ${speed} m/s`].filter(Boolean).join(", ");
  }

  const pathNow = ({ state, here, data }) => pathOf(here.weights[state.net].thrown, data.box, state.theta, state.v0);

  function tell(it) {
    const { state, here, data, view } = it;
    const { rmse, worst } = pathNow(it);
    const [train, test] = ["train", "test"].map((split) => kit.list(data.losses[state.net][split], it.tools)[here.shown]);
    view.values.tell({
      rmse: [rmse, metres(rmse)], worst: [worst, metres(worst)], "train-loss": [train, lossText(train)], "test-loss": [test, lossText(test)],
    });
    const away = outsideOf(state, data.box);
    view.place.textContent = away ? `Outside the range trained on: ${away}.` : "Inside the range trained on.";
    view.place.dataset.outside = String(away !== "");
    view.root.setAttribute("aria-busy", String(here.wanted !== here.shown));
    const told =
      `${state.theta} degrees, ${state.v0} metres per second, ${NAMES[state.net]}, epoch ${kit.integer(data.epochs[here.shown])}: ` +
      `off by ${metres(rmse)} along the path, at worst by ${metres(worst)}. ${view.place.textContent}`;
    mounting.describe(it, {
      path: `Path by the equation and by the network. ${told}`,
      map: `Map of the network’s error over angle and speed, with the range trained on; the chosen throw is at ${state.theta} degrees and ${state.v0} metres per second.`,
    });
    it.say(told);
  }

  // --- draw ---------------------------------------------------------------------------------

  function drawHeights(ctx, ink, { bottom, span, left, right, y }) {
    const step = kit.ticksTo(span, 5)[1];
    kit.write(ctx, "Height in metres", 0, 12, ink.ink);
    for (let tick = Math.ceil(bottom / step) * step; tick <= bottom + span; tick += step) {
      const rounded = Number(tick.toPrecision(10));
      kit.stroke(ctx, [[left, y(rounded)], [right, y(rounded)]], rounded ? ink.line : ink.muted);
      kit.write(ctx, String(rounded).replace("-", "−"), left - 7, y(rounded), ink.muted, "right", "middle");
    }
  }

  function drawPath(surface, ink, { path, box }) {
    const { ctx, width, height: high } = surface.begin(ink.font);
    const [left, right, upper, lower] = [44, width - 8, 28, high - 38];
    const all = [...path.truth, ...path.found, 0];
    const bottom = Math.min(...all);
    const span = Math.max(Math.max(...all) - bottom, 4);
    const x = (value) => left + (value / box.x[1]) * (right - left);
    const y = (value) => lower - ((value - bottom) / span) * (lower - upper);

    drawHeights(ctx, ink, { bottom, span, left, right, y });
    for (const tick of kit.ticksTo(box.x[1], 5).filter((t) => t <= box.x[1])) {
      kit.write(ctx, String(tick), x(tick), lower + 8, ink.muted, "center", "top");
    }
    kit.write(ctx, "distance x in metres", right, high - 2, ink.muted, "right", "bottom");
    const line = (values) => Array.from(path.x, (each, i) => [x(each), y(values[i])]);
    kit.stroke(ctx, line(path.truth), ink.ink, 2);
    kit.stroke(ctx, line(path.found), ink.accent, 2, [6, 4]);
    line(path.found).filter((_, i) => i % 2 === 0).forEach(([px, py]) => kit.dot(ctx, px, py, 3, ink.accent));
  }

  function drawCells(ctx, ink, errors, { left, right, upper, lower }) {
    const [wide, tall] = [(right - left) / CELLS[0], (lower - upper) / CELLS[1]];
    ctx.fillStyle = ink.accent;
    errors.forEach((error, i) => {
      ctx.globalAlpha = 0.85 * shade(error);
      const [col, row] = [i % CELLS[0], Math.floor(i / CELLS[0])];
      const edge = [left + col * wide, lower - (row + 1) * tall, left + (col + 1) * wide, lower - row * tall].map(Math.round);
      ctx.fillRect(edge[0], edge[1], edge[2] - edge[0], edge[3] - edge[1]);
    });
    ctx.globalAlpha = 1;
  }

  /** Draws the mark of the throw that is chosen. */
  function drawAim(ctx, ink, x, y) {
    kit.dot(ctx, x, y, 7, ink.paper);
    ctx.beginPath();
    ctx.arc(x, y, 7, 0, 2 * Math.PI);
    ctx.strokeStyle = ink.ink;
    ctx.lineWidth = 2;
    ctx.stroke();
    kit.dot(ctx, x, y, 2.5, ink.ink);
  }

  /** Draws the map and returns the function that turns a pixel into `[theta, v0]`. */
  function drawMap(surface, ink, { errors, box, throws, theta, v0 }) {
    const { ctx, width, height: high } = surface.begin(ink.font);
    const [left, right, upper, lower] = [36, width - 8, 28, high - 38];
    const along = (value, [low, top]) => (value - low) / (top - low);
    const x = (value) => left + along(value, MAP.theta) * (right - left);
    const y = (value) => lower - along(value, MAP.v0) * (lower - upper);

    kit.write(ctx, "Speed v₀ in m/s", 0, 12, ink.ink);
    drawCells(ctx, ink, errors, { left, right, upper, lower });
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
    drawAim(ctx, ink, x(theta), y(v0));
    return (px, py) => [
      MAP.theta[0] + ((px - left) / (right - left)) * (MAP.theta[1] - MAP.theta[0]),
      MAP.v0[0] + ((lower - py) / (lower - upper)) * (MAP.v0[1] - MAP.v0[0]),
    ];
  }

  function draw(it) {
    const { state, here, data, surfaces } = it;
    const ink = kit.palette(it.tools, it.box);
    const now = here.weights[state.net];
    now.errors ??= errorMap(now.thrown, data.box);
    drawPath(surfaces.path, ink, { path: pathNow(it), box: data.box });
    it.fromPixel = drawMap(surfaces.map, ink, { errors: now.errors, box: data.box, throws: it.throws, theta: state.theta, v0: state.v0 });
    it.view.legend.paint([ink.ink, ink.accent, ink.train, ink.ink, ink.accent]);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Has a pointer on the map throw from where it is. */
  function pointAtMap(it) {
    const { canvas } = it.surfaces.map;
    const point = (event) => {
      const place = canvas.getBoundingClientRect();
      if (it.fromPixel) aim(it, ...it.fromPixel(event.clientX - place.left, event.clientY - place.top));
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) point(event);
    });
    canvas.addEventListener("pointerup", it.remember);
  }

  function mount(box, payload, tools) {
    const { cursor } = Timeless;
    const data = { ...payload, epochs: kit.list(payload.epochs, tools) };
    const { epochs, variants } = data;
    const flat = tools.decode(data.throws).array;
    const throws = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
    // The networks of an epoch by variant: {thrown, errors}; errors are made when first drawn.
    const networks = ({ nets }) => Object.fromEntries(variants.map((name) => [name, { thrown: thrower(data, tools.decode(nets[name]).array), errors: null }]));
    const final = epochs.length - 1;
    const source = cursor.partsOf(tools, epochs, networks, [[final, networks(data)]]);

    const it = mounting.begin("projectile", box, tools, tableOf(data));
    Object.assign(it, { data, throws, fromPixel: null });
    cursor.follow(it, source);
    Object.assign(it.here, { shown: final, weights: source.kept.get(final) });
    mounting.stage(it, {
      view: build(it, mounting.resetButton(it, () => cursor.turnToState(it).then(it.refresh))),
      surfaces: { path: "Path of the throw", map: "Map of errors over angle and speed" },
      draw, tell,
    });
    pointAtMap(it);
    it.refresh();
    cursor.turnToState(it);
    return { destroy: it.frames.destroy };
  }

  Timeless.widget("projectile", { needs: ["cursor"], mount });
})();
