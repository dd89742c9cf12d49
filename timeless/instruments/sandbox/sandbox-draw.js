/* How the sandbox is drawn: the cloud of particles, and charts of what is measured and simulated. */
(function () {
  "use strict";

  const { chart, instrument: kit } = Timeless;
  const { NAMES } = Timeless.parts.sandbox.core;

  const HUES = 48;

  const TITLES = { energy: "Energy", spectral_entropy: "Spectral entropy", order_parameter: "Order parameter" };
  const SIMULATED = { energy: "energy", spectral_entropy: "entropy", order_parameter: "order" };

  // --- the cloud ----------------------------------------------------------------------------

  function strokeFaint(ctx, ink, alpha, width) {
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = ink.muted;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  /** Draws the places at the last checkpoint as circles. */
  function drawSites(ctx, ink, { cx, cy, unit }, sites, dots) {
    ctx.beginPath();
    for (let i = 0; i < sites.length / 2; i++) {
      const [x, y] = [cx + unit * sites[2 * i], cy - unit * sites[2 * i + 1]];
      ctx.moveTo(x + dots + 1, y);
      ctx.arc(x, y, dots + 1, 0, 2 * Math.PI);
    }
    strokeFaint(ctx, ink, 0.5, 0.75);
  }

  /** Draws a thread through the particles in the order of a ring. */
  function drawThread(ctx, ink, { x, y }, ring) {
    ctx.beginPath();
    ring.forEach((t, i) => (i ? ctx.lineTo(x(t), y(t)) : ctx.moveTo(x(t), y(t))));
    ctx.closePath();
    strokeFaint(ctx, ink, ink.dark ? 0.34 : 0.28, 0.8);
  }

  /** Draws the particles of each colour at once; returns how many lie outside the frame. */
  function drawParticles(ctx, { x, y, width, height }, colours, dots) {
    let outside = 0;
    for (const [colour, members] of colours) {
      ctx.beginPath();
      for (const i of members) {
        const [px, py] = [x(i), y(i)];
        if (px < 0 || py < 0 || px > width || py > height) outside += 1;
        ctx.moveTo(px + dots, py);
        ctx.arc(px, py, dots, 0, 2 * Math.PI);
      }
      ctx.fillStyle = colour;
      ctx.fill();
    }
    return outside;
  }

  /** Draws particles at `at` [x, y, …]: for tokens on a thread in ring order, for all in their colours, and the sites. */
  function drawCloud(surface, ink, { at, stride, radius, colours, ring, sites, title, dots }) {
    const { ctx, width, height } = surface.begin(ink.font, 13);
    const [cx, cy] = [width / 2, height / 2 + 8];
    const unit = (Math.min(width, height - 16) / 2 - 6) / radius;
    const places = { cx, cy, unit, width, height, x: (i) => cx + unit * at[stride * i], y: (i) => cy - unit * at[stride * i + 1] };
    kit.stroke(ctx, [[cx - unit * radius, cy], [cx + unit * radius, cy]], ink.line);
    kit.stroke(ctx, [[cx, cy - unit * radius], [cx, cy + unit * radius]], ink.line);
    if (sites) drawSites(ctx, ink, places, sites, dots);
    if (ring) drawThread(ctx, ink, places, ring);
    const outside = drawParticles(ctx, places, colours, dots);
    kit.write(ctx, title, 0, 13, ink.ink, "left", "alphabetic", ink.paper);
    if (outside) kit.write(ctx, `${outside} outside the frame`, width, height - 3, ink.muted, "right", "alphabetic", ink.paper);
  }

  /** Returns [colour, particles] by the angle of each one's place on the crystal; those near its centre are grey. */
  function hues(crystal, ink) {
    const n = crystal.length / 2;
    const radii = Array.from({ length: n }, (_, i) => Math.hypot(crystal[2 * i], crystal[2 * i + 1]));
    const near = 0.2 * Math.max(...radii);
    const groups = new Map();
    for (let i = 0; i < n; i++) {
      const turn = Math.atan2(crystal[2 * i + 1], crystal[2 * i]) / (2 * Math.PI);
      const hue = radii[i] < near ? -1 : Math.floor((((turn % 1) + 1) % 1) * HUES);
      if (!groups.has(hue)) groups.set(hue, []);
      groups.get(hue).push(i);
    }
    return [...groups].sort(([a], [b]) => a - b).map(([hue, members]) => [hue < 0 ? ink.muted : kit.ringColour((hue + 0.5) / HUES, ink.dark), members]);
  }

  // --- charts -------------------------------------------------------------------------------

  /** Returns what a measure was at every checkpoint: of these particles, and of the whole network where it is alike. */
  const measuredOf = ({ particles, plane, data }, name) => ({ own: particles[name][plane()], whole: name === "energy" ? [] : data.whole[name] });

  /** Returns the axis that a measure has in both charts. */
  function axisOf(it, name) {
    if (name === "order_parameter") return { low: 0, high: 1, ticks: [0, 0.5, 1] };
    const { own, whole } = measuredOf(it, name);
    const [, high] = chart.extent([own, whole, it.record.kept[SIMULATED[name]]]);
    return { low: 0, high: 1.04 * high, ticks: kit.ticksTo(high, 3).filter((tick) => tick <= high) };
  }

  /** Returns the epoch of a position along the checkpoints, between two on the scale on which training unfolds. */
  function epochAt(epochs, position) {
    const i = Math.floor(position);
    const [from, to] = [epochs[i], epochs[Math.min(i + 1, epochs.length - 1)]].map((epoch) => Math.log10(1 + epoch));
    return 10 ** kit.mix(from, to, position % 1) - 1;
  }

  function drawMeasured(it, ink, name, y) {
    const { data, epochs } = it;
    const { own, whole } = measuredOf(it, name);
    const last = name === "order_parameter";
    chart.panel(it.surfaces[`${name}-measured`], ink, {
      title: `${TITLES[name]}, measured`,
      x: { kind: "epoch", low: 0, high: epochs[it.final], label: last ? "epoch" : "" },
      y,
      lines: [
        ...(whole.length ? [{ x: epochs, y: whole, colour: ink.muted, width: 1.25, dash: [2, 3] }] : []),
        { x: epochs, y: own, colour: ink.ink, width: 2 },
      ],
      marks: [ // each line is named where its name has room
        { x: data.memorisation_epoch ?? -1, text: name === "energy" ? "memorised" : "" },
        { x: data.grok_epoch ?? -1, text: name === "energy" ? "" : "generalised" },
      ],
      cursor: it.state.mode === "simulation" ? null : epochAt(epochs, it.position),
    });
  }

  function drawSimulated(it, ink, name, y) {
    const { time, [SIMULATED[name]]: series } = it.record.kept;
    chart.panel(it.surfaces[`${name}-simulated`], ink, {
      title: `${TITLES[name]}, simulated`,
      x: { low: 0, high: Math.max(5, time[time.length - 1] || 0), label: name === "order_parameter" ? "time" : "" },
      y,
      lines: [{ x: time, y: series, colour: ink.accent, width: 2, dash: [5, 3] }],
      marks: [{ x: it.pressed ?? -1, text: "λ raised" }],
    });
  }

  /** Draws all charts; the measured ones only where they, or the axis that they share, have changed. */
  function drawCharts(it, ink) {
    const axes = NAMES.map((name) => axisOf(it, name));
    const highs = axes.map(({ high }) => high).join();
    if (it.highs !== highs) [it.highs, it.dirty] = [highs, true];
    NAMES.forEach((name, i) => {
      if (it.dirty) drawMeasured(it, ink, name, axes[i]);
      drawSimulated(it, ink, name, axes[i]);
    });
    it.dirty = false;
  }

  Object.assign(Timeless.parts.sandbox, { TITLES, SIMULATED, drawCloud, hues, drawCharts });
})();
