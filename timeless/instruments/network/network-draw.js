/* How the live network is drawn: the logits of all answers, and a map of all pairs. */
(function () {
  "use strict";

  const { instrument: kit, chart } = Timeless;
  const { lossShare } = Timeless.parts.network.core;

  function drawAxes(ctx, ink, { x, y, left, right, width, height, n }) {
    kit.write(ctx, `Logits of all ${n} answers`, 0, 12, ink.ink);
    for (const tick of y.ticks) {
      kit.stroke(ctx, [[left, y(tick)], [right, y(tick)]], tick ? ink.line : ink.muted);
      kit.write(ctx, chart.tickText(tick), left - 7, y(tick), ink.muted, "right", "middle");
    }
    for (const tick of kit.ticksTo(n - 1, width < 480 ? 4 : 8).filter((t) => t < n && Number.isInteger(t))) {
      kit.write(ctx, String(tick), x(tick), height - 32, ink.muted, "center", "top");
    }
    kit.write(ctx, "answer c", right, height - 2, ink.muted, "right", "bottom");
  }

  function drawBars(ctx, ink, { x, y, pitch }, { logits, answer, wanted }) {
    const bar = Math.max(pitch * 0.68, 1.2);
    logits.forEach((value, c) => {
      const told = c === answer || c === wanted;
      ctx.globalAlpha = told ? 1 : 0.5;
      ctx.fillStyle = c === answer ? ink.accent : c === wanted ? ink.test : ink.muted;
      const wide = told ? Math.max(bar, 3) : bar;
      ctx.fillRect(x(c) - wide / 2, Math.min(y(value), y(0)), wide, Math.max(Math.abs(y(value) - y(0)), 1));
    });
    ctx.globalAlpha = 1;
  }

  function nameAnswers(ctx, ink, { x, y, left, right }, { logits, answer, wanted }) {
    const name = (c, text, colour, line) => {
      const half = ctx.measureText(text).width / 2;
      const top = 12 + 15 * line;
      kit.stroke(ctx, [[x(c), top + 5], [x(c), Math.min(y(logits[c]), y(0)) - 3]], colour, 1, [2, 3]);
      kit.write(ctx, text, kit.clamp(x(c), left + half, right - half), top, colour, "center", "alphabetic", ink.paper);
    };
    if (answer === wanted) name(answer, `answer ${answer}, right`, ink.accent, 1);
    else {
      name(wanted, `right: ${wanted}`, ink.test, 2);
      name(answer, `answer ${answer}, wrong`, ink.accent, 1);
    }
  }

  /** Draws the logits of all classes as bars from 0, and names the answer and the right answer. */
  function drawLogits(surface, ink, { logits, answer, wanted }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [low, high] = [Math.min(0, ...logits), Math.max(0, ...logits)];
    const room = (high - low) * 0.04 || 1;
    const y = chart.scale({ low: low - room, high: high + room, from: height - 38, to: 46, count: 4 });
    const [left, right] = [40, width - 1];
    const pitch = (right - left) / logits.length;
    const scales = { x: (c) => left + (c + 0.5) * pitch, y, left, right, pitch };
    drawAxes(ctx, ink, { ...scales, width, height, n: logits.length });
    drawBars(ctx, ink, scales, { logits, answer, wanted });
    nameAnswers(ctx, ink, scales, { logits, answer, wanted });
  }

  /** Returns the colours of the map, from right, pale, to wrong. */
  function rampOf(ink, tools) {
    const pale = `rgb(${chart.ramp([ink.paper, ink.accent])(0.3).join(", ")})`;
    return chart.ramp([pale, tools.colour("warning")]);
  }

  /** Returns how wrong each pair is, from 0 to 1: by its answer, or by its loss. */
  function mistakes({ losses, answers }, kind, wanted) {
    if (kind === "loss") return Float32Array.from(losses, lossShare);
    return Float32Array.from(answers, (answer, pair) => Number(answer !== wanted(pair)));
  }

  /** Returns whether a pair is in the part of the pairs that the map shows. */
  const inPart = (part, trained) => part === "all" || (part === "train") === (trained === 1);

  const TITLES = { all: "all", train: "the trained", test: "the other" };

  /** Draws the map of the pairs, `all`, or an empty one; returns the function that finds the pair under a point. */
  function drawMap(surface, ink, { all, state, p, mask, wanted, tools }) {
    const colourOf = rampOf(ink, tools);
    const [paper, none] = [ink.paper, ink.line].map((colour) => chart.ramp([colour, colour])(0));
    const n = { all: p * p, train: mask.reduce((sum, x) => sum + x, 0) };
    n.test = n.all - n.train;
    return chart.grid(surface, ink, {
      title: `${state.map === "loss" ? "Loss" : "Answers"} of ${TITLES[state.part]} ${kit.integer(n[state.part])} pairs${all ? "" : " (being computed)"}`,
      values: all ? mistakes(all, state.map, wanted) : new Float32Array(p * p),
      n: p, sum: state.order === "sum",
      colourOf: (value, pair) => (!inPart(state.part, mask[pair]) ? paper : all ? colourOf(value) : none),
      mark: [state.a, state.b],
    }).at;
  }

  /** Shows the legend of the map, and no other. */
  function paintLegends(legends, ink, { map }, p, tools) {
    const shares = map === "loss" ? [1, lossShare(Math.log(p)), 0] : [0, 1];
    const painted = shares.map(rampOf(ink, tools));
    for (const [name, legend] of Object.entries(legends)) {
      legend.node.hidden = name !== map;
      if (!legend.node.hidden) legend.paint(painted.map((bytes) => `rgb(${bytes.join(", ")})`));
    }
  }

  Object.assign(Timeless.parts.network, { drawLogits, drawMap, paintLegends });
})();
