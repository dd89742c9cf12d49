/* What is measured of a network that is looked into: losses, restricted and excluded, and the frequencies of its neurons. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;

  const BELONGS = 0.85; // share of a neuron's energy by which it belongs to a frequency
  const MANY = 8; // key frequencies that are named
  const STEPS = 8; // in which the pairs are measured, and the neurons
  const KINDS = [["own", "as it is"], ["restricted", "restricted"], ["excluded", "excluded"]];
  const PARTS = [["all", "all"], ["train", "trained on"], ["test", "never seen"]];

  /** Returns how many neurons belong to each frequency 1 … top, and how many to none. */
  function counted({ frequencies, shares }, top) {
    const counts = new Array(top).fill(0);
    let none = 0;
    frequencies.forEach((k, neuron) => {
      if (shares[neuron] >= BELONGS) counts[k - 1] += 1;
      else none += 1;
    });
    return { counts, none };
  }

  const percentOf = (share) => (share === null ? "–" : kit.percent(share));
  const lossOf = (loss) => (loss === null ? "–" : Timeless.pairs.short(loss));

  /** Returns a table of one measure: a row for each part of the pairs, a column for each kind of logits. */
  function tableOf(found, measure, caption, text) {
    const { element } = kit;
    const head = element("tr", {}, element("td", {}), ...KINDS.map(([, name]) => element("th", { scope: "col" }, name)));
    const rows = PARTS.map(([part, name]) => element("tr", {}, element("th", { scope: "row" }, name), ...KINDS.map(([kind]) => {
      const value = found[kind][part][measure];
      return element("td", { "data-measure": `${kind}-${measure}-${part}`, "data-value": value ?? "" }, text(value));
    })));
    return element("table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...rows));
  }

  /** Returns in words what the key frequencies carry. */
  function verdictOf(keys, top, { own, restricted, excluded }, p) {
    const named = keys.length <= MANY ? `: ${keys.join(", ")}` : "";
    const which = `Above a quarter of the maximum ${keys.length === 1 ? "is one frequency" : `are ${keys.length} frequencies`} of ${top}${named}.`;
    if (2 * keys.length > top) return `${which} None stands out, so restricted logits are little more than means over the pairs with the same answer.`;
    const guessing = Math.log(p);
    if (own.all.accuracy < 2 / p) return `${which} The network answers no better than by chance.`;
    const alone = `With their waves alone it answers ${percentOf(restricted.all.accuracy)} of all pairs, without them ${percentOf(excluded.all.accuracy)}.`;
    return `${which} ${alone}${excluded.all.loss > guessing ? " Without them it does worse than by guessing." : ""}`;
  }

  /** Returns n things in as many spans as there are steps, [from, before which], without empty ones. */
  const spans = (n) => Array.from({ length: STEPS }, (_, i) => [i, i + 1].map((end) => Math.round((end * n) / STEPS))).filter(([from, to]) => to > from);

  /** Returns a job for a worker, {take, going, found}: taken again it is not begun again, unless it failed. */
  function jobOf(begin) {
    const job = { going: null, found: null };
    job.take = async () => {
      job.going ??= begin();
      try {
        job.found = await job.going;
      } catch (error) {
        job.going = null;
        throw error;
      }
    };
    return job;
  }

  /** Returns the jobs that measure a network: of its logits in parts, of the losses by all of these, of its neurons in parts. */
  function jobsOf(workers, { weights, sizes, op, keys, circle, mask }) {
    const logits = spans(circle.order.length).map(([from, to]) => jobOf(() => workers.run("logitsOf", [weights, sizes, op, circle, from, to])));
    const losses = jobOf(async () => {
      const parts = await Promise.all(logits.map(({ going }) => going));
      return parts.includes(null) ? null : workers.run("measures", [parts, sizes, keys, circle, mask]);
    });
    const neurons = spans(sizes.d_mlp).map(([from, to]) => jobOf(() => workers.run("clusters", [weights, sizes, op, circle.order, from, to])));
    return { losses, neurons, all: [...logits, losses, ...neurons] };
  }

  /** Draws how many neurons belong to each frequency; returns what draws it again. */
  function drawNeurons(box, bars, { tools, keys, circle, counts, told }) {
    const surface = kit.surface(bars, `Neurons by frequency. ${told} ${counts.flatMap((count, i) => (count ? [`${i + 1}: ${count}`] : [])).join(", ")}.`);
    const most = 1 + counts.indexOf(Math.max(...counts));
    const frames = kit.animator(box, () => {
      const ink = kit.palette(tools, box);
      const named = counts.flatMap((count, i) => (count ? [i + 1] : []));
      const axis = circle.order[0] ? "frequency k, over logarithms" : "frequency k";
      Timeless.spectrumBars(surface, ink, { norm: counts, high: Math.max(...counts, 1) * 1.08, k: most, keys, named, axis, title: "Neurons that belong to frequency k" });
      return false;
    });
    frames.request();
    return frames;
  }

  /** Returns the elements, and what tells in them what is measured by now of a network: losses first, then its neurons. */
  function viewOf(box, { tools, info, keys, circle }, { losses, neurons }) {
    const { element } = kit;
    const [n, top] = [circle.order.length, Math.floor(circle.order.length / 2)];
    const said = element("p", { "data-readout": "measured" });
    const note = element("p", { class: "look-note", "data-readout": "neurons" });
    const root = element("div", { class: "look-measures" }, said, note);
    const view = { root, frames: null };
    function tellLosses({ found }) {
      said.textContent = verdictOf(keys, top, found, n);
      if (root.querySelector(".look-tables")) return;
      said.after(element("div", { class: "look-tables" }, tableOf(found, "loss", "Loss, nats", lossOf), tableOf(found, "accuracy", "Accuracy", percentOf)));
    }
    function tellNeurons(parts) {
      const { counts, none } = counted({ frequencies: parts.flatMap(({ found }) => [...found.frequencies]), shares: parts.flatMap(({ found }) => [...found.shares]) }, top);
      const bars = element("div", { class: "look-bars" });
      const told = `${info.d_mlp - none} of ${info.d_mlp} neurons belong to one frequency, ${none} to none.`;
      note.textContent = told;
      if (none < info.d_mlp) note.before(bars);
      view.frames = drawNeurons(box, bars, { tools, keys, circle, counts, told });
      root.dataset.done = "true";
    }
    view.tell = (running) => {
      const going = running ? "Being measured …" : "Stopped; what was measured stays.";
      if (losses.found) tellLosses(losses);
      else said.textContent = going;
      if (!neurons.every(({ found }) => found)) note.textContent = losses.found ? `The frequencies of ${info.d_mlp} neurons: ${going.toLowerCase()}` : "";
      else if (losses.found && !view.frames) tellNeurons(neurons);
    };
    return view;
  }

  /** Fills a box with what is measured of `source`, {run, op}, in steps that a reader can stop; `failure` tells what went wrong.
      Returns what ends it. */
  async function show(box, { run, op }, { tools, ui, failure }) {
    const { info } = run;
    const circle = Timeless.opened.circleOf(info, op);
    const weights = await run.weights(run.epochs.length - 1);
    const { keys } = Timeless.fourier.spectrumOf(weights.W_E, info.d_model, circle.order);
    const { curves: _curves, train_pairs: _pairs, ...sizes } = info;
    const workers = Timeless.background.start(Timeless.network, Timeless.background.HANDS, failure.tell);
    const jobs = jobsOf(workers, { weights, sizes, op, keys, circle, mask: run.trainMask(op) });
    const view = viewOf(box, { tools, info, keys, circle }, jobs);
    const sweep = Timeless.sweep({ ui, view: { failure }, tell }, {
      left: () => jobs.all.filter(({ found }) => !found),
      step: (job) => job.take(),
      label: () => "Go on",
      failed: (error) => `This network cannot be measured (${Timeless.told(error)}).`,
    });
    function tell() {
      sweep.tell();
      sweep.button.hidden = !sweep.left().length;
      view.tell(sweep.running());
    }
    view.root.append(kit.element("div", {}, sweep.button));
    box.replaceChildren(view.root);
    sweep.start();
    const theme = Timeless.on("theme", () => view.frames?.request());
    return () => {
      theme();
      sweep.stop();
      workers.destroy();
      view.frames?.destroy();
    };
  }

  Timeless.parts.look = { counted, verdictOf, spans, show };
})();
