/* What the network answers with frequencies switched off, measured in workers, and what is known of a state so far.
   `it` has `seen`, weights and spectra by epoch, and `measured`, results by epoch and what was off. */
(function () {
  "use strict";

  const { coded, randomSets, switchedOff } = Timeless.parts.surgery.core;

  const MEASURES = [["accuracy", "Accuracy"], ["loss", "Loss (nats)"]];
  const PARTS = [["all", "all pairs"], ["train", "trained on"], ["test", "never seen"]];

  const keyOf = (epoch, off) => `${epoch}/${coded(off)}`;

  function resultOf({ net, info, op }, found, withPairs) {
    const { summarise } = Timeless.network;
    const mask = net.trainMask(op);
    return {
      all: summarise(found, info, op),
      train: summarise(found, info, op, mask, 1),
      test: summarise(found, info, op, mask, 0),
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

  /** Returns workers, `hands` of them, that measure what is wanted and not yet known. What failed is not tried again; the
      losses of single pairs are kept if the map needs them. `done` is called after each. */
  function measurer(it, { withPairs, hands = 1, done = () => {} }) {
    const { measured, seen, info } = it;
    const workers = Timeless.background.startFor(it, hands);
    const going = new Set(); // names of what is being measured

    async function measure(epoch, off) {
      const name = keyOf(epoch, off);
      going.add(name);
      try {
        const cut = Timeless.network.withoutFrequencies(seen.get(epoch).weights, info, off, it.circle.order);
        const found = await workers.run("allPairs", [cut, info, it.op]);
        if (found) measured.set(name, resultOf(it, found, withPairs));
      } catch (error) {
        measured.set(name, null);
        it.view.failure.tell(`The network could not be computed (${Timeless.told(error)}). Choose another set, or reload the page.`);
      }
      going.delete(name);
      done();
      if (!it.destroyed) it.refresh();
    }
    return {
      work(epoch, wanted) {
        wanted.forEach((off, i) => {
          const name = keyOf(epoch, off);
          if (it.destroyed || going.size >= hands || going.has(name)) return;
          if (!isHere(measured.get(name), withPairs && i === 0)) measure(epoch, off);
        });
      },
      destroy: workers.destroy,
    };
  }

  /** Returns the workers of an instrument: two of them, so that what the reader asks for never waits behind random sets. */
  function handsOf(it) {
    it.pace = Timeless.sweep.pace();
    return {
      own: measurer(it, { withPairs: true }),
      random: measurer(it, { withPairs: false, hands: Timeless.background.HANDS, done: it.pace.step }),
    };
  }

  /** Has random sets be computed, from now on or again. */
  function begin(it) {
    it.halted = false;
    it.pace.begin();
  }

  /** Returns the published results of random sets where the state is that of the published ablation, or null. */
  function published({ data, own }, { mode, set, epoch }) {
    return !own && epoch === data.epoch && coded(set) === coded(data.freqs) ? data.random[mode] : null;
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
    const asked = JSON.stringify(state);
    if (asked !== it.asking) begin(it);
    it.asking = asked;
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

  Object.assign(Timeless.parts.surgery, { MEASURES, PARTS, openingOf, handsOf, begin, compose });
})();
