/* Which published checkpoint is in the pictures of the progress measures, and which in the map of answers.

   `it` has `wanted`, the place of the checkpoint nearest to the cursor, `shown`, of the one in the pictures, `mapped`, of
   the one in the map (-1 before the first is here), `broken`, of one that could not be shown (-1 if none), `seen`,
   embeddings with their spectra, and `maps`, answers, both by place. */
(function () {
  "use strict";

  const { instrument: kit } = Timeless;

  const AHEAD = 3; // checkpoints that are fetched ahead while playing

  // --- embeddings ---------------------------------------------------------------------------

  function analyse({ seen, info: { p, d_model: d } }, index, weights) {
    const { coefficients, spectrum } = Timeless.fourier;
    const W = Float64Array.from(weights.W_E.subarray(0, p * d));
    const rows = coefficients(W, p, d);
    seen.set(index, { W, rows, ...spectrum(rows) });
  }

  /** Returns the plane of the chosen frequency: that of the last checkpoint, or that of these rows. */
  function planeOf({ state, data: { freqs }, planes, info: { d_model: d } }, rows) {
    if (state.plane === "own") return Timeless.fourier.planeOf(rows, state.freq);
    const at = 2 * d * freqs.indexOf(state.freq);
    const column = (c) => Float64Array.from({ length: d }, (_, i) => planes[at + 2 * i + c]);
    return { u: column(0), v: column(1) };
  }

  /** Returns norms, threshold and tokens at the checkpoint shown. */
  function pictureOf(it) {
    const { project } = Timeless.fourier;
    const { W, rows, norm, threshold } = it.seen.get(it.shown);
    const { p, d_model: d } = it.info;
    const { u, v } = planeOf(it, rows);
    return { norm, threshold, x: project(W, p, d, u), y: project(W, p, d, v) };
  }

  function glide(a, b, w) {
    const lists = (name) => Float64Array.from(b[name], (value, i) => kit.mix(a[name][i], value, w));
    return { norm: lists("norm"), x: lists("x"), y: lists("y"), threshold: kit.mix(a.threshold, b.threshold, w) };
  }

  /** Shows the state anew; the pictures glide to what they show next, if asked. */
  function repaint(it, gliding) {
    if (it.shown >= 0) {
      it.goal = pictureOf(it);
      it.from = it.picture;
      it.glided = gliding && it.from && !it.tools.reducedMotion ? 0 : 1;
      if (it.glided === 1) it.picture = it.goal;
    }
    it.refresh();
  }

  // --- loading ------------------------------------------------------------------------------

  function recover(it) {
    it.broken = -1;
    it.view.failure.tell("");
  }

  function fail(it, index, message) {
    it.playing = false;
    it.broken = index;
    it.view.failure.tell(message);
    it.tell();
  }

  /** Shows the checkpoint nearest to the cursor, once its weights are here. */
  async function look(it) {
    const index = it.wanted;
    if (index === it.shown) {
      recover(it);
      answer(it, index, "shown");
      return;
    }
    it.broken = -1;
    try {
      const weights = await it.run.weights(index);
      if (!it.seen.has(index)) analyse(it, index, weights);
    } catch (error) {
      const epoch = kit.integer(it.published[index]);
      if (index === it.wanted) fail(it, index, `The checkpoint of epoch ${epoch} cannot be shown (${Timeless.told(error)}). Spectrum, ring and map stay as they are; move the cursor to try again.`);
      return;
    }
    if (index !== it.wanted || index === it.shown) return;
    recover(it);
    it.shown = index;
    repaint(it, true);
    answer(it, index, "shown");
    if (it.playing) ahead(it);
  }

  // --- answers ------------------------------------------------------------------------------

  /** Returns what the background computes of a checkpoint, null if another job took its place. */
  async function computed(it, index, key) {
    it.asked.add(index);
    try {
      const weights = await it.run.weights(index);
      it.worker ??= Timeless.background.startFor(it);
      return await it.worker.run("allPairs", [weights, it.info, 0], key);
    } finally {
      it.asked.delete(index);
    }
  }

  /** Has the map show a checkpoint, if it is nearer to the one in the pictures: late is better than older. */
  function keep(it, index, result) {
    const share = (value) => Timeless.network.summarise(result, it.info, 0, it.mask, value).accuracy;
    it.maps.set(index, { answers: result.answers, trained: share(1), unseen: share(0) });
    if (it.mapped < 0 || Math.abs(index - it.shown) < Math.abs(it.mapped - it.shown)) it.mapped = index;
    it.refresh();
  }

  /** Computes the answers of a checkpoint to all pairs, in the background. */
  async function answer(it, index, key) {
    if (it.maps.has(index) && index === it.shown && index !== it.mapped) {
      it.mapped = index;
      it.refresh();
    }
    if (it.maps.has(index) || it.asked.has(index)) return;
    let result = null;
    try {
      result = await computed(it, index, key);
    } catch (error) {
      if (index === it.shown) fail(it, index, `The answers at epoch ${kit.integer(it.published[index])} cannot be computed (${Timeless.told(error)}).`);
      return;
    }
    if (result) keep(it, index, result);
    else if (index === it.shown) answer(it, index, "shown");
  }

  /** Fetches the next checkpoints while playing, and computes the next map. */
  async function ahead(it) {
    const next = it.published.map((_, index) => index).slice(it.shown + 1, it.shown + 1 + AHEAD);
    try {
      for (const index of next) {
        await it.run.weights(index);
        if (index === next[0]) answer(it, index, "ahead");
      }
    } catch {
      /* arriving there tells the reader */
    }
  }

  Object.assign(Timeless.parts.progress, { look, repaint, glide, ahead });
})();
