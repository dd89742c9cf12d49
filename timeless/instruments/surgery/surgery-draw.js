/* How frequency surgery draws its results: rows of values on one axis, for accuracy and for loss. */
(function () {
  "use strict";

  const { chart, instrument: kit } = Timeless;
  const { summary } = Timeless.parts.surgery.core;

  const ROW = 46; // pixels
  const SPREAD = 12; // pixels over which the points of a row are spread, only to keep them apart

  function drawAxis(ctx, ink, { x, upper, lower, width }, { ticks, text }) {
    let free = -Infinity;
    for (const tick of ticks || x.ticks) {
      kit.stroke(ctx, [[x(tick), upper - 10], [x(tick), lower]], ink.line);
      const half = ctx.measureText(text(tick)).width / 2;
      const at = kit.clamp(x(tick), half, width - half);
      if (at - half < free) continue;
      kit.write(ctx, text(tick), at, lower + 6, ink.muted, "center", "top");
      free = at + half + 6;
    }
  }

  /** Draws a dot for each value, and a line at their mean. */
  function drawDots(ctx, ink, at, middle, { values, colour }) {
    ctx.globalAlpha = values.length > 40 ? 0.35 : 0.6;
    values.forEach((value, n) => {
      const away = ((((n + 1) * 0.618034) % 1) - 0.5) * SPREAD; // evenly filled, neighbours far apart
      kit.dot(ctx, at(value), middle + away, 3, colour);
    });
    ctx.globalAlpha = 1;
    const mean = at(summary(values).mean);
    kit.stroke(ctx, [[mean, middle - 10], [mean, middle + 10]], ink.ink, 2);
  }

  function drawMark(ctx, x, y, { shape, colour }) {
    const side = shape === "diamond" ? 5.5 : 4.5;
    ctx.save();
    ctx.translate(x, y);
    if (shape === "diamond") ctx.rotate(Math.PI / 4);
    ctx.fillStyle = colour;
    ctx.fillRect(-side, -side, 2 * side, 2 * side);
    ctx.restore();
  }

  /** Draws rows of values on one axis. A row is {labels, values, shape, colour}; its label is the first that fits.
      `guess` is what guessing gives. */
  function drawStrip(surface, ink, { title, kind, low, high, ticks, text, guess, rows }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [8, width - 14, 34, height - 24];
    const x = chart.scale({ kind, low, high, from: left, to: right, count: 4 });
    const at = (value) => x(kit.clamp(value, low, high));
    kit.write(ctx, title, 0, 12, ink.ink);
    drawAxis(ctx, ink, { x, upper, lower, width }, { ticks, text });
    rows.forEach((row, i) => {
      const middle = upper + ROW * i + 22;
      const label = row.labels.find((one) => ctx.measureText(one).width < width - left) || row.labels.at(-1);
      kit.write(ctx, label, left, middle - 14, ink.ink, "left", "alphabetic", ink.paper);
      kit.stroke(ctx, [[x(guess), middle - 10], [x(guess), middle + 10]], ink.muted, 1.5, [1.5, 3]);
      if (!row.values.length) return;
      if (row.shape === "dots") drawDots(ctx, ink, at, middle, row);
      else drawMark(ctx, at(row.values[0]), middle, row);
    });
  }

  /** Returns the axis of a measure, with what guessing among p answers gives. */
  function axisOf(measure, rows, p) {
    if (measure === "accuracy") {
      return { title: "Accuracy over all pairs", kind: "linear", low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1],
        text: (value) => `${100 * value}%`, guess: 1 / p };
    }
    const guess = Math.log(p);
    const [least, most] = chart.extent([...rows.map((row) => row.values), [guess]], "log");
    return { title: "Loss over all pairs, nats (logarithmic)", kind: "log", low: 10 ** Math.floor(Math.log10(least)),
      high: 10 ** Math.ceil(Math.log10(most)), text: chart.tickText, guess };
  }

  /** Returns the rows of a measure: intact, after the operation, and the random sets. */
  function rowsOf(shown, measure, colours) {
    const { FORMATS, randomName, range } = Timeless.parts.surgery;
    const { own, intact, random } = shown;
    const format = FORMATS[measure];
    const one = (name, result, shape, colour) => ({
      labels: [`${name}: ${result ? format(result.all[measure]) : "computing …"}`], values: result ? [result.all[measure]] : [], shape, colour,
    });
    const values = random[measure].all;
    const name = randomName(shown);
    const reach = range(values, format);
    const mean = `${name}: mean ${format(summary(values).mean)}`;
    const compared = reach.startsWith("all") ? `${name}: ${reach}` : `${mean}, ${reach}`;
    return [
      one("intact", intact, "square", colours[0]),
      one("after", own, "diamond", colours[1]),
      { labels: values.length ? [compared, mean] : [name], values, shape: "dots", colour: colours[2] },
    ];
  }

  function drawMeasure(surface, ink, { shown, measure, colours, p }) {
    const rows = rowsOf(shown, measure, colours);
    drawStrip(surface, ink, { ...axisOf(measure, rows, p), rows });
  }

  Object.assign(Timeless.parts.surgery, { drawMeasure });
})();
