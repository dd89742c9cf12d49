/* A run as it trains: a network with its curves and what was changed on the way, forwards step by step. An instrument names
   "runs" among its needs, after "fourier"; a run needs "trainer" as soon as it trains, and no page. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const parts = inNode ? { ...require("./changes.js"), ...require("./curves.js"), ...require("./look.js"), ...require("./pace.js") } : Timeless.runs;
  const { accuracies, changed, emptyCurves, lookInto, note, settingsAt } = parts;

  /** Returns a run at its first epoch, `origin`; `from` is another, from whose moment and with whose curves it goes on. */
  function begin(config, problem, changes = [], from = null, origin = 0) {
    return {
      config, problem, origin, changes: from ? from.changes.filter(({ epoch }) => epoch <= from.epoch) : changes,
      trainer: null, // until the reader presses Start
      kept: from ? from.kept : null, // a state of the trainer, from which it goes on
      epoch: from ? from.epoch : origin,
      curves: from ? Object.fromEntries(Object.entries(from.curves).map(([name, column]) => [name, column.slice()])) : emptyCurves(),
      loss: null, // on the training pairs, at the last step
      seen: from ? from.seen : null, // {epoch, answers, …}, all pairs as last answered
      W_E: from ? from.W_E : null, // the embedding as last looked at
      plane: 0, // the frequency in whose plane it is looked at, 0 for the strongest
      look: from ? from.look : null, // what the embedding shows
    };
  }

  const settings = ({ config, changes, epoch }) => settingsAt(config, changes, epoch);

  /** Looks at the embedding of a run, in the plane in which it is looked at. */
  function lookAt(run, W_E = run.W_E) {
    run.W_E = W_E;
    run.look = lookInto(W_E, run.config, run.look ? run.look.k : 0, run.plane);
  }

  /** Gives a run its trainer, unless it has one; `tell(message)` is told when no answer comes for long. */
  async function equip(run, engine, tell) {
    if (run.trainer) return;
    const trainer = await Timeless.trainer.create(engine, run.config, run.problem, { tell });
    if (run.kept) await trainer.restore(run.kept);
    await trainer.set(settings(run));
    run.trainer = trainer;
  }

  /** Takes in what the weights of a trainer answer and show; returns whether it was still asked for. */
  async function observe(run, trainer) {
    const { epoch } = run;
    const found = await trainer.evaluate();
    const weights = await trainer.weights();
    if (!found || !weights) return false; // it was closed
    const by = accuracies(found.answers, run.problem);
    const norm2 = Object.values(weights).reduce((sum, tensor) => tensor.reduce((squares, w) => squares + w * w, sum), 0);
    lookAt(run, weights.W_E);
    run.seen = { epoch, ...found, ...Object.fromEntries(Object.entries(by).map(([kind, share]) => [`${kind}_accuracy`, share])), sum_sq_weights: norm2 };
    run.loss = found.train_loss;
    note(run.curves, { ...run.seen, ...settings(run) });
    return true;
  }

  /** Has a run without a trainer looked at, by an engine that may be another than the one that trains it. */
  async function glance(run, engine, tell) {
    const trainer = await Timeless.trainer.create(engine, run.config, run.problem, { tell });
    if (run.kept) await trainer.restore(run.kept);
    await observe(run, trainer);
    trainer.close();
  }

  /** Trains a run up to an epoch, before which nothing changes and nothing is to be measured. */
  async function advance(run, to) {
    const { trainer } = run;
    await trainer.set(settings(run));
    const found = await trainer.run(to - run.epoch);
    if (!found) return;
    run.epoch = run.origin + found.epoch;
    run.loss = found.train_loss;
  }

  /** Shows where the numbers of a run are now, without asking for all its answers. */
  async function peek(run) {
    const weights = await run.trainer.weights();
    if (weights) lookAt(run, weights.W_E);
  }

  /** Has a run keep its present state, from which another can go on. */
  async function keep(run) {
    if (run.trainer) run.kept = (await run.trainer.state()) ?? run.kept;
  }

  /** Takes a run whose trainer has failed back to the state that it kept last, or to its beginning. */
  function rewind(run) {
    close(run);
    run.epoch = run.origin + (run.kept ? run.kept.epoch : 0);
    const known = run.curves.epoch.filter((epoch) => epoch <= run.epoch).length;
    for (const column of Object.values(run.curves)) column.length = known;
  }

  /** Changes a setting of a run from its present epoch on. */
  function change(run, name, value) {
    if (settings(run)[name] === value) run.changes = run.changes.filter((one) => one.name !== name || one.epoch <= run.epoch);
    else run.changes = changed(run.changes, { epoch: run.epoch, name, value });
  }

  function close(run) {
    if (run.trainer) run.trainer.close();
    run.trainer = null;
  }

  const exported = { ...parts, begin, settings, lookAt, equip, observe, glance, advance, peek, keep, rewind, change, close };
  if (inNode) module.exports = exported;
  else Timeless.runs = exported;
})();
