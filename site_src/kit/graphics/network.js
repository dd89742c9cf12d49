/* What a graphics processor computes of a network, in WGSL, beside products and sums: attention, activation, loss, update. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const { each } = inNode ? require("./matrices.js") : Timeless.graphics;

  const SIZES = "p: u32, d: u32, heads: u32, width: u32";

  // --- attention, for every pair and head -----------------------------------------------------

  /* The rows of x that pair i, head h reads: of a, of b, of the operation. */
  const READS = `
    fn reads(pair: u32) -> array<u32, 3> { return array<u32, 3>(pair / o.p, o.p + pair % o.p, 2u * o.p); }`;

  const attend = each(SIZES, ["pairs: u32", "scores", "v"], ["pattern", "z"], `
        let h = i % o.heads;
        let row = reads(pairs[i / o.heads]);
        let s = vec3<f32>(scores[row[0] * o.heads + h], scores[row[1] * o.heads + h], scores[row[2] * o.heads + h]);
        let e = exp(s - max(s.x, max(s.y, s.z)));
        let own = e / (e.x + e.y + e.z);
        for (var place = 0u; place < 3u; place++) { pattern[3u * i + place] = own[place]; }
        for (var l = h * o.width; l < (h + 1u) * o.width; l++) {
          z[(i / o.heads) * o.d + l] = own.x * v[row[0] * o.d + l] + own.y * v[row[1] * o.d + l] + own.z * v[row[2] * o.d + l];
        }`, READS);

  /* The gradient of each pair's scores, given that of z. */
  const attendBack = each(SIZES, ["pairs: u32", "v", "pattern", "d_z"], ["d_scores"], `
        let h = i % o.heads;
        let row = reads(pairs[i / o.heads]);
        var d_own = vec3<f32>();
        for (var l = h * o.width; l < (h + 1u) * o.width; l++) {
          let d = d_z[(i / o.heads) * o.d + l];
          d_own += d * vec3<f32>(v[row[0] * o.d + l], v[row[1] * o.d + l], v[row[2] * o.d + l]);
        }
        let own = vec3<f32>(pattern[3u * i], pattern[3u * i + 1u], pattern[3u * i + 2u]);
        let d = own * (d_own - dot(own, d_own));
        for (var place = 0u; place < 3u; place++) { d_scores[3u * i + place] = d[place]; }`, READS);

  /* Sums over the pairs that read a row, as many columns as "columns": rows of a, rows of b, and the operation's in p parts, by a.
     "lists" has p + 1 starts of the pairs by a, which are in its order, p + 1 by b, and the pairs by b. Each factor is that of
     the pair's head at the row's place, by S if sourced. */
  const gather = each("p: u32, columns: u32, heads: u32, width: u32, sourced: u32", ["lists: u32", "factors", "S"], ["c"], `
        let row = i / o.columns;
        let column = i % o.columns;
        let place = row / o.p;
        let start = select(0u, o.p + 1u, place == 1u) + row % o.p;
        var sum = 0.0;
        for (var at = lists[start]; at < lists[start + 1u]; at++) {
          let pair = select(at, lists[2u * (o.p + 1u) + at], place == 1u);
          let source = select(1.0, S[pair * o.columns + column], o.sourced == 1u);
          sum += factors[3u * (pair * o.heads + column / o.width) + place] * source;
        }
        c[i] = sum;`);

  // --- activation -----------------------------------------------------------------------------

  /* The share of a normal distribution below x, within 1e-7. Source: Press et al., Numerical Recipes, erfc. */
  const BELOW = `
    fn below(x: f32) -> f32 {
      let z = abs(x) / sqrt(2.0);
      let t = 1.0 / (1.0 + 0.5 * z);
      var sum = 0.17087277;
      sum = sum * t - 0.82215223;
      sum = sum * t + 1.48851587;
      sum = sum * t - 1.13520398;
      sum = sum * t + 0.27886807;
      sum = sum * t - 0.18628806;
      sum = sum * t + 0.09678418;
      sum = sum * t + 0.37409196;
      sum = sum * t + 1.00002368;
      sum = sum * t - 1.26551223;
      let tail = t * exp(sum - z * z) / 2.0;
      return select(tail, 1.0 - tail, x > 0.0);
    }`;

  const activate = each("gelu: u32", ["pre"], ["post"], `
        let x = pre[i];
        if (o.gelu == 1u) { post[i] = x * below(x); } else { post[i] = max(x, 0.0); }`, BELOW);

  const activateBack = each("gelu: u32", ["pre"], ["d_post"], `
        let x = pre[i];
        if (o.gelu == 1u) { d_post[i] *= below(x) + x * exp(-x * x / 2.0) / sqrt(6.283185307); } else if (x <= 0.0) { d_post[i] = 0.0; }`, BELOW);

  // --- loss, for every pair -------------------------------------------------------------------

  /* Turns logits into the gradient of the loss, times "share". As in kit/trainer/plain.js, both keep their digits; a logarithm of a
     number near 1 is taken from its series. */
  const losses = each("p: u32, share: f32", ["labels: u32"], ["logits", "found", "answers: u32"], `
        let start = i * o.p;
        let label = labels[i];
        var answer = 0u;
        for (var j = 1u; j < o.p; j++) { if (logits[start + j] > logits[start + answer]) { answer = j; } }
        let highest = logits[start + answer];
        let right = logits[start + label];
        var others = 0.0;
        for (var j = 0u; j < o.p; j++) {
          let e = exp(logits[start + j] - highest);
          logits[start + j] = e;
          if (j != label) { others += e; }
        }
        let total = others + logits[start + label];
        for (var j = 0u; j < o.p; j++) { logits[start + j] *= o.share / total; }
        logits[start + label] = -o.share * others / total;
        answers[i] = answer;
        if (answer == label) { found[i] = log1p(others); } else { found[i] = highest - right + log(total); }`, `
    fn log1p(x: f32) -> f32 {
      if (x > 0.02) { return log(1.0 + x); }
      return x * (1.0 - x * (0.5 - x * (0.3333333433 - x * 0.25)));
    }`);

  // --- update ---------------------------------------------------------------------------------

  /* AdamW with decoupled decay; a gradient is the sum of its slices. */
  const update = each("slices: u32, beta1: f32, beta2: f32, epsilon: f32, scale1: f32, scale2: f32, kept: f32", ["G"], ["W", "moment1", "moment2"], `
        var g = 0.0;
        for (var part = 0u; part < o.slices; part++) { g += G[part * o.count + i]; }
        let m1 = o.beta1 * moment1[i] + (1.0 - o.beta1) * g;
        let m2 = o.beta2 * moment2[i] + (1.0 - o.beta2) * g * g;
        moment1[i] = m1;
        moment2[i] = m2;
        W[i] = o.kept * W[i] - o.scale1 * m1 / (sqrt(m2 * o.scale2) + o.epsilon);`);

  const network = { attend, attendBack, gather, activate, activateBack, losses, update };
  if (inNode) module.exports = { network };
  else Timeless.graphics = { ...Timeless.graphics, network };
})();
