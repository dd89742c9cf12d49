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

  const { instrument: kit, mounting } = Timeless;

  // --- state --------------------------------------------------------------------------------

  /** The answers are a list in the state and a text in the address, so this state has no table. */
  const initialOf = ({ seed }, n) => ({ seed, at: 0, answers: readAnswers("", n) });

  /** Returns the state of an address; networks come one after another, so none can be skipped. */
  function stateOf(shared, data, n) {
    const state = initialOf(data, n);
    if (Number.isInteger(shared.seed) && shared.seed >= 0 && shared.seed <= SEEDS) state.seed = shared.seed;
    state.answers = readAnswers(shared.answers, n);
    const reachable = state.answers.findIndex((given) => given.length < 2);
    if (Number.isInteger(shared.at) && shared.at >= 0 && shared.at < n) state.at = Math.min(shared.at, reachable < 0 ? n - 1 : reachable);
    return state;
  }

  const placesOf = ({ runs, state }) => Timeless.chance.drawn(runs.keys(), runs.length, Timeless.chance.uniform(state.seed));
  const current = (it) => it.runs[placesOf(it)[it.state.at]];
  const stageOf = ({ state }) => state.answers[state.at].length;
  const finished = (given) => given.length === 2;

  /** Returns the last epoch that may be seen. */
  const untilOf = (it) => (stageOf(it) === 2 ? current(it).end : it.data.cut);

  function remember({ state, data, tools }) {
    const started = state.seed !== data.seed || state.at || state.answers.some(Boolean);
    tools.state.set(started ? { seed: state.seed, at: state.at, answers: state.answers.join(".") } : {});
  }

  function change(it, values) {
    Object.assign(it.state, values);
    remember(it);
    it.refresh();
  }

  function answer(it, code) {
    const { answers, at } = it.state;
    change(it, { answers: answers.map((given, i) => (i === at && given.length < 2 ? given + code : given)) });
  }

  function next(it) {
    change(it, { at: it.state.at + 1 });
    it.view.heading.focus({ preventScroll: true });
  }

  // --- controls -----------------------------------------------------------------------------

  /** Returns the widget's elements by name; the markup is the order in which a reader tabs. */
  function build(it) {
    const { ui, runs, data } = it;
    const { element } = kit;
    const view = {
      heading: element("h3", { tabindex: "-1", "data-readout": "heading" }),
      question: element("p", { "data-readout": "question" }),
      answers: ui.choice({ name: "answer", label: "This network", options: ANSWERS, onChoose: (code) => answer(it, code) }),
      next: ui.button({ name: "next", label: "Next network", primary: true, act: () => next(it) }),
      again: ui.button({ name: "again", label: "New order",
        act: () => change(it, { ...initialOf(data, runs.length), seed: (it.state.seed + 1) % (SEEDS + 1) }) }),
      reset: ui.button({ name: "reset", label: "Reset", act: () => change(it, initialOf(data, runs.length)) }),
      hidden: element("p", { class: "guess-hidden" }, "The weights are hidden until you have guessed from behaviour alone."),
      legend: ui.legend([["line", "train"], ["line", "test"], ["line", "structure"], ["dashes", "alarm of this measure"]]),
      rows: element("tbody"),
      total: element("p", { "data-readout": "total" }),
      live: ui.live(),
    };
    for (const name of [...it.behaviour, ...STRUCTURE]) view[name] = element("div");
    const side = (name, heading, ...nodes) => element("div", { class: `guess-side guess-${name}` }, element("h4", {}, heading), ...nodes);
    const heads = ["Network", "From behaviour", "With structure", "What it did"].map((text) => element("th", { scope: "col" }, text));
    view.root = element("div", { class: "guess" },
      view.heading,
      element("div", { class: "guess-panels" },
        side("behaviour", "Behaviour", ...it.behaviour.map((name) => view[name])),
        side("structure", "Structure", view.hidden, ...STRUCTURE.map((name) => view[name]))),
      view.legend.node,
      element("div", { class: "guess-ask" }, view.question, ui.row(view.answers.node, view.next)),
      element("table", {}, element("thead", {}, element("tr", {}, ...heads)), view.rows),
      view.total,
      ui.row(view.again, view.reset), view.live);
    return view;
  }

  // --- tell ---------------------------------------------------------------------------------

  const letter = (i) => String.fromCharCode(65 + i);

  function outcome(run) {
    return run.grokked === null ? `has not generalised by epoch ${kit.integer(run.end)}` : `generalises at epoch ${kit.integer(run.grokked)}`;
  }

  function alarmsBy({ data, words }, run) {
    const early = Timeless.audit.raised(run, data.cut).map((name) => words[name] || name);
    return early.length ? `By epoch ${kit.integer(data.cut)} the rule had raised an alarm for: ${early.join(", ")}.` : `By epoch ${kit.integer(data.cut)} no measure had raised an alarm.`;
  }

  /** Returns the question of a stage; after both answers, what the network did. */
  function question(it, run) {
    const { cut, budget } = it.data;
    return [
      `This is what it does, up to epoch ${kit.integer(cut)}. Will its test accuracy ever reach 99%, within ${kit.integer(budget)} epochs?`,
      `And now, with three measures of its weights up to the same epoch?`,
      `${run.words[0].toUpperCase()}${run.words.slice(1)} ${outcome(run)}. ${alarmsBy(it, run)}`,
    ][stageOf(it)];
  }

  /** Puts a panel of structure into the page, or takes it out: what is hidden is not there. */
  function reveal({ view, surfaces }, name, yes) {
    if (yes) surfaces[name] ??= kit.surface(view[name], name);
    else {
      view[name].replaceChildren();
      delete surfaces[name];
    }
    view[name].hidden = !yes;
  }

  /** Fills the table of answers. */
  function tellRows({ runs, state, view }, places) {
    const said = (given, step) => (given[step] ? ANSWERS.find(([code]) => code === given[step])[1] : "·");
    view.rows.replaceChildren(...state.answers.map((given, i) => {
      const run = runs[places[i]];
      const cells = [said(given, 0), said(given, 1), finished(given) ? `${run.words}: ${outcome(run)}` : "·"];
      return kit.element("tr", {}, kit.element("th", { scope: "row" }, letter(i)), ...cells.map((text) => kit.element("td", {}, text)));
    }));
  }

  /** Returns in words how often the guesses so far were right, and once all are made, what follows. */
  function totalOf({ runs, state, data }, places) {
    const truths = places.map((place) => runs[place].grokked !== null);
    const said = ({ right: r, wrong, open }) => `${r} right, ${wrong} wrong, ${open} open`;
    if (!state.answers.some(finished)) return "";
    const [first, second] = [0, 1].map((step) => said(tally(state.answers, truths, step)));
    return `From behaviour alone: ${first}. With structure: ${second}.${state.answers.every(finished) ? ` ${data.moral}` : ""}`;
  }

  /** Returns in words what the panels show at the last epoch that may be seen. */
  function described(it, run) {
    const { at, BEHAVIOUR, STRUCTURE: rows } = Timeless.audit;
    const until = untilOf(it);
    const heard = BEHAVIOUR.flatMap(([kind, , , text]) =>
      ["train", "test"].map((split) => `${split} ${kind} ${text(at(run.curves, `${split}_${kind}`, until).value)}`));
    for (const [name, , , , text] of stageOf(it) ? rows.filter(([own]) => STRUCTURE.includes(own)) : []) {
      const [start, end] = [0, until].map((epoch) => text(at(run.structure, name, epoch).value));
      heard.push(`${it.words[name]} from ${start} at the start to ${end}`);
    }
    return `At epoch ${kit.integer(until)}: ${heard.join(", ")}.`;
  }

  function tell(it) {
    const { runs, state, view, words } = it;
    const [run, now, places] = [current(it), stageOf(it), placesOf(it)];
    view.heading.textContent = `Network ${letter(state.at)}, ${state.at + 1} of ${runs.length}${now === 2 ? `: ${run.words}` : ""}`;
    view.question.textContent = question(it, run);
    view.answers.node.hidden = now === 2;
    view.answers.show(null);
    view.next.hidden = now < 2 || state.at === runs.length - 1;
    view.hidden.hidden = now > 0;
    for (const name of STRUCTURE) reveal(it, name, now > 0);
    tellRows(it, places);
    view.total.textContent = totalOf(it, places);
    const labels = Object.keys(it.surfaces).map((name) =>
      [name, `${words[name] || name} of network ${letter(state.at)}, up to epoch ${kit.integer(untilOf(it))}`]);
    mounting.describe(it, Object.fromEntries(labels));
    it.say(`${view.heading.textContent}. ${view.question.textContent} ${described(it, run)} ${view.total.textContent}`);
  }

  // --- draw ---------------------------------------------------------------------------------

  function draw(it) {
    const { drawBehaviour, drawStructure } = Timeless.audit;
    const ink = { ...kit.palette(it.tools, it.box), alarm: it.tools.colour("series-4") };
    it.view.legend.paint([ink.train, ink.test, ink.accent, ink.alarm]);
    const [run, told, until] = [current(it), stageOf(it) === 2, untilOf(it)];
    for (const [name, surface] of Object.entries(it.surfaces)) {
      const view = { kind: "linear", end: until, until, cursor: told ? it.data.cut : null, last: ["loss", "sum_sq_weights"].includes(name) };
      const paint = it.behaviour.includes(name) ? drawBehaviour : drawStructure;
      paint(surface, ink, told ? run : { ...run, alarms: null }, name, view);
    }
    return false;
  }

  // --- mount --------------------------------------------------------------------------------

  function mount(box, data, tools) {
    const { listed, BEHAVIOUR } = Timeless.audit;
    const it = mounting.begin("guess", box, tools, []);
    const behaviour = BEHAVIOUR.map(([name]) => name);
    Object.assign(it, {
      data, behaviour,
      runs: data.runs.map((run) => listed(run, tools)),
      words: Object.fromEntries(data.measures),
      state: stateOf(tools.state.get(), data, data.runs.length),
    });
    mounting.stage(it, { view: build(it), surfaces: Object.fromEntries(behaviour.map((name) => [name, name])), draw, tell });
    it.refresh();
    return { destroy: it.frames.destroy };
  }

  Timeless.widget("guess", { needs: ["audit", "chance"], mount });
})();
