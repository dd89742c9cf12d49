/* How the training mode is drawn: the tokens of the network beside those of the simulation, and curves over epochs. */
(function () {
  "use strict";

  const { chart, instrument: kit, particles: physics } = Timeless;
  const { drawCloud, hues, training } = Timeless.parts.sandbox;

  const SIMULATED = [5, 3]; // dashes
  const ROOM = 1.04; // of the frame beyond the particles at the start

  const HEADINGS = {
    network: "Tokens of the network, measured", analogy: "Tokens of the simulation",
    right: "Accuracy over epochs", order: "Order parameter over epochs", entropy: "Spectral entropy over epochs", energy: "Energy over epochs",
  };

  // --- clouds -------------------------------------------------------------------------------

  /** Returns the radius of the frame in which both clouds are drawn. */
  function radiusOf({ analogy: { system, ring, k }, moments }) {
    if (moments.frame?.k !== k) {
      const radii = (at) => Array.from({ length: at.length / physics.AXES }, (_, i) => Math.hypot(at[physics.AXES * i], at[physics.AXES * i + 1]));
      moments.frame = { k, radius: ROOM * Math.max(...radii(system.at), ...radii(ring)) };
    }
    return moments.frame.radius;
  }

  function drawClouds(t, ink) {
    const { it: { surfaces }, run, analogy, at } = t;
    const xy = new Float64Array((2 * analogy.ring.length) / physics.AXES).map((_, i) => analogy.ring[physics.AXES * (i >> 1) + (i & 1)]);
    const both = { stride: physics.AXES, radius: radiusOf(t), title: "", dots: kit.clamp(surfaces.network.canvas.clientWidth / 75, 2.4, 4.4) };
    const colours = hues(xy, ink);
    const p = run.config.p;
    const own = { colours: ringColours(run.look.k, p, ink), ring: kit.ringOrder(run.look.k, p) };
    drawCloud(surfaces.network, ink, { ...both, ...own, at, sites: null });
    drawCloud(surfaces.analogy, ink, { ...both, colours, ring: kit.ringOrder(analogy.k, p), at: analogy.system.at, sites: xy });
  }

  /** Returns [colour, tokens] by their places on the ring of a frequency. */
  const ringColours = (k, p, ink) => Array.from({ length: p }, (_, token) => [kit.ringColour(kit.ringFraction(token, k, p), ink.dark), [token]]);

  // --- curves -------------------------------------------------------------------------------

  /** Returns the epochs at which weight decay was changed, with what it became. */
  function changesOf({ run }) {
    return run.changes.filter(({ epoch }) => epoch <= run.epoch && run.epoch > run.origin).map(({ epoch, value }) => ({ x: epoch, text: `λ = ${value}` }));
  }

  const across = (t, label = "") => ({ low: t.data.epoch, high: t.data.epoch + training.span(t), label, text: chart.tickText });

  function drawAccuracy(t, ink) {
    const { run: { curves }, data } = t;
    const line = (name, colour, width) => ({ x: curves.epoch, y: curves[name], colour, width });
    const reference = training.startOf(t).reference;
    const known = reference && t.run.changes.some(({ epoch, value }) => epoch === data.epoch && value === data.decay);
    chart.panel(t.it.surfaces.right, ink, {
      title: "Answers that are right", x: across(t, "epoch"), margin: 34,
      y: { low: 0, high: 1, ticks: [0, 0.5, 1], text: (share) => `${100 * share}%` },
      lines: [line("train_accuracy", ink.train, 2), line("mirrored_accuracy", ink.mirrored, 1.75), line("unseen_accuracy", ink.test, 2.5)],
      marks: changesOf(t), points: known ? [{ x: reference, y: 0.99, colour: ink.test, radius: 3 }] : [],
    });
  }

  /** Returns the axis of each measure. */
  function axisOf({ moments }, name) {
    if (name === "order") return { low: 0.4, high: 1, ticks: [0.4, 0.6, 0.8, 1] };
    const [, high] = chart.extent(moments.map(({ own, simulated }) => [own[name], simulated[name]]));
    return { low: 0, high: 1.1 * high };
  }

  const TITLES = { order: "Order parameter", entropy: "Spectral entropy, nats", energy: "Energy" };

  function drawMeasure(t, ink, name) {
    const { moments } = t;
    const x = moments.map(({ epoch }) => epoch);
    const scale = across(t, "epoch");
    const chance = name === "order" ? [{ x: [scale.low, scale.high], y: [t.chance, t.chance], colour: ink.muted, width: 1.25, dash: [1, 4] }] : [];
    chart.panel(t.it.surfaces[name], ink, {
      title: TITLES[name], x: scale, margin: 34, y: axisOf(t, name), marks: changesOf(t).map((mark) => ({ x: mark.x })),
      lines: [
        ...chance,
        { x, y: moments.map(({ simulated }) => simulated[name]), colour: ink.accent, width: 2, dash: SIMULATED },
        { x, y: moments.map(({ own }) => own[name]), colour: ink.ink, width: 2.25 },
      ],
    });
  }

  function draw(t) {
    const { it } = t;
    it.ink ??= kit.palette(it.tools, it.box);
    const ink = { ...it.ink, mirrored: it.tools.colour("series-5") };
    drawClouds(t, ink);
    drawAccuracy(t, ink);
    for (const name of Object.keys(TITLES)) drawMeasure(t, ink, name);
    t.view.pairs.paint([ink.train, ink.mirrored, ink.test, ink.test]);
    t.view.kinds.paint([kit.wheel(ink.dark), ink.ink, ink.accent, ink.muted, ink.muted]);
  }

  Object.assign(training, { HEADINGS, draw });
})();
