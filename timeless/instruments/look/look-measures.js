/* What is measured of a network that is looked into: losses, restricted and excluded, and the frequencies of its neurons. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;

  const BELONGS = 0.85; // share of a neuron's energy by which it belongs to a frequency
  const MANY = 8; // key frequencies that are named
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

  /** Fills a box with what is measured of `source`, {run, op}; `fail(message)` tells what went wrong. Returns what ends it. */
  async function show(box, { run, op }, { tools, fail }) {
    const { element } = kit;
    const { info } = run;
    const circle = Timeless.opened.circleOf(info, op);
    const weights = await run.weights(run.epochs.length - 1);
    const { keys } = Timeless.fourier.spectrumOf(weights.W_E, info.d_model, circle.order);
    const [n, top] = [circle.order.length, Math.floor(circle.order.length / 2)];
    const { curves: _curves, train_pairs: _pairs, ...sizes } = info;
    const workers = Timeless.background.start(Timeless.network, 1, fail);
    const said = element("p", { "data-readout": "measured" }, "Being measured …");
    const bars = element("div", { class: "look-bars" });
    const neurons = element("p", { class: "look-note", "data-readout": "neurons" });
    const view = element("div", { class: "look-measures" }, said);
    box.replaceChildren(view);
    let frames = { destroy() {} };
    async function fill() {
      const found = await workers.run("measures", [weights, sizes, op, keys, circle, run.trainMask(op)]);
      if (!found) return;
      said.textContent = verdictOf(keys, top, found, n);
      view.append(element("div", { class: "look-tables" }, tableOf(found, "loss", "Loss, nats", lossOf), tableOf(found, "accuracy", "Accuracy", percentOf)), neurons);
      neurons.textContent = `The frequencies of ${info.d_mlp} neurons are being measured …`;
      const clusters = await workers.run("clusters", [weights, sizes, op, circle.order]);
      if (!clusters) return;
      const { counts, none } = counted(clusters, top);
      if (none < info.d_mlp) neurons.before(bars);
      neurons.textContent = `${info.d_mlp - none} of ${info.d_mlp} neurons belong to one frequency, ${none} to none.`;
      const surface = kit.surface(bars, `Neurons by frequency. ${neurons.textContent} ${counts.flatMap((count, i) => (count ? [`${i + 1}: ${count}`] : [])).join(", ")}.`);
      const most = 1 + counts.indexOf(Math.max(...counts));
      frames = kit.animator(box, () => {
        const ink = kit.palette(tools, box);
        const named = counts.flatMap((count, i) => (count ? [i + 1] : []));
        const axis = circle.order[0] ? "frequency k, over logarithms" : "frequency k";
        Timeless.spectrumBars(surface, ink, { norm: counts, high: Math.max(...counts, 1) * 1.08, k: most, keys, named, axis, title: "Neurons that belong to frequency k" });
        return false;
      });
      frames.request();
      view.dataset.done = "true";
    }
    const theme = Timeless.on("theme", () => frames.request?.());
    fill().catch((error) => fail(`This network cannot be measured (${Timeless.told(error)}).`));
    return () => {
      theme();
      workers.destroy();
      frames.destroy();
    };
  }

  Timeless.parts.look = { counted, verdictOf, show };
})();
