/* The guess: anonymous networks, judged from behaviour alone, then from structure too, before the future is shown.
   Controls -> state -> compute -> draw; what is drawn lies in kit/audit.js. */
(function () {
  "use strict";

  const ANSWERS = [["y", "will generalise"], ["n", "will not"], ["c", "cannot tell"]];
  const STRUCTURE = ["gini_W_E", "spectral_entropy", "sum_sq_weights"]; // the restricted loss would need the end
  const SEEDS = 999;

  // --- compute ------------------------------------------------------------------------------

  /** Returns the answers as a list of up to two letters for each network, from "yn.c" (a dot parts networks),
      all empty if the text is not such a list. */
  function readAnswers(text, n) {
    const given = typeof text === "string" && /^[ync]{0,2}(\.[ync]{0,2})*$/.test(text) ? text.split(".") : [];
    return Array.from({ length: n }, (_, i) => (given.length <= n && given[i]) || "");
  }

  /** Returns how often a guess was right, wrong and open, at a stage: 0 from behaviour, 1 from structure too. */
  function tally(answers, truths, stage) {
    const found = { right: 0, wrong: 0, open: 0 };
    answers.forEach((given, i) => {
      if (given.length < 2) return;
      found[given[stage] === "c" ? "open" : (given[stage] === "y") === truths[i] ? "right" : "wrong"] += 1;
    });
    return found;
  }

  const compute = { readAnswers, tally };
  if (typeof module !== "undefined") {
    module.exports = compute;
    return;
  }

  // --- mount --------------------------------------------------------------------------------

  async function mount(box, data, tools) {
    await Timeless.load("kit/instrument.js");
    await Promise.all([Timeless.load("kit/controls.js"), Timeless.load("kit/chart.js")]);
    await Promise.all([Timeless.load("kit/audit.js"), Timeless.load("kit/chance.js")]);
    const { instrument: kit, audit } = Timeless;
    const { drawn, uniform } = Timeless.chance;
    const { element } = kit;
    const make = Timeless.controls.controls("guess");
    const runs = data.runs.map((run) => audit.listed(run, tools));
    const n = runs.length;
    const words = Object.fromEntries(data.measures);
    const letter = (i) => String.fromCharCode(65 + i);
    const initial = () => ({ seed: data.seed, at: 0, answers: readAnswers("", n) });
    const state = initial();

    const ui = {
      heading: element("h3", { tabindex: "-1", "data-readout": "heading" }),
      question: element("p", { "data-readout": "question" }),
      answers: make.choice({ name: "answer", label: "This network", options: ANSWERS, onChoose: answer }),
      next: make.button({ name: "next", label: "Next network", primary: true }),
      again: make.button({ name: "again", label: "New order" }),
      reset: make.button({ name: "reset", label: "Reset" }),
      hidden: element("p", { class: "guess-hidden" }, "The weights are hidden until you have guessed from behaviour alone."),
      legend: make.legend([["line", "train"], ["line", "test"], ["line", "structure"], ["dashes", "alarm of this measure"]]),
      rows: element("tbody"),
      total: element("p", { "data-readout": "total" }),
      live: make.live(),
    };
    const holders = (names) => names.map(() => element("div"));
    const behaviour = audit.BEHAVIOUR.map(([name]) => name);
    const [left, right] = [holders(behaviour), holders(STRUCTURE)];
    ui.structure = element("div", { class: "guess-side guess-structure" }, element("h4", {}, "Structure"), ui.hidden, ...right);
    ui.table = element("table", {},
      element("thead", {}, element("tr", {}, ...["Network", "From behaviour", "With structure", "What it did"].map((text) => element("th", { scope: "col" }, text)))), ui.rows);
    box.replaceChildren(element("div", { class: "guess" },
      ui.heading,
      element("div", { class: "guess-panels" },
        element("div", { class: "guess-side guess-behaviour" }, element("h4", {}, "Behaviour"), ...left), ui.structure),
      ui.legend.node,
      element("div", { class: "guess-ask" }, ui.question, make.row(ui.answers.node, ui.next)),
      ui.table, ui.total,
      make.row(ui.again, ui.reset), ui.live));
    const panels = [
      ...behaviour.map((name, i) => ({ name, draw: audit.drawBehaviour, surface: kit.surface(left[i], name) })),
      ...STRUCTURE.map((name, i) => ({ name, draw: audit.drawStructure, surface: null, holder: right[i] })),
    ];
    const say = kit.announcer(ui.live);

    const places = () => drawn(runs.keys(), n, uniform(state.seed));
    const current = () => runs[places()[state.at]];
    const stage = () => state.answers[state.at].length;
    const answered = (code) => ANSWERS.find(([own]) => own === code)[1];

    function answer(code) {
      if (stage() < 2) state.answers[state.at] += code;
      changed();
    }

    function changed() {
      const started = state.seed !== data.seed || state.at || state.answers.some(Boolean);
      tools.state.set(started ? { seed: state.seed, at: state.at, answers: state.answers.join(".") } : {});
      refresh();
    }

    /** Puts a panel of structure into the page, or takes it out: what is hidden is not there. */
    function reveal(panel, yes) {
      if (yes) panel.surface ??= kit.surface(panel.holder, panel.name);
      else {
        panel.holder.replaceChildren();
        panel.surface = null;
      }
      panel.holder.hidden = !yes;
    }

    function outcome(run) {
      return run.grokked === null ? `has not generalised by epoch ${kit.integer(run.end)}` : `generalises at epoch ${kit.integer(run.grokked)}`;
    }

    function alarmsBy(run) {
      const early = audit.raised(run, data.cut).map((name) => words[name] || name);
      return early.length ? `By epoch ${kit.integer(data.cut)} the rule had raised an alarm for: ${early.join(", ")}.` : `By epoch ${kit.integer(data.cut)} no measure had raised an alarm.`;
    }

    function refresh() {
      const [run, now] = [current(), stage()];
      ui.heading.textContent = `Network ${letter(state.at)}, ${state.at + 1} of ${n}${now === 2 ? `: ${run.words}` : ""}`;
      ui.question.textContent = [
        `This is what it does, up to epoch ${kit.integer(data.cut)}. Will its test accuracy ever reach 99%, within ${kit.integer(data.budget)} epochs?`,
        `And now, with three measures of its weights up to the same epoch?`,
        `${run.words[0].toUpperCase()}${run.words.slice(1)} ${outcome(run)}. ${alarmsBy(run)}`,
      ][now];
      ui.answers.node.hidden = now === 2;
      ui.answers.show(null);
      ui.next.hidden = now < 2 || state.at === n - 1;
      ui.hidden.hidden = now > 0;
      for (const panel of panels.filter(({ holder }) => holder)) reveal(panel, now > 0);
      const order_ = places();
      ui.rows.replaceChildren(...state.answers.map((given, i) => {
        const cells = [0, 1].map((step) => element("td", {}, given[step] ? answered(given[step]) : "·"));
        const truth = given.length === 2 ? `${runs[order_[i]].words}: ${outcome(runs[order_[i]])}` : "·";
        return element("tr", {}, element("th", { scope: "row" }, letter(i)), ...cells, element("td", {}, truth));
      }));
      const truths = order_.map((place) => runs[place].grokked !== null);
      const [first, second] = [0, 1].map((step) => tally(state.answers, truths, step));
      const said = ({ right: r, wrong, open }) => `${r} right, ${wrong} wrong, ${open} open`;
      const done = state.answers.every((given) => given.length === 2);
      ui.total.textContent = first.right + first.wrong + first.open
        ? `From behaviour alone: ${said(first)}. With structure: ${said(second)}.${done ? ` ${data.moral}` : ""}`
        : "";
      for (const { surface, name } of panels.filter((panel) => panel.surface)) {
        surface.canvas.setAttribute("aria-label", `${words[name] || name} of network ${letter(state.at)}, up to epoch ${kit.integer(now === 2 ? run.end : data.cut)}`);
      }
      say(`${ui.heading.textContent}. ${ui.question.textContent} ${described(run, now)} ${ui.total.textContent}`);
      frames.request();
    }

    /** Returns in words what the panels show at the last epoch that may be seen. */
    function described(run, now) {
      const until = now === 2 ? run.end : data.cut;
      const heard = audit.BEHAVIOUR.flatMap(([kind, , , text]) =>
        ["train", "test"].map((split) => `${split} ${kind} ${text(audit.at(run.curves, `${split}_${kind}`, until).value)}`));
      for (const [name, , , , text] of now ? audit.STRUCTURE.filter(([own]) => STRUCTURE.includes(own)) : []) {
        const [start, end] = [0, until].map((epoch) => text(audit.at(run.structure, name, epoch).value));
        heard.push(`${words[name]} from ${start} at the start to ${end}`);
      }
      return `At epoch ${kit.integer(until)}: ${heard.join(", ")}.`;
    }

    function draw() {
      const ink = { ...kit.palette(tools, box), alarm: tools.colour("series-4") };
      ui.legend.paint([ink.train, ink.test, ink.accent, ink.alarm]);
      const [run, now] = [current(), stage()];
      const until = now === 2 ? run.end : data.cut;
      for (const { name, draw: paint, surface } of panels.filter((panel) => panel.surface)) {
        paint(surface, ink, now === 2 ? run : { ...run, alarms: null }, name,
          { kind: "linear", end: until, until, cursor: now === 2 ? data.cut : null, last: ["loss", "sum_sq_weights"].includes(name) });
      }
      return false;
    }

    const frames = kit.animator(box, draw);
    ui.next.addEventListener("click", () => {
      state.at += 1;
      changed();
      ui.heading.focus({ preventScroll: true });
    });
    ui.again.addEventListener("click", () => {
      Object.assign(state, initial(), { seed: (state.seed + 1) % (SEEDS + 1) });
      changed();
    });
    ui.reset.addEventListener("click", () => {
      Object.assign(state, initial());
      changed();
    });
    tools.onTheme(frames.request);

    const shared = tools.state.get();
    if (Number.isInteger(shared.seed) && shared.seed >= 0 && shared.seed <= SEEDS) state.seed = shared.seed;
    state.answers = readAnswers(shared.answers, n);
    const reachable = state.answers.findIndex((given) => given.length < 2); // networks come one after another
    if (Number.isInteger(shared.at) && shared.at >= 0 && shared.at < n) state.at = Math.min(shared.at, reachable < 0 ? n - 1 : reachable);
    refresh();
    return { destroy: frames.destroy };
  }

  Timeless.widget("guess", { mount });
})();
