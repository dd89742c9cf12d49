/* The training mode of the sandbox: its elements, and what of it the sandbox asks for. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;
  const { training } = Timeless.parts.sandbox;

  const PACES = [[20, "20"], [40, "40"], [0, "all it can"]];

  /** Returns the rows of the sandbox's table that belong to training. */
  function rowsOf({ networks, p, decay }) {
    const frequencies = Array.from({ length: (p - 1) / 2 }, (_, i) => i + 1);
    const planes = [[0, "strongest now"], ...frequencies.map((k) => [k, String(k)])];
    return [
      ["net", networks[0].seed, networks.map(({ seed }) => seed), { kind: "choice", label: "Network", options: networks.map(({ seed }) => [seed, String(seed)]) }],
      ["plane", 0, planes.map(([k]) => k), { kind: "select", label: "Plane of frequency", options: planes }],
      ["decay", 0, 0, 2 * decay, {
        kind: "slider", label: "Weight decay λ", step: 0.1, shown: (_, it) => training.decayOf(it.training), text: (value) => value.toFixed(1), spoken: (value) => `weight decay ${value}`,
      }],
      ["pace", 40, PACES.map(([pace]) => pace), { kind: "choice", label: "Epochs a second", options: PACES }],
    ];
  }

  /** Returns the table of what is measured in both, a column each. */
  function tableOf(ui) {
    const { element } = kit;
    const outputs = {};
    const cell = (name) => element("td", {}, (outputs[name] = ui.output(name)));
    const row = (text, ...cells) => element("tr", {}, element("th", { scope: "row" }, text), ...cells);
    const both = (text, name) => row(text, cell(`network-${name}`), cell(`analogy-${name}`));
    const own = (text, name) => row(text, cell(`network-${name}`), element("td", {}, "no answers"));
    const node = element("table", {},
      element("caption", { class: "visually-hidden" }, "The network and the simulation now"),
      element("thead", {}, element("tr", {}, ...["Now", "Network", "Simulation"].map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {},
        both("Order parameter", "order"), both("Spectral entropy", "entropy"), both("Energy", "energy"), both("… of it in this plane", "inside"),
        own("Right, trained on", "train"), own("Right, exchange trained on", "mirrored"), own("Right, seen in neither order", "unseen")));
    return { node, outputs };
  }

  function build(it) {
    const { element } = kit;
    const { ui, controls: own } = it;
    const holder = (kind = "") => element("div", { class: kind });
    const view = {
      network: holder("sandbox-plate"), analogy: holder("sandbox-plate"),
      titles: { network: element("p", { class: "sandbox-title" }), analogy: element("p", { class: "sandbox-title" }) },
      right: holder(), order: holder(), entropy: holder(), energy: holder(),
      buttons: holder(),
      progress: element("p", { class: "sandbox-progress", "data-readout": "progress" }),
      story: element("p", { class: "sandbox-story", "data-readout": "story" }),
      parting: element("p", { class: "sandbox-parting", "data-readout": "parting" }),
      table: tableOf(ui),
      pairs: ui.legend([["line", "trained on"], ["line", "its exchange (b, a) trained on"], ["line", "seen in neither order"], ["dot", "99% in PyTorch, from this network"]]),
      kinds: ui.legend([["wheel", "token"], ["line", "network, measured"], ["dashes", "simulated"], ["hollow", "site in the simulation"], ["dots", "order by choice of plane alone"]]),
    };
    const cloud = (name) => element("div", {}, view.titles[name], view[name]);
    view.root = element("div", { class: "sandbox-training" },
      element("div", { class: "controls sandbox-top" }, own.net.node, own.plane.node),
      element("div", { class: "sandbox-stage" },
        element("div", { class: "sandbox-acts" },
          element("div", { class: "sandbox-pair" }, cloud("network"), cloud("analogy")),
          view.buttons,
          ui.row(own.decay.node, own.pace.node)),
        element("div", { class: "sandbox-right" }, view.right, view.pairs.node)),
      element("div", { class: "sandbox-status" }, view.progress, view.story, view.parting),
      element("div", { class: "sandbox-measures" }, view.order, view.entropy, view.energy),
      view.kinds.node,
      view.table.node);
    return view;
  }

  /** Returns the training mode of the sandbox, with its network standing still; `data` has arrays as they are used. */
  function begin(it, data) {
    const t = { it, data, session: 0, run: null, frames: [], moments: [], analogy: null, at: null, chance: 0, engine: null, busy: false, playing: false, hidden: false, pending: null, speed: 0 };
    t.view = build(it);
    return t;
  }

  /** Sets what a control of training says; returns whether it is one. */
  function set(t, name, value) {
    const { it } = t;
    if (name === "decay") training.setDecay(t, value);
    else if (name === "net") {
      it.state.net = value;
      training.renew(t);
    } else if (name === "plane") {
      it.state.plane = value;
      training.survey(t);
      it.refresh();
    } else if (name === "pace") {
      it.state.pace = value;
      it.refresh();
    } else return false;
    return true;
  }

  /** Returns the data of training with its arrays decoded. */
  const decoded = (data, { decode }) => ({
    ...data,
    networks: data.networks.map((one) => ({ ...one, W_E: decode(one.W_E).array, train_pairs: decode(one.train_pairs).array })),
  });

  Object.assign(training, { rowsOf, begin, set, decoded });
})();
