/* The bars of a spectrum, drawn alike in every instrument that shows one.
   An instrument names "spectrum-bars" among its needs; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const kit = inNode ? require("./instrument.js") : Timeless.instrument;

  const MANY = 12; // numbers above the bars, beyond which none are written

  /** Returns the scales of a panel of bars, with what they stand in. */
  function scalesOf({ width, height }, norm, high) {
    const [left, right, upper, lower] = [36, width - 1, 40, height - 38];
    const pitch = (right - left) / norm.length;
    return {
      left, right, upper, lower, height, pitch,
      x: (frequency) => left + (frequency - 0.5) * pitch,
      y: (value) => lower - (value / high) * (lower - upper),
    };
  }

  function drawAxes(ctx, ink, { x, y, left, right, lower, height }, { norm, high, axis, title }) {
    kit.write(ctx, title, 0, 12, ink.ink);
    for (const tick of kit.ticksTo(high, 4).filter((value) => value <= high)) {
      kit.stroke(ctx, [[left, y(tick)], [right, y(tick)]], ink.line);
      kit.write(ctx, String(tick), left - 7, y(tick), ink.muted, "right", "middle");
    }
    const round = norm.length > 20 ? 10 : 1;
    for (let tick = 1; tick <= norm.length; tick++) {
      if (tick === 1 || tick % round === 0) kit.write(ctx, String(tick), x(tick), lower + 8, ink.muted, "center", "top");
    }
    kit.write(ctx, axis, right, height - 2, ink.muted, "right", "bottom");
  }

  function drawBars(ctx, ink, { x, y, lower, pitch }, { norm, keys, off }) {
    const bar = Math.max(pitch * 0.62, 1.5);
    norm.forEach((value, row) => {
      const key = keys.includes(row + 1);
      const tall = Math.max(lower - y(value), 1);
      ctx.globalAlpha = key ? 1 : 0.55;
      ctx.fillStyle = ctx.strokeStyle = key ? ink.accent : ink.muted;
      ctx.lineWidth = 1;
      if (off.includes(row + 1)) ctx.strokeRect(x(row + 1) - bar / 2 + 0.5, lower - tall + 0.5, bar - 1, tall - 0.5);
      else ctx.fillRect(x(row + 1) - bar / 2, lower - tall, bar, tall);
    });
    ctx.globalAlpha = 1;
  }

  function drawThreshold(ctx, ink, { x, y, left, right }, { norm, keys, threshold }) {
    kit.stroke(ctx, [[left, y(threshold)], [right, y(threshold)]], ink.ink, 1, [4, 4]);
    if (keys.length > MANY) return;
    const fence = [0, ...keys, norm.length + 1]; // the label stands where the key bars leave most room
    const wide = fence.slice(1).reduce((best, f, i) => (f - fence[i] > fence[best + 1] - fence[best] ? i : best), 0);
    const middle = (x(fence[wide]) + x(fence[wide + 1])) / 2;
    kit.write(ctx, "¼ of the maximum", middle, y(threshold) - 6, ink.ink, "center", "alphabetic", ink.paper);
  }

  function writeNames(ctx, ink, { x, y, right, upper }, { norm, keys, named }) {
    let [end, raise] = [-Infinity, 0];
    for (const f of named) {
      raise = x(f) - 12 < end ? raise + 13 : 0;
      end = x(f) + 10;
      const top = Math.max(...norm.slice(Math.max(f - 2, 0), f + 1)); // clear of the neighbours' bars
      const colour = keys.includes(f) ? ink.accent : ink.ink;
      kit.write(ctx, String(f), Math.min(x(f), right - 8), Math.max(y(top) - 6 - raise, upper - 8), colour, "center");
    }
  }

  function drawPointer(ctx, ink, { x, lower }, k) {
    ctx.beginPath();
    ctx.moveTo(x(k), lower + 1);
    ctx.lineTo(x(k) - 5, lower + 8);
    ctx.lineTo(x(k) + 5, lower + 8);
    ctx.fillStyle = ink.ink;
    ctx.fill();
  }

  /** Draws a spectrum on a `kit.surface` and returns the function that turns a pixel into a frequency.

      norm       of the frequencies 1, 2, …; `high` is the axis' upper end
      k          the frequency pointed at
      keys       frequencies that stand out by their colour
      named      those whose number is written above their bar; the keys, unless told otherwise
      off        those that are switched off, drawn hollow
      threshold  the quarter of the maximum, or null
      axis       what k counts
      title      what the bars are */
  function spectrumBars(surface, ink, { norm, high, k, keys, named = keys, off = [], threshold = null, axis, title = "Norm of the embedding’s component at k" }) {
    const { ctx, ...size } = surface.begin(ink.font);
    const scales = scalesOf(size, norm, high);
    const { x, left, upper, lower, pitch } = scales;
    drawAxes(ctx, ink, scales, { norm, high, axis, title });
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = ink.ink;
    ctx.fillRect(x(k) - pitch / 2, upper, pitch, lower - upper);
    drawBars(ctx, ink, scales, { norm, keys, off });
    if (threshold !== null) drawThreshold(ctx, ink, scales, { norm, keys, threshold });
    if (named.length <= MANY) writeNames(ctx, ink, scales, { norm, keys, named });
    drawPointer(ctx, ink, scales, k);
    return (pixel) => kit.clamp(Math.round((pixel - left) / pitch + 0.5), 1, norm.length);
  }

  /** Has a pointer that is down on the bars choose the frequency under it: `at(pixel)` is what `spectrumBars` returned
      last; `done()` is called when it is lifted. */
  function follow(canvas, { at, choose, done }) {
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      choose(at(event.offsetX));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) choose(at(event.offsetX));
    });
    canvas.addEventListener("pointerup", done);
  }

  Object.assign(spectrumBars, { MANY, follow });
  if (inNode) module.exports = spectrumBars;
  else Timeless.spectrumBars = spectrumBars;
})();
