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

  // --- controls -----------------------------------------------------------------------------

  const PACE = 340; // milliseconds from one checkpoint to the next while playing
  const PACE_STILL = 900; // … in steps, where the reader asked for less motion

  function build(box, data, { element }) {
    const readout = (label, name) =>
      element("div", {}, element("dt", {}, label),
        element("dd", {}, element("output", { "data-readout": name, for: "click-position", "aria-live": "off" })));
    const ui = {
      play: element("button", { type: "button", class: "button button-primary", "data-control": "play" }, "Play"),
      position: element("input", {
        type: "range", id: "click-position", min: 0, max: data.epochs.length - 1, step: 1,
        "aria-label": "Checkpoint", "data-control": "position",
      }),
      ring: element("div", { class: "click-ring" }),
      curves: element("div", { class: "click-curves" }),
      live: element("p", { class: "visually-hidden", "aria-live": "polite", "data-readout": "spoken" }),
    };
    ui.root = element("div", { class: "click" },
      element("div", { class: "click-stage" }, ui.ring,
        element("div", {},
          element("dl", { class: "readout" },
            readout("Epoch", "epoch"), readout("Train accuracy", "train-accuracy"), readout("Test accuracy", "test-accuracy")),
          ui.curves)),
      element("div", { class: "controls" }, ui.play, ui.position),
      ui.live);
    ui.readouts = Object.fromEntries(
      [...ui.root.querySelectorAll("[data-readout]")].map((node) => [node.dataset.readout, node]),
    );
    box.replaceChildren(ui.root);
    return ui;
  }

  // --- draw ---------------------------------------------------------------------------------

  function drawCurves(surface, ink, kit, { data, moment }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [left, right, upper, lower] = [46, width - 6, 30, height - 36];
    const { curve_epochs: logged } = data;
    const end = logEpoch(logged[logged.length - 1]);
    const x = (epoch) => left + (logEpoch(epoch) / end) * (right - left);
    const y = (share) => lower - share * (lower - upper);

    for (const share of [0, 0.5, 1]) {
      kit.stroke(ctx, [[left, y(share)], [right, y(share)]], ink.line);
      kit.write(ctx, `${100 * share}%`, left - 7, y(share), ink.muted, "right", "middle");
    }
    for (const epoch of [0, 10, 100, 1000, 10000].filter((e) => logEpoch(e) <= end)) {
      kit.stroke(ctx, [[x(epoch), lower], [x(epoch), lower + 4]], ink.muted);
      kit.write(ctx, kit.integer(epoch), x(epoch), lower + 8, ink.muted, "center", "top");
    }
    kit.write(ctx, "epoch (log scale)", right, height - 2, ink.muted, "right", "bottom");

    const events = [[data.memorisation_epoch, "memorised"], [data.grok_epoch, "generalised"]];
    for (const [epoch, name] of events) {
      if (epoch === null || epoch === undefined) continue;
      kit.stroke(ctx, [[x(epoch), upper - 8], [x(epoch), lower]], ink.muted, 1, [2, 4]);
      const half = ctx.measureText(name).width / 2;
      kit.write(ctx, name, kit.clamp(x(epoch), left + half, right - half), upper - 13, ink.muted, "center");
    }

    const line = (values, colour) => {
      const points = logged.map((epoch, row) => [x(epoch), y(values[row])]);
      ctx.globalAlpha = 0.3;
      kit.stroke(ctx, points, colour, 1.5);
      ctx.globalAlpha = 1;
      const row = lastNotAbove(logged, moment.epoch);
      const next = Math.min(row + 1, logged.length - 1);
      const gap = x(logged[next]) - x(logged[row]);
      const w = gap ? (x(moment.epoch) - x(logged[row])) / gap : 0;
      const head = [x(moment.epoch), y(kit.mix(values[row], values[next], w))];
      kit.stroke(ctx, [...points.slice(0, row + 1), head], colour, 2.25);
      return head;
    };
    kit.stroke(ctx, [[x(moment.epoch), upper], [x(moment.epoch), lower]], ink.ink, 1);
    const heads = [line(data.train_accuracy, ink.train), line(data.test_accuracy, ink.test)];
    heads.forEach(([hx, hy], i) => kit.dot(ctx, hx, hy, 4.5, i ? ink.test : ink.train));

    const [from, to] = [data.memorisation_epoch ?? 1, data.grok_epoch ?? logged[logged.length - 1]];
    const middle = (x(from) + x(to)) / 2;
    const row = logged.findIndex((epoch) => x(epoch) >= middle);
    kit.write(ctx, "train", middle, y(data.train_accuracy[row]) + 8, ink.train, "center", "top");
    kit.write(ctx, "test", middle, y(data.test_accuracy[row]) - 8, ink.test, "center", "bottom");
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    const kit = Timeless.instrument;
    const columns = ["epochs", "curve_epochs", "train_accuracy", "test_accuracy"];
    data = { ...data, ...Object.fromEntries(columns.map((name) => [name, kit.list(data[name], tools)])) };
    const { p, freq, epochs } = data;
    const xy = tools.decode(data.xy).array;
    const final = epochs.length - 1;
    const ring = kit.ringOrder(freq, p);
    const radius = xy.reduce((most, x) => Math.max(most, Math.abs(x)), data.radius);

    const ui = build(box, data, kit);
    const surfaces = {
      ring: kit.surface(ui.ring, `The ${p} numbers in the plane of frequency ${freq}`),
      curves: kit.surface(ui.curves, "Train and test accuracy over epochs"),
    };
    const say = kit.announcer(ui.live);

    let position = final;
    let playing = false;
    let waited = 0;

    function readOut() {
      const { epoch, measuredEpoch, train, test } = momentAt(data, xy, position);
      const set = (name, value, text) => {
        ui.readouts[name].value = text;
        ui.readouts[name].dataset.value = value;
      };
      const told = Number.isInteger(position) ? epoch : measuredEpoch;
      set("epoch", told, kit.integer(told));
      set("train-accuracy", train, kit.percent(train));
      set("test-accuracy", test, kit.percent(test));
      ui.position.value = Math.round(position);
      const text = `epoch ${kit.integer(told)}, train ${kit.percent(train)}, test ${kit.percent(test)}`;
      ui.position.setAttribute("aria-valuetext", text);
      ui.play.textContent = playing ? "Pause" : position === final ? "Play again" : "Play";
      if (playing) return;
      surfaces.ring.canvas.setAttribute("aria-label", `The ${p} numbers in the plane of frequency ${freq} at ${text}.`);
      surfaces.curves.canvas.setAttribute("aria-label", `Train and test accuracy over epochs; at ${text}.`);
      say(text);
    }

    function go(to) {
      position = kit.clamp(to, 0, final);
      readOut();
      frames.request();
    }

    function play(on) {
      playing = on;
      waited = 0;
      go(on && position === final ? 0 : position);
    }

    /** Moves on by dt milliseconds: smoothly, or checkpoint by checkpoint where motion is unwelcome. */
    function advance(dt) {
      if (!tools.reducedMotion) {
        position = Math.min(position + dt / PACE, final);
      } else if ((waited += dt) >= PACE_STILL) {
        waited = 0;
        position = Math.min(Math.floor(position) + 1, final);
      }
      if (position === final) playing = false;
      readOut();
    }

    function draw(dt) {
      if (playing) advance(dt);
      const ink = kit.palette(tools, box);
      const moment = momentAt(data, xy, position);
      kit.tokens(surfaces.ring, ink, { x: moment.x, y: moment.y, reach: radius, ring, freq });
      drawCurves(surfaces.curves, ink, kit, { data, moment });
      return playing;
    }

    const frames = kit.animator(box, draw);
    ui.play.addEventListener("click", () => play(!playing));
    ui.position.addEventListener("input", () => {
      playing = false;
      go(ui.position.valueAsNumber);
    });
    ui.position.addEventListener("change", () => tools.state.set({ epoch: epochs[ui.position.valueAsNumber] }));
    tools.onTheme(frames.request);

    // It plays by itself once, when it is first well in view, unless the reader chose otherwise.
    const shared = epochs.indexOf(Number((tools.state.get() || {}).epoch ?? NaN));
    const first = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        first.disconnect();
        if (position === 0) play(true);
      },
      { threshold: 0.6 },
    );
    if (shared >= 0) go(shared);
    else if (tools.reducedMotion) go(final);
    else {
      go(0);
      first.observe(surfaces.ring.canvas);
    }
    return {
      destroy() {
        playing = false;
        first.disconnect();
        frames.destroy();
      },
    };
  }

  Timeless.widget("click", { mount });
})();
