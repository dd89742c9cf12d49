/* Frequency surgery: sets of frequencies, the steps from one to another, and random sets to compare with.
   Node's tests require it. */
(function () {
  "use strict";

  const SETS = 20; // random sets that the page computes
  const SEED = 1; // from which they are drawn
  const STEPS = 200; // that can be undone

  /** Returns the frequencies 1 … top. */
  const all = (top) => Array.from({ length: top }, (_, i) => i + 1);

  /** Returns the frequencies 1 … top that are not in a set. */
  const others = (top, set) => all(top).filter((k) => !set.includes(k));

  /** Returns the frequencies that an operation switches off: those chosen, or all but those. */
  const switchedOff = ({ mode, set }, top) => (mode === "keep" ? others(top, set) : set);

  /** Returns a set with k, or without it if it was there; sets are sorted. */
  const toggled = (set, k) => (set.includes(k) ? set.filter((f) => f !== k) : [...set, k].sort((a, b) => a - b));

  /** Returns the runs [first, last] of neighbouring frequencies in a sorted set. */
  function runs(set) {
    const found = [];
    for (const k of set) {
      if (found.length && found.at(-1)[1] === k - 1) found.at(-1)[1] = k;
      else found.push([k, k]);
    }
    return found;
  }

  /** Returns a set in words, "17, 54, 59" or "1–16, 18". */
  const words = (set) =>
    runs(set).map(([a, b]) => (a === b ? a : b === a + 1 ? `${a}, ${b}` : `${a}–${b}`)).join(", ");

  /** Returns a set as an address carries it, "17_54_59" or "1-16_18", "none" if it is empty. */
  const coded = (set) => runs(set).map(([a, b]) => (a === b ? a : `${a}-${b}`)).join("_") || "none";

  /** Returns the set that an address carries, or null where it makes no sense. */
  function decoded(text, top) {
    if (text === "none") return [];
    const found = [];
    for (const part of String(text).split("_")) {
      const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) || [];
      if (!(first >= 1 && Number(last) >= Number(first) && last <= top)) return null;
      for (let k = Number(first); k <= Number(last); k++) found.push(k);
    }
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /** Returns the state of an address, with the initial one where it says nothing or makes no sense. */
  function stateOf(shared, initial, { epochs, top }) {
    return {
      mode: ["remove", "keep"].includes(shared.mode) ? shared.mode : initial.mode,
      set: (shared.set !== undefined && decoded(shared.set, top)) || initial.set,
      epoch: epochs.includes(shared.epoch) ? shared.epoch : initial.epoch,
    };
  }

  /** Returns `{now, go, undo, redo, before, after}`: a state with the steps that led to it and those taken back. */
  function history(start) {
    const [past, future] = [[], []];
    let now = start;
    const swap = (from, to) => {
      if (!from.length) return;
      to.push(now);
      now = from.pop();
    };
    return {
      now: () => now,
      go(next) {
        past.push(now);
        if (past.length > STEPS) past.shift();
        future.length = 0;
        now = next;
      },
      undo: () => swap(past, future),
      redo: () => swap(future, past),
      before: () => past.length,
      after: () => future.length,
    };
  }

  /** Returns in how many ways `size` of n things can be chosen, no more than `most`. */
  function ways(n, size, most) {
    let found = 1;
    for (let i = 0; i < Math.min(size, n - size); i++) found = Math.min((found * (n - i)) / (i + 1), 1e12);
    return Math.min(Math.round(found), most);
  }

  /** Returns up to `count` different sets of as many frequencies as `set` has, by the rule of timeless/analysis/ablation.py:
      drawn from those that are not in it, or from all where too few are left. The set itself is none of them,
      and an empty one has none beside it. `chance` is kit/chance.js. */
  function randomSets(top, set, chance, count = SETS, seed = SEED) {
    if (!set.length) return [];
    const rest = others(top, set);
    const apart = rest.length >= set.length;
    const pool = apart ? rest : all(top);
    const wanted = apart ? ways(pool.length, set.length, count) : Math.min(ways(top, set.length, count + 1) - 1, count);
    const random = chance.uniform(seed);
    const found = new Map();
    while (found.size < wanted) {
      const one = chance.drawn(pool, set.length, random).sort((a, b) => a - b);
      if (coded(one) !== coded(set)) found.set(coded(one), one);
    }
    return [...found.values()];
  }

  /** Returns `{n, mean, deviation, least, most}` of some values; without any, n is 0 and the rest NaN. */
  function summary(values) {
    const n = values.length;
    const mean = values.reduce((sum, x) => sum + x, 0) / n;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
    return { n, mean, deviation, least: n ? Math.min(...values) : NaN, most: n ? Math.max(...values) : NaN };
  }

  /** Returns the frequency with the largest norm of those between two, which a fingertip covers. */
  function tallest(norm, from, to) {
    let best = from;
    for (let k = from; k <= to; k++) if (norm[k - 1] > norm[best - 1]) best = k;
    return best;
  }

  /** Returns what an operation does, as a sentence begins. */
  function operation({ mode, set }) {
    if (mode === "keep") return set.length ? `Kept only ${words(set)}` : "Kept no frequency, only the mean";
    return set.length ? `Removed ${words(set)}` : "Nothing removed";
  }

  const core = { all, others, switchedOff, toggled, words, coded, decoded, stateOf, history, randomSets, summary, tallest, operation };
  if (typeof module !== "undefined") module.exports = core;
  else Timeless.parts.surgery = { core };
})();
