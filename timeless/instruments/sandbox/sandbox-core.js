/* The sandbox: measured particles between checkpoints, and a record of a simulation. Node's tests require it. */
(function () {
  "use strict";

  const NAMES = ["energy", "spectral_entropy", "order_parameter"];

  /** Returns the particles [x, y, …] and their row lengths at a position along the checkpoints, in plane number `plane`.
      Whole positions are measured; between them particles move on straight lines. */
  function measuredAt({ n, xy, lengths, planes }, plane, position) {
    const last = lengths.length / n - 1;
    const i = Math.min(Math.max(Math.floor(position), 0), last);
    const j = Math.min(i + 1, last);
    const w = position - i;
    const slice = (values, size, row) => values.subarray(size * row, size * (row + 1));
    const between = (values, size, from, to) => {
      const [a, b] = [slice(values, size, from), slice(values, size, to)];
      return w ? Float64Array.from(a, (x, at) => x + w * (b[at] - x)) : Float64Array.from(a);
    };
    return {
      xy: between(xy, 2 * n, i * planes + plane, j * planes + plane),
      lengths: between(lengths, n, i, j),
      row: i,
    };
  }

  /** Returns a record of numbers over time that never holds more than `room` rows: when it is full, every
      second one goes, and from then on half as many are kept. */
  function recorder(names, room = 400) {
    const kept = { time: [], ...Object.fromEntries(names.map((name) => [name, []])) };
    let every = 0;
    return {
      kept,
      note(time, values) {
        const { length } = kept.time;
        if (length && time - kept.time[length - 1] < every * 0.999) return;
        kept.time.push(time);
        for (const name of names) kept[name].push(values[name]);
        if (kept.time.length < room) return;
        for (const list of Object.values(kept)) list.splice(0, list.length, ...list.filter((_, i) => i % 2 === 0));
        every = kept.time[1] - kept.time[0];
      },
      clear() {
        every = 0;
        for (const list of Object.values(kept)) list.length = 0;
      },
    };
  }

  /** Returns the radius within which all but one in a hundred particles lie in a plane, at whichever of the checkpoints
      it is largest. */
  function reach({ n, xy, planes }, plane, rows) {
    let most = 0;
    for (const row of rows) {
      const start = 2 * n * (row * planes + plane);
      const radii = Float64Array.from({ length: n }, (_, i) => Math.hypot(xy[start + 2 * i], xy[start + 2 * i + 1])).sort();
      most = Math.max(most, radii[Math.ceil(0.99 * n) - 1]);
    }
    return most;
  }

  const core = { NAMES, measuredAt, recorder, reach };
  if (typeof module === "object" && module.exports) module.exports = core;
  else Timeless.parts.sandbox = { core };
})();
