/* The runs of a page, driven: start, pause, step, reset, fork, and what is changed while they train. All runs of a page go
   forward together, epoch by epoch. */
(function () {
  "use strict";

  const { keeping } = Timeless.parts.train;

  const SETTLING = 200; // milliseconds that controls rest before a network is drawn
  const STORING = 5000; // milliseconds between two states that are kept in the browser

  // --- the address --------------------------------------------------------------------------

  /** Returns what an address tells of the runs beside their first state. */
  function told({ trunk, fork, forkPlan }) {
    const found = {};
    if (trunk.changes.length) found.changes = Timeless.runs.changesText(trunk.changes);
    const since = fork ? fork.changes.filter(({ epoch }) => epoch >= forkPlan[0].epoch).sort((a, b) => a.epoch - b.epoch) : forkPlan;
    if (since.length) found.fork = Timeless.runs.changesText(since[0].epoch === forkPlan[0].epoch ? since : [forkPlan[0], ...since]);
    return found;
  }

  /** Returns the text that tells which runs these are. */
  const identity = (it) => JSON.stringify([it.configOf(), told(it)]);

  // --- from a configuration to a network ----------------------------------------------------

  /** Puts a new network in place of all runs, and has it looked at once the controls rest. */
  function renew(it, changes = [], forkPlan = []) {
    end(it);
    const config = it.configOf();
    const before = it.trunk;
    it.trunk = Timeless.runs.begin(config, it.problemOf(config), changes);
    Object.assign(it, { fork: null, forkPlan, runs: [it.trunk], speed: 0, restored: false, exchanges: ["a+b", "a*b"].includes(config.operation) });
    it.usual = it.usualOf();
    const { session } = it;
    it.glancing = true;
    clearTimeout(it.timer);
    it.timer = setTimeout(() => glance(it, session), before ? SETTLING : 0);
    it.refresh();
  }

  /** Has a run that has not begun be trained in another way; its network stays. */
  function reconfigure(it) {
    it.trunk.config = it.configOf();
    it.usual = it.usualOf();
    it.refresh();
  }

  async function glance(it, session) {
    try {
      const kept = it.restoring ? await keeping.restore(identity(it)) : null;
      if (session !== it.session) return;
      it.restoring = false;
      if (kept) resume(it, kept);
      it.refresh();
      if (it.given) it.engine ??= await Timeless.trainer.fastest(it.state.engine);
      await Promise.all(it.runs.map((run) => Timeless.runs.glance(run, it.given ? it.engine : "plain", it.wait)));
    } catch (error) {
      it.fail(error);
    }
    if (session !== it.session) return;
    it.glancing = false;
    it.refresh();
  }

  /** Goes on with the runs that the browser has kept. */
  function resume(it, [trunk, fork]) {
    Object.assign(it.trunk, trunk);
    it.restored = true;
    if (fork) {
      it.fork = Object.assign(Timeless.runs.begin(it.trunk.config, it.trunk.problem), fork);
      it.runs = [it.trunk, it.fork];
    }
    it.state.epochs = it.budgets.find((budget) => budget >= Math.max(it.trunk.epoch, it.state.epochs)) ?? it.state.epochs;
  }

  /** Ends all that is going on. */
  function end(it) {
    it.session += 1;
    it.runs.forEach(Timeless.runs.close);
    Object.assign(it, { playing: false, busy: false, pending: [] });
  }

  // --- training -----------------------------------------------------------------------------

  /** Returns whether the fork that the address tells is due, and makes it. */
  async function fork(it) {
    const { trunk } = it;
    await Timeless.runs.keep(trunk);
    it.fork = Timeless.runs.begin(trunk.config, trunk.problem, [], trunk);
    it.fork.changes = [...it.fork.changes, ...it.forkPlan];
    it.runs = [trunk, it.fork];
    await Timeless.runs.equip(it.fork, it.engine, it.wait);
  }

  /** Takes the runs on to where they must stop next. */
  async function onwards(it, limit) {
    for (const [run, name, value] of it.pending.splice(0)) Timeless.runs.change(run, name, value);
    if (it.forkPlan.length && !it.fork && it.trunk.epoch === it.forkPlan[0].epoch) await fork(it);
    const from = it.trunk.epoch;
    const due = it.fork ? [] : it.forkPlan;
    const stops = it.runs.map(({ changes }) => Timeless.runs.nextStop([...changes, ...due.slice(0, 1)], from, limit));
    const to = Math.min(from + Timeless.runs.strideAt(it.speed), ...stops);
    const began = performance.now();
    await Promise.all(it.runs.map((run) => Timeless.runs.advance(run, to)));
    await Promise.all(it.runs.map((run) => (to % Timeless.runs.EVERY ? Timeless.runs.peek(run) : Timeless.runs.observe(run, run.trainer))));
    if (it.state.pace === "watch") await Timeless.runs.rested(to - from, began);
    it.speed = Timeless.runs.paceAfter(it.speed, to - from, began);
  }

  /** Shows where the runs are, less often where the reader asked for less motion. */
  function show(it) {
    const now = performance.now();
    if (!Timeless.runs.due(now - it.shown, it.tools.reducedMotion)) return;
    it.shown = now;
    it.refresh();
  }

  /** Trains until the reader pauses, or an epoch is reached. */
  async function drive(it, limit) {
    if (it.busy) return;
    Object.assign(it, { busy: true, playing: true, restored: false });
    const { session } = it;
    const current = () => session === it.session;
    it.refresh();
    try {
      await prepare(it);
      let stored = performance.now();
      while (current() && it.playing && it.trunk.epoch < limit) {
        await onwards(it, limit);
        if (!current()) return;
        show(it);
        if (performance.now() - stored < STORING) continue;
        await store(it);
        stored = performance.now();
      }
      if (!current()) return;
      await Promise.all(it.runs.filter(({ seen, epoch }) => !seen || seen.epoch !== epoch).map((run) => Timeless.runs.observe(run, run.trainer)));
      await store(it);
    } catch (error) {
      if (current()) giveUp(it, error);
    }
    if (!current()) return;
    Object.assign(it, { busy: false, playing: false });
    it.remember();
    it.refresh();
  }

  /** Loads the engine, when it is wanted for the first time, and gives every run its trainer and its first picture. */
  async function prepare(it) {
    it.engine ??= await Timeless.trainer.fastest(it.state.engine);
    await Promise.all(it.runs.map((run) => Timeless.runs.equip(run, it.engine, it.wait)));
    await Promise.all(it.runs.filter(({ seen }) => !seen).map((run) => Timeless.runs.observe(run, run.trainer)));
  }

  /** Tells that training has failed, and has the runs stand where they were kept last, from where they can go on. */
  function giveUp(it, error) {
    it.runs.forEach(Timeless.runs.rewind);
    it.engine = null;
    it.fail(error, it.trunk.epoch);
  }

  async function store(it) {
    await Promise.all(it.runs.map(Timeless.runs.keep));
    if (!it.given) await keeping.store(identity(it), it.runs); // a file is in no address
  }

  // --- what the reader does -----------------------------------------------------------------

  /** Starts, or pauses; at the end of its epochs a run gets more of them. */
  function start(it) {
    if (it.busy) {
      it.playing = false;
      it.tell();
      return;
    }
    if (it.trunk.epoch >= it.state.epochs) it.state.epochs = it.budgets.find((budget) => budget > it.trunk.epoch) ?? it.state.epochs;
    drive(it, it.state.epochs);
  }

  const step = (it) => drive(it, it.trunk.epoch + 1);

  /** Changes a setting of a run from its next step on; before its first, of its configuration. */
  function change(it, run, name, value) {
    if (it.busy) it.pending = [...it.pending.filter(([other, own]) => other !== run || own !== name), [run, name, value]];
    else Timeless.runs.change(run, name, value);
    it.refresh();
  }

  /** Keeps this moment and trains two networks from it; or goes on with the first alone. */
  async function toggleFork(it) {
    if (it.fork) {
      Timeless.runs.close(it.fork);
      Object.assign(it, { fork: null, forkPlan: [], runs: [it.trunk] });
    } else {
      await pause(it);
      const { epoch } = it.trunk;
      it.forkPlan = [{ epoch, name: "weight_decay", value: Timeless.runs.settings(it.trunk).weight_decay }];
      try {
        await prepare(it);
        await fork(it);
        await store(it);
      } catch (error) {
        it.fail(error);
      }
    }
    it.remember();
    it.refresh();
  }

  /** Pauses; resolves when the last step is done. */
  async function pause(it) {
    it.playing = false;
    while (it.busy) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Has the runs go on by the processor that the reader has chosen. */
  async function reengine(it) {
    const going = it.busy && it.playing;
    await pause(it);
    it.runs.forEach(Timeless.runs.close);
    it.engine = null;
    if (going) drive(it, it.state.epochs);
    else it.refresh();
  }

  /** Has training rest while nobody can see it. */
  function watchSight(it) {
    const pausing = () => {
      it.hidden ||= it.busy;
      it.playing = false;
    };
    const goOn = () => {
      if (!it.hidden) return;
      it.hidden = false;
      pause(it).then(() => drive(it, it.state.epochs));
    };
    return Timeless.runs.whileSeen(pausing, goOn);
  }

  Timeless.parts.train.session = { told, renew, reconfigure, reengine, end, start, step, change, toggleFork, watchSight };
})();
