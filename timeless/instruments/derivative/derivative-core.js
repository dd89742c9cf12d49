/* Directional derivatives: directions in weight space, and what slope and curvature predict along one.
   Node's tests require it. */
(function () {
  "use strict";

  /** Returns the Euclidean length over all tensors together. */
  function lengthOf(tensors) {
    let sum = 0;
    for (const part of Object.values(tensors)) for (let i = 0; i < part.length; i++) sum += part[i] * part[i];
    return Math.sqrt(sum);
  }

  /** Returns a · one + b · other, tensor by tensor, as arrays of that type. */
  function combined(a, one, b, other, Numbers) {
    const sums = {};
    for (const name of Object.keys(one)) {
      const [x, y] = [one[name], other[name]];
      const sum = (sums[name] = new Numbers(x.length));
      for (let i = 0; i < x.length; i++) sum[i] = a * x[i] + b * y[i];
    }
    return sums;
  }

  const scaled = (tensors, factor) => combined(factor, tensors, 0, tensors, Float64Array);
  const unit = (tensors) => scaled(tensors, 1 / lengthOf(tensors));

  /** Returns a random direction of length 1 in the space of the weights: every weight alike, or with each tensor's
      part as long, relative to the others, as the tensor itself. `draw` gives normal numbers. */
  function randomDirection(weights, draw, scaling) {
    const drawn = {};
    for (const name of Object.keys(weights).sort()) {
      const part = { [name]: Float64Array.from(weights[name], draw) };
      drawn[name] = scaling === "by-tensor" ? scaled(part, lengthOf({ [name]: weights[name] }) / lengthOf(part))[name] : part[name];
    }
    return unit(drawn);
  }

  /** Returns the direction of what lies between weights and some of them changed. */
  const towards = (changed, weights) => unit(combined(1, weights, -1, changed, Float64Array));

  /** Returns weights + t · direction. */
  const moved = (weights, direction, t) => combined(1, weights, t, direction, Float32Array);

  /** Returns the pairs at which a mask has a value, in rising order. */
  function pairsWhere(mask, value) {
    const found = [];
    mask.forEach((one, pair) => one === value && found.push(pair));
    return found;
  }

  /** Returns the derivative from values a step ahead and a step behind. */
  const central = (ahead, behind, step) => (ahead - behind) / (2 * step);

  /** Returns the loss at t by the tangent, or with a curvature by the parabola. */
  const predicted = (t, loss, slope, curvature = 0) => loss + slope * t + (curvature * t * t) / 2;

  /** Returns the difference of two numbers over the larger of them. */
  const apart = (one, other) => Math.abs(one - other) / Math.max(Math.abs(one), Math.abs(other), 1e-300);

  /** Returns the point of a profile {t, loss} nearest to t; null beyond its ends. */
  function pointAt(profile, t) {
    const pitch = profile.length > 1 ? (profile[profile.length - 1].t - profile[0].t) / (profile.length - 1) : 0;
    const best = profile.reduce((found, point) => (!found || Math.abs(point.t - t) < Math.abs(found.t - t) ? point : found), null);
    return best && Math.abs(best.t - t) <= pitch / 2 + 1e-9 ? best : null;
  }

  /** Returns lengths from −reach to reach, those nearest to 0 first. */
  function outwards(reach, steps) {
    const found = [0];
    for (let i = 1; i <= steps; i++) found.push((i * reach) / steps, (-i * reach) / steps);
    return found;
  }

  const core = { lengthOf, randomDirection, towards, moved, pairsWhere, central, predicted, apart, pointAt, outwards };
  if (typeof module !== "undefined") module.exports = core;
  else Timeless.parts.derivative = { core };
})();
