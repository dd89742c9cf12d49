/* The training mode of the sandbox, driven: a network that has memorised is trained on, and a simulation goes along, epoch by
   epoch. The engine is loaded when the reader first starts. */
(function () {
  "use strict";

  const { core } = Timeless.parts.sandbox.training;
  const { SPANS, analogyOf, chanceOrder, configOf, follow, measuresOf, spanFor, tokensOf } = core;

  const SCRIPTS = ["kit/background.js", "kit/trainer.js"]; // of the engine
  const STILL = 50; // epochs from one picture to the next where the reader asked for less motion

  const startOf = ({ it, data }) => data.networks.find(({ seed }) => seed === it.state.net);
  const end = ({ data }) => data.epoch + SPANS.at(-1);

  // --- from a start to a moment -------------------------------------------------------------

  /** Puts the network that is chosen in place, as it stands still, with changes that an address tells. */
  function renew(t, changes = []) {
    close(t);
    const { data, it } = t;
    const start = startOf(t);
    const config = configOf(data, start.seed);
    const own = changes.filter(({ epoch, name }) => name === "weight_decay" && epoch >= data.epoch);
    t.run = Timeless.runs.begin(config, null, own, null, data.epoch);
    t.run.seen = { epoch: data.epoch, ...start };
    Timeless.runs.note(t.run.curves, { ...t.run.seen, ...Timeless.runs.settings(t.run) });
    t.frames = [{ epoch: data.epoch, W_E: start.W_E }];
    t.chance = chanceOrder(start.W_E, config);
    Object.assign(t, { speed: 0, pending: null });
    survey(t);
    it.refresh();
  }

  /** Looks at all that has happened in the plane that is chosen, and has the simulation start anew in it. */
  function survey(t) {
    const { run, data, it } = t;
    Object.assign(run, { plane: it.state.plane, look: null });
    t.moments = [];
    t.analogy = null;
    for (const { epoch, W_E } of t.frames) {
      Timeless.runs.lookAt(run, W_E);
      const own = tokensOf(W_E, run.look, run.config);
      t.analogy ??= analogyOf(own, run.look.k, data.decay, run.config.seed);
      accompany(t, epoch);
      mark(t, epoch, own);
    }
    if (run.latest && run.latest !== run.W_E) Timeless.runs.lookAt(run, run.latest);
    accompany(t, run.epoch);
    t.at = tokensOf(run.W_E, run.look, run.config);
  }

  /** Has the simulation follow to an epoch, under the weight decay that the network had. */
  function accompany(t, epoch) {
    const { run, analogy, data } = t;
    for (let now = data.epoch + analogy.system.steps; now < epoch; now++) {
      follow(analogy, Timeless.runs.settingsAt(run.config, run.changes, now).weight_decay, 1);
    }
  }

  function mark(t, epoch, at) {
    t.moments.push({ epoch, own: measuresOf(at, t.run.look.k), simulated: measuresOf(t.analogy.system.at, t.analogy.k), whole: t.run.look.share });
  }

  // --- training -----------------------------------------------------------------------------

  /** Loads the engine and the network's weights, and gives the run its trainer. */
  async function prepare(t) {
    const { it, run } = t;
    if (run.trainer) return;
    const [{ weights }] = await Promise.all([it.tools.require(`start-${run.config.seed}`), Timeless.loadInTurn(SCRIPTS)]);
    run.problem ??= Timeless.trainer.problemFrom(run.config, startOf(t).train_pairs, it.tools.decode(weights).array);
    t.engine ??= await Timeless.trainer.fastest();
    await Timeless.runs.equip(run, t.engine, (message) => it.view.failure.tell(message));
  }

  /** Takes network and simulation on to where they must stop next. */
  async function onwards(t, limit, current) {
    const { run, it } = t;
    if (t.pending !== null) Timeless.runs.change(run, "weight_decay", t.pending);
    t.pending = null;
    const from = run.epoch;
    const to = Math.min(from + Timeless.runs.strideAt(t.speed), Timeless.runs.nextStop(run.changes, from, limit));
    const began = performance.now();
    await Timeless.runs.advance(run, to);
    await observe(t, current);
    if (!current()) return;
    if (it.state.pace) await Timeless.runs.rested(to - from, began, it.state.pace);
    t.speed = Timeless.runs.paceAfter(t.speed, to - from, began);
  }

  /** Takes in where the tokens are now; every few epochs also what the network answers. */
  async function observe(t, current, wholly = t.run.epoch % Timeless.runs.EVERY === 0) {
    const { run } = t;
    await (wholly ? Timeless.runs.observe(run, run.trainer) : Timeless.runs.peek(run));
    if (!current()) return;
    run.latest = run.W_E;
    t.at = tokensOf(run.W_E, run.look, run.config);
    accompany(t, run.epoch);
    if (!wholly || t.frames.at(-1).epoch === run.epoch) return;
    t.frames.push({ epoch: run.epoch, W_E: run.W_E });
    mark(t, run.epoch, t.at);
  }

  /** Trains until the reader pauses, or an epoch is reached. */
  async function drive(t, limit) {
    if (t.busy || t.run.epoch >= limit) return;
    Object.assign(t, { busy: true, playing: true });
    const { it, session, run } = t;
    const current = () => session === t.session;
    it.view.failure.tell("");
    it.refresh();
    try {
      await prepare(t);
      await trained(t, limit, current);
    } catch (error) {
      if (current()) it.view.failure.tell(`This network cannot be trained here (${Timeless.told(error)}). Press Start to try again.`);
    }
    if (!current()) {
      Timeless.runs.close(run);
      return;
    }
    Object.assign(t, { busy: false, playing: false });
    it.remember();
    it.refresh();
  }

  async function trained(t, limit, current) {
    const { it, run } = t;
    while (current() && t.playing && run.epoch < limit) {
      await onwards(t, limit, current);
      if (current() && (!it.tools.reducedMotion || run.epoch % STILL === 0)) it.refresh();
    }
    if (current() && run.seen.epoch !== run.epoch) await observe(t, current, true);
  }

  /** Ends what is going on. */
  function close(t) {
    t.session += 1;
    if (t.run) Timeless.runs.close(t.run);
    Object.assign(t, { busy: false, playing: false, hidden: false });
  }

  // --- what the reader does -----------------------------------------------------------------

  /** Returns the weight decay that the network has, or is about to have. */
  const decayOf = (t) => t.pending ?? Timeless.runs.settings(t.run).weight_decay;

  function setDecay(t, value) {
    if (t.busy) t.pending = value;
    else Timeless.runs.change(t.run, "weight_decay", value);
    t.it.refresh();
  }

  /** Turns weight decay on and trains; at the end of what can be trained, from the start. */
  function trigger(t) {
    if (t.run.epoch >= end(t)) renew(t);
    setDecay(t, Math.max(decayOf(t), t.data.decay));
    t.it.remember();
    if (t.busy) t.playing = true;
    else drive(t, end(t));
  }

  function pause(t) {
    t.playing = false;
  }

  function press(t) {
    if (t.playing) {
      pause(t);
      t.it.tell();
    } else if (!t.busy) drive(t, end(t));
  }

  const step = (t) => drive(t, Math.min(t.run.epoch + Timeless.runs.EVERY, end(t)));

  /** Has training rest while nobody can see it; returns what ends that. */
  const watch = (t) => Timeless.runs.whileSeen(
    () => {
      t.hidden ||= t.playing;
      t.playing = false;
    },
    async () => {
      if (!t.hidden) return;
      t.hidden = false;
      while (t.busy) await new Promise((resolve) => setTimeout(resolve, 20));
      drive(t, end(t));
    },
  );

  /** Returns what an address tells of a run beside the state: when weight decay was changed. */
  const told = ({ run }) => (run && run.changes.length ? { changes: Timeless.runs.changesText(run.changes) } : {});

  const span = (t) => spanFor(t.run.epoch - t.data.epoch);

  Object.assign(Timeless.parts.sandbox.training, { renew, survey, close, decayOf, setDecay, trigger, pause, press, step, watch, startOf, end, span, told });
})();
