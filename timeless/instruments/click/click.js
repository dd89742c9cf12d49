/* The click: 131 numbers fall into a ring while the test accuracy leaps. Measured states, moved through.
   Controls -> state -> compute -> draw. `compute` needs no page: Node's tests require it. */
(function () {
  "use strict";

  // --- compute ------------------------------------------------------------------------------

  /** Returns the place of an epoch on the axis: logarithmic, with room for epoch 0. */
  const logEpoch = (epoch) => Math.log10(1 + epoch);

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

  /** Returns `{x, y, epoch, measuredEpoch, train, test}` at a position along the checkpoints.
      Tokens stand at whole positions where they were measured and move on straight lines between.
      `epoch` moves with them; accuracies are those logged last, at `measuredEpoch`. */
  function momentAt(data, xy, position) {
    const { p, epochs, curve_epochs: logged } = data;
    const i = Math.min(Math.floor(position), epochs.length - 1);
    const j = Math.min(i + 1, epochs.length - 1);
    const w = position - i;
    const [from, to] = [2 * p * i, 2 * p * j];
    const axis = (offset) =>
      Float64Array.from({ length: p }, (_, t) => {
        const [a, b] = [xy[from + 2 * t + offset], xy[to + 2 * t + offset]];
        return a + (b - a) * w;
      });
    const along = logEpoch(epochs[i]) * (1 - w) + logEpoch(epochs[j]) * w;
    const epoch = w ? 10 ** along - 1 : epochs[i];
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

  const compute = { logEpoch, lastNotAbove, momentAt };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  const { instrument: kit, mounting } = Timeless;

  // --- controls -> state --------------------------------------------------------------------

  const PACE = 340; // milliseconds from one checkpoint to the next while playing
  const PACE_STILL = 900; // … in steps, where the reader asked for less motion

  /** The state is the last checkpoint that the reader chose; what is shown may lie between two. */
  const tableOf = ({ epochs }) => [["epoch", NaN, epochs]];

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

  function go(it, position) {
    it.position = kit.clamp(position, 0, it.final);
    it.refresh();
  }

  function play(it, on) {
    it.playing = on;
    it.waited = 0;
    go(it, on && it.position === it.final ? 0 : it.position);
  }

  /** Moves on by dt milliseconds: smoothly, or checkpoint by checkpoint where motion is unwelcome. */
  function advance(it, dt) {
    if (!it.tools.reducedMotion) {
      it.position = Math.min(it.position + dt / PACE, it.final);
    } else if ((it.waited += dt) >= PACE_STILL) {
      it.waited = 0;
      it.position = Math.min(Math.floor(it.position) + 1, it.final);
    }
    if (it.position === it.final) it.playing = false;
    it.tell();
  }

  // --- tell ---------------------------------------------------------------------------------

  function tell(it) {
    const { view, data, position, playing } = it;
    const { epoch, measuredEpoch, train, test } = momentAt(data, it.xy, position);
    const told = Number.isInteger(position) ? epoch : measuredEpoch;
    view.values.tell({
      epoch: [told, kit.integer(told)], "train-accuracy": [train, kit.percent(train)], "test-accuracy": [test, kit.percent(test)],
    });
    view.position.value = Math.round(position);
    const text = `epoch ${kit.integer(told)}, train ${kit.percent(train)}, test ${kit.percent(test)}`;
    view.position.setAttribute("aria-valuetext", text);
    view.play.textContent = playing ? "Pause" : position === it.final ? "Play again" : "Play";
    if (playing) return;
    mounting.describe(it, {
      ring: `The ${data.p} numbers in the plane of frequency ${data.freq} at ${text}.`,
      curves: `Train and test accuracy over epochs; at ${text}.`,
    });
    it.say(text);
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Returns the scales of the panel of curves, with what they stand in. */
  function scalesOf({ width, height }, logged) {
    const [left, right, upper, lower] = [46, width - 6, 30, height - 36];
    const end = logEpoch(logged[logged.length - 1]);
    return {
      left, right, upper, lower, height, end,
      x: (epoch) => left + (logEpoch(epoch) / end) * (right - left),
      y: (share) => lower - share * (lower - upper),
    };
  }

  function drawAxes(ctx, ink, { x, y, left, right, lower, height, end }) {
    for (const share of [0, 0.5, 1]) {
      kit.stroke(ctx, [[left, y(share)], [right, y(share)]], ink.line);
      kit.write(ctx, `${100 * share}%`, left - 7, y(share), ink.muted, "right", "middle");
    }
    for (const epoch of [0, 10, 100, 1000, 10000].filter((e) => logEpoch(e) <= end)) {
      kit.stroke(ctx, [[x(epoch), lower], [x(epoch), lower + 4]], ink.muted);
      kit.write(ctx, kit.integer(epoch), x(epoch), lower + 8, ink.muted, "center", "top");
    }
    kit.write(ctx, "epoch (log scale)", right, height - 2, ink.muted, "right", "bottom");
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
    const scales = scalesOf(size, logged);
    drawAxes(ctx, ink, scales);
    drawEvents(ctx, ink, scales, data);
    const { x, upper, lower } = scales;
    kit.stroke(ctx, [[x(epoch), upper], [x(epoch), lower]], ink.ink, 1);
    const heads = ["train", "test"].map((split) => [...drawLine(ctx, scales, logged, data[`${split}_accuracy`], epoch, ink[split]), ink[split]]);
    for (const [hx, hy, colour] of heads) kit.dot(ctx, hx, hy, 4.5, colour);
    nameCurves(ctx, ink, scales, data);
  }

  function draw(it, dt) {
    if (it.playing) advance(it, dt);
    const { data, surfaces, ring, radius } = it;
    const ink = kit.palette(it.tools, it.box);
    const moment = momentAt(data, it.xy, it.position);
    kit.tokens(surfaces.ring, ink, { x: moment.x, y: moment.y, reach: radius, ring, freq: data.freq });
    drawCurves(surfaces.curves, ink, { data, moment });
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
        if (it.position === 0) play(it, true);
      },
      { threshold: 0.6 },
    );
    first.observe(it.surfaces.ring.canvas);
    return first;
  }

  function mount(box, payload, tools) {
    const data = unpacked(payload, tools);
    const { p, freq, epochs } = data;
    const it = mounting.begin("click", box, tools, tableOf(data));
    const xy = tools.decode(data.xy).array;
    const radius = xy.reduce((most, x) => Math.max(most, Math.abs(x)), data.radius);
    Object.assign(it, { data, xy, radius, final: epochs.length - 1, ring: kit.ringOrder(freq, p), position: 0, playing: false, waited: 0 });
    mounting.stage(it, {
      view: build(it, data),
      surfaces: { ring: `The ${p} numbers in the plane of frequency ${freq}`, curves: "Train and test accuracy over epochs" },
      draw, tell,
    });
    const { position } = it.view;
    position.addEventListener("input", () => {
      it.playing = false;
      go(it, position.valueAsNumber);
    });
    position.addEventListener("change", () => tools.state.set({ epoch: epochs[position.valueAsNumber] }));
    const shared = epochs.indexOf(it.state.epoch);
    const waits = shared < 0 && !tools.reducedMotion;
    go(it, waits ? 0 : shared < 0 ? it.final : shared);
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
