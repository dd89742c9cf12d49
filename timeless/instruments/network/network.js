/* The live network: one pair through the trained transformer, and all pairs as a map, at any checkpoint.
   Controls -> state -> compute -> draw; the network itself lies in kit/network. */
(function () {
  "use strict";

  const { controls, instrument: kit, mounting } = Timeless;
  const { core, drawLogits, drawMap, paintLegends, ACTIVE, keyOf, loggedOf, resultOf, wantedOf, tell } = Timeless.parts.network;
  const { nextWrong } = core;

  // What the reader can choose: value, text, the experiment that trained it, the place of its operation.
  const NETWORKS = [
    ["addition", "addition: a + b", "addition", 0],
    ["multiplication", "multiplication: a · b", "multiplication", 0],
    ["joint-addition", "one network for both: a + b", "co_grokking", 0],
    ["joint-multiplication", "one network for both: a · b", "co_grokking", 1],
  ];

  // --- controls -> state --------------------------------------------------------------------

  /** Shows the checkpoint among those of its network, with the accuracies logged there. */
  function showEpoch({ input, output }, { state, shown }) {
    const [train, test] = loggedOf(shown);
    const epoch = kit.integer(state.epoch);
    input.max = shown.epochs.length - 1;
    input.value = shown.index;
    controls.write(output, state.epoch, `${epoch} · train ${train} · test ${test}`);
    input.setAttribute("aria-valuetext", `epoch ${epoch}, train accuracy ${train}, test accuracy ${test}`);
  }

  function tableOf({ info: { p }, epochs }, { a, b, epoch }, source) {
    const numbers = Timeless.pairs.numbersTo(p);
    return [
      mounting.oneOf("select", "network", "Network", source ? [["opened", source.run.name]] : NETWORKS),
      ["a", a % p, numbers, { kind: "slider", label: "First number a" }],
      ["b", b % p, numbers, { kind: "slider", label: "Second number b" }],
      ["epoch", source ? epochs.at(-1) : epoch, epochs, { kind: "slider", label: "Checkpoint, epoch", from: (place, it) => it.shown.epochs[place], show: showEpoch }],
      mounting.oneOf("choice", "map", "Map of", [["answers", "right or wrong"], ["loss", "loss"]]),
      mounting.oneOf("choice", "part", "Pairs", [["all", "all"], ["train", "trained on"], ["test", "never seen"]]),
      mounting.oneOf("choice", "order", "Rows", [["b", "b"], ["sum", "a + b"]]),
    ];
  }

  /** Returns the legends of the map, by what it shows. */
  function legendsOf(ui) {
    const blocks = (...texts) => ui.legend(texts.map((text) => ["block", text]));
    return { answers: blocks("right", "wrong"), loss: blocks("30 nats or more", "ln p, as by chance", "10⁻⁷ nats or less") };
  }

  const columns = (...names) => kit.element("tr", {}, ...names.map((name) => kit.element("th", { scope: "col" }, name)));

  const scoreColumns = ({ curves }) => (curves ? columns("pairs", "accuracy, here", "as logged", "loss, here", "as logged") : columns("pairs", "accuracy", "loss"));

  function tableAround(caption, head, body) {
    const { element } = kit;
    return element("table", {}, element("caption", {}, caption), element("thead", {}, head), body);
  }

  /** Returns the elements that are filled with what is told and drawn. */
  function partsOf({ ui }) {
    const { element } = kit;
    return {
      sentence: element("p", { class: "net-sentence", "data-readout": "sentence" }),
      logits: element("div", { class: "net-logits" }),
      attention: element("tbody"), head: element("tr"), neurons: element("tbody"), sources: element("tbody"),
      active: element("p", { class: "net-note", "data-readout": "active" }),
      map: element("div", { class: "net-map" }),
      scores: element("tbody"),
      times: element("p", { class: "net-note", "data-readout": "times" }),
      legends: legendsOf(ui), failure: ui.failure(), live: ui.live(),
    };
  }

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const view = partsOf(it);
    own.epoch.node.classList.add("net-epoch");
    own.network.node.hidden = Boolean(it.source);
    own.epoch.node.hidden = it.opened.epochs.length < 2;
    view.wrong = ui.button({ name: "wrong", label: "Next wrong answer", act: () => choosePair(it, nextWrongPair(it)) });
    const swap = ui.button({ name: "swap", label: "Swap a and b", act: () => choosePair(it, [it.state.b, it.state.a]) });
    view.root = element("div", { class: "net" },
      ui.row(own.network.node, own.a.node, own.b.node, own.epoch.node),
      element("div", { class: "net-buttons" }, swap, view.wrong, resetButton(it)),
      view.sentence,
      view.logits,
      element("div", { class: "net-pair" },
        element("div", { class: "net-column" },
          tableAround("Attention of the last position", view.head, view.attention),
          tableAround(`The ${ACTIVE} most active neurons`, columns("neuron", "activation", "frequency", "lifts the answer by"), view.neurons),
          view.active,
          tableAround("What lifts the answer above the mean logit", columns("active neurons of", "how many", "together"), view.sources)),
        element("div", { class: "net-column" },
          element("div", { class: "net-choices" }, own.map.node, own.part.node, own.order.node),
          view.map,
          ...Object.values(view.legends).map(({ node }) => node),
          element("p", { class: "net-note" }, "Click or tap a place in the map to choose its pair; by keyboard, move the sliders a and b."),
          tableAround("All pairs at this checkpoint", scoreColumns(it.opened.info), view.scores))),
      view.failure.node,
      view.times,
      view.live);
    return view;
  }

  function choosePair(it, pair) {
    if (!pair) return;
    [it.state.a, it.state.b] = pair;
    it.refresh();
    it.remember();
  }

  function nextWrongPair(it) {
    const { state, shown: { info: { p } } } = it;
    const pair = nextWrong(resultOf(it).answers, state.a * p + state.b, (one) => wantedOf(it, one));
    return pair < 0 ? null : [Math.floor(pair / p), pair % p];
  }

  /** Sets a parameter. From the last checkpoint of a network one comes to the last of another. */
  function set(it, name, value) {
    const { shown, state } = it;
    if (name === "network" && shown.index === shown.epochs.length - 1) state.epoch = Number.MAX_SAFE_INTEGER;
    state[name] = value;
    return name === "network" || name === "epoch" ? go(it) : it.refresh();
  }

  // --- state -> compute ---------------------------------------------------------------------

  const rowOf = (name) => NETWORKS.find(([value]) => value === name) || NETWORKS[0];

  /** Returns the network of the name that a state has, {run, op}: the instrument's source, or one of those published. */
  async function networkOf(source, name) {
    const [, , experiment, op] = rowOf(name);
    return source ?? { run: await Timeless.checkpoints.open(experiment), op };
  }

  /** Returns what is to be shown for the state, its weights loaded. */
  async function checkpointOf(source, { network, epoch }) {
    const { run: opened, op } = await networkOf(source, network);
    const { info, epochs } = opened;
    const index = kit.nearestEpoch(epochs, epoch);
    return { network, op, opened, info, epochs, index, weights: await opened.weights(index) };
  }

  /** Shows the network and checkpoint of the state once its weights are here; the latest one asked for wins. */
  async function go(it) {
    const ask = (it.asked += 1);
    it.view.root.setAttribute("aria-busy", "true");
    try {
      const next = await checkpointOf(it.source, it.state);
      if (ask === it.asked) enter(it, next);
    } catch (error) {
      if (ask === it.asked) fail(it, error);
    }
  }

  function enter(it, next) {
    it.shown = next;
    it.state.epoch = next.epochs[next.index];
    it.view.failure.tell("");
    it.view.root.setAttribute("aria-busy", "false");
    it.refresh();
    survey(it);
  }

  function fail(it, error) {
    const { state, shown, view } = it;
    view.failure.tell(
      `The checkpoint of epoch ${kit.integer(state.epoch)} cannot be shown (${Timeless.told(error)}). ` +
        "The picture stays at the one before; choose it again to try again.",
    );
    state.network = shown.network;
    state.epoch = shown.epochs[shown.index];
    view.root.setAttribute("aria-busy", "false");
    it.refresh();
  }

  /** Computes the chosen pair. */
  function forward(it) {
    const { shown, state } = it;
    const start = performance.now();
    it.pass = Timeless.network.forward(shown.weights, shown.info, state.a, state.b, shown.op);
    it.passTime = performance.now() - start;
  }

  /** Computes a function of kit/network in the background for what is shown, once; what is found is kept in `kept`.
      Returns whether it is still wanted. */
  async function compute(it, kept, method, job, ...rest) {
    const { shown, background } = it;
    const here = keyOf(shown);
    if (!kept.has(here)) {
      const { curves: _curves, train_pairs: _pairs, ...sizes } = shown.info;
      const found = await background.run(method, [shown.weights, sizes, shown.op, ...rest], job);
      if (!found) return false; // another checkpoint was asked for meanwhile
      kept.set(here, { ...found, took: background.took() });
      if (keyOf(it.shown) === here) it.refresh();
    }
    return keyOf(it.shown) === here;
  }

  /** Asks the background for all pairs, and then for the neurons' frequencies, of what is shown. */
  async function survey(it) {
    const { order } = Timeless.opened.circleOf(it.shown.info, it.shown.op);
    try {
      if (await compute(it, it.maps, "allPairs", "map")) await compute(it, it.waves, "clusters", "neurons", order);
    } catch (error) {
      it.view.failure.tell(`All pairs could not be computed (${Timeless.told(error)}).`);
    }
  }

  // --- draw ---------------------------------------------------------------------------------

  function draw(it) {
    const { pass, shown, state, surfaces } = it;
    const ink = kit.palette(it.tools, it.box);
    const { p } = shown.info;
    drawLogits(surfaces.logits, ink, { logits: pass.logits, answer: pass.answer, wanted: wantedOf(it) });
    it.pairAt = drawMap(surfaces.map, ink, {
      all: resultOf(it), state, p, mask: shown.opened.trainMask(shown.op), wanted: (pair) => wantedOf(it, pair), tools: it.tools,
    });
    paintLegends(it.view.legends, ink, state, p, it.tools);
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  const resetButton = (it) => mounting.resetButton(it, () => go(it));

  /** Has a pointer on the map choose the pair under it. */
  function pointAtMap(it) {
    const { canvas } = it.surfaces.map;
    const point = (event) => choosePair(it, it.pairAt(event.offsetX, event.offsetY));
    canvas.addEventListener("click", point);
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && event.buttons === 1) point(event);
    });
  }

  async function mount(box, data, tools) {
    const { source } = tools;
    const { run: opened } = await networkOf(source, tools.state.get().network);
    const it = mounting.begin("network", box, tools, tableOf(opened, data, source));
    const first = await checkpointOf(source, it.state);
    Object.assign(it, {
      source, opened, asked: 0,
      maps: new Map(), waves: new Map(), // what the background found, by network and epoch
      background: Timeless.background.startFor(it),
      pairAt: () => null,
      set: (name, value) => set(it, name, value),
    });
    mounting.stage(it, { view: build(it), surfaces: { logits: "Logits of all answers", map: "Map of all pairs" }, draw, tell });
    const show = it.refresh;
    it.refresh = () => {
      forward(it);
      show();
    };
    pointAtMap(it);
    enter(it, first);
    return {
      destroy() {
        it.background.destroy();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("network", { needs: ["network", "fourier", "group", "opened", "checkpoints", "background", "pairs"], mount });
})();
