/* How a run is drawn: curves over its epochs, the ring of its numbers, the spectrum, and the map of its answers. */
(function () {
  "use strict";

  const { chart, instrument: kit } = Timeless;
  const MARGIN = 44;
  const FORK = [6, 4]; // dashes of what belongs to the fork

  // --- curves -------------------------------------------------------------------------------

  /** Returns the lines of some columns of each run: [[column, colour, width], …]. */
  const linesOf = (runs, columns) => runs.flatMap(({ curves }, i) => columns.map(([name, colour, width = 2]) => ({
    x: curves.epoch, y: curves[name], colour, width, dash: i ? FORK : [],
  })));

  const axis = ({ state: { epochs } }, last) => ({ low: 0, high: epochs, label: last ? "epoch" : "", text: chart.tickText });

  /** Returns the vertical lines of what has happened, or of when it usually does. */
  function marksOf({ trunk, usual }) {
    const events = [["train_accuracy", "memorised", usual.memorised], ["test_accuracy", "generalises", usual.grokked]];
    return events.flatMap(([column, word, median]) => {
      const own = Timeless.runs.reached(trunk.curves, column);
      if (own !== null) return [{ x: own, text: word === "generalises" ? "generalised" : word }];
      return median === null || trunk.epoch > median * 1.5 ? [] : [{ x: median, text: `usually ${word}` }];
    });
  }

  /** Returns the columns of accuracy or loss on the test pairs, those that an exchange answers apart. */
  const testColumns = (ink, exchanges) => (exchanges
    ? [["mirrored_accuracy", ink.mirrored, 1.75], ["unseen_accuracy", ink.test, 2.5]]
    : [["test_accuracy", ink.test, 2.5]]);

  function drawAccuracy(it, ink) {
    return chart.panel(it.surfaces.accuracy, ink, {
      title: "Accuracy", x: axis(it), margin: MARGIN, marks: marksOf(it),
      y: { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], text: (share) => `${100 * share}%` },
      lines: linesOf(it.runs, [["train_accuracy", ink.train, 2], ...testColumns(ink, it.exchanges)]),
      points: it.usual.seeds.map((x) => ({ x, y: 0.99, colour: ink.test, radius: 2.5 })),
      cursor: it.trunk.epoch || null,
    });
  }

  function drawLoss(it, ink) {
    const lines = linesOf(it.runs, [["train_loss", ink.train, 2], ["test_loss", ink.test, 2.5]]);
    const [low, high] = chart.extent([...lines.map(({ y }) => y), [0.01, 2 * Math.log(it.trunk.config.p)]], "log");
    const chance = Math.log(it.trunk.config.p);
    return chart.panel(it.surfaces.loss, ink, {
      title: "Loss, nats per pair", x: axis(it, true), margin: MARGIN, y: { kind: "log", low, high },
      lines: [{ x: [0, it.state.epochs], y: [chance, chance], colour: ink.muted, width: 1, dash: [2, 4] }, ...lines],
      cursor: it.trunk.epoch || null,
    });
  }

  function drawNorm(it, ink) {
    const lines = linesOf(it.runs, [["sum_sq_weights", ink.accent, 2.5]]);
    const high = 1.1 * Math.max(...lines.flatMap(({ y }) => y), 1);
    chart.panel(it.surfaces.norm, ink, { title: "Sum of squared weights", x: axis(it, true), y: { low: 0, high }, lines, margin: 38, cursor: it.trunk.epoch || null });
  }

  // --- one network --------------------------------------------------------------------------

  function drawRing(surface, ink, { look }) {
    const ring = kit.ringOrder(look.k, look.n);
    kit.tokens(surface, ink, { x: look.x, y: look.y, reach: Timeless.runs.reachOf(look), ring, freq: look.k });
  }

  function drawSpectrum(surface, ink, { look, config }) {
    const high = kit.ticksTo(Math.max(...look.norm), 4).at(-1);
    const axisText = config.operation === "a*b" ? "frequency k, over discrete logarithms" : "frequency k";
    Timeless.spectrumBars(surface, ink, { norm: Array.from(look.norm), high, k: look.k, keys: look.keys, named: [look.k], axis: axisText });
  }

  const rgb = (text) => text.match(/[\d.]+/g).slice(0, 3).map(Number);

  /** Returns the colours of pairs that are answered rightly and wrongly: those trained on, and those never seen. */
  function shadesOf(ink) {
    const [wrong, unseen, trained] = [ink.wrong, ink.test, ink.train].map(rgb);
    return { trained: [trained, trained.map((c, i) => Math.round(kit.mix(wrong[i], c, 0.28)))], unseen: [unseen, wrong] };
  }

  /** Draws which pairs are answered rightly, in the colours of their curves. */
  function drawMap(surface, ink, { seen, problem: { labels, kinds }, config }) {
    const { trained, unseen } = shadesOf(ink);
    const colourOf = (answer, pair) => (kinds[pair] ? unseen : trained)[answer === labels[pair] ? 0 : 1];
    chart.grid(surface, ink, { values: seen.answers, n: config.p, colourOf, names: config.operation === "v0+a*t" ? ["v₀", "t"] : ["a", "b"] });
  }

  function drawRun({ surfaces }, ink, run, which) {
    if (!run || !run.look) return;
    drawRing(surfaces[`ring${which}`], ink, run);
    drawSpectrum(surfaces[`spectrum${which}`], ink, run);
    drawMap(surfaces[`map${which}`], ink, run);
  }

  /** Returns the theme's colours with those of this instrument. */
  function inkOf(it) {
    const ink = kit.palette(it.tools, it.box);
    return { ...ink, mirrored: it.tools.colour("series-5"), wrong: it.tools.colour("line") };
  }

  function draw(it) {
    const ink = inkOf(it);
    drawAccuracy(it, ink);
    drawLoss(it, ink);
    drawNorm(it, ink);
    drawRun(it, ink, it.trunk, "");
    drawRun(it, ink, it.fork, "-fork");
    it.view.lines.paint([ink.train, ink.mirrored, ink.test, ink.test, ink.test, ink.muted]);
    const { trained, unseen } = shadesOf(ink);
    it.view.pairs.paint([trained[0], unseen[0], trained[1], unseen[1]].map((shade) => `rgb(${shade})`));
    return false;
  }

  Timeless.parts.train.draw = draw;
})();
