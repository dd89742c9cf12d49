/* The live network: one pair through the trained transformer, and all pairs as a map, at any checkpoint.
   Controls -> state -> compute -> draw; the network itself lies in kit/network.js. */
(function () {
  "use strict";

  const ACTIVE = 10; // neurons listed
  const SOURCES = 6; // frequencies listed
  const BELONGS = 0.85; // share of a neuron's energy by which it belongs to a frequency
  const LOSSES = [1e-7, 30]; // nats, between which the map of losses goes from pale to full

  // What the reader can choose: value, text, the experiment that trained it, the place of its operation.
  const NETWORKS = [
    ["addition", "addition: a + b", "addition", 0],
    ["multiplication", "multiplication: a · b", "multiplication", 0],
    ["joint-addition", "one network for both: a + b", "co_grokking", 0],
    ["joint-multiplication", "one network for both: a · b", "co_grokking", 1],
  ];

  // --- compute ------------------------------------------------------------------------------

  /** Returns the place of the epoch nearest to one, on the scale on which training unfolds. */
  function nearest(epochs, epoch) {
    const far = (i) => Math.abs(Math.log1p(epochs[i]) - Math.log1p(epoch));
    return epochs.reduce((best, _, i) => (far(i) < far(best) ? i : best), 0);
  }

  /** Returns the next pair a*p + b after `from` that is answered wrong, going round; -1 if there is none. */
  function nextWrong(answers, from, wanted) {
    for (let step = 1; step <= answers.length; step++) {
      const pair = (from + step) % answers.length;
      if (answers[pair] !== wanted(pair)) return pair;
    }
    return -1;
  }

  /** Returns the neurons with the largest activations, the largest first; silent ones are left out. */
  function mostActive(activations, count) {
    const awake = Array.from(activations, (_, j) => j).filter((j) => activations[j] > 0);
    return awake.sort((i, j) => activations[j] - activations[i] || i - j).slice(0, count);
  }

  /** Returns how far a unit of each neuron lifts the logit of a class above the mean of all [d_mlp]. */
  function lifts({ W_out, W_U }, { d_model: d, d_mlp: m, p }, answer) {
    const direction = Float64Array.from({ length: d }, (_, i) => {
      const row = W_U.subarray(i * p, (i + 1) * p);
      return row[answer] - row.reduce((sum, x) => sum + x, 0) / p;
    });
    return Float64Array.from({ length: m }, (_, j) => direction.reduce((sum, x, i) => sum + x * W_out[j * d + i], 0));
  }

  /** Returns `[{frequency, neurons, adds}]`: what the active neurons of each frequency add, the most first; those
      that belong to none come as frequency 0. `known` has the neurons' frequencies and shares. */
  function byFrequency(activations, lift, { frequencies, shares }) {
    const groups = new Map();
    activations.forEach((x, j) => {
      if (x <= 0) return;
      const frequency = shares[j] >= BELONGS ? frequencies[j] : 0;
      const group = groups.get(frequency) || { frequency, neurons: 0, adds: 0 };
      group.neurons += 1;
      group.adds += x * lift[j];
      groups.set(frequency, group);
    });
    return [...groups.values()].sort((g, h) => Math.abs(h.adds) - Math.abs(g.adds));
  }

  /** Returns how far the logit of a class lies above the mean of all. */
  const aboveMean = (logits, c) => logits[c] - logits.reduce((sum, x) => sum + x, 0) / logits.length;

  /** Returns how strongly a loss is drawn, from 0 to 1, on a logarithmic scale. */
  function lossShare(loss) {
    const [low, high] = LOSSES.map(Math.log);
    return Math.min(Math.max((Math.log(Math.max(loss, 1e-30)) - low) / (high - low), 0), 1);
  }

  /** Returns the mean over all pairs of what is known of both splits; `n` are their sizes. */
  const pooled = (train, test, n) => (train * n.train + test * n.test) / (n.train + n.test);

  if (typeof module === "object" && module.exports) {
    module.exports = { nearest, nextWrong, mostActive, lifts, byFrequency, aboveMean, lossShare, pooled };
    return;
  }

  // --- controls -----------------------------------------------------------------------------

  /** Returns the widget's parts by name; the markup is the order in which a reader tabs. */
  function build(box, { p }, { element }, builders) {
    const make = builders.controls("network");
    const ui = {
      network: make.select({ name: "network", label: "Network", options: NETWORKS.map(([value, text]) => [value, text]) }),
      a: make.slider({ name: "a", label: "First number a", max: p - 1 }),
      b: make.slider({ name: "b", label: "Second number b", max: p - 1 }),
      epoch: make.slider({ name: "epoch", label: "Checkpoint, epoch", max: 1 }),
      swap: make.button({ name: "swap", label: "Swap a and b" }),
      wrong: make.button({ name: "wrong", label: "Next wrong answer" }),
      reset: make.button({ name: "reset", label: "Reset" }),
      sentence: element("p", { class: "net-sentence", "data-readout": "sentence" }),
      logits: element("div", { class: "net-logits" }),
      attention: element("tbody"),
      head: element("tr"),
      neurons: element("tbody"),
      sources: element("tbody"),
      active: element("p", { class: "net-note", "data-readout": "active" }),
      map: element("div", { class: "net-map" }),
      mark: make.toggle({ name: "mark", label: "Set the pairs trained on apart" }),
      scores: element("tbody"),
      times: element("p", { class: "net-note", "data-readout": "times" }),
      failure: make.failure(),
      live: make.live(),
    };
    ui.epoch.node.classList.add("net-epoch");
    ui.view = make.choice({
      name: "map", label: "Map of", options: [["answers", "right or wrong"], ["loss", "loss"]], onChoose: (value) => ui.onView(value),
    });
    ui.legends = {
      "answers-true": make.legend([
        ["block", "trained on, right"], ["block", "trained on, wrong"], ["block", "never trained on, right"], ["block", "never trained on, wrong"],
      ]),
      "answers-false": make.legend([["block", "right"], ["block", "wrong"]]),
      "loss-true": make.legend([
        ["block", "trained on, 30 nats or more"], ["block", "10⁻⁷ nats or less"],
        ["block", "never trained on, 30 nats or more"], ["block", "10⁻⁷ nats or less"],
      ]),
      "loss-false": make.legend([["block", "30 nats or more"], ["block", "ln p, as by chance"], ["block", "10⁻⁷ nats or less"]]),
    };
    const column = (...names) => element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
    const table = (caption, head, body) =>
      element("table", {}, element("caption", {}, caption), element("thead", {}, head), body);
    ui.root = element("div", { class: "net" },
      make.row(ui.network.node, ui.a.node, ui.b.node, ui.epoch.node),
      element("div", { class: "net-buttons" }, ui.swap, ui.wrong, ui.reset),
      ui.sentence,
      ui.logits,
      element("div", { class: "net-pair" },
        element("div", { class: "net-column" },
          table("Attention of the last position", ui.head, ui.attention),
          table(`The ${ACTIVE} most active neurons`, column("neuron", "activation", "frequency", "lifts the answer by"), ui.neurons),
          ui.active,
          table("What lifts the answer above the mean logit", column("active neurons of", "how many", "together"), ui.sources)),
        element("div", { class: "net-column" },
          ui.view.node,
          ui.map,
          ...Object.values(ui.legends).map(({ node }) => node),
          ui.mark.node,
          element("p", { class: "net-note" }, "Click or tap a place in the map to choose its pair; by keyboard, move the sliders a and b."),
          table("All pairs at this checkpoint", column("pairs", "accuracy, here", "as logged", "loss, here", "as logged"), ui.scores))),
      ui.failure.node,
      ui.times,
      ui.live);
    box.replaceChildren(ui.root);
    return ui;
  }

  // --- draw ---------------------------------------------------------------------------------

  /** Draws the logits of all classes as bars from 0, and names the answer and the right answer. */
  function drawLogits(surface, ink, kit, { scale, tickText }, { logits, answer, wanted }) {
    const { ctx, width, height } = surface.begin(ink.font);
    const [low, high] = [Math.min(0, ...logits), Math.max(0, ...logits)];
    const room = (high - low) * 0.04 || 1;
    const y = scale({ low: low - room, high: high + room, from: height - 38, to: 46, count: 4 });
    const [left, right] = [40, width - 1];
    const pitch = (right - left) / logits.length;
    const x = (c) => left + (c + 0.5) * pitch;

    kit.write(ctx, `Logits of all ${logits.length} answers`, 0, 12, ink.ink);
    for (const tick of y.ticks) {
      kit.stroke(ctx, [[left, y(tick)], [right, y(tick)]], tick ? ink.line : ink.muted);
      kit.write(ctx, tickText(tick), left - 7, y(tick), ink.muted, "right", "middle");
    }
    for (const tick of kit.ticksTo(logits.length - 1, width < 480 ? 4 : 8).filter((t) => t < logits.length)) {
      kit.write(ctx, String(tick), x(tick), height - 32, ink.muted, "center", "top");
    }
    kit.write(ctx, "answer c", right, height - 2, ink.muted, "right", "bottom");

    const bar = Math.max(pitch * 0.68, 1.2);
    logits.forEach((value, c) => {
      const told = c === answer || c === wanted;
      ctx.globalAlpha = told ? 1 : 0.5;
      ctx.fillStyle = c === answer ? ink.accent : c === wanted ? ink.test : ink.muted;
      const wide = told ? Math.max(bar, 3) : bar;
      ctx.fillRect(x(c) - wide / 2, Math.min(y(value), y(0)), wide, Math.max(Math.abs(y(value) - y(0)), 1));
    });
    ctx.globalAlpha = 1;
    const name = (c, text, colour, line) => {
      const half = ctx.measureText(text).width / 2;
      const top = 12 + 15 * line;
      kit.stroke(ctx, [[x(c), top + 5], [x(c), Math.min(y(logits[c]), y(0)) - 3]], colour, 1, [2, 3]);
      kit.write(ctx, text, kit.clamp(x(c), left + half, right - half), top, colour, "center", "alphabetic", ink.paper);
    };
    if (answer === wanted) name(answer, `answer ${answer}, right`, ink.accent, 1);
    else {
      name(wanted, `right: ${wanted}`, ink.test, 2);
      name(answer, `answer ${answer}, wrong`, ink.accent, 1);
    }
  }

  /** Returns the colours of the map: a ramp from pale to full for pairs trained on, and for the others. */
  function ramps(ink, { ramp }, split) {
    const pale = (colour) => `rgb(${ramp([ink.paper, colour])(0.16).join(", ")})`;
    const of = (colour) => ramp([pale(colour), colour]);
    return split ? [of(ink.test), of(ink.train)] : [of(ink.accent), of(ink.accent)];
  }

  const css = (bytes) => `rgb(${bytes.join(", ")})`;

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    const scripts = ["instrument", "network", "group"].map((name) => Timeless.load(`kit/${name}.js`));
    await Promise.all(scripts);
    await Promise.all(["controls", "chart", "checkpoints", "background"].map((name) => Timeless.load(`kit/${name}.js`)));
    const { instrument: kit, network, chart, group } = Timeless;
    const { state, read, reset, changed } = Timeless.controls.parameters([
      ["network", "addition", NETWORKS.map(([value]) => value)],
      ["a", data.a, 0, Infinity],
      ["b", data.b, 0, Infinity],
      ["epoch", data.epoch, 0, Infinity],
      ["map", "answers", ["answers", "loss"]],
      ["mark", true, [true, false]],
    ]);
    read(tools.state.get());

    let shown = null; // {network, op, opened, index, weights} on screen
    let asked = 0;
    let pass = null; // the last forward pass
    let passTime = 0;
    let pairAt = () => null;
    const maps = new Map(); // what the background found, by network and epoch
    const waves = new Map();
    const key = () => `${shown.network} ${shown.opened.epochs[shown.index]}`;
    const symbol = (op = shown.op) => (shown.opened.info.operations[op] === "multiplication" ? "·" : "+");
    const result = () => maps.get(key());

    /** Returns what is to be shown for the state, its weights loaded. */
    async function found() {
      const [, , experiment, op] = NETWORKS.find(([value]) => value === state.network);
      const opened = await Timeless.checkpoints.open(experiment);
      const index = nearest(opened.epochs, state.epoch);
      return { network: state.network, op, opened, index, weights: await opened.weights(index) };
    }

    let first = await found();
    if (first.opened.index(state.epoch) < 0) { // an address may name an epoch that this network has not
      state.epoch = data.epoch;
      first = await found();
    }
    const { p } = first.opened.info;
    for (const name of ["a", "b"]) if (!Number.isInteger(state[name]) || state[name] >= p) state[name] = data[name];
    const ui = build(box, { p }, kit, Timeless.controls);
    const surfaces = {
      logits: kit.surface(ui.logits, "Logits of all answers"),
      map: kit.surface(ui.map, "Map of all pairs"),
    };
    const say = kit.announcer(ui.live);
    const background = Timeless.background.start();

    // -- state -> compute

    /** Shows the network and checkpoint of the state once its weights are here; the latest one asked for wins. */
    async function go() {
      const ask = ++asked;
      ui.root.setAttribute("aria-busy", "true");
      try {
        const next = await found();
        if (ask === asked) enter(next);
      } catch (error) {
        if (ask === asked) fail(error);
      }
    }

    function enter(next) {
      shown = next;
      state.epoch = shown.opened.epochs[shown.index];
      ui.failure.tell("");
      ui.root.setAttribute("aria-busy", "false");
      refresh();
      survey();
    }

    function fail(error) {
      ui.failure.tell(
        `The checkpoint of epoch ${kit.integer(state.epoch)} cannot be shown (${error.message}). ` +
          "The picture stays at the one before; choose it again to try again.",
      );
      state.network = shown.network;
      state.epoch = shown.opened.epochs[shown.index];
      ui.root.setAttribute("aria-busy", "false");
      refresh();
    }

    /** Computes the chosen pair and shows it; every change of state ends here. */
    function refresh() {
      const start = performance.now();
      pass = network.forward(shown.weights, shown.opened.info, state.a, state.b, shown.op);
      passTime = performance.now() - start;
      readOut();
      frames.request();
    }

    /** Asks the background for all pairs, and then for the neurons' frequencies, of what is shown. */
    async function survey() {
      const here = key();
      const { weights, op, opened: { info } } = shown;
      const order = info.operations[op] === "multiplication" ? group.powers(info.p, data.g) : Array.from({ length: info.p }, (_, t) => t);
      const { curves: _, train_pairs: __, ...sizes } = info;
      try {
        if (!maps.has(here)) {
          const map = await background.run("allPairs", [weights, sizes, op], "map");
          if (!map) return; // another checkpoint was asked for meanwhile
          maps.set(here, { ...map, took: background.took() });
          if (key() === here) refresh();
        }
        if (key() !== here || waves.has(here)) return;
        const neurons = await background.run("clusters", [weights, sizes, op, order], "neurons");
        if (!neurons) return;
        waves.set(here, { ...neurons, took: background.took() });
        if (key() === here) refresh();
      } catch (error) {
        ui.failure.tell(`All pairs could not be computed (${error.message}).`);
      }
    }

    const wanted = (pair = state.a * p + state.b) => network.label(shown.opened.info, Math.floor(pair / p), pair % p, shown.op);

    // -- compute -> text

    function readOut() {
      const { opened: { info, epochs }, op, index } = shown;
      const right = wanted();
      const chances = network.softmax(Float64Array.from(pass.logits));
      const trained = shown.opened.trainMask(op)[state.a * p + state.b] === 1;
      const good = pass.answer === right;

      ui.network.input.value = state.network;
      for (const name of ["a", "b"]) {
        ui[name].input.value = state[name];
        ui[name].output.value = state[name];
      }
      ui.epoch.input.max = epochs.length - 1;
      ui.epoch.input.value = index;
      const curves = info.curves[op];
      const logged = `train accuracy ${kit.percent(curves.train_accuracy[index])}, test accuracy ${kit.percent(curves.test_accuracy[index])}`;
      ui.epoch.output.value = `${kit.integer(state.epoch)} · train ${kit.percent(curves.train_accuracy[index])} · test ${kit.percent(curves.test_accuracy[index])}`;
      ui.epoch.output.dataset.value = state.epoch;
      ui.epoch.input.setAttribute("aria-valuetext", `epoch ${kit.integer(state.epoch)}, ${logged}`);
      ui.view.show(state.map);
      ui.mark.input.checked = state.mark;

      const sum = `${state.a} ${symbol()} ${state.b}`;
      const chance = kit.percent(chances[pass.answer], 2);
      const verdict = good
        ? `with probability ${chance}. That is right`
        : `with probability ${chance}. That is wrong: ${sum} = ${right}, which gets ${kit.percent(chances[right], 2)}`;
      const split = trained ? "It was trained on this pair" : "It was never trained on this pair";
      ui.sentence.replaceChildren(
        `${sum} modulo ${p}: the network answers `, kit.element("b", {}, String(pass.answer)), ` ${verdict}. `,
        kit.element("span", { class: "net-verdict" }, `${split}.`));
      Object.assign(ui.sentence.dataset, {
        answer: pass.answer, right, chance: chances[pass.answer], trained: String(trained), epoch: state.epoch, network: state.network,
      });
      readAttention(sum);
      readNeurons();
      readScores();
      readTimes();
      label(sum, verdict);
      say(`${sum} modulo ${p}: the network answers ${pass.answer} ${verdict}. ${split}. Epoch ${kit.integer(state.epoch)}, ${logged}.`);
    }

    function label(sum, verdict) {
      const all = result();
      surfaces.logits.canvas.setAttribute("aria-label", `Logits of all ${p} answers to ${sum}. The network answers ${pass.answer} ${verdict}.`);
      const told = all
        ? `${kit.percent(all.accuracy, 2)} of all ${kit.integer(p * p)} pairs are answered right, the mean loss is ${chart.tickText(round(all.loss))} nats`
        : "it is being computed";
      surfaces.map.canvas.setAttribute("aria-label",
        `Map over a, to the right, and b, upwards: ${state.map === "loss" ? "the loss of every pair" : "which pairs are answered right"}; ${told}. ` +
          "The sliders a and b choose a pair as clicking on the map does.");
    }

    const round = (value) => Number(value.toPrecision(2));

    function readAttention() {
      const { element } = kit;
      const places = [`to a = ${state.a}`, `to b = ${state.b}`, "to op"];
      ui.head.replaceChildren(...["head", ...places].map((name) => element("th", { scope: "col" }, name)));
      ui.attention.replaceChildren(...Array.from({ length: shown.opened.info.n_heads }, (_, h) =>
        element("tr", {}, element("th", { scope: "row" }, String(h)),
          ...places.map((_, place) => bar(pass.pattern[3 * h + place], kit.percent(pass.pattern[3 * h + place]), 1)))));
    }

    /** Returns a cell with a number and, behind it, a bar of `value` out of `most`. */
    function bar(value, text, most) {
      const share = `${(100 * Math.max(value, 0)) / most}%`;
      return kit.element("td", { "data-share": value, style: `--share: ${share}` }, text);
    }

    function readNeurons() {
      const { element } = kit;
      const { weights, opened: { info } } = shown;
      const known = waves.get(key());
      const post = pass.mlp_post;
      const active = mostActive(post, ACTIVE);
      const lift = lifts(weights, info, pass.answer);
      ui.neurons.replaceChildren(...active.map((j) => {
        return element("tr", { "data-neuron": j },
          element("th", { scope: "row" }, String(j)),
          bar(post[j], post[j].toFixed(2), post[active[0]]),
          frequencyCell(known && [known.frequencies[j], known.shares[j]]),
          element("td", {}, signed(post[j] * lift[j])));
      }));
      readSources(lift, known);
      const firing = post.filter((x) => x > 0).length;
      const unit = info.operations[shown.op] === "multiplication" ? ", over the logarithms of the numbers" : "";
      const belonging = known
        ? `${known.shares.filter((share) => share >= BELONGS).length} of ${info.d_mlp} neurons belong to one frequency${unit}`
        : "The frequencies of all neurons are being computed";
      ui.active.textContent = `${firing} of ${info.d_mlp} neurons are active for this pair. ${belonging}.`;
      ui.active.dataset.known = String(Boolean(known));
    }

    const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

    /** Writes what each frequency's neurons add to the answer, and what does not come from neurons. */
    function readSources(lift, known) {
      const { element } = kit;
      const total = aboveMean(pass.logits, pass.answer);
      const groups = known ? byFrequency(pass.mlp_post, lift, known) : [];
      const row = (name, count, adds, attributes = {}) =>
        element("tr", attributes, element("th", { scope: "row" }, name), element("td", {}, count), element("td", {}, signed(adds)));
      const shownGroups = groups.slice(0, SOURCES);
      const other = groups.slice(SOURCES);
      const sum = (list, name) => list.reduce((all, group) => all + group[name], 0);
      ui.sources.replaceChildren(
        ...shownGroups.map(({ frequency, neurons, adds }) =>
          row(frequency ? `frequency ${frequency}` : "no frequency", String(neurons), adds, { "data-source": frequency })),
        ...(other.length ? [row("other frequencies", String(sum(other, "neurons")), sum(other, "adds"))] : []),
        ...(known ? [row("not from neurons", "", total - sum(groups, "adds"))] : []),
        row("all", "", total, { "data-source": "all" }));
    }

    function frequencyCell(known) {
      if (!known) return kit.element("td", {}, "…");
      const [k, share] = known;
      const belongs = share >= BELONGS;
      const text = belongs ? `${k} (${kit.percent(share, 0)})` : `none (${k}: ${kit.percent(share, 0)})`;
      return kit.element("td", { "data-belongs": String(belongs), "data-frequency": k }, text);
    }

    function readScores() {
      const { opened, op, index } = shown;
      const [mask, all, curves] = [opened.trainMask(op), result(), opened.info.curves[op]];
      const n = { train: mask.reduce((sum, bit) => sum + bit, 0) };
      n.test = mask.length - n.train;
      const log = (name) => {
        const [train, test] = [curves[`train_${name}`][index], curves[`test_${name}`][index]];
        return { all: pooled(train, test, n), train, test };
      };
      const logged = { accuracy: log("accuracy"), loss: log("loss") };
      const own = (split) => all && network.summarise(all, opened.info, op, split === "all" ? null : mask, split === "train" ? 1 : 0);
      const text = { accuracy: (value) => kit.percent(value, 2), loss: (value) => chart.tickText(round(value)) };
      ui.scores.replaceChildren(...["all", "train", "test"].map((split) => {
        const here = own(split);
        return kit.element("tr", { "data-split": split }, kit.element("th", { scope: "row" }, split),
          ...["accuracy", "loss"].flatMap((name) => [
            kit.element("td", { "data-here": name, "data-value": here ? here[name] : "" }, here ? text[name](here[name]) : "…"),
            kit.element("td", { "data-logged": name }, text[name](logged[name][split])),
          ]));
      }));
      ui.map.dataset.stale = String(!all);
      const none = all && nextWrong(all.answers, 0, wanted) < 0;
      ui.wrong.disabled = !all || none;
      ui.wrong.textContent = none ? "No wrong answer" : "Next wrong answer";
    }

    function readTimes() {
      const [all, neurons] = [result(), waves.get(key())];
      const ms = (time) => (time < 10 ? time.toFixed(1) : kit.integer(time));
      ui.times.textContent = [
        `Time taken here: ${ms(passTime)} ms for this pair`,
        all ? `${ms(all.took)} ms for all ${kit.integer(p * p)}` : "all pairs are being computed",
        ...(neurons ? [`${ms(neurons.took)} ms for the frequencies of all neurons, both in the background`] : []),
      ].join("; ") + ".";
      if (all) ui.times.dataset.map = all.took;
      ui.times.dataset.pass = passTime;
    }

    // -- draw

    const frames = kit.animator(ui.root, draw);

    function draw() {
      const ink = kit.palette(tools, box);
      drawLogits(surfaces.logits, ink, kit, chart, { logits: pass.logits, answer: pass.answer, wanted: wanted() });
      drawMap(ink);
      return false;
    }

    function drawMap(ink) {
      const all = result();
      const mask = shown.opened.trainMask(shown.op);
      const colours = ramps(ink, chart, state.mark);
      const strength = all && (state.map === "loss"
        ? Float32Array.from(all.losses, lossShare)
        : Float32Array.from(all.answers, (answer, pair) => Number(answer === wanted(pair))));
      const { at } = chart.grid(surfaces.map, ink, {
        title: `${state.map === "loss" ? "Loss" : "Answers"} of all ${kit.integer(p * p)} pairs${all ? "" : " (being computed)"}`,
        values: strength || new Float32Array(p * p),
        n: p,
        colourOf: (value, pair) => colours[mask[pair]](value),
        mark: [state.a, state.b],
      });
      pairAt = at;
      const [test, train] = colours;
      const shares = state.map === "loss" && !state.mark ? [1, lossShare(Math.log(p)), 0] : [1, 0];
      const painted = state.mark ? [train(1), train(0), test(1), test(0)] : shares.map(train);
      for (const [name, legend] of Object.entries(ui.legends)) {
        legend.node.hidden = name !== `${state.map}-${state.mark}`;
        if (!legend.node.hidden) legend.paint(painted.map(css));
      }
    }

    // -- controls -> state

    const remember = () => tools.state.set(changed());

    function choose(a, b) {
      [state.a, state.b] = [a, b];
      refresh();
      remember();
    }

    ui.network.input.addEventListener("change", () => {
      const atEnd = shown.index === shown.opened.epochs.length - 1;
      if (atEnd) state.epoch = Number.MAX_SAFE_INTEGER; // the last of the other network's, too
      state.network = ui.network.input.value;
      go().then(remember);
    });
    ui.epoch.input.addEventListener("input", () => {
      state.epoch = shown.opened.epochs[ui.epoch.input.valueAsNumber];
      go();
    });
    ui.epoch.input.addEventListener("change", remember);
    for (const name of ["a", "b"]) {
      ui[name].input.addEventListener("input", () => {
        state[name] = ui[name].input.valueAsNumber;
        refresh();
      });
      ui[name].input.addEventListener("change", remember);
    }
    ui.onView = (value) => {
      state.map = value;
      refresh();
      remember();
    };
    ui.mark.input.addEventListener("change", () => {
      state.mark = ui.mark.input.checked;
      refresh();
      remember();
    });
    ui.swap.addEventListener("click", () => choose(state.b, state.a));
    ui.wrong.addEventListener("click", () => {
      const pair = nextWrong(result().answers, state.a * p + state.b, wanted);
      if (pair >= 0) choose(Math.floor(pair / p), pair % p);
    });
    ui.reset.addEventListener("click", () => {
      reset();
      go().then(remember);
    });
    const point = (event) => {
      const pair = pairAt(event.offsetX, event.offsetY);
      if (pair) choose(...pair);
    };
    surfaces.map.canvas.addEventListener("click", point);
    surfaces.map.canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && event.buttons === 1) point(event);
    });
    tools.onTheme(frames.request);

    enter(first);
    return {
      destroy() {
        background.destroy();
        frames.destroy();
      },
    };
  }

  Timeless.widget("network", { mount });
})();
