/* Particles in an energy well: seeded noise, overdamped Langevin dynamics, and the measures of a state.
   The measures are those of timeless/experiments/particles/states.py. It needs no page: Node's tests
   require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const normal = (seed) => (inNode ? require("../../../site_src/kit/chance.js") : Timeless.chance).normal(seed);

  const AXES = 3; // x and y in the plane, and the rest: the length of what lies outside it

  // --- the well -----------------------------------------------------------------------------

  /* What is put in by hand; everything else in the potential is measured. λ is in units of the training's own, forces in
     units of that times length. */
  const HAND = {
    start: 0.05, // λ at which the memory traps hold the particles at their measured places
    gives: 0.45, // λ at which the pull towards the crystal reaches the strength of a trap
    pull: 1.5, // the crystal's pull on a distant particle
    width: 0.1, // distance from its site within which that pull is a spring
    reach: 0.5, // width of a trap, as a share of the way from memory to crystal
  };
  const DT = 0.01;

  /** Returns the measured places as [x, y, rest] of each particle; `xy` [n * 2], `lengths` [n]. */
  function places(xy, lengths) {
    const found = new Float64Array(AXES * lengths.length);
    lengths.forEach((length, i) => {
      const [x, y] = [xy[2 * i], xy[2 * i + 1]];
      found.set([x, y, Math.sqrt(Math.max(length * length - x * x - y * y, 0))], AXES * i);
    });
    return found;
  }

  /** Returns the bare well V = λ/2·|x|² of n particles. */
  function bareWell(n) {
    const none = new Float64Array(n);
    const origin = () => new Float64Array(AXES * n);
    return { n, site: origin(), trap: origin(), depth: none, spread: new Float64Array(n).fill(1), pull: 0, width: 1 };
  }

  /** Returns the potential of a crystal and the memory it is formed from, both [n * 3] of `places`.

      V_i(x) = λ/2·|x|² + f·(√(w² + |x − a_i|²) − w) − D_i·exp(−|x − b_i|²/2s_i²)

      The site a_i is placed such that the measured crystal is at rest at λ = `run`, the training's own
      weight decay; the trap b_i such that the measured memory is at rest at the starting λ. */
  function crystalWell(memory, crystal, { run = 1, ...hand } = {}) {
    const { width, reach, ...relative } = { ...HAND, ...hand };
    const [start, gives, pull] = [relative.start, relative.gives, relative.pull].map((one) => run * one);
    const n = crystal.length / AXES;
    const well = { ...bareWell(n), pull, width };
    well.depth = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const at = AXES * i;
      const [m, c] = [memory, crystal].map((from) => Array.from(from.subarray(at, at + AXES)));
      let a = siteFor(c, c.map((x) => run * x), pull, width);
      const towards = (lambda) => m.map((x, axis) => lambda * x + pull * springOf(m, a, width)[axis]);
      well.spread[i] = Math.max(reach * distance(m, a), width);
      well.depth[i] = size(towards(gives)) * well.spread[i] * Math.sqrt(Math.E);
      // The trap's tail reaches the crystal, and the site moves with it: two rounds settle both.
      for (let round = 0; round < 3; round++) {
        const force = towards(start);
        const offset = trapOffset(size(force) / size(towards(gives))) * well.spread[i];
        const b = m.map((x, axis) => x + (offset * force[axis]) / (size(force) || 1));
        well.trap.set(b, at);
        const tail = trapForce(c, b, well.depth[i], well.spread[i]);
        a = siteFor(c, c.map((x, axis) => run * x + tail[axis]), pull, width);
      }
      well.site.set(a, at);
    }
    return well;
  }

  const size = (v) => Math.hypot(...v);
  const distance = (v, w) => Math.hypot(...v.map((x, axis) => x - w[axis]));

  /** Returns the gradient of √(w² + |x − a|²). */
  function springOf(x, a, width) {
    const away = Math.hypot(width, distance(x, a));
    return x.map((value, axis) => (value - a[axis]) / away);
  }

  /** Returns the gradient of −D·exp(−|x − b|²/2s²). */
  function trapForce(x, b, depth, spread) {
    const strength = (depth / spread ** 2) * Math.exp(-(distance(x, b) ** 2) / (2 * spread ** 2));
    return x.map((value, axis) => strength * (value - b[axis]));
  }

  /** Returns the site whose pull balances a force at c; the force must be below the largest pull. */
  function siteFor(c, force, pull, width) {
    const share = Math.min(size(force) / pull, 0.95);
    const away = (share / Math.sqrt(1 - share ** 2)) * width;
    return c.map((x, axis) => x + (away * force[axis]) / (size(force) || 1));
  }

  /** Returns how far from a trap's centre, in widths, it holds against a share of its largest force. */
  function trapOffset(share) {
    const wanted = Math.min(share, 0.98) / Math.sqrt(Math.E);
    let [low, high] = [0, 1];
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (middle * Math.exp((-middle * middle) / 2) < wanted) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Returns the well with each site moved at random in the plane: frozen noise, a share of the ring's radius. */
  function disordered(well, noise, radius, seed) {
    if (!noise) return well;
    const draw = normal(seed ^ 0x5f3759df);
    const site = Float64Array.from(well.site);
    for (let i = 0; i < well.n; i++) for (let axis = 0; axis < 2; axis++) site[AXES * i + axis] += noise * radius * draw();
    return { ...well, site };
  }

  /** Returns the largest curvature of the potential anywhere; below 1/dt no step without noise can climb. */
  function stiffness(well, lambda) {
    let most = 0;
    for (let i = 0; i < well.n; i++) most = Math.max(most, well.depth[i] / well.spread[i] ** 2);
    return lambda + well.pull / well.width + most;
  }

  /** Returns the potential energy of all particles together at `at` [n * 3]. */
  function potential(well, lambda, at) {
    const { n, site, trap, depth, spread, pull, width } = well;
    let total = 0;
    for (let i = 0; i < n; i++) {
      const j = AXES * i;
      let [norm, toSite, toTrap] = [0, 0, 0];
      for (let axis = j; axis < j + AXES; axis++) {
        norm += at[axis] ** 2;
        toSite += (at[axis] - site[axis]) ** 2;
        toTrap += (at[axis] - trap[axis]) ** 2;
      }
      total += (lambda / 2) * norm + pull * (Math.sqrt(width ** 2 + toSite) - width);
      if (depth[i]) total -= depth[i] * Math.exp(-toTrap / (2 * spread[i] ** 2));
    }
    return total;
  }

  /** Writes the gradient of the potential at `at` into `out` [n * 3]. */
  function gradient(well, lambda, at, out) {
    const { n, site, trap, depth, spread, pull, width } = well;
    for (let i = 0; i < n; i++) {
      const j = AXES * i;
      let [toSite, toTrap] = [0, 0];
      for (let axis = j; axis < j + AXES; axis++) {
        toSite += (at[axis] - site[axis]) ** 2;
        toTrap += (at[axis] - trap[axis]) ** 2;
      }
      const spring = pull / Math.sqrt(width ** 2 + toSite);
      const variance = spread[i] ** 2;
      const hold = depth[i] ? (depth[i] / variance) * Math.exp(-toTrap / (2 * variance)) : 0;
      for (let axis = j; axis < j + AXES; axis++) {
        out[axis] = lambda * at[axis] + spring * (at[axis] - site[axis]) + hold * (at[axis] - trap[axis]);
      }
    }
    return out;
  }

  // --- motion -------------------------------------------------------------------------------

  /** Returns particles at `from` [n * 3], at time 0, with a generator of their own. */
  function begin(from, seed) {
    return { at: Float64Array.from(from), time: 0, steps: 0, draw: normal(seed), slope: new Float64Array(from.length) };
  }

  /** Moves the particles by one step of overdamped Langevin dynamics (Euler and Maruyama),
      dx = −∇V dt + √(2T dt) ξ. Without noise and with dt below 1/`stiffness` the potential never rises. */
  function step(state, well, { lambda, temperature }, dt = DT) {
    const { at, slope, draw } = state;
    gradient(well, lambda, at, slope);
    const kick = Math.sqrt(2 * temperature * dt);
    for (let j = 0; j < at.length; j++) at[j] -= dt * slope[j];
    if (kick) for (let j = 0; j < at.length; j++) at[j] += kick * draw();
    state.steps += 1;
    state.time = state.steps * dt;
    return state;
  }

  // --- measures -----------------------------------------------------------------------------

  const tables = new Map();

  /** Returns cos and sin of 2πi/n, i = 0 … n − 1. */
  function turn(n) {
    if (!tables.has(n)) {
      const angle = (i) => (2 * Math.PI * i) / n;
      tables.set(n, [Float64Array.from({ length: n }, (_, i) => Math.cos(angle(i))), Float64Array.from({ length: n }, (_, i) => Math.sin(angle(i)))]);
    }
    return tables.get(n);
  }

  /** Returns the power shares of the frequencies 1 … (n−1)/2 of points [x, y, …] over their index; n is odd. */
  function tokenShares(at, stride = AXES) {
    const n = at.length / stride;
    const [cos, sin] = turn(n);
    const power = new Float64Array((n - 1) / 2);
    for (let k = 1; k <= power.length; k++) {
      let [xc, xs, yc, ys] = [0, 0, 0, 0];
      for (let t = 0, phase = 0; t < n; t++) {
        const [c, s, x, y] = [cos[phase], sin[phase], at[stride * t], at[stride * t + 1]];
        xc += x * c;
        xs += x * s;
        yc += y * c;
        ys += y * s;
        phase += k;
        if (phase >= n) phase -= n;
      }
      power[k - 1] = xc * xc + xs * xs + yc * yc + ys * ys;
    }
    const total = power.reduce((sum, one) => sum + one, 0);
    return power.map((one) => one / total);
  }

  /** Returns the power shares of d/2 planes that hold the rows of neurons: the plane drawn, then the
      others, over which the rest counts as evenly spread. */
  function neuronShares(at, d) {
    const planes = Math.floor(d / 2);
    let [inside, all] = [0, 0];
    for (let j = 0; j < at.length; j += AXES) {
      inside += at[j] ** 2 + at[j + 1] ** 2;
      all += at[j] ** 2 + at[j + 1] ** 2 + at[j + 2] ** 2;
    }
    const share = all ? inside / all : 1 / planes;
    return Float64Array.from({ length: planes }, (_, i) => (i ? (1 - share) / (planes - 1) : share));
  }

  /** Returns half the sum of squares of all coordinates, what weight decay charges. */
  const energy = (at) => at.reduce((sum, x) => sum + x * x, 0) / 2;

  /** Returns the Shannon entropy of shares in nats. */
  const spectralEntropy = (shares) => shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);

  /** Returns the share of some frequencies together; `shares` are those of 1, 2, …. */
  const orderParameter = (shares, freqs) => freqs.reduce((sum, k) => sum + shares[k - 1], 0);

  /** Returns `{energy, entropy, order}` of particles [n * 3]; a view is {freqs, d}, with d for neurons alone. */
  function measures(at, { freqs, d }) {
    const shares = d ? neuronShares(at, d) : tokenShares(at);
    return { energy: energy(at), entropy: spectralEntropy(shares), order: orderParameter(shares, d ? [1] : freqs) };
  }

  const particles = {
    AXES, HAND, DT,
    places, bareWell, crystalWell, disordered, stiffness, potential, gradient, begin, step,
    tokenShares, neuronShares, energy, spectralEntropy, orderParameter, measures,
  };
  if (inNode) module.exports = particles;
  else Timeless.particles = particles;
})();
