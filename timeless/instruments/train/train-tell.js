/* What a run tells in words: how far it is, what has happened, and what to look for. */
(function () {
  "use strict";

  const { controls, instrument: kit, mounting } = Timeless;
  const { core: { isPreset } } = Timeless.parts.train;

  const HALFWAY = 0.5;
  const RINGED = 0.15; // share of the power from which the strongest frequency is called a ring
  const short = (value) => Timeless.pairs.short(value); // which comes after this script
  const share = (value) => (value === null || value === undefined ? ["", "–"] : [value, kit.percent(value)]);

  /** Returns how many pairs were answered rightly when a run was last asked. */
  const rightOf = ({ seen, problem }) => seen.answers.reduce((sum, answer, pair) => sum + (answer === problem.labels[pair]), 0);

  // --- what is happening --------------------------------------------------------------------

  /** Returns what is to be seen of a network before its first step. */
  function beginningOf({ trunk, given }) {
    const { p } = trunk.config;
    if (given) return `From ${given.name}: it answers ${kit.percent(rightOf(trunk) / p ** 2)} of all pairs rightly. Press Start to train it on.`;
    return `Nothing is learned yet. The weights are random, the ${p} numbers lie anywhere, and about one answer in ${p} is right by chance.`;
  }

  /** Returns whether nothing can be told before the network has been looked at: random weights are told at once. */
  const unknown = ({ trunk: { seen, epoch }, given, restoring }) => !seen && Boolean(epoch || given || restoring);

  /** Returns in a sentence or two what a run is doing. */
  function storyOf(it) {
    const { trunk, exchanges, given } = it;
    const { curves, seen, problem } = trunk;
    if (unknown(it)) return "";
    if (trunk.epoch === 0) return beginningOf({ trunk, given });
    const [memorised, grokked] = ["train_accuracy", "test_accuracy"].map((name) => Timeless.runs.reached(curves, name));
    const unseen = exchanges ? seen.unseen_accuracy : seen.test_accuracy;
    const who = exchanges ? "the pairs that it has seen in neither order" : "the pairs that it has never seen";
    if (grokked !== null) {
      const after = memorised === null || memorised >= grokked ? "" : `, ${kit.integer(grokked - memorised)} epochs after it had memorised`;
      return `It has generalised: at epoch ${kit.integer(grokked)}${after}, ${kit.percent(Timeless.runs.ENOUGH, 0)} of the test pairs were right. Nobody told it about circles.`;
    }
    if (memorised === null) return `It is memorising the ${kit.integer(problem.train.length)} pairs that it is shown, each for itself.`;
    if (unseen > HALFWAY) return `It is finding the rule: of ${who} it answers ${kit.percent(unseen, 0)}, and its numbers gather on a ring.`;
    const pressure = Timeless.runs.settings(trunk).weight_decay > 0 ? "Weight decay is at work: keep watching." : "Without weight decay, nothing presses for a simpler way.";
    return `At epoch ${kit.integer(memorised)} it had memorised. Of ${who} it answers ${kit.percent(unseen, 0)}. ${pressure}`;
  }

  /** Returns how far it is and how fast, in words. */
  function progressOf(it) {
    const { trunk: { epoch }, state: { epochs }, speed } = it;
    const by = Timeless.runs.engineText(it.engine, it.state.engine);
    const at = `Epoch ${kit.integer(epoch)} of ${kit.integer(epochs)}${by && ` · ${by}`}`;
    if (it.busy && !it.speed) return `${at} · starting`;
    if (it.busy) return `${at} · ${short(speed)} epochs a second · ${Timeless.runs.timeText((epochs - epoch) / speed)} left`;
    if (it.hidden) return `${at} · pauses while the page is hidden`;
    if (!epoch) return it.restoring ? "Looking for a run that was kept" : `${kit.integer(epochs)} epochs to train`;
    return epoch >= epochs ? `${at} · done` : `${at} · paused${it.restored ? ", kept from your last visit" : ""}`;
  }

  function buttonText({ busy, playing, trunk: { epoch }, state: { epochs } }) {
    if (busy && playing) return "Pause";
    if (!epoch) return "Start";
    return epoch >= epochs ? "Train on" : "Go on";
  }

  // --- in the page --------------------------------------------------------------------------

  function tellValues({ view: { values }, trunk, speed, state: { epochs }, exchanges }) {
    const { epoch, seen, loss } = trunk;
    const found = seen ?? {};
    values.tell({
      epoch: [epoch, kit.integer(epoch)],
      train: share(found.train_accuracy),
      test: share(found.test_accuracy),
      mirrored: exchanges ? share(found.mirrored_accuracy) : ["", "–"],
      unseen: exchanges ? share(found.unseen_accuracy) : ["", "–"],
      "train-loss": loss === null ? ["", "–"] : [loss, short(loss)],
      "test-loss": seen ? [seen.test_loss, short(seen.test_loss)] : ["", "–"],
      norm: seen ? [seen.sum_sq_weights, kit.integer(seen.sum_sq_weights)] : ["", "–"],
      speed: speed ? [speed, short(speed)] : ["", "–"],
      left: speed ? [(epochs - epoch) / speed, Timeless.runs.timeText((epochs - epoch) / speed)] : ["", "–"],
    });
  }

  /** Tells what the pictures of a run show, in their titles and for a screen reader. */
  function tellPictures({ view, surfaces, trunk }, run, which) {
    if (!run.look) return;
    const { look, seen, config } = run;
    const right = rightOf(run);
    const where = config.operation === "a*b" ? "the powers of a root" : "the numbers";
    const named = (text) => (run === trunk ? text[0].toUpperCase() + text.slice(1) : `Fork: ${text}`);
    view[`ring-title${which}`].textContent = `${named(where)} in the plane of frequency ${look.k} (${kit.percent(look.share, 0)} of the power)`;
    view[`map-title${which}`].textContent = `${named(kit.integer(right))} of ${kit.integer(config.p ** 2)} answers are right`;
    surfaces[`ring${which}`].canvas.setAttribute("aria-label", `The ${look.n} numbers at epoch ${run.epoch}, in the plane of frequency ${look.k}, which holds ${kit.percent(look.share, 0)} of the embedding's power: ${look.share > Math.max(RINGED, 2 / look.norm.length) ? "they gather on a ring" : "they lie scattered"}.`);
    surfaces[`spectrum${which}`].canvas.setAttribute("aria-label", `Spectrum of the embedding at epoch ${run.epoch}: above a quarter of the maximum are ${look.keys.length} of ${look.norm.length} frequencies${look.keys.length < 9 ? `, ${look.keys.join(", ")}` : ""}.`);
    surfaces[`map${which}`].canvas.setAttribute("aria-label", `Map of the answers at epoch ${seen.epoch}: ${right} of ${config.p ** 2} are right; ${kit.percent(seen.train_accuracy)} of the pairs trained on, ${kit.percent(seen.test_accuracy)} of the others.`);
  }

  function tellCurves(it) {
    const { trunk: { seen, curves }, fork } = it;
    if (!seen) return;
    const rows = `${curves.epoch.length} points up to epoch ${kit.integer(seen.epoch)}`;
    const also = fork ? ` A fork since epoch ${kit.integer(it.forkPlan[0].epoch)} is drawn dashed.` : "";
    mounting.describe(it, {
      accuracy: `Accuracy over epochs, ${rows}: on training pairs ${kit.percent(seen.train_accuracy)}, on test pairs ${kit.percent(seen.test_accuracy)}.${also}`,
      loss: `Loss over epochs, ${rows}: on training pairs ${short(seen.train_loss)}, on test pairs ${short(seen.test_loss)} nats.${also}`,
      norm: `Sum of squared weights over epochs, ${rows}: now ${kit.integer(seen.sum_sq_weights)}.${also}`,
    });
  }

  /** Tells of a file where its network comes from, and what it does not say. */
  function tellFile({ view, controls: own, given, ofFile }) {
    view.shut.hidden = view.source.hidden = !given;
    for (const name of ofFile) own[name].node.hidden = Boolean(given);
    if (!given) return;
    const { name, told, sizes: { p, d_model, d_mlp, n_heads } } = given;
    view.source.textContent = `${name}: p = ${p}, d_model = ${d_model}, d_mlp = ${d_mlp}, heads: ${n_heads}. ` + (told
      ? "It says how it was trained, and the pairs are drawn as they were."
      : "It does not say on which pairs it was trained: those here are drawn by the seed. Choose its operation and activation above.");
  }

  function tellPreset({ view, state, given, data: { presets } }) {
    const own = given ? -1 : presets.findIndex((preset) => isPreset(state, preset));
    view.preset.input.value = String(own);
    if (given) view.expect.textContent = "A network from a file.";
    else view.expect.textContent = own < 0 ? "A network of your own: nobody here knows what it will do." : presets[own].words;
  }

  function tellFork({ view, fork, forkPlan, busy, trunk: { epoch } }) {
    view.forked.hidden = !fork;
    view.fork.textContent = fork ? "Drop the fork" : "Fork";
    view.fork.disabled = !fork && !epoch;
    if (!fork) return;
    const { weight_decay, learning_rate } = Timeless.runs.settings(fork);
    view["fork-note"].textContent = `The same network up to epoch ${kit.integer(forkPlan[0].epoch)}; since then it trains beside the first, drawn dashed.` +
      `${fork.seen ? ` Of its test pairs ${kit.percent(fork.seen.test_accuracy)} are right.` : ""}${busy ? "" : " Change one thing, and go on."}`;
    view["fork-decay"].input.value = weight_decay;
    controls.write(view["fork-decay"].output, weight_decay, String(weight_decay));
    view["fork-rate"].input.value = learning_rate;
    for (const name of ["fork-weights", "fork-curves"]) view[name].disabled = busy;
  }

  function tell(it) {
    const { view, trunk, state } = it;
    view.start.textContent = buttonText(it);
    it.controls.engine.node.hidden = !navigator.gpu; // whether there is one is asked when it is wished for
    view.start.disabled = it.busy && !it.playing;
    [true, it.exchanges, it.exchanges, !it.exchanges, it.usual.seeds.length > 0, true].forEach((shown, i) => (view.lines.items[i].hidden = !shown));
    view.step.disabled = it.busy || trunk.epoch >= state.epochs;
    for (const name of ["weights", "curves"]) view[name].disabled = it.busy || !trunk.epoch;
    view.progress.textContent = progressOf(it);
    view.bar.style.setProperty("--done", Math.min(trunk.epoch / state.epochs, 1));
    view.story.textContent = storyOf(it);
    view.config.disabled = it.busy || trunk.epoch > 0;
    view["config-note"].hidden = !view.config.disabled;
    view.root.setAttribute("aria-busy", String(it.busy || it.glancing));
    tellPreset(it);
    tellFile(it);
    tellValues(it);
    tellPictures(it, trunk, "");
    if (it.fork) tellPictures(it, it.fork, "-fork");
    tellFork(it);
    tellCurves(it);
    if (!it.busy) it.say(`${progressOf(it)}. ${storyOf(it)}`);
  }

  Timeless.parts.train.tell = tell;
})();
