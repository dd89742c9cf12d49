/* Look inside: the network that is trained or opened in the page, or a published one, under the instruments that read one, each
   made when it is asked for. Controls -> state -> source -> an instrument in this one's room. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { show: showMeasures } = Timeless.parts.look;

  const HERE = "here";
  const RESTING = 300; // milliseconds that the network above stays as it is before it is taken anew

  const VIEWS = [
    ["measures", "Losses and neurons"], ["network", "Live network"], ["clocks", "Clocks"], ["surgery", "Surgery"],
    ["spectrum", "Spectrum"], ["discrete-log", "Logarithms"],
  ];

  function tableOf({ networks }) {
    const options = [[HERE, "the network above"], ...networks.map(([name, text]) => [name, text])];
    return [
      mounting.oneOf("select", "network", "Network", options),
      ["view", "", ["", ...VIEWS.map(([name]) => name)], { kind: "choice", label: "Look at its", options: VIEWS }],
    ];
  }

  function build({ ui, controls: own }) {
    const { element } = kit;
    const view = {
      source: element("p", { class: "look-note", "data-readout": "source" }),
      room: element("div", { class: "look-room" }),
      failure: ui.failure(),
      live: ui.live(),
    };
    view.root = element("div", { class: "look" }, ui.row(own.network.node), ui.row(own.view.node), view.source, view.failure.node, view.room, view.live);
    return view;
  }

  /** Returns a promise of the network to be looked into, {run, op}, with its name; null while the page has none of its own. */
  async function sourceOf({ data: { networks }, state: { network } }) {
    if (network === HERE) {
      const taken = Timeless.here ? Timeless.here() : null;
      return taken && { run: Timeless.opened.opened(taken), op: 0 };
    }
    const [, text, experiment, op] = networks.find(([name]) => name === network);
    const run = await Timeless.checkpoints.open(experiment);
    return { run: { ...run, name: text }, op };
  }

  /** Returns what is said of the network that is looked into. */
  function describe({ run: { name, info, epochs }, op }) {
    const { p, d_model, d_mlp, n_heads, act, operations } = info;
    const activation = { relu: "ReLU", gelu: "GELU" }[act];
    const last = epochs.length > 1 ? `${epochs.length} checkpoints` : `epoch ${kit.integer(epochs[0])}`;
    return `${name.replace(/^the /, "The ")}: ${operations[op]} modulo ${p}, ${n_heads === 1 ? "one head" : `${n_heads} heads`}, d_model = ${d_model}, d_mlp = ${d_mlp}, ${activation}; ${last}.`;
  }

  /** Puts the instrument of a view into a box; returns a promise of what ends it. */
  function embed(it, box, source) {
    const { view } = it.state;
    if (view === "discrete-log" && source.run.info.p === 3) throw new Error("modulo 3 there is nothing to put in order");
    if (view !== "measures") return Timeless.embed(box, view, source);
    return showMeasures(box, source, { tools: it.tools, ui: it.ui, failure: it.view.failure });
  }

  /** Shows what the state asks for, unless another turn has come meanwhile. */
  async function fill(it, turn) {
    const source = await sourceOf(it);
    if (turn !== it.turn) return;
    it.view.source.textContent = source ? describe(source) : "There is no network of your own on this page yet.";
    if (!source) return;
    const box = kit.element("div", { class: "look-box" });
    it.view.room.replaceChildren(box);
    const end = await embed(it, box, source);
    if (turn !== it.turn) {
      end();
      return;
    }
    it.leave = leaving(it, end);
    it.view.room.dataset.state = "ready";
    it.say(`${VIEWS.find(([name]) => name === it.state.view)[1]}: ${source.run.name}`);
  }

  /** Ends what is shown and shows what the state asks for; of several asked for in a row only the last stays. */
  async function enter(it) {
    const { view: { room, failure }, state } = it;
    const turn = (it.turn += 1);
    it.leave();
    room.replaceChildren();
    failure.tell("");
    delete room.dataset.state;
    if (!state.view) return;
    try {
      await fill(it, turn);
    } catch (error) {
      if (turn !== it.turn) return;
      failure.tell(`This cannot be shown (${Timeless.told(error)}).`);
      if (Timeless.told(error) !== error.message) console.error(error);
    }
  }

  /** Returns a function that ends an instrument, once. */
  const leaving = (it, end) => () => {
    it.leave = () => {};
    end();
  };

  /** Has the network above be taken anew when it rests at another epoch, or is another one. */
  function followHere(it) {
    let [timer, known] = [0, ""];
    const off = Timeless.on("here", (key) => {
      if (key === known) return;
      known = key;
      if (it.state.network !== HERE || !it.state.view) return;
      clearTimeout(timer);
      timer = setTimeout(() => enter(it), RESTING);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }

  function mount(box, data, tools) {
    const it = mounting.begin("look", box, tools, tableOf(data));
    Object.assign(it, { data, turn: 0, leave: () => {} });
    it.set = (name, value) => {
      it.state[name] = value;
      it.refresh();
      enter(it);
    };
    mounting.stage(it, { view: build(it), surfaces: {}, draw: () => false, tell: () => {} });
    const unfollow = followHere(it);
    it.refresh();
    enter(it);
    return {
      destroy() {
        it.turn += 1;
        unfollow();
        it.leave();
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("look", { needs: ["network", "fourier", "group", "opened", "checkpoints", "background", "pairs", "spectrum-bars", "sweep"], mount });
})();
