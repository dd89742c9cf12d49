/* The curves of a run: a row of numbers for each epoch at which it was measured. Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const kindsOf = () => (inNode ? require("../trainer/problem.js") : Timeless.trainer).KINDS; // loaded when training begins

  const ENOUGH = 0.99; // accuracy that counts as memorised, or generalised

  const COLUMNS = [
    "epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "mirrored_accuracy", "unseen_accuracy",
    "sum_sq_weights", "weight_decay", "learning_rate",
  ];

  const emptyCurves = () => Object.fromEntries(COLUMNS.map((name) => [name, []]));

  /** Returns the accuracy on the pairs of each kind, null where there is none, as {train, mirrored, unseen}. */
  function accuracies(answers, { labels, kinds }) {
    const [right, all] = [[0, 0, 0], [0, 0, 0]];
    answers.forEach((answer, pair) => {
      all[kinds[pair]] += 1;
      right[kinds[pair]] += answer === labels[pair];
    });
    return Object.fromEntries(Object.entries(kindsOf()).map(([name, kind]) => [name, all[kind] ? right[kind] / all[kind] : null]));
  }

  /** Adds a row to curves, once an epoch. */
  function note(curves, row) {
    if (curves.epoch.at(-1) >= row.epoch) return;
    for (const [name, column] of Object.entries(curves)) column.push(row[name]);
  }

  /** Returns the first epoch of a curve at which an accuracy is enough, or null. */
  function reached(curves, name) {
    const at = curves[name].findIndex((share) => share >= ENOUGH);
    return at < 0 ? null : curves.epoch[at];
  }

  /** Returns curves as the text of a CSV file. */
  function csvOf(curves) {
    const cell = (value) => (value === null || value === undefined ? "" : String(value));
    const rows = curves.epoch.map((_, i) => COLUMNS.map((name) => cell(curves[name][i])).join(","));
    return `${[COLUMNS.join(","), ...rows].join("\n")}\n`;
  }

  const exported = { ENOUGH, COLUMNS, emptyCurves, accuracies, note, reached, csvOf };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.runs, exported);
})();
