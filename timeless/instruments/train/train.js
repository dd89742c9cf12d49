/* Train it here: a transformer of the study, trained in the page while the reader watches.
   Controls -> state -> runs -> draw; runs lie in train-run.js, what drives them in train-session.js. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { core, runs, session, keeping, draw, tell } = Timeless.parts.train;

  const [LEAST_P, MOST_P] = [5, 131];
  const RATES = [0.0003, 0.001, 0.003, 0.01];
  const WIDTHS = [32, 64, 128];
  const HEADS = [1, 2, 4, 8];
  const MOST_DECAY = 5;
  const MOST_SEED = 9999;
  const BUDGETS = [200, 400, 600, 1000, 2000, 4000, 10_000, 40_000];
  const OPERATIONS = [["a+b", "a + b"], ["a-b", "a − b"], ["a*b", "a · b"], ["v0+a*t", "v₀ + 10 t (velocity law)"]];
  const ACTIVATIONS = [["relu", "ReLU"], ["gelu", "GELU"]];
  const NETWORK = ["p", "operation", "share", "heads", "width", "activation", "rate", "seed", "epochs"];

  const primes = () => Array.from({ length: MOST_P + 1 }, (_, n) => n).filter((n) => n >= LEAST_P && Timeless.trainer.isPrime(n));
  const plainly = (values) => values.map((value) => [value, String(value)]);

  // --- controls -> state --------------------------------------------------------------------

  const tableOf = ({ presets: [{ state: first }] }) => [
    ["p", first.p, primes(), { kind: "slider", label: "Numbers p" }],
    mounting.oneOf("select", "operation", "Operation", OPERATIONS, first.operation),
    ["share", first.share, 10, 90, { kind: "slider", label: "Pairs to train on", step: 5, text: (share) => `${share}%` }],
    mounting.oneOf("select", "heads", "Attention heads", plainly(HEADS), first.heads),
    mounting.oneOf("select", "width", "Width d_model", plainly(WIDTHS), first.width),
    mounting.oneOf("select", "activation", "Activation", ACTIVATIONS, first.activation),
    mounting.oneOf("select", "rate", "Learning rate", plainly(RATES), first.rate),
    ["decay", first.decay, 0, MOST_DECAY, { kind: "slider", label: "Weight decay", step: 0.1, wide: true, shown: (_, it) => decayOf(it), spoken: (decay) => `weight decay ${decay}` }],
    ["seed", first.seed ?? 0, 0, MOST_SEED, { kind: "number", label: "Seed" }],
    mounting.oneOf("select", "epochs", "Epochs", BUDGETS.map((n) => [n, kit.integer(n)]), first.epochs),
  ];

  /** Returns the weight decay of the first run, or that which it is about to have. */
  function decayOf({ trunk, pending, state }) {
    const coming = pending.find(([run, name]) => run === trunk && name === "weight_decay");
    if (coming) return coming[2];
    return trunk ? runs.settings(trunk).weight_decay : state.decay;
  }

  // --- the page -----------------------------------------------------------------------------

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

  function buttonsOf(it) {
    const { ui } = it;
    const after = (act) => () => act(it);
    return {
      start: ui.button({ name: "start", label: "Start", primary: true, act: after(session.start) }),
      step: ui.button({ name: "step", label: "Step", act: after(session.step) }),
      reset: ui.button({ name: "reset", label: "Reset", act: after(reset) }),
      fork: ui.button({ name: "fork", label: "Fork", act: after(session.toggleFork) }),
      weights: ui.button({ name: "weights", label: "Weights (.safetensors)", act: () => keeping.downloadWeights(it.trunk) }),
      curves: ui.button({ name: "curves", label: "Curves (.csv)", act: () => keeping.downloadCurves(it.trunk) }),
    };
  }

  function presetOf(it) {
    const options = [...it.data.presets.map(({ title }, i) => [i, title]), [-1, "Your own"]];
    const made = it.ui.select({ name: "preset", label: "Experiment", options });
    made.input.querySelector("option[value='-1']").disabled = true;
    made.input.addEventListener("change", () => {
      Object.assign(it.state, it.data.presets[Number(made.input.value)].state);
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
    for (const [part, name] of [["fork-decay", "weight_decay"], ["fork-rate", "learning_rate"]]) {
      view[part].input.addEventListener("input", () => session.change(it, it.fork, name, Number(view[part].input.value)));
      view[part].input.addEventListener("change", it.remember);
    }
    view.forked = element("section", { class: "train-fork", "aria-label": "The fork" },
      view["fork-note"], it.ui.row(view["fork-decay"].node, view["fork-rate"].node),
      element("div", { class: "train-three" }, parts.ring, parts.map, parts.spectrum));
  }

  const READOUTS = [
    ["epoch", "Epoch"], ["train", "Right, trained on"], ["test", "Right, test"], ["mirrored", "… exchange trained on"], ["unseen", "… seen in neither order"],
    ["train-loss", "Loss, trained on"], ["test-loss", "Loss, test"], ["norm", "Sum of squared weights"], ["speed", "Epochs a second"], ["left", "Time left"],
  ];

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, controls: own } = it;
    const { element } = kit;
    const view = {
      ...buttonsOf(it),
      preset: presetOf(it),
      expect: element("p", { class: "train-expect" }),
      progress: element("p", { class: "train-progress", "data-readout": "progress" }),
      bar: element("div", { class: "train-bar", "aria-hidden": "true" }),
      story: element("p", { class: "train-story", "data-readout": "story" }),
      accuracy: element("div", { class: "train-accuracy" }), loss: element("div", { class: "train-loss" }), norm: element("div", { class: "train-norm" }),
      lines: ui.legend([["line", "trained on"], ["line", "test, its exchange (b, a) trained on"], ["line", "test, seen in neither order"], ["line", "test"],
        ["dot", "where other seeds generalised"], ["dashes", "chance"]]),
      pairs: ui.legend([["block", "trained on, right"], ["block", "never seen, right"], ["block", "wrong"]]),
      values: ui.readouts(READOUTS),
      config: element("fieldset", { class: "train-config" }, element("legend", {}, "Another network"), ui.row(...NETWORK.map((name) => own[name].node))),
      "config-note": element("p", { class: "train-note", hidden: true }, "Reset to change what is trained. Weight decay can be changed at any moment."),
      failure: ui.failure(),
      live: ui.live(),
    };
    const parts = pictures(view, "");
    parts.map.append(view.pairs.node);
    buildFork(it, view);
    view.root = element("div", { class: "train" },
      element("div", { class: "train-top" }, view.preset.node, view.expect),
      element("div", { class: "train-drive" }, element("div", { class: "train-buttons" }, view.start, view.step, view.reset, view.fork), own.decay.node),
      view.failure.node,
      element("div", { class: "train-status" }, view.progress, view.bar, view.story),
      element("div", { class: "train-stage" }, element("div", { class: "train-lines" }, view.accuracy, view.loss, view.lines.node), parts.ring),
      element("div", { class: "train-three" }, parts.map, parts.spectrum, view.norm),
      view.forked,
      view.values.node,
      view.config, view["config-note"],
      element("div", { class: "train-take" }, element("span", {}, "Take it with you:"), view.weights, view.curves),
      view.live);
    return view;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Goes back to the first epoch of the same network, as it was before anything was changed. */
  function reset(it) {
    keeping.forget();
    session.renew(it);
    it.remember();
  }

  /** Sets what a control says: before the first step it makes another network, after it weight decay alone can change. */
  function choose(it, name, value) {
    if (name === "decay" && (it.busy || it.trunk.epoch)) session.change(it, it.trunk, "weight_decay", value);
    else {
      it.state[name] = value;
      if (name === "epochs") it.refresh();
      else if (name === "decay" || name === "rate") session.reconfigure(it);
      else session.renew(it);
    }
  }

  /** Returns what is known of how a network of this kind does: medians, and epochs at which seeds generalised. */
  function usualOf({ data: { presets }, state }) {
    const preset = presets.find((one) => core.isPreset(state, one));
    return preset && preset.usual ? preset.usual : { memorised: null, grokked: null, seeds: [] };
  }

  const HEADINGS = {
    accuracy: "Accuracy over epochs", loss: "Loss over epochs", norm: "Sum of squared weights over epochs",
    ring: "The numbers in the plane of a frequency", map: "Which pairs are answered rightly", spectrum: "Spectrum of the embedding",
    "ring-fork": "The fork's numbers", "map-fork": "The fork's answers", "spectrum-fork": "Spectrum of the fork's embedding",
  };

  function mount(box, data, tools) {
    const asked = tools.state.get();
    const set = (values) => tools.state.set({ ...values, ...session.told(it) });
    const it = mounting.begin("train", box, { ...tools, state: { ...tools.state, set } }, tableOf(data));
    Object.assign(it, {
      data, budgets: BUDGETS, engine: null, // the fastest that works here, chosen at the first Start
     
      runs: [], trunk: null, fork: null, forkPlan: [], // what tells when a fork leaves, and how
      session: 0, playing: false, busy: false, hidden: false, restoring: true, restored: false, glancing: false,
      pending: [], // [run, setting, value], to be changed before the next step
      speed: 0, // epochs per second
      fail: (error) => it.view.failure.tell(`This cannot be trained (${Timeless.told(error)}).`),
      configOf: () => core.configOf(it.state),
      usualOf: () => usualOf(it),
      set: (name, value) => choose(it, name, value),
    });
    mounting.stage(it, { view: build(it), surfaces: HEADINGS, draw, tell });
    session.renew(it, core.changesOf(asked.changes), core.changesOf(asked.fork));
    const blind = session.watchSight(it);
    return {
      destroy() {
        blind();
        clearTimeout(it.timer);
        session.end(it);
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("train", { needs: ["chance", "fourier", "group", "background", "trainer", "safetensors", "pairs", "spectrum-bars"], mount });
})();
