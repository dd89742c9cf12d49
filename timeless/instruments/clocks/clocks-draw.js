/* How the clocks are drawn: a face with its hands, and curves over the classes, all on one scale. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;
  const { TURN, placeOf } = Timeless.parts.clocks.core;

  const REACH = 0.7; // of a face's radius, at which the numbers stand on average
  const LINE = 15; // pixels that a hand's name takes
  const TICKS = 18; // pixels that they take
  const ENDS = [2, 2]; // pixels beside the first and the last class

  /** Returns the place of an angle on a face: 0 is at the top, and it goes round as a clock does. */
  const at = ({ x, y }, angle, far) => [x + far * Math.sin(angle), y - far * Math.cos(angle)];

  /** Fills the part of a ring that a hand has gone over, turn after turn further in. */
  function sweep(ctx, { x, y }, { from, to, far, width, colour, alpha }) {
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.lineCap = "butt";
    ctx.beginPath();
    ctx.arc(x, y, far, from - TURN / 4, to - TURN / 4);
    ctx.stroke();
    ctx.lineCap = "round";
    ctx.globalAlpha = 1;
  }

  function drawNumbers(ctx, ink, middle, { angles, radii, k }, radius) {
    const p = angles.length;
    angles.forEach((angle, t) => {
      const [x, y] = at(middle, angle, radius * Math.min(REACH * radii[t], 0.97));
      kit.dot(ctx, x, y, radius > 50 ? 1.5 : 1.1, kit.ringColour(placeOf(t, k, p) / TURN, ink.dark));
    });
  }

  function drawHand(ctx, ink, middle, { angle, far, colour, width, name }) {
    const tip = at(middle, angle, far);
    kit.stroke(ctx, [[middle.x, middle.y], tip], ink.paper, width + 2.5);
    kit.stroke(ctx, [[middle.x, middle.y], tip], colour, width);
    if (!name) return;
    const [x, y] = at(middle, angle, far + 9);
    const half = ctx.measureText(name).width / 2;
    kit.write(ctx, name, kit.clamp(x, half, 2 * middle.x - half), kit.clamp(y, LINE / 2, 2 * middle.y - LINE / 2), colour, "center", "middle", ink.paper);
  }

  /** Draws a clock: its numbers where they were measured, the hand to a, and the hand on by b; a perfect clock's hand behind.
      `hands` are those to be drawn, `parts` how much of each is there, `names` what is written at them. */
  function drawFace(surface, ink, { clock, hands, parts, colour, on, names }) {
    const { ctx, width, height } = surface.begin(ink.font, 13);
    const middle = { x: width / 2, y: height / 2 };
    const radius = Math.min(width, height) / 2 - 1;
    ctx.globalAlpha = on ? 1 : 0.3;
    ctx.beginPath();
    ctx.arc(middle.x, middle.y, radius, 0, TURN);
    ctx.strokeStyle = ink.muted;
    ctx.lineWidth = 1;
    ctx.stroke();
    kit.stroke(ctx, [at(middle, 0, radius), at(middle, 0, radius - 5)], ink.muted, 1.5);
    drawNumbers(ctx, ink, middle, clock, radius);
    if (on) {
      const [first, second] = [parts.a * hands.a, hands.a + parts.b * (hands.sum - hands.a)];
      sweep(ctx, middle, { from: 0, to: first, far: 0.3 * radius, width: 0.11 * radius, colour: ink.muted, alpha: 0.45 });
      if (parts.b) sweep(ctx, middle, { from: hands.a, to: second, far: 0.43 * radius, width: 0.11 * radius, colour, alpha: 0.55 });
      ctx.globalAlpha = 0.5;
      if (parts.b === 1) kit.stroke(ctx, [[middle.x, middle.y], at(middle, hands.ideal.sum, 0.98 * radius)], ink.ink, 1, [2, 3]);
      ctx.globalAlpha = 1;
      const named = radius > 40;
      drawHand(ctx, ink, middle, { angle: first, far: 0.62 * radius, colour: ink.muted, width: 1.75, name: named && parts.a === 1 ? names[0] : "" });
      if (parts.b) {
        drawHand(ctx, ink, middle, { angle: second, far: 0.8 * radius, colour, width: 3.25, name: named && parts.b === 1 ? names[1] : "" });
      }
    }
    kit.dot(ctx, middle.x, middle.y, 3, ink.ink);
    ctx.globalAlpha = 1;
  }

  /** Returns how many pixels a unit of the logits takes, so that every row fits: waves in `low` pixels about their middle, sums
      in `high` pixels from their least to their most. */
  function unitOf({ waves, curves, low, high }) {
    const tall = Math.max(...waves.flatMap((wave) => Array.from(wave, Math.abs)), 1e-9);
    const all = curves.flatMap((curve) => [...curve]);
    const [least, most] = [Math.min(0, ...all), Math.max(1e-9, ...all)];
    return { unit: Math.min(low / 2 / tall, high / (most - least)), least, most };
  }

  function drawTicks(ctx, ink, { ticks, x, width, y, name }) {
    const free = width - ctx.measureText(name).width - 20;
    for (const tick of ticks) if (x(tick) < free) kit.write(ctx, String(tick), x(tick), y, ink.muted, "center", "top");
    kit.write(ctx, name, width, y, ink.muted, "right", "top");
  }

  /** Draws a curve over the classes as bars from 0, the ones at `marked` strong: the right answer has a dotted line down the
      whole row, so that all rows show it at the same place. `base` is the share of the row that lies above 0. */
  function drawRow(surface, ink, { values, unit, base, colour, right, marked = [right], ticks = [], axis = "answer c", text = "" }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const lower = ticks.length ? height - TICKS : height;
    const zero = kit.clamp(base * lower, 1, lower - 1);
    const pitch = (width - ENDS[0] - ENDS[1]) / values.length;
    const x = (c) => ENDS[0] + (c + 0.5) * pitch;
    kit.stroke(ctx, [[0, zero], [width, zero]], ink.line);
    kit.stroke(ctx, [[x(right), 0], [x(right), lower]], ink.ink, 1, [1.5, 4]);
    ctx.fillStyle = colour;
    values.forEach((value, c) => {
      const told = marked.includes(c);
      ctx.globalAlpha = told ? 1 : 0.55;
      const wide = Math.max(pitch * (told ? 0.9 : 0.62), told ? 2.5 : 0.8);
      ctx.fillRect(x(c) - wide / 2, Math.min(zero, zero - unit * value), wide, Math.max(Math.abs(unit * value), 0.75));
    });
    ctx.globalAlpha = 1;
    if (ticks.length) drawTicks(ctx, ink, { ticks, x, width, y: lower + 4, name: axis });
    if (text) kit.write(ctx, text, kit.clamp(x(right) + 6, 0, width - ctx.measureText(text).width), 11, ink.ink, "left", "alphabetic", ink.paper);
  }

  Object.assign(Timeless.parts.clocks, { drawFace, drawRow, unitOf });
})();
