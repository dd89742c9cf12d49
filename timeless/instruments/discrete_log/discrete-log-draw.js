/* How the logarithm explorer is drawn: two circles with the walk, and the plane of a frequency of the network. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;

  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (g, exponent) => `${g}${String(exponent).replace(/\d/g, (digit) => RAISED[digit])}`;

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

  /** Writes numbers round a dial: the marked ones, and of the others as many as leave them room. */
  function label(ctx, ink, dial, places, marks, every) {
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

  function ringAround(ctx, ink, [x, y], mark, radius) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.strokeStyle = ink[mark];
    ctx.lineWidth = 2.25;
    ctx.stroke();
  }

  /** Draws the numbers in their own order with the walk as chords; returns pixel -> number. */
  function drawOwn(surface, ink, view) {
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
    for (const [number, mark] of marks) ringAround(ctx, ink, point(number), mark, radius + 2.5);
    if (path.length && steps < path.length - 1) kit.dot(ctx, ...point(path[steps]), radius + 2, ink.ink);
    const places = new Map(Array.from({ length: p }, (_, number) => [number, number / p]));
    label(ctx, ink, dial, places, marks, p > 31 ? 10 : 1);
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
  function drawTurned(surface, ink, view) {
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
      if (places.has(number)) ringAround(ctx, ink, dial.at(places.get(number)), mark, radius + 2.5);
    }
    if (path.length && steps < path.length - 1) kit.dot(ctx, ...dial.at((steps % order) / order), radius + 2, ink.ink);
    label(ctx, ink, dial, places, marks, order > 31 ? 10 : 1);
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

  /** Marks where zero falls, if it has no place in the order. */
  function drawZero(ctx, ink, [x, y]) {
    kit.stroke(ctx, [[x - 4, y - 4], [x + 4, y + 4]], ink.ink, 1.5);
    kit.stroke(ctx, [[x - 4, y + 4], [x + 4, y - 4]], ink.ink, 1.5);
    kit.write(ctx, "0", x + 10, y, ink.ink, "left", "middle", ink.paper);
  }

  /** Rings the marked numbers and writes each outside, where another leaves it room. */
  function nameMarked(ctx, ink, [cx, cy], places) {
    const written = [];
    for (const [number, mark, [x, y]] of places) {
      ringAround(ctx, ink, [x, y], mark, 6);
      const away = Math.hypot(x - cx, y - cy) || 1;
      const [lx, ly] = [x + (16 * (x - cx)) / away, y + (14 * (y - cy)) / away];
      if (written.every(([ox, oy]) => Math.hypot(ox - lx, oy - ly) > 15)) {
        kit.write(ctx, String(number), lx, ly, ink.ink, "center", "middle", ink.paper);
        written.push([lx, ly]);
      }
    }
  }

  /** Draws the numbers in the plane of frequency k, place 0 on top and clockwise as on the dials above. */
  function drawPlane(surface, ink, { tokens, x, y, zero, extent, k, marks }) {
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
    if (zero) drawZero(ctx, ink, at(...zero));
    const marked = [...marks].reverse().filter(([number]) => tokens.includes(number) && !(zero && number === 0));
    nameMarked(ctx, ink, [cx, cy], marked.map(([number, mark]) => [number, mark, points[tokens.indexOf(number)]]));
  }

  Object.assign(Timeless.parts["discrete-log"], { power, drawOwn, drawTurned, drawPlane });
})();
