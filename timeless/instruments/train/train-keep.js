/* What stays of a run: in the browser, so that it survives a reload, and as files that the reader takes away. */
(function () {
  "use strict";

  const [STORE, KEY] = ["runs", "last"];

  // --- in the browser -----------------------------------------------------------------------

  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  /** Does something with the store of runs; null where the browser keeps nothing. */
  async function within(mode, act) {
    try {
      const opening = indexedDB.open("timeless-train", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      const base = await answer(opening);
      try {
        return await answer(act(base.transaction(STORE, mode).objectStore(STORE)));
      } finally {
        base.close();
      }
    } catch {
      return null; // storage is refused or full: a run then ends with its page
    }
  }

  const portable = ({ kept, epoch, curves, changes }) => ({ kept, epoch, curves, changes });

  /** Keeps runs under the address that tells what they are. */
  const store = (address, runs) => within("readwrite", (kept) => kept.put({ address, runs: runs.map(portable) }, KEY));

  /** Returns the runs that were kept last, if they are those of an address; else null. */
  async function restore(address) {
    const found = await within("readonly", (kept) => kept.get(KEY));
    return found && found.address === address && found.runs.every(({ kept }) => kept) ? found.runs : null;
  }

  const forget = () => within("readwrite", (kept) => kept.delete(KEY));

  // --- as files -----------------------------------------------------------------------------

  function download(name, content, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(URL.revokeObjectURL, 10_000, link.href);
  }

  /** Returns the name of a file of a run; `which` tells a fork from the run that it left. */
  const nameOf = ({ config: { p, seed }, epoch }, which) => `timeless-p${p}-seed${seed}-epoch${epoch}${which}`;

  /** Has the reader take away the weights of a run, under TransformerLens' names, with its configuration. */
  function downloadWeights(run, which = "") {
    const { trainer: { named, shapesOf }, safetensors: { PLACES, written } } = Timeless;
    const weights = named(run.kept ? run.kept.weights : run.problem.weights, run.config);
    const tensors = shapesOf(run.config).map(([name, shape]) => [PLACES[name], shape, weights[name]]);
    const changes = run.changes.filter(({ epoch }) => epoch <= run.epoch);
    const metadata = { format: "pt", epoch: String(run.epoch), config: JSON.stringify(run.config), changes: JSON.stringify(changes) };
    download(`${nameOf(run, which)}.safetensors`, written(tensors, metadata), "application/octet-stream");
  }

  const downloadCurves = (run, which = "") => download(`${nameOf(run, which)}.csv`, Timeless.runs.csvOf(run.curves), "text/csv");

  Timeless.parts.train.keeping = { store, restore, forget, downloadWeights, downloadCurves };
})();
