/* How the spectrum analyser draws the wave of a frequency and the tokens in its plane. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;

  function drawWaveAxes(ctx, ink, { left, right, upper, lower, height, x, y, p, order, extent }) {
    kit.write(ctx, "Token wave: coordinate of each token along u", 0, 12, ink.ink);
    const heights = kit.ticksTo(extent, 2).filter((tick) => tick <= extent * 0.999);
    for (const value of heights.flatMap((tick) => (tick ? [tick, -tick] : [0]))) {
      kit.stroke(ctx, [[left, y(value)], [right, y(value)]], value ? ink.line : ink.muted);
      kit.write(ctx, String(value).replace("-", "−"), left - 7, y(value), ink.muted, "right", "middle");
    }
    for (const tick of kit.ticksTo(p - 1, 7).filter((t) => t < p && Number.isInteger(t))) {
      kit.write(ctx, String(tick), x(tick), lower + 8, ink.muted, "center", "top");
    }
    const axis = order === "kt" ? `k·t mod ${p}, the token’s place on the ring` : "token t";
    kit.write(ctx, axis, right, height - 2, ink.muted, "right", "bottom");
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, upper - 6, right - left, lower - upper + 12);
    ctx.clip();
  }

  /** Draws the tokens' coordinate on the first direction with the wave fitted to it. */
  function drawWave(surface, ink, { view, k, p, order, extent, colours }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [36, width - 1, 26, height - 38];
    const place = order === "kt" ? (t) => (k * t) % p : (t) => t;
    const x = (t) => left + ((t + 0.5) / p) * (right - left);
    const y = (value) => (upper + lower) / 2 - (value / extent) * ((lower - upper) / 2);

    drawWaveAxes(ctx, ink, { left, right, upper, lower, height, x, y, p, order, extent });
    const cycles = order === "kt" ? 1 : k;
    const samples = Math.ceil((right - left) * 2);
    const wave = Array.from({ length: samples + 1 }, (_, i) => {
      const t = (i / samples) * p - 0.5;
      const angle = (2 * Math.PI * cycles * t) / p;
      return [x(t), y(view.wx.c * Math.cos(angle) + view.wx.s * Math.sin(angle))];
    });
    kit.stroke(ctx, wave, ink.muted, cycles > p / 5 ? 0.75 : 1.25);
    const radius = kit.clamp((right - left) / p / 1.7, 2, 3.4);
    view.x.forEach((value, t) => kit.dot(ctx, x(place(t)), y(value), radius, colours[t]));
    ctx.restore();
  }

  /** Rings tokens 0 and 1, and writes their numbers outside. */
  function nameFirstTwo(ctx, ink, points, [cx, cy]) {
    for (const t of [0, 1]) {
      const [x, y] = points[t];
      const away = Math.hypot(x - cx, y - cy) || 1;
      const [dx, dy] = [(x - cx) / away, (y - cy) / away];
      ctx.beginPath();
      ctx.arc(x, y, 5, 0, 2 * Math.PI);
      ctx.strokeStyle = ink.ink;
      ctx.lineWidth = 1.25;
      ctx.stroke();
      kit.write(ctx, String(t), x + 13 * dx, y + 13 * dy, ink.ink, "center", "middle", ink.paper);
    }
  }

  /** Draws the tokens in the plane of frequency k, a thread through ring neighbours, the fitted ring. */
  function drawRing(surface, ink, { view, extent, colours, ring }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [cx, cy] = [width / 2, height / 2 + 6];
    const unit = (Math.min(width, height - 12) / 2 - 8) / extent;
    const at = (x, y) => [cx + unit * x, cy - unit * y];

    kit.write(ctx, "The same tokens in the plane (u, v)", 0, 12, ink.ink);
    kit.stroke(ctx, [at(-extent, 0), at(extent, 0)], ink.line);
    kit.stroke(ctx, [at(0, -extent), at(0, extent)], ink.line);
    kit.write(ctx, "u", ...at(extent, 0).map((c, i) => c + (i ? -6 : -2)), ink.muted, "right");
    kit.write(ctx, "v", ...at(0, extent).map((c, i) => c + (i ? 12 : 7)), ink.muted);

    const points = Array.from(view.x, (x, t) => at(x, view.y[t]));
    const fitted = Array.from({ length: 121 }, (_, i) => {
      const [c, s] = [Math.cos((2 * Math.PI * i) / 120), Math.sin((2 * Math.PI * i) / 120)];
      return at(view.wx.c * c + view.wx.s * s, view.wy.c * c + view.wy.s * s);
    });
    kit.stroke(ctx, fitted, ink.muted, 1.25);
    kit.necklace(ctx, points, ring, colours, ink, 3.2);
    nameFirstTwo(ctx, ink, points, [cx, cy]);
  }

  Timeless.parts.spectrum = { drawWave, drawRing };
})();
