/* How progress is drawn: curves over epochs, the spectrum's bars, and the map of answers. */
(function () {
  "use strict";

  const { chart, instrument: kit } = Timeless;

  const TINTS = [null, "accent", "series-6", null]; // of the phases

  /** Returns lines as the data has them, {x, y, colour, measured}: curves as logged, the rest at the checkpoints. */
  function seriesOf(data, lines, colour) {
    return lines.map(({ table, column, colour: name }) => {
      const logged = table === "curves";
      const measured = logged ? data.measures[column] : data.measures[table][column];
      return { x: logged ? data.curves.epoch : data.epochs, y: logged ? data.curves[column] : measured, colour: colour(name), measured };
    });
  }

  /** Draws the curves with phases, cursor and published checkpoints; returns the scale of epochs. */
  function drawCurves(surface, ink, { data, state, lines, cursor, row, published, shown, extent, colour }) {
    const loss = state.view === "loss";
    const last = data.epochs[data.epochs.length - 1];
    const [low, high] = loss ? extent : [0, 1];
    const series = seriesOf(data, lines, colour);
    const { ctx, x, box } = chart.panel(surface, ink, {
      title: loss ? "Loss, nats per example" : "Share of pairs answered right",
      x: { kind: state.axis === "log" ? "epoch" : "linear", low: 0, high: last, label: state.axis === "log" ? "epoch (log scale)" : "epoch" },
      y: loss ? { kind: "log", low, high } : { low, high, text: (share) => `${100 * share}%` },
      bands: data.phases.flatMap(({ start, end }, i) =>
        TINTS[i] ? [{ x: [start, end], low: [low, low], high: [high, high], colour: colour(TINTS[i]) }] : []),
      marks: Object.entries(data.events).filter(([, at]) => at !== null).map(([text, at]) => ({ x: at, text })),
      lines: series.map((line) => ({ ...line, width: 1.75 })),
      points: series.map(({ measured, colour: shade }) => ({ x: data.epochs[row], y: measured[row], colour: shade, radius: 4 })),
      cursor,
    });
    published.forEach((epoch, i) => {
      const tall = i === shown;
      kit.stroke(ctx, [[x(epoch), box.lower - (tall ? 11 : 5)], [x(epoch), box.lower]], tall ? ink.ink : ink.muted, tall ? 2.5 : 1);
    });
    return x;
  }

  /** Draws the norm of each frequency as a bar; those of the chosen directions stand out. */
  function drawBars(surface, ink, { norm, threshold, high, keys }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [24, width - 1, 14, height - 36];
    const pitch = (right - left) / norm.length;
    const x = (k) => left + (k - 0.5) * pitch;
    const y = (value) => lower - (value / high) * (lower - upper);
    for (const tick of kit.ticksTo(high, 4).filter((t) => t <= high)) {
      kit.stroke(ctx, [[left, y(tick)], [right, y(tick)]], ink.line);
      kit.write(ctx, String(tick), left - 6, y(tick), ink.muted, "right", "middle");
    }
    for (const tick of [1, 20, 40, 60].filter((k) => k <= norm.length)) kit.write(ctx, String(tick), x(tick), lower + 6, ink.muted, "center", "top");
    kit.write(ctx, "frequency k", right, height - 2, ink.muted, "right", "bottom");
    const wide = Math.max(pitch * 0.62, 1.5);
    norm.forEach((value, i) => {
      const key = keys.includes(i + 1);
      ctx.globalAlpha = key ? 1 : 0.55;
      ctx.fillStyle = key ? ink.accent : ink.muted;
      ctx.fillRect(x(i + 1) - wide / 2, y(value), wide, Math.max(lower - y(value), 1));
    });
    ctx.globalAlpha = 1;
    kit.stroke(ctx, [[left, y(threshold)], [right, y(threshold)]], ink.ink, 1, [4, 4]);
  }

  /** Draws which pairs are answered right; a map of another epoch than the one asked for is grey. */
  function drawMap(surface, ink, { answers, mask, label, p, stale }) {
    const shades = [ink.train, ink.test].map((colour) => chart.ramp([ink.paper, stale ? ink.muted : colour]));
    const places = shades.map((shade) => [shade(0.18), shade(stale ? 0.6 : 1)]);
    const colourOf = (answer, pair) => places[mask[pair] ? 0 : 1][answer === label(pair) ? 1 : 0];
    chart.grid(surface, ink, { values: answers, n: p, colourOf });
  }

  Object.assign(Timeless.parts.progress, { TINTS, drawCurves, drawBars, drawMap });
})();
