/* What the training mode tells: how far it is, what the network does, and where network and simulation part. */
(function () {
  "use strict";

  const { controls, instrument: kit, mounting } = Timeless;
  const { training } = Timeless.parts.sandbox;
  const { ORDERED, since } = training.core;

  const share = (value) => [value, kit.percent(value)];

  // --- in words -----------------------------------------------------------------------------

  /** Returns the epoch from which weight decay has been on without a break, or null. */
  function pressedSince({ run }) {
    let on = null;
    for (const { epoch, value } of run.changes) {
      if (epoch > run.epoch) break;
      if (!value) on = null;
      else on ??= epoch;
    }
    return on;
  }

  /** Returns what the network does, in a sentence or two. */
  function storyOf(t) {
    const { run, moments, data } = t;
    const { unseen_accuracy: unseen, train_accuracy: train } = run.seen;
    const on = pressedSince(t);
    if (run.epoch === data.epoch) {
      return `Measured: after ${kit.integer(data.epoch)} epochs without weight decay it has ${kit.percent(train)} of its training pairs right, and ${kit.percent(unseen)} of those seen in neither order. ` +
        (run.changes.length ? "Press Start." : "Turn weight decay on.");
    }
    const grokked = Timeless.runs.reached(run.curves, "unseen_accuracy");
    if (grokked !== null) {
      const after = on !== null && on < grokked ? `, ${kit.integer(grokked - on)} epochs after weight decay was turned on` : "";
      return `It has generalised: at epoch ${kit.integer(grokked)}${after}, ${kit.percent(Timeless.runs.ENOUGH, 0)} of the pairs seen in neither order were right.`;
    }
    const [first, last] = [moments[0], moments.at(-1)].map(({ own }) => own.energy.toFixed(0));
    if (on === null) return `No weight decay, and after ${kit.integer(run.epoch - data.epoch)} more epochs ${kit.percent(unseen)} of the pairs seen in neither order are right. It has no reason to move.`;
    return `Weight decay is at work since epoch ${kit.integer(on)}: the tokens’ energy went from ${first} to ${last}, and ${kit.percent(unseen)} of the pairs seen in neither order are right.`;
  }

  /** Returns where network and simulation part, as far as they have come. */
  function partingOf(t) {
    const { run, moments, data } = t;
    if (run.epoch === data.epoch) return "Both clouds start at the same places. On the left real training decides what happens, on the right a potential with the ring written into it by hand.";
    const { own, simulated } = moments.at(-1);
    const [network, model] = ["own", "simulated"].map((side) => since(moments, (moment) => moment[side].order, ORDERED));
    const pressed = training.decayOf(t) > 0;
    const found = [];
    if (network !== null && model !== null) found.push(`Order parameter ${ORDERED}: the network at epoch ${kit.integer(network)}, the simulation at ${kit.integer(model)}.`);
    else if (model !== null) found.push(`The simulation is ordered (${ORDERED}) since epoch ${kit.integer(model)}; the network, at ${own.order.toFixed(3)}, is not yet.`);
    else if (network !== null) found.push(`The network is ordered (${ORDERED}) since epoch ${kit.integer(network)}; the simulation is not${pressed ? ": at this weight decay its traps hold" : ""}.`);
    else found.push(`Order parameter: the network ${own.order.toFixed(3)}, the simulation ${simulated.order.toFixed(3)}.`);
    const unseen = run.seen.unseen_accuracy;
    if (network !== null && unseen < 0.9) found.push(`A ring is not yet an answer: ${kit.percent(unseen)} of unseen pairs are right.`);
    found.push(`Of its tokens’ energy the network has ${kit.percent(own.inside, 0)} in this plane, the simulation ${kit.percent(simulated.inside, 0)}${own.inside < 0.5 && simulated.inside > 0.5 ? ": the network builds other rings in other planes" : ""}.`);
    return found.join(" ");
  }

  /** Returns how far it is and how fast, in words. */
  function progressOf(t) {
    const { run, speed, data } = t;
    const by = Timeless.runs.engineText(t.engine);
    const at = `Network ${run.config.seed} · epoch ${kit.integer(run.epoch)}${by && ` · ${by}`}`;
    if (t.busy && !speed) return `${at} · starting`;
    if (t.busy) return `${at} · ${kit.integer(speed)} epochs a second`;
    if (t.hidden) return `${at} · pauses while the page is hidden`;
    if (run.epoch === data.epoch) return `${at} · stands still`;
    return run.epoch >= training.end(t) ? `${at} · at the end; press Reset to start again` : `${at} · paused`;
  }

  // --- in the page --------------------------------------------------------------------------

  const DIGITS = { order: 3, entropy: 2, energy: 1 };

  function tellTable({ view: { table: { outputs } }, run, moments }) {
    const { own, simulated } = moments.at(-1);
    for (const [side, found] of [["network", own], ["analogy", simulated]]) {
      for (const [name, digits] of Object.entries(DIGITS)) controls.write(outputs[`${side}-${name}`], found[name], found[name].toFixed(digits));
      controls.write(outputs[`${side}-inside`], ...[found.inside, kit.percent(found.inside, 0)]);
    }
    for (const name of ["train", "mirrored", "unseen"]) controls.write(outputs[`network-${name}`], ...share(run.seen[`${name}_accuracy`]));
  }

  function tellPictures(t) {
    const { it, view, run, analogy, moments } = t;
    const { own, simulated } = moments.at(-1);
    const plane = it.state.plane ? "chosen" : "now the strongest";
    view.titles.network.textContent = `Network, measured: frequency ${run.look.k}, ${plane}, ${kit.percent(run.look.share, 0)} of the power`;
    view.titles.analogy.textContent = `Simulation: frequency ${analogy.k}, ring written in by hand`;
    mounting.describe(it, {
      network: `The ${run.config.p} number tokens of the network at epoch ${run.epoch}, in the plane of frequency ${run.look.k}: order parameter ${own.order.toFixed(2)}, energy ${own.energy.toFixed(0)}.`,
      analogy: `The same number of simulated particles after as many steps, in the plane of frequency ${analogy.k}: order parameter ${simulated.order.toFixed(2)}, energy ${simulated.energy.toFixed(0)}.`,
      right: `Accuracy up to epoch ${run.seen.epoch}: trained on ${kit.percent(run.seen.train_accuracy)}, mirrored ${kit.percent(run.seen.mirrored_accuracy)}, seen in neither order ${kit.percent(run.seen.unseen_accuracy)}.`,
      order: `Order parameter up to epoch ${run.epoch}: network ${own.order.toFixed(2)}, simulation ${simulated.order.toFixed(2)}; the same numbers in random order ${t.chance.toFixed(2)}.`,
      entropy: `Spectral entropy up to epoch ${run.epoch}: network ${own.entropy.toFixed(2)}, simulation ${simulated.entropy.toFixed(2)} nats.`,
      energy: `Energy up to epoch ${run.epoch}: network ${own.energy.toFixed(0)}, simulation ${simulated.energy.toFixed(0)}.`,
    });
  }

  function tell(t) {
    const { view, it } = t;
    view.progress.textContent = progressOf(t);
    view.story.textContent = storyOf(t);
    view.parting.textContent = partingOf(t);
    view.root.setAttribute("aria-busy", String(t.busy));
    tellTable(t);
    tellPictures(t);
    if (!t.busy) it.say(`${progressOf(t)}. ${storyOf(t)} ${partingOf(t)}`);
  }

  const playText = (t) => {
    if (t.playing) return "Pause";
    return t.run.epoch > t.data.epoch ? "Go on" : "Start";
  };

  Object.assign(training, { tell, playText });
})();
