/* The click: 131 numbers fall into a ring while the test accuracy leaps. Measured states, moved through.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  /** Returns the index of the last entry of a rising list that is not above x, at least 0. */
  function lastNotAbove(list, x) {
    let [low, high] = [0, list.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle] <= x) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Returns `{x, y, epoch, measuredEpoch, train, test}` at an epoch. Tokens stand at checkpoints where they were measured
      and move on straight lines between. Accuracies are those logged last, at `measuredEpoch`. */
  function momentAt(data, xy, epoch) {
    const { p, epochs, curve_epochs: logged } = data;
    const i = lastNotAbove(epochs, epoch);
    const j = Math.min(i + 1, epochs.length - 1);
    const w = i === j ? 0 : (epoch - epochs[i]) / (epochs[j] - epochs[i]);
    const axis = (offset) =>
      Float64Array.from({ length: p }, (_, t) => {
        const [a, b] = [xy[2 * p * i + 2 * t + offset], xy[2 * p * j + 2 * t + offset]];
        return a + (b - a) * w;
      });
    const row = lastNotAbove(logged, epoch);
    return {
      x: axis(0),
      y: axis(1),
      epoch,
      measuredEpoch: logged[row],
      train: data.train_accuracy[row],
      test: data.test_accuracy[row],
    };
  }

  /** Returns the place of the checkpoint nearest to an epoch. */
  function nearestCheckpoint({ epochs }, epoch) {
    return epochs.reduce((best, each, i) => (Math.abs(each - epoch) < Math.abs(epochs[best] - epoch) ? i : best), 0);
  }

  const compute = { lastNotAbove, momentAt, nearestCheckpoint };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  const { chart, instrument: kit, mounting } = Timeless;

  // --- controls -> state --------------------------------------------------------------------

  const WHOLE = 12; // seconds that playing takes, the same for every epoch
  const STILL = 900; // milliseconds between two steps of it, where the reader asked for less motion
  const NAMED = [0, 1, 2]; // tokens that carry their number

  /** The state is the epoch that the reader chose last. */
  const tableOf = ({ epochs }) => [["epoch", NaN, 0, epochs[epochs.length - 1]]];

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it, { epochs }) {
    const { ui } = it;
    const { element } = kit;
    const view = {
      play: ui.button({ name: "play", label: "Play", primary: true, act: () => play(it, !it.playing) }),
      position: element("input", {
        type: "range", id: "click-position", min: 0, max: epochs.length - 1, step: 1,
        "aria-label": "Checkpoint", "data-control": "position",
      }),
      values: ui.readouts([["epoch", "Epoch"], ["train-accuracy", "Train accuracy"], ["test-accuracy", "Test accuracy"]]),
      ring: element("div", { class: "click-ring" }),
      curves: element("div", { class: "click-curves" }),
      live: ui.live(),
    };
    for (const output of Object.values(view.values.outputs)) output.setAttribute("for", view.position.id);
    view.root = element("div", { class: "click" },
      element("div", { class: "click-stage" }, view.ring, element("div", {}, view.values.node, view.curves)),
      ui.row(view.play, view.position),
      view.live);
    return view;
  }

  function go(it, epoch) {
    it.epoch = kit.clamp(epoch, 0, it.end);
    it.refresh();
  }

  function play(it, on) {
    it.playing = on;
    it.waited = 0;
    go(it, on && it.epoch === it.end ? 0 : it.epoch);
  }

  /** Moves on by dt milliseconds: smoothly, or in steps where motion is unwelcome. */
  function advance(it, dt) {
    it.waited += dt;
    if (!it.tools.reducedMotion || it.waited >= STILL) {
      it.epoch = Math.min(it.epoch + (it.end * it.waited) / (1000 * WHOLE), it.end);
      it.waited = 0;
    }
    if (it.epoch === it.end) it.playing = false;
    it.tell();
  }

  // --- tell ---------------------------------------------------------------------------------

  function tell(it) {
    const { view, data, epoch, playing } = it;
    const { measuredEpoch: told, train, test } = momentAt(data, it.xy, epoch);
    view.values.tell({
      epoch: [told, kit.integer(told)], "train-accuracy": [train, kit.percent(train)], "test-accuracy": [test, kit.percent(test)],
    });
    view.position.value = nearestCheckpoint(data, epoch);
    const text = `epoch ${kit.integer(told)}, train ${kit.percent(train)}, test ${kit.percent(test)}`;
    view.position.setAttribute("aria-valuetext", text);
    view.play.textContent = playing ? "Pause" : epoch === it.end ? "Play again" : "Play";
    if (playing) return;
    mounting.describe(it, {
      ring: `The ${data.p} numbers in the plane of frequency ${data.freq} at ${text}.`,
      curves: `Train and test accuracy over epochs; at ${text}.`,
    });
    it.say(text);
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Returns the scales of the panel of curves, with what they stand in. */
  function scalesOf({ width, height }, end) {
    const [left, right, upper, lower] = [46, width - 10, 30, height - 36];
    return {
      left, right, upper, lower, height, width,
      x: chart.scale({ low: 0, high: end, from: left, to: right, count: width < 420 ? 3 : 5 }),
      y: chart.scale({ low: 0, high: 1, from: lower, to: upper }),
    };
  }

  function drawAxes(ctx, ink, { x, y, left, right, lower, height, width }) {
    for (const share of [0, 0.5, 1]) {
      kit.stroke(ctx, [[left, y(share)], [right, y(share)]], ink.line);
      kit.write(ctx, `${100 * share}%`, left - 7, y(share), ink.muted, "right", "middle");
    }
    for (const epoch of x.ticks) {
      const half = ctx.measureText(kit.integer(epoch)).width / 2;
      kit.stroke(ctx, [[x(epoch), lower], [x(epoch), lower + 4]], ink.muted);
      kit.write(ctx, kit.integer(epoch), Math.min(x(epoch), width - half), lower + 8, ink.muted, "center", "top");
    }
    kit.write(ctx, "epoch", right, height - 2, ink.muted, "right", "bottom");
  }

  function drawEvents(ctx, ink, { x, left, right, upper, lower }, data) {
    for (const [epoch, name] of [[data.memorisation_epoch, "memorised"], [data.grok_epoch, "generalised"]]) {
      if (epoch === null || epoch === undefined) continue;
      kit.stroke(ctx, [[x(epoch), upper - 8], [x(epoch), lower]], ink.muted, 1, [2, 4]);
      const half = ctx.measureText(name).width / 2;
      kit.write(ctx, name, kit.clamp(x(epoch), left + half, right - half), upper - 13, ink.muted, "center");
    }
  }

  /** Draws a curve, strong up to an epoch and faint after; returns the point at that epoch. */
  function drawLine(ctx, { x, y }, logged, values, epoch, colour) {
    const points = logged.map((each, row) => [x(each), y(values[row])]);
    ctx.globalAlpha = 0.3;
    kit.stroke(ctx, points, colour, 1.5);
    ctx.globalAlpha = 1;
    const row = lastNotAbove(logged, epoch);
    const next = Math.min(row + 1, logged.length - 1);
    const gap = x(logged[next]) - x(logged[row]);
    const w = gap ? (x(epoch) - x(logged[row])) / gap : 0;
    const head = [x(epoch), y(kit.mix(values[row], values[next], w))];
    kit.stroke(ctx, [...points.slice(0, row + 1), head], colour, 2.25);
    return head;
  }

  /** Names the curves midway between memorising and generalising, where they are furthest apart. */
  function nameCurves(ctx, ink, { x, y }, data) {
    const { curve_epochs: logged } = data;
    const [from, to] = [data.memorisation_epoch ?? 1, data.grok_epoch ?? logged[logged.length - 1]];
    const middle = (x(from) + x(to)) / 2;
    const row = logged.findIndex((epoch) => x(epoch) >= middle);
    kit.write(ctx, "train", middle, y(data.train_accuracy[row]) + 8, ink.train, "center", "top");
    kit.write(ctx, "test", middle, y(data.test_accuracy[row]) - 8, ink.test, "center", "bottom");
  }

  function drawCurves(surface, ink, { data, moment: { epoch } }) {
    const { ctx, ...size } = surface.begin(ink.font);
    const { curve_epochs: logged } = data;
    const scales = scalesOf(size, logged[logged.length - 1]);
    drawAxes(ctx, ink, scales);
    drawEvents(ctx, ink, scales, data);
    const { x, upper, lower } = scales;
    kit.stroke(ctx, [[x(epoch), upper], [x(epoch), lower]], ink.ink, 1);
    const heads = ["train", "test"].map((split) => [...drawLine(ctx, scales, logged, data[`${split}_accuracy`], epoch, ink[split]), ink[split]]);
    for (const [hx, hy, colour] of heads) kit.dot(ctx, hx, hy, 4.5, colour);
    nameCurves(ctx, ink, scales, data);
    return x;
  }

  function draw(it, dt) {
    if (it.playing) advance(it, dt);
    const { data, surfaces, ring, radius } = it;
    const ink = kit.palette(it.tools, it.box);
    const moment = momentAt(data, it.xy, it.epoch);
    kit.tokens(surfaces.ring, ink, { x: moment.x, y: moment.y, reach: radius, ring, freq: data.freq, named: NAMED });
    it.scale = drawCurves(surfaces.curves, ink, { data, moment });
    return it.playing;
  }

  // --- mount --------------------------------------------------------------------------------

  function unpacked(data, tools) {
    const columns = ["epochs", "curve_epochs", "train_accuracy", "test_accuracy"];
    return { ...data, ...Object.fromEntries(columns.map((name) => [name, kit.list(data[name], tools)])) };
  }

  /** Plays once when an instrument is first well in view; returns what watches for that. */
  function playWhenSeen(it) {
    const first = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        first.disconnect();
        if (it.epoch === 0) play(it, true);
      },
      { threshold: 0.6 },
    );
    first.observe(it.surfaces.ring.canvas);
    return first;
  }

  /** Has the slider choose a checkpoint, and a pointer on the curves any epoch. */
  function listen(it) {
    const { view: { position }, data: { epochs }, surfaces, tools } = it;
    const choose = (epoch) => {
      it.playing = false;
      go(it, epoch);
    };
    const keep = () => tools.state.set({ epoch: Math.round(it.epoch) });
    position.addEventListener("input", () => choose(epochs[position.valueAsNumber]));
    position.addEventListener("change", keep);
    chart.draggable(surfaces.curves.canvas, () => it.scale, choose, keep);
  }

  function mount(box, payload, tools) {
    const data = unpacked(payload, tools);
    const { p, freq, epochs } = data;
    const it = mounting.begin("click", box, tools, tableOf(data));
    const xy = tools.decode(data.xy).array;
    const radius = xy.reduce((most, x) => Math.max(most, Math.abs(x)), data.radius);
    Object.assign(it, {
      data, xy, radius, end: epochs[epochs.length - 1], ring: kit.ringOrder(freq, p), epoch: 0, playing: false, waited: 0,
      scale: null, // of epochs, as last drawn
    });
    mounting.stage(it, {
      view: build(it, data),
      surfaces: { ring: `The ${p} numbers in the plane of frequency ${freq}`, curves: "Train and test accuracy over epochs" },
      draw, tell,
    });
    listen(it);
    const waits = Number.isNaN(it.state.epoch) && !tools.reducedMotion;
    go(it, waits ? 0 : Number.isNaN(it.state.epoch) ? it.end : it.state.epoch);
    const first = waits ? playWhenSeen(it) : null;
    return {
      destroy() {
        it.playing = false;
        if (first) first.disconnect();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("click", { mount });
})();
