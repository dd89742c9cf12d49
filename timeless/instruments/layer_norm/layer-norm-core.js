/* Layer normalisation, put into a network that was trained without it: the residual stream and its moments, before and
   after, and where it is inserted. Node's tests require it. */
(function () {
  "use strict";

  const EPSILON = 1e-5; // as in kit/network
  const PARTS = ["attention", "mlp", "final"];
  const BEFORE = { attention: "attention", mlp: "the MLP", final: "the unembedding" };

  /** The places of the stream, with the part that reads each. */
  const PLACES = [
    ["pre-a", "attention", "resid_pre at a"],
    ["pre-b", "attention", "resid_pre at b"],
    ["pre-op", "attention", "resid_pre at op"],
    ["mid", "mlp", "resid_mid"],
    ["post", "final", "resid_post"],
  ];

  /** Returns `{mean, variance, norm}` of the coordinates of a stream. */
  function moments(x) {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    return { mean, variance, norm: Math.hypot(...x) };
  }

  /** Returns the moments of a normalised stream of d coordinates that had this variance. */
  function afterwards(variance, d) {
    const rest = variance / (variance + EPSILON);
    return { mean: 0, variance: rest, norm: Math.sqrt(d * rest) };
  }

  /** Returns mean and standard deviation of a list. */
  function spread(list) {
    const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
    return [mean, Math.sqrt(list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / list.length)];
  }

  /** Returns how a pair's stream stands at each place, `{place, part, label, on, x, read}`: its coordinates, and
      as the next part reads them. */
  function streamsOf(network, weights, info, a, b, layerNorm) {
    const { resid_pre, resid_mid, resid_post } = network.forward(weights, info, a, b, 0, { layerNorm });
    const streams = [...resid_pre, resid_mid, resid_post];
    return PLACES.map(([place, part, label], i) => {
      const [x, on] = [streams[i], layerNorm[part]];
      return { place, part, label, on, x, read: on ? network.normalised(x) : x };
    });
  }

  /** Returns mean and variance of the stream that enters at a place, over the p tokens, or that of the operation. */
  function inputMoments({ W_E, W_pos }, { p, d_model: d }, place, op = 0) {
    const tokens = place === 2 ? [p + op] : Array.from({ length: p }, (_, t) => t);
    const all = tokens.map((token) => moments(Float64Array.from({ length: d }, (_, i) => W_E[token * d + i] + W_pos[place * d + i])));
    return { means: all.map(({ mean }) => mean), variances: all.map(({ variance }) => variance) };
  }

  /** Returns for each place `{mean, variance, norm}`, each [mean, standard deviation] over all pairs, before and as
      read; `streams` is what `allPairs` found. */
  function overPairs(weights, info, streams, layerNorm) {
    const found = [0, 1, 2].map((place) => inputMoments(weights, info, place)).concat(streams.mid, streams.post);
    const d = info.d_model;
    return PLACES.map(([place, part, label], i) => {
      const { means, variances } = found[i];
      const norms = Array.from(variances, (variance, j) => Math.sqrt(d * (variance + means[j] ** 2)));
      const before = { mean: spread(means), variance: spread(variances), norm: spread(norms) };
      if (!layerNorm[part]) return { place, label, on: false, before, read: before };
      const after = Array.from(variances, (variance) => afterwards(variance, d));
      const read = Object.fromEntries(["mean", "variance", "norm"].map((name) => [name, spread(after.map((each) => each[name]))]));
      return { place, label, on: true, before, read };
    });
  }

  /** Returns the parts before which it is inserted, as a short key: "attention+final", "none". */
  const keyOf = (layerNorm) => PARTS.filter((part) => layerNorm[part]).join("+") || "none";

  /** Returns in words where it is inserted. */
  function whereOf(layerNorm) {
    const named = PARTS.filter((part) => layerNorm[part]).map((part) => BEFORE[part]);
    if (!named.length) return "nowhere";
    return `before ${named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named[named.length - 1]}` : named[0]}`;
  }

  /** Returns the mean of train and test curves over all pairs, of which `mask` says who is trained on. */
  function overAll(train, test, mask) {
    const share = mask.reduce((sum, one) => sum + one, 0) / mask.length;
    return Array.from(train, (value, i) => share * value + (1 - share) * test[i]);
  }

  const NEAR = 0.1; // of the signed logarithmic axis: what is smaller lies on a nearly linear piece about 0

  /** Returns the place of a value on an axis that is logarithmic to either side of 0. */
  const signedLog = (value) => Math.asinh(value / NEAR);

  /** Returns the ticks of that axis within [-reach, reach]: 0, and powers of ten from NEAR up, of both signs. */
  function signedTicks(reach, every = 1) {
    const powers = [];
    for (let power = Math.log10(NEAR); 10 ** power <= reach; power += every) powers.push(10 ** power);
    return [...powers.map((x) => -x).reverse(), 0, ...powers];
  }

  const core = { signedLog, signedTicks, EPSILON, PARTS, BEFORE, PLACES, moments, afterwards, spread, streamsOf, inputMoments, overPairs, keyOf, whereOf, overAll };
  if (typeof module !== "undefined") module.exports = core;
  else Timeless.parts["layer-norm"] = core;
})();
