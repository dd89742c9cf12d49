/* What frequency surgery tells in words and in its table; `it.shown` is what the state shows. */
(function () {
  "use strict";

  const { chart, instrument: kit, mounting } = Timeless;
  const { core: { coded, operation, summary, words }, MEASURES, PARTS } = Timeless.parts.surgery;

  const COLUMNS = [["intact", "intact"], ["own", "after"], ["random", "random sets, mean"]];

  const FORMATS = {
    accuracy: (value) => kit.percent(value, 2),
    loss: (value) => (value >= 0.01 ? value.toFixed(value >= 10 ? 1 : 2) : chart.tickText(Number(value.toPrecision(2)))),
  };

  /** Returns in words how far the values of the random sets reach. */
  function range(values, format) {
    const { least, most } = summary(values);
    const [low, high] = [format(least), format(most)];
    return low === high ? `all ${low}` : `${low} to ${high}`;
  }

  function randomName({ set, drawn, isPublished, random }) {
    if (!set.length) return "no set, so nothing to compare it with";
    const n = random.accuracy.all.length;
    const of = `random ${set.length === 1 ? "frequencies" : `sets of ${set.length}`}`;
    if (isPublished) return `${n} published ${of}`;
    if (!drawn.length) return `no other set of ${set.length}`;
    return n < drawn.length ? `${n} of ${drawn.length} ${of}` : `${n} ${of}`;
  }

  /** Returns which of the random sets matters most: to lose, or to have. */
  function telling({ mode, random: { sets, accuracy, loss } }) {
    if (sets.length < 2) return "";
    const at = loss.all.indexOf((mode === "keep" ? Math.min : Math.max)(...loss.all));
    return ` Of the random sets, ${words(sets[at])} ${mode === "keep" ? "keeps most" : "does most harm"}: ${FORMATS.accuracy(accuracy.all[at])} right.`;
  }

  /** Returns whether random sets are still being computed. */
  const incomplete = ({ random, drawn, isPublished }) => !isPublished && random.accuracy.all.length < drawn.length;

  /** Returns how far the random sets are. */
  function progressText({ halted, pace }, { random, drawn }) {
    const n = random.accuracy.all.length;
    return `Random sets: ${n} of ${drawn.length} computed${halted ? ", stopped." : `${pace.left(drawn.length - n)} …`}`;
  }

  function noteText(it, shown) {
    const { top, info: { p } } = it;
    const { off, waiting, drawn, isPublished, power, set } = shown;
    const held = off.length
      ? `${off.length} of ${top} frequencies ${off.length === 1 ? "is" : "are"} off, with ${kit.percent(power)} of the embedding’s power.`
      : "All frequencies are on.";
    if (waiting) return `${held} The network answers all ${kit.integer(p * p)} pairs …`;
    if (isPublished) return `${held} The random sets are the published ones.${telling(shown)}`;
    if (incomplete(shown)) return `${held} ${progressText(it, shown)}`;
    return drawn.length || !set.length ? `${held}${telling(shown)}` : `${held} There is no other set of that size.`;
  }

  function saidText(shown) {
    const { off, own, intact, waiting } = shown;
    const whole = ({ all }) => FORMATS.accuracy(all.accuracy);
    const after = own ? `${whole(own)} of all pairs right` : waiting ? "computing …" : "not computed";
    return `${operation(shown)}: ${after}${intact && off.length ? `, intact ${whole(intact)}` : ""}`;
  }

  function tellCells({ cells, reaches }, { intact, own, random }, measure, part) {
    const format = FORMATS[measure];
    const several = random[measure][part];
    const values = { intact: intact?.[part][measure], own: own?.[part][measure], random: summary(several).mean };
    for (const [column, value] of Object.entries(values)) {
      const output = cells[`${column}-${measure}-${part}`];
      output.value = Number.isFinite(value) ? format(value) : "–";
      if (Number.isFinite(value)) output.dataset.value = value;
      else delete output.dataset.value;
    }
    reaches[`random-${measure}-${part}`].textContent = several.length > 1 ? range(several, format) : "";
  }

  /** Returns in words what a measure is: after the operation, intact, and with random sets. */
  function measureText(shown, measure) {
    const { own, intact, random } = shown;
    const known = (result) => (result ? FORMATS[measure](result.all[measure]) : "not computed yet");
    const compared = random[measure].all.length ? `${randomName(shown)}: ${range(random[measure].all, FORMATS[measure])}.` : `${randomName(shown)}.`;
    return `${operation(shown)}: ${known(own)}, intact ${known(intact)}, ${compared}`;
  }

  function tellSurfaces(it, shown) {
    const { epoch, off, own } = shown;
    mounting.describe(it, {
      bars: `Spectrum of the embedding at epoch ${kit.integer(epoch)}. ${off.length ? `Switched off: ${words(off)}` : "All frequencies are on"}.`,
      accuracy: `Accuracy over all pairs. ${measureText(shown, "accuracy")}`,
      loss: `Loss over all pairs, in nats. ${measureText(shown, "loss")}`,
      map: `Loss of every pair a, b after the operation${own ? `; its mean is ${FORMATS.loss(own.all.loss)} nats` : ""}.`,
    });
  }

  /** Speaks a result: once when random sets begin to be computed and once when all are here. */
  function speak(it, shown) {
    const { epoch, own, intact, random, set } = shown;
    const n = random.accuracy.all.length;
    if (!own || !intact || (n && incomplete(shown))) return;
    const compared = !set.length || !n ? "" : `, ${randomName(shown)}: ${range(random.accuracy.all, FORMATS.accuracy)}`;
    const text = `${operation(shown)} at epoch ${kit.integer(epoch)}: accuracy ${FORMATS.accuracy(own.all.accuracy)} of all pairs, ` +
      `intact ${FORMATS.accuracy(intact.all.accuracy)}${compared}.`;
    if (text !== it.spoken) it.say(text);
    it.spoken = text;
  }

  function tell(it) {
    const { view, shown, steps, state: { k } } = it;
    view.said.textContent = saidText(shown);
    view.note.textContent = noteText(it, shown);
    view.halt.hidden = !incomplete(shown) || shown.waiting;
    view.halt.textContent = it.halted ? "Go on" : "Stop";
    for (const [measure] of MEASURES) for (const [part] of PARTS) tellCells(view, shown, measure, part);
    view.switch.textContent = `Switch ${k} ${shown.off.includes(k) ? "on" : "off"}`;
    for (const button of view.presets) button.setAttribute("aria-pressed", String(button.dataset.set === coded(shown.set)));
    view.undo.disabled = !steps.before();
    view.redo.disabled = !steps.after();
    view.root.setAttribute("aria-busy", String(shown.waiting));
    tellSurfaces(it, shown);
    speak(it, shown);
  }

  Object.assign(Timeless.parts.surgery, { COLUMNS, FORMATS, randomName, range, tell });
})();
