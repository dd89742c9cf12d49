/* The elements of the instrument: controls, pictures and what is told. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;
  const { files, keeping, session } = Timeless.parts.train;

  const RATES = [0.0003, 0.001, 0.003, 0.01];
  const MOST_DECAY = 5;
  const NETWORK = ["p", "operation", "share", "heads", "width", "activation", "rate", "seed", "epochs"];

  const plainly = (values) => values.map((value) => [value, String(value)]);

  /** Returns the pictures of one network, each under its title. */
  function pictures(view, which) {
    const { element } = kit;
    const one = (name, text) => {
      view[`${name}-title${which}`] = element("p", { class: "train-title" }, text);
      view[`${name}${which}`] = element("div", { class: `train-${name}` });
      return element("div", { class: `train-${name}-part` }, view[`${name}-title${which}`], view[`${name}${which}`]);
    };
    view[`spectrum${which}`] = element("div", { class: "train-spectrum" });
    return { ring: one("ring", "The numbers"), map: one("map", "Answers"), spectrum: view[`spectrum${which}`] };
  }

  function buttonsOf(it, reset) {
    const { ui } = it;
    const after = (act) => () => act(it);
    return {
      start: ui.button({ name: "start", label: "Start", primary: true, act: after(session.start) }),
      step: ui.button({ name: "step", label: "Step", act: after(session.step) }),
      reset: ui.button({ name: "reset", label: "Reset", act: reset }),
      fork: ui.button({ name: "fork", label: "Fork", act: after(session.toggleFork) }),
      weights: ui.button({ name: "weights", label: "Weights (.safetensors)", act: () => keeping.downloadWeights(it.trunk) }),
      curves: ui.button({ name: "curves", label: "Curves (.csv)", act: () => keeping.downloadCurves(it.trunk) }),
      open: ui.button({ name: "open", label: "Open weights …", act: () => it.view.file.click() }),
      shut: ui.button({ name: "shut", label: "Close the file", act: after(files.shut) }),
    };
  }

  function presetOf(it) {
    const options = [...it.data.presets.map(({ title }, i) => [i, title]), [-1, "Your own"]];
    const made = it.ui.select({ name: "preset", label: "Experiment", options });
    made.input.querySelector("option[value='-1']").disabled = true;
    made.input.addEventListener("change", () => {
      Object.assign(it.state, it.data.presets[Number(made.input.value)].state);
      it.given = null;
      session.renew(it);
      it.remember();
    });
    return made;
  }

  /** Adds the elements of the fork to a view. */
  function buildFork(it, view) {
    const { element } = kit;
    const parts = pictures(view, "-fork");
    view["fork-decay"] = it.ui.slider({ name: "fork-decay", label: "Weight decay of the fork", max: MOST_DECAY, step: 0.1 });
    view["fork-rate"] = it.ui.select({ name: "fork-rate", label: "Learning rate of the fork", options: plainly(RATES) });
    view["fork-note"] = element("p", { class: "train-note" });
    view["fork-weights"] = it.ui.button({ name: "fork-weights", label: "Weights of the fork", act: () => keeping.downloadWeights(it.fork, "-fork") });
    view["fork-curves"] = it.ui.button({ name: "fork-curves", label: "Curves of the fork", act: () => keeping.downloadCurves(it.fork, "-fork") });
    for (const [part, name] of [["fork-decay", "weight_decay"], ["fork-rate", "learning_rate"]]) {
      view[part].input.addEventListener("input", () => session.change(it, it.fork, name, Number(view[part].input.value)));
      view[part].input.addEventListener("change", it.remember);
    }
    view.forked = element("section", { class: "train-fork", "aria-label": "The fork" },
      view["fork-note"], it.ui.row(view["fork-decay"].node, view["fork-rate"].node),
      element("div", { class: "train-three" }, parts.ring, parts.map, parts.spectrum),
      element("div", { class: "train-take" }, view["fork-weights"], view["fork-curves"]));
  }

  const READOUTS = [
    ["epoch", "Epoch"], ["train", "Right, trained on"], ["test", "Right, test"], ["mirrored", "… exchange trained on"], ["unseen", "… seen in neither order"],
    ["train-loss", "Loss, trained on"], ["test-loss", "Loss, test"], ["norm", "Sum of squared weights"], ["speed", "Epochs a second"], ["left", "Time left"],
  ];

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it, reset) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const view = {
      ...buttonsOf(it, reset),
      preset: presetOf(it),
      expect: element("p", { class: "train-expect" }),
      progress: element("p", { class: "train-progress", "data-readout": "progress" }),
      bar: element("div", { class: "train-bar", "aria-hidden": "true" }),
      story: element("p", { class: "train-story", "data-readout": "story" }),
      accuracy: element("div", { class: "train-accuracy" }), loss: element("div", { class: "train-loss" }), norm: element("div", { class: "train-norm" }),
      lines: ui.legend([["line", "trained on"], ["line", "test, its exchange (b, a) trained on"], ["line", "test, seen in neither order"], ["line", "test"],
        ["dot", "where other seeds generalised"], ["dots", "chance"]]),
      pairs: ui.legend([["block", "trained on, right"], ["block", "never seen, right"], ["block", "trained on, wrong"], ["block", "never seen, wrong"]]),
      values: ui.readouts(READOUTS),
      config: element("fieldset", { class: "train-config" }, element("legend", {}, "Another network"), ui.row(...NETWORK.map((name) => own[name].node))),
      "config-note": element("p", { class: "train-note", hidden: true }, "Reset to change what is trained. Weight decay can be changed at any moment."),
      file: element("input", { type: "file", accept: ".safetensors", hidden: true, "data-control": "file", "aria-label": "A file of weights" }),
      source: element("p", { class: "train-note", "data-readout": "source" }),
      failure: ui.failure(),
      live: ui.live(),
    };
    const parts = pictures(view, "");
    parts.map.append(view.pairs.node);
    buildFork(it, view);
    view.root = element("div", { class: "train" },
      element("div", { class: "train-top" }, view.preset.node, view.expect),
      element("div", { class: "train-drive" }, element("div", { class: "train-buttons" }, view.start, view.step, view.reset, view.fork), own.decay.node, own.pace.node, own.engine.node),
      view.failure.node,
      element("div", { class: "train-status" }, view.progress, view.bar, view.story),
      element("div", { class: "train-stage" }, element("div", { class: "train-lines" }, view.accuracy, view.loss, view.lines.node), parts.ring),
      element("div", { class: "train-three" }, parts.map, parts.spectrum, view.norm),
      view.forked,
      view.values.node,
      view.config, view["config-note"],
      element("div", { class: "train-take" }, element("span", {}, "Take it with you:"), view.weights, view.curves),
      element("div", { class: "train-take" }, element("span", {}, "Bring your own:"), view.open, view.shut, view.file, view.source),
      view.live);
    return view;
  }

  const HEADINGS = {
    accuracy: "Accuracy over epochs", loss: "Loss over epochs", norm: "Sum of squared weights over epochs",
    ring: "The numbers in the plane of a frequency", map: "Which pairs are answered rightly", spectrum: "Spectrum of the embedding",
    "ring-fork": "The fork's numbers", "map-fork": "The fork's answers", "spectrum-fork": "Spectrum of the fork's embedding",
  };

  Object.assign(Timeless.parts.train, { view: { HEADINGS, build }, plainly, MOST_DECAY, RATES });
})();
