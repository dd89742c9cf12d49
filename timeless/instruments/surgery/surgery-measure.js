/* What the network answers with frequencies switched off, measured in workers, and what is known of a state so far.
   `it` has `seen`, weights and spectra by epoch, and `measured`, results by epoch and what was off. */
(function () {
  "use strict";

  const { coded, randomSets, switchedOff } = Timeless.parts.surgery.core;

  const MEASURES = [["accuracy", "Accuracy"], ["loss", "Loss (nats)"]];
  const PARTS = [["all", "all pairs"], ["train", "trained on"], ["test", "never seen"]];

  const keyOf = (epoch, off) => `${epoch}/${coded(off)}`;

  function resultOf({ net, info }, found, withPairs) {
    const { summarise } = Timeless.network;
    const mask = net.trainMask();
    return {
      all: summarise(found, info),
      train: summarise(found, info, 0, mask, 1),
      test: summarise(found, info, 0, mask, 0),
      losses: withPairs ? found.losses : null,
    };
  }

  /** Returns what the page opens with as if it had been measured: [[name, result], …] of the published ablation. */
  function openingOf({ epoch, freqs, opening }, tools) {
    const parts = ({ accuracy, loss }) => Object.fromEntries(PARTS.map(([part]) => [part, { accuracy: accuracy[part][0], loss: loss[part][0] }]));
    const losses = Float32Array.from(tools.decode(opening.losses).array, (step) => (step * opening.highest) / 255);
    return [[keyOf(epoch, freqs), { ...parts(opening.own), losses }], [keyOf(epoch, []), { ...parts(opening.intact), losses: null }]];
  }

  /** Returns whether a result is here, with the losses of single pairs where the map needs them; a failed one counts. */
  const isHere = (found, withPairs) => found === null || (found !== undefined && (!withPairs || found.losses !== null));

  /** Returns a worker that measures, one after the other, what is wanted and not yet known. What failed is not tried
      again; the losses of single pairs are kept if the map needs them. */
  function measurer(it, { withPairs }) {
    const { measured, seen, info } = it;
    const hand = Timeless.background.start();
    let busy = false;

    async function measure(epoch, off) {
      try {
        const cut = Timeless.network.withoutFrequencies(seen.get(epoch).weights, info, off);
        const found = await hand.run("allPairs", [cut, info]);
        if (found) measured.set(keyOf(epoch, off), resultOf(it, found, withPairs));
      } catch (error) {
        measured.set(keyOf(epoch, off), null);
        it.view.failure.tell(`The network could not be computed (${error.message}). Choose another set, or reload the page.`);
      }
    }
    return {
      async work(epoch, wanted) {
        const off = busy ? undefined : wanted.find((one, i) => !isHere(measured.get(keyOf(epoch, one)), withPairs && i === 0));
        if (!off || it.destroyed) return;
        busy = true;
        await measure(epoch, off);
        busy = false;
        if (!it.destroyed) it.refresh();
      },
      destroy: hand.destroy,
    };
  }

  /** Returns the published results of random sets where the state is that of the published ablation, or null. */
  function published({ data }, { mode, set, epoch }) {
    return epoch === data.epoch && coded(set) === coded(data.freqs) ? data.random[mode] : null;
  }

  /** Returns what is known of random sets, in the form of the published ones. */
  function gathered(sets, results) {
    const known = results.filter(Boolean);
    const columns = MEASURES.map(([measure]) =>
      [measure, Object.fromEntries(PARTS.map(([part]) => [part, known.map((one) => one[part][measure])]))]);
    return { sets: sets.filter((_, i) => results[i]), ...Object.fromEntries(columns) };
  }

  /** Computes what the state shows; what is not known yet is left out and asked for by `draw`. */
  function compose(it) {
    const { measured, top } = it;
    const state = it.steps.now();
    const { mode, set, epoch } = state;
    const [off, known] = [switchedOff(state, top), published(it, state)];
    const sets = known ? [] : randomSets(top, set, Timeless.chance);
    const drawn = sets.map((one) => switchedOff({ mode, set: one }, top));
    const resultFor = (one) => measured.get(keyOf(epoch, one));
    const own = resultFor(off);
    if (own?.losses) it.pictured = own.losses;
    it.shown = {
      ...state, ...it.seen.get(epoch), off, drawn,
      random: known || gathered(sets, drawn.map(resultFor)),
      isPublished: Boolean(known),
      intact: resultFor([]),
      own: own?.losses ? own : null,
      waiting: !isHere(own, true) || !isHere(resultFor([]), false),
      power: off.reduce((sum, f) => sum + it.seen.get(epoch).share[f - 1], 0),
    };
  }

  Object.assign(Timeless.parts.surgery, { MEASURES, PARTS, openingOf, measurer, compose });
})();
