/* Attention at another temperature: the slider's scale, patterns and their entropy, and the points of a curve.
   Node's tests require it. */
(function () {
  "use strict";

  const MOST = 20; // the highest temperature; the lowest is one over it
  const HALF = 100; // positions of the slider on either side of T = 1
  const GRID = Array.from({ length: 21 }, (_, i) => temperatureAt(10 * i - HALF));

  /** Returns the temperature, to four digits as they were measured beforehand, at a position of the slider in [-HALF, HALF]. */
  function temperatureAt(position) {
    return Number((MOST ** (position / HALF)).toPrecision(4));
  }

  /** Returns the position of a temperature on the slider, the inverse of `temperatureAt`. */
  const positionOf = (temperature) => Math.round((HALF * Math.log(temperature)) / Math.log(MOST));

  /** Returns the entropy in nats of shares that sum to one. */
  const entropyOf = (shares) => -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0);

  /** Returns what the softmax of scores / T tends to as T falls to 0: all on the largest, ties share. */
  function coldest(scores) {
    const highest = Math.max(...scores);
    const ties = scores.filter((score) => score === highest).length;
    return Array.from(scores, (score) => (score === highest ? 1 / ties : 0));
  }

  /** Returns the rows of a head-major list [heads * 3]. */
  const byHead = (list, heads) => Array.from({ length: heads }, (_, h) => Array.from(list.slice(3 * h, 3 * h + 3)));

  /** Returns the curves measured beforehand as a map from epochs to points by rising temperature. */
  function curvesOf({ epoch, temperature, entropy, ...scores }) {
    const curves = new Map();
    temperature.forEach((T, i) => {
      const split = (name) => ({ accuracy: scores[`accuracy_${name}`][i], loss: scores[`loss_${name}`][i] });
      const point = { T, entropy: entropy[i], all: split("all"), train: split("train"), test: split("test") };
      curves.set(epoch[i], withPoint(curves.get(epoch[i]) ?? [], point));
    });
    return curves;
  }

  /** Returns the points of a curve with one more, by rising temperature; one at the same takes its place. */
  function withPoint(points, point) {
    return [...points.filter(({ T }) => T !== point.T), point].sort((one, other) => one.T - other.T);
  }

  /** Returns the temperatures of the grid that a curve still lacks, those next to 1 first. */
  function missing(points) {
    const known = new Set(points.map(({ T }) => T));
    return GRID.filter((T) => !known.has(T)).sort((s, t) => Math.abs(Math.log(s)) - Math.abs(Math.log(t)));
  }

  /** Returns powers of ten that enclose values above 0. */
  function decades(values) {
    const logs = values.filter((value) => value > 0).map(Math.log10);
    if (!logs.length) return [0.1, 10];
    return [10 ** Math.floor(Math.min(...logs, -1)), 10 ** Math.ceil(Math.max(...logs, 1))];
  }

  const core = { MOST, HALF, GRID, temperatureAt, positionOf, entropyOf, coldest, byHead, curvesOf, withPoint, missing, decades };
  if (typeof module !== "undefined") module.exports = core;
  else Timeless.parts.temperature = core;
})();
