/* A file of weights, opened by the reader in place of random ones. It never leaves the browser. */
(function () {
  "use strict";

  const { core, given, session } = Timeless.parts.train;

  /** Opens a file in place of the networks that are here. */
  async function open(it, file) {
    try {
      const found = given(new Uint8Array(await file.arrayBuffer()));
      it.given = { ...found, name: file.name };
      if (found.told) Object.assign(it.state, core.stateOf(found.told));
      it.view.failure.tell("");
      session.renew(it);
    } catch (error) {
      it.view.failure.tell(`${file.name} cannot be opened: ${Timeless.told(error)}.`);
    }
  }

  function shut(it) {
    it.given = null;
    session.renew(it);
  }

  /** Has files that are chosen, or dropped on the instrument, opened. */
  function take(it) {
    const { view: { root, file } } = it;
    file.addEventListener("change", () => {
      if (file.files.length) open(it, file.files[0]);
      file.value = "";
    });
    const over = (event) => {
      if (event.dataTransfer.types.includes("Files")) event.preventDefault();
    };
    root.addEventListener("dragover", over);
    root.addEventListener("drop", (event) => {
      over(event);
      if (event.dataTransfer.files.length) open(it, event.dataTransfer.files[0]);
    });
  }

  Timeless.parts.train.files = { take, shut };
})();
