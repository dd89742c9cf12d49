/* Train it here: a transformer of the study, trained in the page while the reader watches.
   Controls -> state -> runs -> draw; runs lie in kit/runs/, what drives them in train-session.js. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { core, session, keeping, files, view, plainly, MOST_DECAY, RATES, draw, tell } = Timeless.parts.train;

  const [LEAST_P, MOST_P] = [5, 131];
  const WIDTHS = [32, 64, 128];
  const HEADS = [1, 2, 4, 8];
  const MOST_SEED = 9999;
  const BUDGETS = [200, 400, 600, 1000, 2000, 4000, 10_000, 40_000];
  const OPERATIONS = [["a+b", "a + b"], ["a-b", "a − b"], ["a*b", "a · b"], ["v0+a*t", "v₀ + 10 t (velocity law)"]];
  const ACTIVATIONS = [["relu", "ReLU"], ["gelu", "GELU"]];
  const ENGINES = [["processor", "Processor"], ["graphics", "Graphics processor"]];
  const OF_FILE = ["p", "heads", "width"]; // which a file decides

  const primes = () => Array.from({ length: MOST_P + 1 }, (_, n) => n).filter((n) => n >= LEAST_P && Timeless.trainer.isPrime(n));

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
    mounting.oneOf("choice", "pace", "Pace", [["watch", "To watch"], ["full", "Full speed"]]),
    mounting.oneOf("choice", "engine", "Computed by", ENGINES),
    mounting.oneOf("select", "epochs", "Epochs", BUDGETS.map((n) => [n, kit.integer(n)]), first.epochs),
  ];

  /** Returns the weight decay of the first run, or that which it is about to have. */
  function decayOf({ trunk, pending, state }) {
    const coming = pending.find(([run, name]) => run === trunk && name === "weight_decay");
    if (coming) return coming[2];
    return trunk ? Timeless.runs.settings(trunk).weight_decay : state.decay;
  }

  // --- mount --------------------------------------------------------------------------------

  /** Returns the configuration to train: what the controls say, and of a file what its shapes say. */
  const configOf = ({ state, given }) => ({ ...core.configOf(state), ...(given ? given.sizes : {}) });

  function problemOf({ given }, config) {
    const made = Timeless.trainer.problem(config);
    return given ? { ...made, weights: given.weights } : made;
  }

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
      if (name === "epochs" || name === "pace") it.refresh();
      else if (name === "engine") session.reengine(it);
      else if (name === "decay" || name === "rate") session.reconfigure(it);
      else session.renew(it);
    }
  }

  /** Returns what is known of how a network of this kind does: medians, and epochs at which seeds generalised. */
  function usualOf({ data: { presets }, state, given }) {
    const preset = !given && presets.find((one) => core.isPreset(state, one));
    return preset && preset.usual ? preset.usual : { memorised: null, grokked: null, seeds: [] };
  }

  /** Returns the first network as it stands, as kit/opened.js takes one. */
  function hereOf({ trunk: { config, epoch, kept, problem }, given }) {
    const flat = kept ? kept.weights : problem.weights;
    const name = given ? `${given.name}${epoch ? ", trained on" : ""}` : "the network above";
    return { name, config, weights: Timeless.trainer.named(flat, config), kinds: problem.kinds, epoch };
  }

  /** Returns what is told of an error that ends training, where the run stands then. */
  function failureText(error, epoch) {
    const again = epoch ? ` The run stands at epoch ${kit.integer(epoch)}, where it was kept last.` : "";
    return `This cannot be trained (${Timeless.told(error)}).${again}`;
  }

  /** Has the page's other instruments find the network here, and hear when it rests at another moment. */
  function offer(it) {
    const show = it.refresh;
    it.refresh = () => {
      show();
      if (!it.busy && !it.glancing) Timeless.emit("here", `${it.session} ${it.trunk.epoch}`);
    };
    Timeless.here = () => (it.trunk ? hereOf(it) : null);
  }

  function mount(box, data, tools) {
    const asked = tools.state.get();
    const set = (values) => tools.state.set({ ...values, ...session.told(it) });
    const it = mounting.begin("train", box, { ...tools, state: { ...tools.state, set } }, tableOf(data));
    Object.assign(it, {
      data, budgets: BUDGETS,
      engine: null, // by the reader's wish, the fastest that works here, chosen at the first Start
      runs: [], trunk: null, fork: null, forkPlan: [], // what tells when a fork leaves, and how
      session: 0, playing: false, busy: false, hidden: false, restoring: true, restored: false, glancing: false,
      pending: [], // [run, setting, value], to be changed before the next step
      speed: 0, // epochs per second
      shown: 0, // when the last picture was drawn while it trained
      fail: (error, epoch) => it.view.failure.tell(failureText(error, epoch)),
      wait: (message) => it.view.failure.tell(message), // when no answer comes for long
      given: null, // a network from a file: {name, sizes, told, weights}
      ofFile: OF_FILE,
      configOf: () => configOf(it),
      problemOf: (config) => problemOf(it, config),
      usualOf: () => usualOf(it),
      set: (name, value) => choose(it, name, value),
    });
    mounting.stage(it, { view: view.build(it, () => reset(it)), surfaces: view.HEADINGS, draw, tell });
    offer(it);
    files.take(it);
    session.renew(it, Timeless.runs.changesOf(asked.changes), Timeless.runs.changesOf(asked.fork));
    const blind = session.watchSight(it);
    return {
      destroy() {
        Timeless.here = null;
        blind();
        clearTimeout(it.timer);
        session.end(it);
        it.frames.destroy();
      },
    };
  }

  Timeless.widget("train", { needs: ["chance", "fourier", "group", "background", "trainer", "runs", "safetensors", "pairs", "spectrum-bars"], mount });
})();
