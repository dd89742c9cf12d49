/* What an auditor sees of a run: its behaviour, its structure, and the alarms, up to some epoch.
   An instrument names "audit" among its needs; Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const kit = inNode ? require("./instrument.js") : Timeless.instrument;
  const chart = inNode ? require("./chart.js") : Timeless.chart;

  const MARGIN = 38;

  const fixed = (digits) => (value) => value.toFixed(digits);
  const nats = (value) => (value >= 0.01 ? value.toFixed(2) : chart.tickText(Number(value.toPrecision(2))));

  /* name, words with the pairs it is taken on, unit, axis, how a value is read out */
  const STRUCTURE = [
    ["restricted_loss_all", "Restricted loss, all pairs", "nats", "log", nats],
    ["gini_W_E", "Gini coefficient of the embedding", "", "linear", fixed(3)],
    ["spectral_entropy", "Spectral entropy of the embedding", "nats", "linear", fixed(2)],
    ["sum_sq_weights", "Sum of squared weights", "", "linear", (value) => kit.integer(value)],
  ];
  const BEHAVIOUR = [
    ["accuracy", "Accuracy", "linear", (value) => kit.percent(value)],
    ["loss", "Loss (nats)", "log", nats],
  ];

  /** Returns the run with its columns as plain lists. */
  function listed(run, tools) {
    const lists = (table) => Object.fromEntries(Object.entries(table).map(([name, column]) => [name, kit.list(column, tools)]));
    return { ...run, curves: lists(run.curves), structure: lists(run.structure) };
  }

  /** Returns the value of a column at the last epoch of its table that is not above `epoch`, with that epoch;
      null before the first, and of what was not measured. */
  function at(table, name, epoch) {
    if (!table[name]) return null;
    let row = -1;
    while (row + 1 < table.epoch.length && table.epoch[row + 1] <= epoch) row += 1;
    return row < 0 ? null : { epoch: table.epoch[row], value: table[name][row] };
  }

  /** Returns the rows of a table up to an epoch, as {x, y}; none of what was not measured. */
  function upTo(table, name, epoch) {
    if (!table[name]) return { x: [], y: [] };
    const n = table.epoch.filter((e) => e <= epoch).length;
    return { x: table.epoch.slice(0, n), y: table[name].slice(0, n) };
  }

  /** Returns the names of the measures whose alarm has been raised by an epoch, in the order of their alarms. */
  function raised(run, epoch) {
    const found = Object.entries(run.alarms || {}).filter(([, alarm]) => alarm !== null && alarm <= epoch);
    return found.sort((a, b) => a[1] - b[1]).map(([name]) => name);
  }

  function marksOf(run, until, named) {
    const marks = [[run.memorised, "memorised"], [run.grokked, "generalised"]];
    return marks.filter(([epoch]) => epoch !== null && epoch <= until).map(([x, text]) => ({ x, text: named ? text : "" }));
  }

  function axis({ kind, end, last }) {
    return { kind, low: 0, high: end, label: last ? "epoch" : "", text: chart.tickText };
  }

  /** Draws train and test of "accuracy" or "loss"; returns the panel. `view` is {kind, end, until, cursor, last}: the kind
      and end of the epoch axis, the epoch up to which is shown what happened, and whether the axis is named.
      Vertical axes span what is shown and no more, so that they tell nothing of the rest. */
  function drawBehaviour(surface, ink, run, name, view) {
    const [, words, kind] = BEHAVIOUR.find(([own]) => own === name);
    const lines = ["train", "test"].map((split) => ({ ...upTo(run.curves, `${split}_${name}`, view.until), colour: ink[split] }));
    const ends = name === "accuracy" ? [0, 1] : chart.extent(lines.map(({ y }) => y), "log");
    return chart.panel(surface, ink, {
      title: words,
      x: axis(view),
      y: { kind, low: ends[0], high: ends[1], text: name === "accuracy" ? (share) => `${100 * share}%` : chart.tickText },
      lines: [alarmed(run, "loss_test", name === "loss", view, ink, ends), ...lines].filter(Boolean),
      marks: marksOf(run, view.until, name === "accuracy"),
      cursor: view.cursor,
      margin: MARGIN,
    });
  }

  /** Draws one measure of structure with its alarm; returns the panel. */
  function drawStructure(surface, ink, run, name, view) {
    const [, words, unit, kind] = STRUCTURE.find(([own]) => own === name);
    const line = { ...upTo(run.structure, name, view.until), colour: ink.accent };
    const measured = line.y.length > 0;
    const ends = measured ? chart.extent([line.y], kind) : [1, 10];
    const [low, high] = kind === "log" ? ends : [ends[0] - 0.04 * (ends[1] - ends[0]), ends[1] + 0.04 * (ends[1] - ends[0])];
    return chart.panel(surface, ink, {
      title: measured ? (unit ? `${words} (${unit})` : words) : `${words}: not measured in this run`,
      x: axis(view),
      y: { kind, low, high, ...(measured ? {} : { ticks: [] }) },
      lines: [alarmed(run, name, true, view, ink, [low, high]), line].filter(Boolean),
      marks: marksOf(run, view.until, false),
      cursor: view.cursor,
      margin: MARGIN,
    });
  }

  /** Returns the vertical line of a measure's alarm, if it has one by now. */
  function alarmed(run, name, wanted, { until }, ink, [low, high]) {
    const epoch = wanted && run.alarms ? run.alarms[name] : null;
    return epoch !== null && epoch !== undefined && epoch <= until ? { x: [epoch, epoch], y: [low, high], colour: ink.alarm, width: 1.5, dash: [6, 3] } : null;
  }

  const audit = { STRUCTURE, BEHAVIOUR, listed, at, upTo, raised, drawBehaviour, drawStructure };
  if (inNode) module.exports = audit;
  else Timeless.audit = audit;
})();
