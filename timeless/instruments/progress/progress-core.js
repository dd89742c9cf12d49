/* Progress measures: epochs and positions along the checkpoints, phases, and which curves a state shows.
   Node's tests require it. */
(function () {
  "use strict";

  /** Returns the index of the entry of a rising list that is nearest to x, the earlier of two. */
  function nearest(list, x) {
    let after = list.findIndex((entry) => entry >= x);
    if (after < 0) after = list.length - 1;
    return after > 0 && x - list[after - 1] <= list[after] - x ? after - 1 : after;
  }

  /** Returns the epoch at a position along the checkpoints, whole at each of them; between two the
      logarithm of 1 + epoch grows evenly. */
  function epochAt(epochs, position) {
    const i = Math.floor(position);
    const w = position - i;
    if (!w) return epochs[i];
    return Math.expm1(Math.log1p(epochs[i]) * (1 - w) + Math.log1p(epochs[i + 1]) * w);
  }

  /** Returns the position of an epoch along the checkpoints, the inverse of `epochAt`. */
  function positionOf(epochs, epoch) {
    const i = epochs.findLastIndex((entry) => entry <= epoch);
    if (i < 0) return 0;
    if (i === epochs.length - 1) return i;
    const [from, to] = [Math.log1p(epochs[i]), Math.log1p(epochs[i + 1])];
    return i + (Math.log1p(epoch) - from) / (to - from);
  }

  const PACE = 1000; // milliseconds from one checkpoint to the next, at speed 1

  /** Returns the position after playing on for dt milliseconds; it ends at `last`. */
  const advance = (position, dt, speed, last) => Math.min(position + (dt * speed) / PACE, last);

  /** Returns the checkpoint after an epoch (direction 1) or before it (-1), or the outermost one. */
  function stepFrom(epochs, epoch, direction) {
    if (direction > 0) return epochs.find((entry) => entry > epoch) ?? epochs[epochs.length - 1];
    return epochs.findLast((entry) => entry < epoch) ?? epochs[0];
  }

  /** Returns the phase that an epoch belongs to: the last one that has begun. */
  const phaseAt = (phases, epoch) => phases.findLast(({ start }) => start <= epoch) ?? phases[0];

  const SPLITS = { all: "all pairs", train: "training pairs", test: "test pairs" };

  /** Returns on which pairs restricted and excluded loss are taken. */
  const splitsOf = ({ split }) =>
    split === "defined" ? { restricted: "all", excluded: "train" } : { restricted: split, excluded: split };

  /** Returns the curves of a state, `[{key, label, table, column, colour}]`; tables are "curves" or a choice
      of directions. */
  function linesOf({ view, split, directions }) {
    const outer = (name, text) => ({ key: `${name}-${view}`, label: `${name} ${text}`, table: "curves", column: `${name}_${view}`, colour: name });
    if (view === "accuracy") {
      const label = "accuracy of the restricted logits, all pairs";
      return [outer("train", "accuracy"), outer("test", "accuracy"), { key: "restricted-accuracy", label, table: directions, column: "restricted_accuracy_all", colour: "series-3" }];
    }
    const taken = splitsOf({ split });
    const inner = (kind, colour) => ({ key: kind, label: `${kind} loss, ${SPLITS[taken[kind]]}`, table: directions, column: `${kind}_loss_${taken[kind]}`, colour });
    return [outer("train", "loss"), outer("test", "loss"), inner("restricted", "series-3"), inner("excluded", "series-4")];
  }

  /** Returns in words how restricted and excluded loss are taken. */
  function protocolOf(state, directions, integer = String) {
    const taken = splitsOf(state);
    const { freqs, epoch } = directions[state.directions];
    const where = state.split === "defined" || taken.restricted !== taken.excluded
      ? `Restricted loss on ${SPLITS[taken.restricted]}, excluded loss on ${SPLITS[taken.excluded]}`
      : `Restricted and excluded loss on ${SPLITS[taken.restricted]}`;
    const who = state.directions === "last"
      ? `the key frequencies of the last checkpoint, epoch ${integer(epoch)}; this choice was made beforehand`
      : `the key frequencies of epoch ${integer(epoch)}, when grokking was confirmed; this choice was made after looking at the run`;
    return `${where}. Directions: cos and sin of ω_k(a + b) with k = ${freqs.join(", ")}, ${who}.`;
  }

  const core = { nearest, epochAt, positionOf, PACE, advance, stepFrom, phaseAt, splitsOf, linesOf, protocolOf };
  if (typeof module !== "undefined") module.exports = core;
  else Timeless.parts.progress = { core };
})();
