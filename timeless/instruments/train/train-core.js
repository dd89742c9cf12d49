/* A run in the page, without the page: its configuration, what the reader changed on the way, its curves, and what is read
   off the weights. Node's tests require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  /* In the page these come after this script. */
  const fourierOf = () => (inNode ? require("../../../site_src/kit/fourier.js") : Timeless.fourier);
  const groupOf = () => (inNode ? require("../../../site_src/kit/group.js") : Timeless.group);
  const kindsOf = () => (inNode ? require("../../../site_src/kit/trainer/problem.js") : Timeless.trainer).KINDS;

  const EVERY = 10; // epochs from one point of the curves to the next, as in timeless/config.py
  const ENOUGH = 0.99; // accuracy that counts as memorised, or generalised
  const KEEPS = 1.15; // how much stronger another frequency must be before the picture turns to it
  const WARMUP = 10;

  // --- configuration ------------------------------------------------------------------------

  /** Returns the configuration, as Timeless.trainer takes it, of what the controls say: `share` is a percentage, `width`
      d_model, and the MLP four times as wide. */
  const configOf = ({ p, operation, share, heads, width, activation, rate, decay, seed }) => ({
    p, operation, share: share / 100, n_heads: heads, d_model: width, d_mlp: 4 * width, activation,
    learning_rate: rate, weight_decay: decay, warmup: WARMUP, seed,
  });

  /** Returns whether a state is that of a preset, whatever its seed and length. */
  const isPreset = (state, { state: preset }) => Object.entries(preset).every(([name, value]) => name === "epochs" || state[name] === value);

  // --- what was changed on the way ----------------------------------------------------------

  const LETTERS = { d: "weight_decay", r: "learning_rate" };
  const CHANGE = /^(\d{1,6})([dr])(\d{1,3}(?:\.\d{1,6})?)$/;
  const MOST_CHANGES = 200;

  /** Returns the changes that an address tells, [{epoch, name, value}, …] by epoch, such as "300d0_450d2.5" for weight decay
      0 from epoch 300 on and 2.5 from 450; what is not possible is left out. */
  function changesOf(text) {
    const found = String(text ?? "").split("_").slice(0, MOST_CHANGES).map((part) => CHANGE.exec(part)).filter(Boolean);
    const changes = found.map(([, epoch, letter, value]) => ({ epoch: Number(epoch), name: LETTERS[letter], value: Number(value) }));
    return changes.filter(({ name, value }) => value <= 10 && (value > 0 || name === "weight_decay")).sort((a, b) => a.epoch - b.epoch);
  }

  /** Returns the text that `changesOf` reads. */
  function changesText(changes) {
    const letter = (name) => Object.keys(LETTERS).find((one) => LETTERS[one] === name);
    return changes.map(({ epoch, name, value }) => `${epoch}${letter(name)}${value}`).join("_");
  }

  /** Returns changes with one more, in place of those of its name from its epoch on. */
  const changed = (changes, one) => [...changes.filter(({ epoch, name }) => name !== one.name || epoch < one.epoch), one];

  /** Returns the weight decay and learning rate of the step that follows an epoch. */
  function settingsAt({ weight_decay, learning_rate }, changes, epoch) {
    const settings = { weight_decay, learning_rate };
    for (const change of changes) if (change.epoch <= epoch) settings[change.name] = change.value;
    return settings;
  }

  /** Returns the next epoch, `limit` at most, at which a run must stop: to be measured, or since something changes. */
  function nextStop(changes, epoch, limit) {
    const stops = [limit, (Math.floor(epoch / EVERY) + 1) * EVERY, ...changes.map((change) => change.epoch)];
    return Math.min(...stops.filter((stop) => stop > epoch));
  }

  // --- curves -------------------------------------------------------------------------------

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
    for (const name of COLUMNS) curves[name].push(row[name]);
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

  // --- what the embedding shows -------------------------------------------------------------

  /** Returns the numbers in the order in which an operation turns into adding: as they are, or for a product as powers of
      the least primitive root (without 0). */
  function orderOf({ p, operation }) {
    if (operation !== "a*b" || p < 5) return Array.from({ length: p }, (_, t) => t);
    const { nextRoot, powers } = groupOf();
    return powers(p, nextRoot(p, 1));
  }

  /** Returns what W_E [p + 1, d] shows of its numbers: the spectrum over their order, and their places (x, y) in the plane
      of the strongest frequency, or of `held` while no other is clearly stronger. `ring` [n] are indices in that
      order. */
  function lookInto(W_E, config, held = 0) {
    const [fourier, { d_model: d }] = [fourierOf(), config];
    const order = orderOf(config);
    const rows = new Float64Array(order.length * d);
    order.forEach((t, i) => rows.set(W_E.subarray(t * d, (t + 1) * d), i * d));
    const waves = fourier.coefficients(rows, order.length, d);
    const { norm, share, threshold } = fourier.spectrum(waves);
    const strongest = norm.reduce((best, value, i) => (value > norm[best] ? i : best), 0) + 1;
    const k = held && norm[held - 1] * KEEPS >= norm[strongest - 1] ? held : strongest;
    const { x, y } = fourier.viewOf(rows, order.length, d, k, fourier.planeOf(waves, k));
    const keys = Array.from(norm.keys(), (i) => i + 1).filter((f) => norm[f - 1] > threshold);
    return { n: order.length, k, norm, share: share[k - 1], keys, threshold, x, y };
  }

  /** Returns the radius within which all but one in fifty places lie. */
  function reachOf({ x, y }) {
    const radii = x.map((along, i) => Math.hypot(along, y[i])).sort();
    return radii[Math.ceil(0.98 * radii.length) - 1] || 1;
  }

  // --- how long -----------------------------------------------------------------------------

  /** Returns how many epochs to train before the picture is drawn anew, at a speed in epochs per second. */
  const strideAt = (speed) => Math.min(Math.max(Math.round(speed / 6), 1), EVERY);

  /** Returns a time in words, from seconds. */
  function timeText(seconds) {
    if (!Number.isFinite(seconds)) return "–";
    if (seconds < 90) return `${Math.max(Math.round(seconds), 0)} s`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
  }

  const core = {
    EVERY, ENOUGH, COLUMNS, configOf, isPreset, changesOf, changesText, changed, settingsAt, nextStop,
    emptyCurves, accuracies, note, reached, csvOf, orderOf, lookInto, reachOf, strideAt, timeText,
  };
  if (inNode) module.exports = core;
  else Timeless.parts.train = { core };
})();
