/* Charts on a canvas: line panels with one cursor, and maps over a square grid.
   It is loaded before every instrument; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const kit = inNode ? require("./instrument.js") : Timeless.instrument;

  // --- scales -------------------------------------------------------------------------------

  const KINDS = {
    linear: [(v) => v, (u) => u],
    log: [Math.log10, (u) => 10 ** u],
    epoch: [(v) => Math.log10(1 + v), (u) => 10 ** u - 1], // logarithmic, with room for epoch 0
  };

  /** Returns the scale from values [low, high] to pixels [from, to]: a function with `invert`, `ticks`
      and `inside`. Kinds are "linear", "log", and "epoch", which is log(1 + epoch). */
  function scale({ kind = "linear", low, high, from, to, count = 4 }) {
    const [forth, back] = KINDS[kind];
    const [start, end] = [forth(low), forth(high)];
    const span = end - start || 1;
    const place = (value) => from + ((forth(value) - start) / span) * (to - from);
    place.invert = (pixel) => kit.clamp(back(start + ((pixel - from) / (to - from)) * span), low, high);
    place.inside = (value) => value >= low && value <= high;
    place.ticks = ticksBetween(kind, low, high, count);
    return Object.assign(place, { low, high, from, to });
  }

  function ticksBetween(kind, low, high, count) {
    if (kind === "linear") {
      const step = kit.ticksTo(high - low || 1, count)[1];
      const first = Math.ceil(low / step - 1e-9);
      const last = Math.floor(high / step + 1e-9);
      return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
    }
    const [bottom, top] = [Math.ceil(Math.log10(Math.max(low, kind === "epoch" ? 1 : low)) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
    const every = Math.max(1, Math.ceil((top - bottom + 1) / (count + 2)));
    const powers = [];
    for (let power = bottom; power <= top; power += every) powers.push(10 ** power);
    return kind === "epoch" && low === 0 ? [0, ...powers] : powers;
  }

  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /** Returns a tick's text: powers of ten as such where they are very large or small. */
  function tickText(value) {
    const size = Math.abs(value);
    if (value === 0) return "0";
    if (value < 0) return `−${tickText(size)}`;
    if (size >= 1e5 || size < 1e-3) {
      const power = Math.floor(Math.log10(size) + 1e-9);
      const factor = Number((value / 10 ** power).toPrecision(3));
      const raised = `10${power < 0 ? "⁻" : ""}${Array.from(String(Math.abs(power)), (c) => SUPERSCRIPTS[c]).join("")}`;
      return factor === 1 ? raised : `${factor}\u00a0×\u00a0${raised}`; // as in the text
    }
    return size >= 1000 ? kit.integer(value) : String(value);
  }

  /** Returns [low, high] of all finite values of some lists, those above 0 alone for a log axis. */
  function extent(lists, kind = "linear") {
    let [low, high] = [Infinity, -Infinity];
    for (const list of lists) {
      for (const value of list) {
        if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return low > high ? [0, 1] : [low, high];
  }

  // --- a panel ------------------------------------------------------------------------------

  const EMPTY = { title: "", lines: [], points: [], bands: [], marks: [], cursor: null, margin: 18 };

  /** Draws a panel on a `kit.surface` and returns `{x, y, ctx, box}`, the scales with what they stand in.

      title   what is drawn, above, with its unit
      x, y    {kind, low, high, label, text(value), ticks}; all but low and high may be left out
      lines   [{x, y, colour, width, dash, faint}]; a null or NaN makes a gap
      points  [{x, y, colour, radius}]
      bands   [{x, low, high, colour}], filled between two lines
      marks   [{x, text}], dotted vertical lines
      cursor  a value of x, or null
      margin  least room for the ticks of y, so that panels under one another line up */
  function panel(surface, ink, spec) {
    const { title, x: across, y: up, lines, points, bands, marks, cursor, margin } = { ...EMPTY, ...spec };
    const { ctx, ...size } = surface.begin(ink.font);
    const scales = scalesOf(ctx, size, { title, across, up, marks, margin });
    const { x, y } = scales;
    if (title) kit.write(ctx, title, 0, 12, ink.ink);
    drawRows(ctx, ink, scales);
    drawColumns(ctx, ink, scales, size);
    if (across.label) kit.write(ctx, across.label, x.to, size.height - 2, ink.muted, "right", "bottom");
    drawMarks(ctx, ink, marks, x, y);
    ctx.save();
    ctx.beginPath();
    ctx.rect(x.from - 1, y.to - 3, x.to - x.from + 2, y.from - y.to + 6);
    ctx.clip();
    for (const band of bands) fillBand(ctx, band, x, y);
    for (const line of lines) drawLine(ctx, line, x, y);
    for (const point of points) if (Number.isFinite(y(point.y))) kit.dot(ctx, x(point.x), y(point.y), point.radius || 4, point.colour);
    ctx.restore();
    if (cursor !== null && x.inside(cursor)) kit.stroke(ctx, [[x(cursor), y.to - 4], [x(cursor), y.from + 4]], ink.ink, 1.25);
    return { x, y, ctx, box: { left: x.from, right: x.to, upper: y.to, lower: y.from } };
  }

  /** Returns the scales of a panel with the ticks that they show and how these are written, `{x, y, ticks, text}`. */
  function scalesOf(ctx, { width, height }, { title, across, up, marks, margin }) {
    const text = { x: across.text || tickText, y: up.text || tickText };
    const upper = (title ? 24 : 8) + (marks.some((mark) => mark.text) ? 16 : 0);
    const y = scale({ ...up, from: height - (across.label ? 36 : 24), to: upper });
    const rows = (up.ticks || y.ticks).filter(y.inside);
    const left = 8 + Math.max(margin, ...rows.map((tick) => ctx.measureText(text.y(tick)).width));
    const x = scale({ ...across, from: left, to: width - 8, count: kit.clamp(Math.floor(width / 90), 2, 8) });
    return { x, y, text, ticks: { x: (across.ticks || x.ticks).filter(x.inside), y: rows } };
  }

  function drawRows(ctx, ink, { x, y, ticks, text }) {
    for (const tick of ticks.y) {
      kit.stroke(ctx, [[x.from, y(tick)], [x.to, y(tick)]], ink.line);
      kit.write(ctx, text.y(tick), x.from - 7, y(tick), ink.muted, "right", "middle");
    }
  }

  function drawColumns(ctx, ink, { x, y, ticks, text }, { width }) {
    kit.stroke(ctx, [[x.from, y.from], [x.to, y.from]], ink.muted);
    let free = -Infinity;
    for (const tick of ticks.x) {
      const half = ctx.measureText(text.x(tick)).width / 2;
      kit.stroke(ctx, [[x(tick), y.from], [x(tick), y.from + 4]], ink.muted);
      const at = kit.clamp(x(tick), half, width - half);
      if (at - half < free) continue;
      kit.write(ctx, text.x(tick), at, y.from + 8, ink.muted, "center", "top");
      free = at + half + 6;
    }
  }

  /** Returns where names of half widths are centred that belong to places from left to right, between two ends: over its place,
      or as far to the right as another name takes, while the place is still under it; else null. */
  function namesAt(places, halves, { from, to }) {
    let free = -Infinity;
    return places.map((at, i) => {
      const half = halves[i];
      const middle = kit.clamp(Math.max(at, free + half), from + half, to - half);
      if (!half || middle - half < free || middle - half > at + 1) return null;
      free = middle + half + 8;
      return middle;
    });
  }

  function drawMarks(ctx, ink, marks, x, y) {
    const shown = marks.filter((mark) => x.inside(mark.x)).sort((a, b) => a.x - b.x);
    const places = shown.map((mark) => x(mark.x));
    const names = namesAt(places, shown.map(({ text = "" }) => ctx.measureText(text).width / 2), x);
    places.forEach((at, i) => {
      kit.stroke(ctx, [[at, y.to - 4], [at, y.from]], ink.muted, 1, [2, 4]);
      if (names[i] !== null) kit.write(ctx, shown[i].text, names[i], y.to - 8, ink.muted, "center");
    });
  }

  /** Returns the runs of finite points of a line, in pixels. */
  function runs(xs, ys, x, y) {
    const found = [[]];
    for (let i = 0; i < xs.length; i++) {
      const point = ys[i] === null || ys[i] === undefined ? [NaN, NaN] : [x(xs[i]), y(ys[i])];
      if (point.every(Number.isFinite)) found[found.length - 1].push(point);
      else if (found[found.length - 1].length) found.push([]);
    }
    return found.filter((run) => run.length);
  }

  function drawLine(ctx, { x: xs, y: ys, colour, width = 2, dash = [], faint = false }, x, y) {
    ctx.globalAlpha = faint ? 0.35 : 1;
    for (const run of runs(xs, ys, x, y)) {
      if (run.length > 1) kit.stroke(ctx, run, colour, width, dash);
      else kit.dot(ctx, ...run[0], width, colour);
    }
    ctx.globalAlpha = 1;
  }

  function fillBand(ctx, { x: xs, low, high, colour }, x, y) {
    const there = Array.from(xs, (at, i) => [x(at), y(high[i])]);
    const back = Array.from(xs, (at, i) => [x(at), y(low[i])]).reverse();
    ctx.beginPath();
    [...there, ...back].forEach(([px, py], i) => (i ? ctx.lineTo(px, py) : ctx.moveTo(px, py)));
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  /** Calls move(value of x) while a pointer is down on a panel, done() when it is lifted. `scaleOf` returns
      the panel's x scale as last drawn. Vertical swipes still scroll the page. */
  function draggable(canvas, scaleOf, move, done = () => {}) {
    canvas.style.touchAction = "pan-y";
    canvas.style.cursor = "ew-resize";
    const follow = (event) => {
      const x = scaleOf();
      if (x) move(x.invert(event.offsetX));
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      follow(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) follow(event);
    });
    canvas.addEventListener("pointerup", done);
  }

  // --- a map --------------------------------------------------------------------------------

  /** Returns the function that turns a share in [0, 1] into [r, g, b] along colours such as "rgb(1, 2, 3)". */
  function ramp(colours) {
    const stops = colours.map((colour) => colour.match(/[\d.]+/g).slice(0, 3).map(Number));
    return (share) => {
      const at = kit.clamp(share, 0, 1) * (stops.length - 1);
      const i = Math.min(Math.floor(at), stops.length - 2);
      return stops[i].map((from, c) => Math.round(kit.mix(from, stops[i + 1][c], at - i)));
    };
  }

  /** Returns the bytes [n, n, 4] of a picture of values [n * n] at a*n + b: a runs to the right, b upwards.
      colourOf(value, index) returns [r, g, b]. */
  function pixels(values, n, colourOf) {
    const bytes = new Uint8ClampedArray(4 * n * n);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        const [r, g, blue] = colourOf(values[a * n + b], a * n + b);
        bytes.set([r, g, blue, 255], 4 * ((n - 1 - b) * n + a));
      }
    }
    return bytes;
  }

  /** Returns values [n * n] at a*n + b moved to a*n + (a + b) % n, so that what depends on the sum alone lies in rows. */
  function bySum(values, n) {
    const moved = new values.constructor(values.length);
    for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) moved[a * n + ((a + b) % n)] = values[a * n + b];
    return moved;
  }

  let sheet = null;

  function drawMark(ctx, ink, { x, y, left, upper, side }) {
    for (const [colour, width] of [[ink.paper, 3], [ink.ink, 1]]) { // light under dark, to be seen on any colour
      kit.stroke(ctx, [[left, y], [left + side, y]], colour, width);
      kit.stroke(ctx, [[x, upper], [x, upper + side]], colour, width);
    }
  }

  /** Draws a map of values [n * n] over (a, b) on a `kit.surface`, square, with its axes named; returns
      `{at(offsetX, offsetY)}`, the pair [a, b] under a point, or null. `names` are those of the axes. With `sum`, a + b
      modulo n runs upwards in place of b. colourOf(value, a*n + b) returns [r, g, b]. */
  function grid(surface, ink, { title = "", values, n, colourOf, names = ["a", "b"], mark = null, sum = false }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, upper, below] = [34, title ? 22 : 4, 34];
    const side = Math.max(Math.min(width - left - 4, height - upper - below), 1);
    if (title) kit.write(ctx, title, 0, 12, ink.ink);
    sheet ??= document.createElement("canvas");
    Object.assign(sheet, { width: n, height: n });
    const pairs = Int32Array.from({ length: n * n }, (_, pair) => pair);
    const bytes = pixels(sum ? bySum(pairs, n) : pairs, n, (pair) => colourOf(values[pair], pair));
    sheet.getContext("2d").putImageData(new ImageData(bytes, n, n), 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(sheet, left, upper, side, side);
    const cell = side / n;
    const place = (t) => (t + 0.5) * cell;
    for (const tick of kit.ticksTo(n - 1, 4).filter((t) => t < n)) {
      kit.write(ctx, String(tick), left + place(tick), upper + side + 6, ink.muted, "center", "top");
      kit.write(ctx, String(tick), left - 6, upper + side - place(tick), ink.muted, "right", "middle");
    }
    kit.write(ctx, names[0], left + side, upper + side + 32, ink.muted, "right", "bottom");
    kit.write(ctx, sum ? `${names[0]}+${names[1]}` : names[1], 0, upper + 10, ink.muted);
    const rowOf = ([a, b]) => (sum ? (a + b) % n : b);
    if (mark) drawMark(ctx, ink, { x: left + place(mark[0]), y: upper + side - place(rowOf(mark)), left, upper, side });
    return {
      at(x, y) {
        const [a, row] = [Math.floor((x - left) / cell), Math.floor((upper + side - y) / cell)];
        if (a < 0 || a >= n || row < 0 || row >= n) return null;
        return [a, sum ? (row - a + n) % n : row];
      },
    };
  }

  const chart = { scale, tickText, extent, panel, namesAt, draggable, ramp, pixels, bySum, grid };
  if (inNode) module.exports = chart;
  else Timeless.chart = chart;
})();
