/* What the logarithm explorer computes from its state: powers and the walk, and the network in the order of logarithms. */
(function () {
  "use strict";

  /** Returns which of the marks {a, b, c} stand on which number; a·b wins over b, b over a. */
  const marksOf = ({ a, b, answer }) => new Map([[a, "a"], [b, "b"], [answer, "c"]]);

  /** Returns the primitive root whose logarithms order the network's numbers: g, or the study's own. */
  const baseOf = ({ data, state: { g } }) => (Timeless.group.isRoot(data.p, g) ? g : data.g);

  const strongest = ({ spectrum: { norm } }) => 1 + norm.indexOf(Math.max(...norm));

  /** Returns the embedding with its numbers in some order, {tokens, W, rows, spectrum, keys}. */
  function analyse(W, tokens, d) {
    const { coefficients, spectrum } = Timeless.fourier;
    const ordered = Float64Array.from(tokens.flatMap((t) => [...W.subarray(t * d, (t + 1) * d)]));
    const rows = coefficients(ordered, tokens.length, d);
    const found = spectrum(rows);
    const keys = [...found.norm.keys()].filter((row) => found.norm[row] > found.threshold).map((row) => row + 1);
    return { tokens, W: ordered, rows, spectrum: found, keys };
  }

  /** Returns the network in the order of its numbers that the state asks for, analysed once. */
  function analysis(it) {
    const { data: { p, d_model: d }, W, analysed } = it;
    const base = it.state.order === "log" ? baseOf(it) : 0;
    if (!analysed.has(base)) analysed.set(base, analyse(W, base ? Timeless.group.powers(p, base) : Array.from({ length: p }, (_, t) => t), d));
    return analysed.get(base);
  }

  /** Returns where the row of zero falls in a plane, if it has no place in the order; the others are about their mean. */
  function zeroIn({ u, v }, { tokens, W: ordered }, W, d) {
    if (tokens.includes(0)) return null;
    const mean = Float64Array.from({ length: d }, (_, i) => tokens.reduce((sum, _token, t) => sum + ordered[t * d + i], 0) / tokens.length);
    const rest = W.subarray(0, d).map((value, i) => value - mean[i]);
    const along = (direction) => direction.reduce((sum, value, i) => sum + value * rest[i], 0);
    return [along(u), along(v)];
  }

  /** Returns the numbers of the embedding in the plane of k, and where zero falls. */
  function planeView(now, W, d, k) {
    const { planeOf, viewOf } = Timeless.fourier;
    const frame = planeOf(now.rows, k);
    const found = viewOf(now.W, now.tokens.length, d, k, frame);
    const zero = zeroIn(frame, now, W, d);
    const reach = 1.1 * Math.max(...found.x.map(Math.abs), ...found.y.map(Math.abs), ...(zero || []).map(Math.abs));
    return { ...found, zero, reach };
  }

  /** Computes what the state shows. */
  function compute(it) {
    const { powers, logarithms, multiply, walk } = Timeless.group;
    const { data: { p, d_model: d }, state: { g, a, b, k, order } } = it;
    const [found, logs, product, path] = [powers(p, g), logarithms(p, g), multiply(p, g, a, b), walk(p, g, a, b)];
    const now = analysis(it);
    it.steps = Math.min(it.steps, Math.max(path.length - 1, 0));
    it.shown = {
      p, g, a, b, k, found, logs, path, now,
      steps: it.steps,
      plane: planeView(now, it.W, d, k),
      order: found.length,
      byLog: order === "log",
      base: baseOf(it),
      answer: product.answer, sum: product.sum, exponent: product.exponent,
      logA: product.a, logB: product.b,
      zero: a === 0 || b === 0,
      missed: logs.flatMap((log, number) => (number && log < 0 ? [number] : [])),
      marks: marksOf({ a, b, answer: product.answer }),
    };
  }

  Timeless.parts["discrete-log"] = { baseOf, strongest, analyse, analysis, planeView, compute };
})();
