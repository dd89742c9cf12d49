/* Losses along a direction that the page computes itself, and what is known of a network from these and from the data.
   `it` has `found`, what was computed by what it was asked for ({points, slope, done, n}), and `drawnSlopes`, the same
   without the reach. */
(function () {
  "use strict";

  const { randomDirection, towards, moved, pairsWhere, central, predicted, pointAt, outwards } = Timeless.parts.derivative.core;

  const DRAWN = "drawn";
  const STEP = 0.005; // of the central differences in the page
  const STEPS = 10; // lengths on either side at which the page computes the loss along a drawn direction
  const TICKS = 20; // positions of the slider on either side of t = 0

  const isDrawn = ({ state }) => state.direction === DRAWN;
  const kindOf = ({ data, state }) => data.profiles.find(({ direction }) => direction === state.direction)?.kind ?? DRAWN;
  const canCompute = (it, name) => it.stages[name].in_page && ["key", "other", DRAWN].includes(kindOf(it));

  function keyOf(it, name) {
    const { direction, split, seed, scaling, reach } = it.state;
    return [name, direction, split, ...(isDrawn(it) ? [seed, scaling, reach] : [])].join();
  }

  const slopeKey = ({ state }, name) => [name, state.split, state.seed, state.scaling].join();
  const drawnSlope = (it, name) => (isDrawn(it) ? it.drawnSlopes.get(slopeKey(it, name)) ?? null : null);

  // --- computing ----------------------------------------------------------------------------

  function directionIn({ state, info }, weights) {
    if (state.direction === DRAWN) return randomDirection(weights, Timeless.chance.normal(state.seed), state.scaling);
    const k = Number(state.direction.split(" ")[1]);
    return towards(Timeless.network.withoutFrequencies(weights, info, [k]), weights);
  }

  /** Returns the pairs on which the loss is taken, in rising order: all of the split, or a sample. */
  function pairsOf(it) {
    const { chance } = Timeless;
    const own = pairsWhere(it.mask, it.state.split === "train" ? 1 : 0);
    return Uint32Array.from(isDrawn(it) ? chance.drawn(own, it.data.sample, chance.uniform(it.state.seed)) : own).sort();
  }

  /** Returns the lengths at which the loss of a network is wanted along a drawn direction and not yet known, from the
      middle outwards. */
  function lengthsLeft(it, name) {
    const { reach, one, two } = it.state;
    if (!isDrawn(it) || ![one, two].includes(name)) return [];
    const known = (it.found.get(keyOf(it, name))?.points ?? []).map(({ t }) => t);
    return outwards(reach * it.longest, STEPS).filter((t) => !known.includes(t));
  }

  /** Returns how many losses of a network are still wanted. */
  const lossesLeft = (it, name) => lengthsLeft(it, name).length + (it.found.get(keyOf(it, name))?.slope == null ? 2 : 0);

  /** Computes what is asked for of one network, as long as `current()`: the slope, and of a drawn direction the losses.
      `step()` is called after each loss. What was computed before, and stopped, is kept. */
  async function computeOne(it, name, key, { current, step }) {
    const weights = await it.run.weights(it.run.index(it.stages[name].epoch));
    if (!current()) return;
    const [direction, pairs, slopeAt] = [directionIn(it, weights), pairsOf(it), slopeKey(it, name)];
    const made = it.found.get(key) ?? { points: [], slope: null, done: false, n: pairs.length };
    const ts = lengthsLeft(it, name);
    it.found.set(key, made);
    it.worker ??= Timeless.background.startFor(it, Timeless.background.HANDS);
    const lossAt = async (t) => {
      const found = await it.worker.run("allPairs", [moved(weights, direction, t), it.info, 0, { pairs }]);
      step();
      return found?.loss ?? NaN;
    };
    if (made.slope === null) {
      const [ahead, behind] = await Promise.all([STEP, -STEP].map(lossAt));
      made.slope = central(ahead, behind, STEP);
    }
    if (isDrawn(it)) it.drawnSlopes.set(slopeAt, made.slope);
    await Timeless.sweep.inTurn(current() ? ts : [], async (t) => {
      const loss = await lossAt(t);
      made.points = [...made.points, { t, loss }].sort((before, after) => before.t - after.t);
      it.refresh();
      return current();
    });
    made.done = current();
    it.refresh();
  }

  /** Returns what the state asks for, [[network, key], …]: the two networks, and of a drawn direction the slopes at the
      other stages. */
  function asked(it) {
    const others = isDrawn(it) ? it.names.filter((name) => drawnSlope(it, name) === null) : [];
    const own = [...new Set([it.state.one, it.state.two, ...others])];
    return own.filter((name) => canCompute(it, name)).map((name) => [name, keyOf(it, name)]);
  }

  /** Returns what the state asks for and is not known as a whole. */
  const unfinished = (it) => asked(it).filter(([, key]) => !it.found.get(key)?.done);

  /** Ends what is being computed; what is known stays. */
  function stop(it) {
    it.job = null;
    it.refresh();
  }

  function fail(it, name, key, error) {
    it.found.delete(key);
    it.broken = key;
    const epoch = Timeless.instrument.integer(it.stages[name].epoch);
    it.view.failure.tell(`The loss at epoch ${epoch} cannot be computed here (${Timeless.told(error)}). Choose again to try once more.`);
  }

  /** Computes what the state asks for; a newer state ends it. */
  async function computeAll(it) {
    const own = unfinished(it);
    const keys = own.map(([, key]) => key).join();
    if (it.job?.keys === keys) return;
    const of = own.reduce((sum, [name]) => sum + lossesLeft(it, name), 0);
    const job = (it.job = { keys, done: 0, of, pace: Timeless.sweep.pace() });
    job.pace.begin();
    it.broken = "";
    it.view.failure.tell("");
    const step = () => {
      job.done += 1;
      job.pace.step();
    };
    for (const [name, key] of own) {
      try {
        await computeOne(it, name, key, { current: () => it.job === job, step });
      } catch (error) {
        if (it.job !== job) return;
        fail(it, name, key, error);
      }
      if (it.job !== job) return;
    }
    stop(it);
  }

  // --- what is known ------------------------------------------------------------------------

  const profileOf = ({ data, state }, name) => data.profiles.find(({ stage, direction }) => stage === name && direction === state.direction);

  /** Returns how far the picture reaches to either side, in the unit that is chosen. */
  function reachOf({ state, stages, longest }) {
    const norms = [state.one, state.two].map((name) => stages[name].norm);
    return (state.reach * longest) / (state.unit === "absolute" ? 1 : Math.min(...norms));
  }

  const cursorOf = (it) => (it.state.at / TICKS) * reachOf(it);

  /** Returns the measured derivatives of a profile, null where there are none. */
  function measuredOf(profile, split) {
    const columns = ["slope", "difference", "curvature"];
    return Object.fromEntries(columns.map((name) => [name, profile ? profile[`${name}_${split}`] : null]));
  }

  /** Returns the losses along the direction, {t, x, loss}: those of the profile, or as computed so far. */
  function pointsOf({ data: { lengths }, state }, profile, own, norm) {
    const raw = profile ? lengths.map((t, i) => ({ t, loss: profile[`loss_${state.split}`][i] })) : own?.points ?? [];
    return raw.map((point) => ({ ...point, x: point.t / norm }));
  }

  /** Returns what is known of a network along the direction: points {t, x, loss}, derivatives and norm. */
  function networkOf(it, name) {
    const { split, unit } = it.state;
    const stage = it.stages[name];
    const own = it.found.get(keyOf(it, name));
    const profile = profileOf(it, name);
    const norm = unit === "absolute" ? 1 : stage.norm;
    const points = pointsOf(it, profile, own, norm);
    const loss = points.find(({ t }) => t === 0)?.loss ?? null;
    const page = own?.slope ?? null;
    const measured = measuredOf(profile, split);
    const slope = profile || loss === null ? measured.slope : page;
    const there = pointAt(points, cursorOf(it) * norm);
    const tangent = there && slope !== null ? predicted(there.t, loss, slope) : null;
    return { ...measured, name, stage, norm, points, loss, page, slope, there, tangent, random: stage[`random_${split}`] };
  }

  /** Returns what is known of the two networks, of one where they are the same. */
  const networksOf = (it) => [...new Set([it.state.one, it.state.two])].map((name) => networkOf(it, name));

  /** Returns the slope at each stage, as far as it is known. */
  function slopesOf(it) {
    return it.data.stages.flatMap(({ name, epoch, in_page: own }) => {
      const profile = profileOf(it, name);
      const slope = profile ? profile[`slope_${it.state.split}`] : drawnSlope(it, name);
      return slope ? [{ name, epoch, own, slope }] : [];
    });
  }

  Object.assign(Timeless.parts.derivative, { DRAWN, STEP, TICKS, isDrawn, canCompute, keyOf, unfinished, stop, computeAll, reachOf, cursorOf, networksOf, slopesOf });
})();
