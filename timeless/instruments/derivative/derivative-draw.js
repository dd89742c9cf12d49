/* How losses along a direction and slopes over training are drawn. */
(function () {
  "use strict";

  const { chart, instrument: kit } = Timeless;
  const { predicted } = Timeless.parts.derivative.core;

  const CURVE = 240; // points of tangent and parabola

  /** Draws the loss along the direction for each network; returns the scale of lengths. */
  function drawProfile(surface, ink, { networks, state, reach, cursor, title }) {
    const seen = networks.flatMap(({ points }) => points.filter(({ x }) => Math.abs(x) <= reach * (1 + 1e-9)));
    const [low, high] = chart.extent([seen.map(({ loss }) => loss)], state.axis);
    const room = 0.08 * (high - low) || 0.1;
    const y = state.axis === "log" ? { kind: "log", low: low / 2, high: high * 2 } : { low: low - room, high: high + room };
    const t = Array.from({ length: CURVE + 1 }, (_, i) => reach * ((2 * i) / CURVE - 1));
    const model = ({ norm, loss, slope, curvature }, order) =>
      t.map((x) => {
        const value = predicted(x * norm, loss, slope, order === 2 ? curvature : 0);
        return value < y.low || value > y.high ? null : value;
      });
    const ticks = kit.ticksTo(reach, 2).filter((tick) => tick > 0 && tick <= reach);
    return chart.panel(surface, ink, {
      title,
      x: { low: -reach, high: reach, ticks: [...ticks.map((tick) => -tick).reverse(), 0, ...ticks], label: state.unit === "absolute" ? "length t along d" : "length t over the network’s own norm ‖θ‖" },
      y,
      lines: networks.flatMap((network) => [
        { x: network.points.map(({ x }) => x), y: network.points.map(({ loss }) => loss), colour: network.colour, width: 1.5 },
        ...(network.curvature === null ? [] : [{ x: t, y: model(network, 2), colour: network.colour, width: 1.5, dash: [1, 5] }]),
        ...(network.slope === null ? [] : [{ x: t, y: model(network, 1), colour: network.colour, width: 1.5, dash: [7, 4] }]),
      ]),
      points: networks.flatMap(({ points, colour, there }) => [
        ...points.map(({ x, loss }) => ({ x, y: loss, colour, radius: 2.25 })),
        ...(there ? [{ x: there.x, y: there.loss, colour, radius: 5 }] : []),
      ]),
      cursor,
    }).x;
  }

  /** Draws the size of the slope at every stage: filled where the loss falls, open where it rises. */
  function drawSlopes(surface, ink, { marks, chosen, title }) {
    const [low, high] = chart.extent([marks.map(({ slope }) => Math.abs(slope))], "log");
    const epochs = marks.map(({ epoch }) => epoch);
    const { ctx, x, y } = chart.panel(surface, ink, {
      title,
      x: { kind: "epoch", low: Math.min(...epochs) / 1.5, high: Math.max(...epochs) * 1.5, label: "epoch (log scale)",
        ticks: [1000, 3000, 10000, 30000] },
      y: { kind: "log", low: low / 4, high: high * 4 },
      lines: [{ x: epochs.filter((_, i) => marks[i].own), y: marks.filter(({ own }) => own).map(({ slope }) => Math.abs(slope) || null), colour: ink.muted, width: 1 }],
    });
    for (const { name, epoch, slope, colour } of marks) {
      if (!slope) continue;
      const radius = chosen.includes(name) ? 6.5 : 4.5;
      kit.dot(ctx, x(epoch), y(Math.abs(slope)), radius, colour);
      if (slope > 0) kit.dot(ctx, x(epoch), y(Math.abs(slope)), radius - 2, ink.paper);
    }
  }

  Object.assign(Timeless.parts.derivative, { drawProfile, drawSlopes });
})();
