/* A throw: the true path of a ball, what a small trained network answers, and where it errs. Node's tests require it. */
(function () {
  "use strict";

  const GRAVITY = 9.81; // m/s²
  const MAP = { theta: [5, 85], v0: [8, 92] }; // what can be thrown: degrees, m/s
  const CELLS = [33, 29]; // of the map, along angle and speed
  const DISTANCES = 27; // along the path that is drawn
  const LEAST = 0.1; // metres: the least error that the map tells apart
  const MOST = 100;

  /** Returns the height in metres at distance x, for an angle in degrees and a speed in m/s. */
  function height(theta, v0, x) {
    const angle = (theta * Math.PI) / 180;
    return x * Math.tan(angle) - (GRAVITY * x * x) / (2 * v0 * v0 * Math.cos(angle) ** 2);
  }

  /** Returns the tensors of an MLP with two hidden layers, views of one flat array (W1 b1 W2 b2 W3 b3). */
  function tensors(flat, width) {
    const sizes = [3 * width, width, width * width, width, width, 1];
    let start = 0;
    return sizes.map((size) => flat.subarray(start, (start += size)));
  }

  /** Returns the network's answer to inputs already mapped to -1 … 1, in its own units. */
  function answer(net, width, inputs) {
    const [W1, b1, W2, b2, W3, b3] = net;
    const first = new Float64Array(width);
    for (let j = 0; j < width; j++) {
      let sum = b1[j];
      for (let i = 0; i < 3; i++) sum += inputs[i] * W1[i * width + j];
      first[j] = Math.max(sum, 0);
    }
    const second = Float64Array.from(b2);
    for (let i = 0; i < width; i++) {
      if (!first[i]) continue;
      for (let j = 0; j < width; j++) second[j] += first[i] * W2[i * width + j];
    }
    let out = b3[0];
    for (let j = 0; j < width; j++) out += Math.max(second[j], 0) * W3[j];
    return out;
  }

  /** Returns a function from (theta, v0, x) to the height that the network answers, in metres. */
  function thrower({ box, mean, std, width }, flat) {
    const net = tensors(flat, width);
    const scaled = (value, [low, high]) => (2 * value - low - high) / (high - low);
    return (theta, v0, x) =>
      mean + std * answer(net, width, [scaled(theta, box.theta), scaled(v0, box.v0), scaled(x, box.x)]);
  }

  /** Returns `{x, truth, found, rmse, worst}` along one throw, at n distances of the box. */
  function pathOf(thrown, box, theta, v0, n = DISTANCES) {
    const [low, high] = box.x;
    const x = Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));
    const truth = x.map((each) => height(theta, v0, each));
    const found = x.map((each) => thrown(theta, v0, each));
    const off = found.map((y, i) => Math.abs(y - truth[i]));
    const rmse = Math.sqrt(off.reduce((sum, each) => sum + each * each, 0) / n);
    return { x, truth, found, rmse, worst: Math.max(...off) };
  }

  /** Returns the path's error in metres for each cell of the map, row by row from the slowest throw. */
  function errorMap(thrown, box, cells = CELLS) {
    const at = ([low, high], i, n) => low + ((high - low) * (i + 0.5)) / n;
    const errors = new Float64Array(cells[0] * cells[1]);
    for (let row = 0; row < cells[1]; row++) {
      for (let col = 0; col < cells[0]; col++) {
        const theta = at(MAP.theta, col, cells[0]);
        const v0 = at(MAP.v0, row, cells[1]);
        errors[row * cells[0] + col] = pathOf(thrown, box, theta, v0, 6).rmse;
      }
    }
    return errors;
  }

  /** Returns how far outside a range a value is, 0 inside. */
  const outside = (value, [low, high]) => Math.max(low - value, value - high, 0);

  /** Returns an error as a shade from 0, at most 0.1 m, to 1, at least 100 m, by its logarithm. */
  const shade = (error) => Math.min(Math.max(Math.log(error / LEAST) / Math.log(MOST / LEAST), 0), 1);

  const core = { MAP, CELLS, LEAST, MOST, height, tensors, answer, thrower, pathOf, errorMap, outside, shade };
  if (typeof module !== "undefined") module.exports = core;
  else Timeless.parts.projectile = core;
})();
