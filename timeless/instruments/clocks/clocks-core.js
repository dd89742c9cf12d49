/* The clocks: where an embedding puts the hands, the waves that follow, what they add up to, and what is left over.
   Node's tests require it. */
(function () {
  "use strict";

  const TURN = 2 * Math.PI;
  const USED = 0.02; // of the strongest wave, from which a clock counts as used
  const NEAR = 0.1; // of the highest, within which another answer is as good as tied

  const FLAT = 0.05; // of another curve's height, below which one counts as flat beside it

  /** Returns an angle in [-half a turn, half a turn). */
  const wrapped = (angle) => angle - TURN * Math.floor(angle / TURN + 0.5);

  /** Returns the angle in [0, a turn) at which a clock of frequency k and p places has its place t. */
  const placeOf = (t, k, p) => (TURN * ((k * t) % p)) / p;

  /** Returns a clock `{k, angles, radii}`: the angles [p] in [0, a turn) and the distances [p] from the middle, their mean 1, at
      which an embedding puts the numbers in the plane of frequency k. `fourier` is kit/fourier.js, `waves` its coefficients.
      Numbers are told by their places in the order of the rows of W_E here and below. */
  function clockOf(fourier, W_E, waves, k) {
    const { p, d } = waves;
    const { u, v } = fourier.planeOf(waves, k);
    const [x, y] = [u, v].map((direction) => fourier.project(W_E, p, d, direction));
    const far = x.map((along, t) => Math.hypot(along, y[t]));
    const mean = far.reduce((sum, r) => sum + r, 0) / p || 1;
    return { k, angles: x.map((along, t) => (Math.atan2(y[t], along) + TURN) % TURN), radii: far.map((r) => r / mean) };
  }

  /** Returns by what angles [p] the hand of a clock of frequency k goes on for the second number: as it stands on that clock, or
      where it counts `slope` times, on the clock of so many times k; `clockAt(k)` is a clock with angles. */
  function turnsOf(clockAt, k, p, slope) {
    const turned = ((((slope * k) % p) + p) % p);
    const back = 2 * turned > p;
    return clockAt(back ? p - turned : turned).angles.map((angle) => (back ? -angle : angle));
  }

  /** Returns where the hand of a clock stands, in radians: at a, and then on by b; `ideal` has the same for a perfect clock. A clock
      whose second number does not count as the first has the angles that it goes on by, `turns`, and its `slope`. */
  function handsOf({ k, angles, turns = angles, slope = 1 }, a, b) {
    const p = angles.length;
    const [ideal, by] = [placeOf(a, k, p), Math.sign(slope) * placeOf(Math.abs(slope) * b, k, p)];
    return { a: angles[a], sum: angles[a] + turns[b], ideal: { a: ideal, sum: ideal + by } };
  }

  /** Returns how far, in radians, hand and perfect hand are apart in the end. */
  const errorOf = (hands) => Math.abs(wrapped(hands.sum - hands.ideal.sum));

  /** Returns the b that brings the hand nearest to an angle, after a. */
  function nearestNumber({ angles, turns = angles }, a, angle) {
    const away = (b) => Math.abs(wrapped(angles[a] + turns[b] - angle));
    return angles.reduce((best, _, b) => (away(b) < away(best) ? b : best), 0);
  }

  /** Returns amplitude · cos(2πk(sum - c)/p) over the classes c [p]. */
  const waveOf = (amplitude, k, p, sum) => Float64Array.from({ length: p }, (_, c) => amplitude * Math.cos(placeOf((sum - c + p) % p, k, p)));

  /** Returns the sum of waves, each times its weight [p]. */
  function added(waves, weights, p) {
    return Float64Array.from({ length: p }, (_, c) => waves.reduce((sum, wave, i) => sum + weights[i] * wave[c], 0));
  }

  /** Returns which frequencies have a wave worth a clock, from the amplitudes of all. */
  function inUse(amplitudes) {
    const most = Math.max(...amplitudes.map(Math.abs));
    return Array.from(amplitudes, (one) => Math.abs(one) >= USED * most);
  }

  /** Returns what a curve over the classes says: the class that is `highest`, its `lead` over the next, how many others come
      `near`, within a tenth of its height, and the `chance` of the right answer if these were logits. Where nothing rises
      beside the size `scale`, highest is null. */
  function verdictOf(values, right, scale = 0) {
    const high = Math.max(...values);
    const highest = values.indexOf(high);
    const rest = Array.from(values).filter((_, c) => c !== highest);
    const next = Math.max(...rest);
    const total = values.reduce((sum, x) => sum + Math.exp(x - high), 0);
    const flat = high <= FLAT * scale;
    const near = high > 0 ? rest.filter((x) => x >= (1 - NEAR) * high).length : rest.length;
    return { highest: flat ? null : highest, lead: high - next, near, chance: Math.exp(values[right] - high) / total };
  }

  /** Returns logits less their mean. */
  function centred(logits) {
    const mean = logits.reduce((sum, x) => sum + x, 0) / logits.length;
    return logits.map((x) => x - mean);
  }

  /** Returns what a sum leaves of centred logits, `rest` [p], and its share of their sum of squares. */
  function leftOver(logits, sum) {
    const rest = logits.map((x, c) => x - sum[c]);
    const squares = (list) => list.reduce((total, x) => total + x * x, 0);
    return { rest, share: squares(rest) / (squares(logits) || 1) };
  }

  /** Returns how much of each part is there at a moment of playing: the first hand, the second, and one wave after another. */
  function partsAt(moment, n) {
    const share = (from) => Math.min(Math.max(moment - from, 0), 1);
    return { a: share(0), b: share(1), waves: Array.from({ length: n }, (_, i) => share(2 + i)) };
  }

  const core = { TURN, wrapped, placeOf, clockOf, turnsOf, handsOf, errorOf, nearestNumber, waveOf, added, inUse, verdictOf, centred, leftOver, partsAt };
  if (typeof module === "object" && module.exports) module.exports = core;
  else Timeless.parts.clocks = { core };
})();
