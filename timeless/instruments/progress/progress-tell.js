/* What the progress measures tell in words and numbers. */
(function () {
  "use strict";

  const { chart, instrument: kit, mounting } = Timeless;
  const { core: { linesOf, phaseAt, protocolOf }, TINTS } = Timeless.parts.progress;

  const lossText = (value) => chart.tickText(Number(value.toPrecision(3)));

  const capital = (text) => text[0].toUpperCase() + text.slice(1);

  // --- the curves ---------------------------------------------------------------------------

  /** Writes the losses at the cursor; returns them in words. */
  function tellLosses({ data: { measures }, state, view }, row) {
    return linesOf({ ...state, view: "loss" }).map(({ key, label, table, column }) => {
      const value = (table === "curves" ? measures : measures[table])[column][row];
      view.values.set(key, value, lossText(value));
      if (table !== "curves") view.values.rename(key, capital(label));
      return `${label} ${lossText(value)}`;
    });
  }

  /** Writes the accuracies at the cursor; returns them in words. */
  function tellAccuracies({ data: { measures }, view }, row) {
    return ["train", "test"].map((name) => {
      const value = measures[`${name}_accuracy`][row];
      view.values.set(`${name}-accuracy`, value, kit.percent(value));
      return `${name} accuracy ${kit.percent(value)}`;
    });
  }

  /** Writes the legend anew where the curves are others. */
  function tellLegend(it) {
    const lines = linesOf(it.state);
    const key = JSON.stringify(lines);
    if (key === it.legended) return;
    it.legended = key;
    const phases = it.data.phases.flatMap(({ name, start, end }, i) => (TINTS[i] ? [[`${name}, ${kit.integer(start)} to ${kit.integer(end)}`, TINTS[i]]] : []));
    const legend = it.ui.legend([...lines.map(({ label }) => ["line", label]), ...phases.map(([text]) => ["tint", text]), ["tick", "published checkpoint"]]);
    legend.paint([...lines.map(({ colour }) => colour), ...phases.map(([, tint]) => tint), "ink"].map((name) => `var(--${name})`));
    it.view.legend.replaceChildren(legend.node);
  }

  // --- the pictures -------------------------------------------------------------------------

  /** Says above a picture of which epoch it is. */
  function tellPictureEpoch({ view, published, broken }, name, index) {
    const output = view[`${name}Epoch`];
    output.dataset.value = index < 0 ? "" : published[index];
    output.value = index < 0 ? (broken < 0 ? "loading" : "not loaded") : `epoch ${kit.integer(published[index])}`;
  }

  function tellShown(it) {
    const { view, state, published, shown, info: { p } } = it;
    const at = `epoch ${kit.integer(published[shown])}`;
    const { norm, threshold } = it.seen.get(shown);
    const above = Array.from(norm.keys()).filter((i) => norm[i] > threshold).length;
    view.barsNote.textContent = `Norm at k, the chosen key frequencies in colour; ${above} of ${norm.length} exceed ¼ of the largest (dashed).`;
    view.ringNote.textContent = `k = ${state.freq}, in the plane of ${state.plane === "last" ? "the last checkpoint" : "this checkpoint"}; coloured by k·t mod ${p}.`;
    mounting.describe(it, {
      bars: `Spectrum of the embedding at ${at}: ${above} of ${norm.length} frequencies above a quarter of the largest norm.`,
      ring: `The ${p} tokens at ${at}, in the plane of frequency ${state.freq} of ${state.plane === "last" ? "the last" : "this"} checkpoint.`,
    });
  }

  function mapText({ maps, mapped, wanted, broken, published }) {
    const now = maps.get(mapped);
    if (wanted !== mapped) {
      const grey = now ? `Grey: epoch ${kit.integer(published[mapped])}. ` : "";
      return `${grey}Epoch ${kit.integer(published[wanted])} ${wanted === broken ? "is missing" : "is being computed"}.`;
    }
    return now ? `${kit.percent(now.trained)} of the pairs trained on and ${kit.percent(now.unseen)} of the unseen ones right.` : "";
  }

  function tellPictures(it) {
    const { view, shown, mapped, info: { p } } = it;
    tellPictureEpoch(it, "bars", shown);
    tellPictureEpoch(it, "ring", shown);
    tellPictureEpoch(it, "map", mapped);
    if (shown >= 0) tellShown(it);
    view.mapNote.textContent = mapText(it);
    mounting.describe(it, { map: `Which of the ${kit.integer(p * p)} pairs are answered right. ${view.mapNote.textContent}` });
  }

  // --- all of it ----------------------------------------------------------------------------

  /** Returns whether a reader begins anew by playing: from the end, and from where the instrument opens. */
  const atStart = ({ state, data: { epochs, start } }) => state.epoch === epochs[epochs.length - 1] || state.epoch === start;

  function playText(it) {
    if (it.playing) return "Pause";
    return atStart(it) ? "Play from 0" : "Play";
  }

  function isBusy({ broken, wanted, shown, mapped }) {
    return broken !== wanted && (wanted !== shown || mapped !== shown);
  }

  function tell(it) {
    const { data, state, view, published } = it;
    const row = data.epochs.indexOf(state.epoch);
    const epoch = kit.integer(state.epoch);
    const phase = phaseAt(data.phases, state.epoch).name;
    view.values.tell({ at: [state.epoch, epoch], phase: [phase, phase] });
    const [losses, accuracies] = [tellLosses(it, row), tellAccuracies(it, row)];
    view.play.textContent = playText(it);
    view.back.disabled = state.epoch <= published[0];
    view.forth.disabled = state.epoch >= published[published.length - 1];
    view.protocol.textContent = protocolOf(state, data.directions, kit.integer);
    view.root.setAttribute("aria-busy", String(isBusy(it)));
    tellPictures(it);
    tellLegend(it);
    if (it.playing) return;
    const text = `epoch ${epoch}, ${phase}: ${losses.join(", ")}; ${accuracies.join(", ")}`;
    mounting.describe(it, { curves: `${state.view === "loss" ? "Losses" : "Accuracies"} over epochs; at ${text}.` });
    it.say(text);
  }

  Object.assign(Timeless.parts.progress, { atStart, tell });
})();
