/* Restricted and excluded loss of a network, as timeless/analysis/progress.py has them. What it exports is also text for a
   worker, see network.js in this folder. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { placeOfAnswer } = inNode ? require("./forward.js") : Timeless.network;
  const { PLAIN, workspace, readPair, activate, unembed } = inNode ? require("./pairs.js") : Timeless.network;

  /** Returns the logits [(to - from) * n, n] of a circle's pairs and classes, in its order, for first numbers at these places. */
  function logitsOf(weights, info, op, { order }, from = 0, to = order.length) {
    const n = order.length;
    const [work, all] = [workspace(weights, info, op, PLAIN), new Float32Array((to - from) * n * n)];
    for (let pair = from * n; pair < to * n; pair++) {
      [work.rows[0], work.rows[1]] = [order[Math.floor(pair / n)], info.p + order[pair % n]];
      readPair(work, pair);
      activate(work, pair);
      unembed(work, pair);
      for (let c = 0; c < n; c++) all[(pair - from * n) * n + c] = work.logits[order[c]];
    }
    return all;
  }

  /** Returns the part of the logits along the waves of these frequencies over the place of the answer, [n, n] by that place and
      class, and each class's mean [n]. */
  function alongAnswers(logits, circle, freqs) {
    const n = circle.order.length;
    const [by, along, means] = [new Float64Array(n * n), new Float64Array(n * n), new Float64Array(n)];
    for (let pair = 0; pair < n * n; pair++) {
      const at = placeOfAnswer(circle, Math.floor(pair / n), pair % n);
      for (let c = 0; c < n; c++) by[at * n + c] += logits[pair * n + c] / n; // n pairs have each answer
    }
    const wave = Float64Array.from({ length: n }, (_, gap) =>
      freqs.reduce((sum, k) => sum + ((2 * k === n ? 1 : 2) / n) * Math.cos((2 * Math.PI * ((k * gap) % n)) / n), 0));
    for (let at = 0; at < n; at++) {
      for (let other = 0; other < n; other++) {
        const share = wave[Math.abs(at - other)];
        for (let c = 0; c < n; c++) along[at * n + c] += share * by[other * n + c];
        if (at === 0) for (let c = 0; c < n; c++) means[c] += by[other * n + c] / n;
      }
    }
    return { along, means };
  }

  /** Adds a pair with these logits and right class to the sums of a part of the pairs. */
  function addTo(sums, row, right) {
    let [best, highest, total] = [0, -Infinity, 0];
    for (let c = 0; c < row.length; c++) if (row[c] > highest) [best, highest] = [c, row[c]];
    for (let c = 0; c < row.length; c++) total += Math.exp(row[c] - highest);
    sums.n += 1;
    sums.right += best === right;
    sums.loss += highest - row[right] + Math.log(total);
  }

  /** Returns as one what `logitsOf` returned in parts. */
  function joined(parts) {
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((at, part) => {
      all.set(part, at);
      return at + part.length;
    }, 0);
    return all;
  }

  /** Returns, from the parts of the logits in their order, `{own, restricted, excluded}` of the pairs and classes on a circle, `{order, slope}` as for `amplitudes`: each has
      {accuracy, loss} (nats) of `all` pairs, of those that `mask` [p * p] marks as trained on, `train`, and of the rest, `test`.
      Restricted logits keep the waves of these frequencies over the answer's place, and each class's mean; excluded ones are all
      but those waves. */
  function measures(parts, { p }, freqs, circle, mask) {
    const { order } = circle;
    const n = order.length;
    const logits = joined(parts);
    const { along, means } = alongAnswers(logits, circle, freqs);
    const rows = { own: new Float64Array(n), restricted: new Float64Array(n), excluded: new Float64Array(n) };
    const sums = Object.fromEntries(Object.keys(rows).map((kind) => [kind, {}]));
    for (const kind of Object.keys(rows)) for (const part of ["all", "train", "test"]) sums[kind][part] = { n: 0, right: 0, loss: 0 };
    for (let pair = 0; pair < n * n; pair++) {
      const [i, j] = [Math.floor(pair / n), pair % n];
      const right = placeOfAnswer(circle, i, j);
      for (let c = 0; c < n; c++) {
        const [x, part] = [logits[pair * n + c], along[right * n + c]];
        rows.own[c] = x;
        rows.restricted[c] = part + means[c];
        rows.excluded[c] = x - part;
      }
      const part = mask[order[i] * p + order[j]] ? "train" : "test";
      for (const kind of Object.keys(rows)) for (const one of ["all", part]) addTo(sums[kind][one], rows[kind], right);
    }
    const mean = ({ n: count, right, loss }) => ({ n: count, accuracy: count ? right / count : null, loss: count ? loss / count : null });
    const meansOf = (parts) => Object.fromEntries(Object.entries(parts).map(([part, found]) => [part, mean(found)]));
    return Object.fromEntries(Object.entries(sums).map(([kind, parts]) => [kind, meansOf(parts)]));
  }

  const exported = { logitsOf, joined, alongAnswers, addTo, measures };
  if (inNode) module.exports = exported;
  else Object.assign(Timeless.network, exported);
})();
