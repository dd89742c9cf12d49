/* What the live network tells in words and tables. `it` has the checkpoint that is `shown` with its forward `pass`, and by
   checkpoint what the background found: `maps` of all pairs, and the `waves` that the neurons follow. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { BELONGS, nextWrong, mostActive, lifts, byFrequency, aboveMean, pooled } = Timeless.parts.network.core;

  const ACTIVE = 10; // neurons listed
  const PARTS = { all: "every pair", train: "every pair trained on", test: "every pair never trained on" };
  const SOURCES = 6; // frequencies listed

  const multiplies = ({ info, op }) => info.operations[op] === "multiplication";
  const keyOf = ({ network, epochs, index }) => `${network} ${epochs[index]}`;
  const resultOf = (it) => it.maps.get(keyOf(it.shown));

  /** Returns the right answer to a pair, that of the state unless another is named. */
  function wantedOf({ shown: { info, op }, state }, pair = state.a * info.p + state.b) {
    return Timeless.network.label(info, Math.floor(pair / info.p), pair % info.p, op);
  }

  const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
  const short = (value) => Timeless.pairs.short(value, 2);

  const row = (name, cells, attributes = {}) => kit.element("tr", attributes, kit.element("th", { scope: "row" }, name), ...cells);
  const cell = (text, attributes = {}) => kit.element("td", attributes, text);

  /** Returns a cell with a number and, behind it, a bar of `value` out of `most`. */
  const bar = (value, text, most) => cell(text, { "data-share": value, style: `--share: ${(100 * Math.max(value, 0)) / most}%` });

  // --- the pair -----------------------------------------------------------------------------

  /** Returns what is told of the pair, as texts and as numbers. */
  function verdictOf(it) {
    const { shown, pass, state } = it;
    const { p } = shown.info;
    const right = wantedOf(it);
    const chances = Timeless.network.softmax(Float64Array.from(pass.logits));
    const trained = shown.opened.trainMask(shown.op)[state.a * p + state.b] === 1;
    const sum = Timeless.opened.sumText(shown.info, state.a, state.b, shown.op);
    const chance = kit.percent(chances[pass.answer], 2);
    return {
      sum, right, trained, chance: chances[pass.answer],
      verdict: pass.answer === right
        ? `with probability ${chance}. That is right`
        : `with probability ${chance}. That is wrong: ${sum} = ${right}, which gets ${kit.percent(chances[right], 2)}`,
      split: trained ? "It was trained on this pair" : "It was never trained on this pair",
    };
  }

  function tellPair({ view, pass, state, shown }, { sum, right, trained, chance, verdict, split }) {
    view.sentence.replaceChildren(
      `${sum} modulo ${shown.info.p}: the network answers `, kit.element("b", {}, String(pass.answer)), ` ${verdict}. `,
      kit.element("span", { class: "net-verdict" }, `${split}.`));
    Object.assign(view.sentence.dataset, {
      answer: pass.answer, right, chance, trained: String(trained), epoch: state.epoch, network: state.network,
    });
  }

  /** Returns the accuracies that were logged at the checkpoint, as texts; those of an opened network are not known. */
  function loggedOf({ info, op, index }) {
    if (!info.curves) return ["–", "–"];
    const { train_accuracy: train, test_accuracy: test } = info.curves[op];
    return [train, test].map((column) => kit.percent(column[index]));
  }

  function tellAttention({ view, pass, state, shown }) {
    const places = [`to a = ${state.a}`, `to b = ${state.b}`, "to op"];
    view.head.replaceChildren(...["head", ...places].map((name) => kit.element("th", { scope: "col" }, name)));
    view.attention.replaceChildren(...Array.from({ length: shown.info.n_heads }, (_, h) =>
      row(String(h), places.map((_place, place) => bar(pass.pattern[3 * h + place], kit.percent(pass.pattern[3 * h + place]), 1)))));
  }

  // --- neurons ------------------------------------------------------------------------------

  function frequencyCell(known, j) {
    if (!known) return cell("…");
    const [k, share] = [known.frequencies[j], known.shares[j]];
    const belongs = share >= BELONGS;
    const text = belongs ? `${k} (${kit.percent(share, 0)})` : `none (${k}: ${kit.percent(share, 0)})`;
    return cell(text, { "data-belongs": String(belongs), "data-frequency": k });
  }

  function tellNeurons(it) {
    const { view, pass, shown } = it;
    const { info } = shown;
    const known = it.waves.get(keyOf(shown));
    const post = pass.mlp_post;
    const active = mostActive(post, ACTIVE);
    const lift = lifts(shown.weights, info, pass.answer);
    view.neurons.replaceChildren(...active.map((j) =>
      row(String(j), [bar(post[j], post[j].toFixed(2), post[active[0]]), frequencyCell(known, j), cell(signed(post[j] * lift[j]))], { "data-neuron": j })));
    tellSources(it, lift, known);
    const unit = multiplies(shown) ? ", over the logarithms of the numbers" : "";
    const belonging = known
      ? `${known.shares.filter((share) => share >= BELONGS).length} of ${info.d_mlp} neurons belong to one frequency${unit}`
      : "The frequencies of all neurons are being computed";
    view.active.textContent = `${post.filter((x) => x > 0).length} of ${info.d_mlp} neurons are active for this pair. ${belonging}.`;
    view.active.dataset.known = String(Boolean(known));
  }

  /** Writes what each frequency's neurons add to the answer, and what does not come from neurons. */
  function tellSources({ view, pass }, lift, known) {
    const total = aboveMean(pass.logits, pass.answer);
    const groups = known ? byFrequency(pass.mlp_post, lift, known) : [];
    const source = (name, count, adds, attributes) => row(name, [cell(count), cell(signed(adds))], attributes);
    const other = groups.slice(SOURCES);
    const sum = (list, name) => list.reduce((all, group) => all + group[name], 0);
    view.sources.replaceChildren(
      ...groups.slice(0, SOURCES).map(({ frequency, neurons, adds }) =>
        source(frequency ? `frequency ${frequency}` : "no frequency", String(neurons), adds, { "data-source": frequency })),
      ...(other.length ? [source("other frequencies", String(sum(other, "neurons")), sum(other, "adds"))] : []),
      ...(known ? [source("not from neurons", "", total - sum(groups, "adds"))] : []),
      source("all", "", total, { "data-source": "all" }));
  }

  // --- all pairs ----------------------------------------------------------------------------

  /** Returns accuracy and loss as logged, by split: {accuracy: {all, train, test}, loss: …}. */
  function loggedScores({ info, op, index }, mask) {
    if (!info.curves) return null;
    const curves = info.curves[op];
    const n = { train: mask.reduce((sum, bit) => sum + bit, 0) };
    n.test = mask.length - n.train;
    const log = (name) => {
      const [train, test] = [curves[`train_${name}`][index], curves[`test_${name}`][index]];
      return { all: pooled(train, test, n), train, test };
    };
    return { accuracy: log("accuracy"), loss: log("loss") };
  }

  const SCORES = { accuracy: (value) => kit.percent(value, 2), loss: short };

  function tellScores(it) {
    const { view, shown: { opened, info, op }, shown } = it;
    const [mask, all] = [opened.trainMask(op), resultOf(it)];
    const logged = loggedScores(shown, mask);
    const own = (split) => all && Timeless.network.summarise(all, info, op, split === "all" ? null : mask, split === "train" ? 1 : 0);
    view.scores.replaceChildren(...["all", "train", "test"].map((split) => {
      const here = own(split);
      const cells = Object.entries(SCORES).flatMap(([name, text]) => [
        cell(here ? text(here[name]) : "…", { "data-here": name, "data-value": here ? here[name] : "" }),
        ...(logged ? [cell(text(logged[name][split]), { "data-logged": name })] : []),
      ]);
      return row(split, cells, { "data-split": split });
    }));
    view.map.dataset.stale = String(!all);
    const none = all && nextWrong(all.answers, 0, (pair) => wantedOf(it, pair)) < 0;
    view.wrong.disabled = !all || none;
    view.wrong.textContent = none ? "No wrong answer" : "Next wrong answer";
  }

  function tellTimes(it) {
    const { view, shown: { info: { p } } } = it;
    const [all, neurons] = [resultOf(it), it.waves.get(keyOf(it.shown))];
    const ms = (time) => (time < 10 ? time.toFixed(1) : kit.integer(time));
    view.times.textContent = [
      `Time taken here: ${ms(it.passTime)} ms for this pair`,
      all ? `${ms(all.took)} ms for all ${kit.integer(p * p)}` : "all pairs are being computed",
      ...(neurons ? [`${ms(neurons.took)} ms for the frequencies of all neurons, both in the background`] : []),
    ].join("; ") + ".";
    if (all) view.times.dataset.map = all.took;
    view.times.dataset.pass = it.passTime;
  }

  function tellSurfaces(it, { sum, verdict }) {
    const { pass, state, shown: { info: { p } } } = it;
    const all = resultOf(it);
    const told = all
      ? `${kit.percent(all.accuracy, 2)} of all ${kit.integer(p * p)} pairs are answered right, the mean loss is ${short(all.loss)} nats`
      : "it is being computed";
    mounting.describe(it, {
      logits: `Logits of all ${p} answers to ${sum}. The network answers ${pass.answer} ${verdict}.`,
      map: `Map over a, to the right, and ${state.order === "sum" ? "a + b" : "b"}, upwards: ` +
        `${state.map === "loss" ? "the loss" : "right or wrong"} of ${PARTS[state.part]}; ${told}. ` +
        "The sliders a and b choose a pair as clicking on the map does.",
    });
  }

  function tell(it) {
    const { pass, state, shown } = it;
    const found = verdictOf(it);
    tellPair(it, found);
    tellAttention(it);
    tellNeurons(it);
    tellScores(it);
    tellTimes(it);
    tellSurfaces(it, found);
    const [train, test] = loggedOf(shown);
    const logged = shown.info.curves ? ` Epoch ${kit.integer(state.epoch)}, train accuracy ${train}, test accuracy ${test}.` : "";
    it.say(`${found.sum} modulo ${shown.info.p}: the network answers ${pass.answer} ${found.verdict}. ${found.split}.${logged}`);
  }

  Object.assign(Timeless.parts.network, { ACTIVE, keyOf, loggedOf, resultOf, wantedOf, tell });
})();
