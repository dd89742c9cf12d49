/* Which checkpoint a reader looks at: asked for with a slider, shown once it has been loaded.
   An instrument names "cursor" among its needs. */
(function () {
  "use strict";

  const { instrument: kit, controls } = Timeless;

  /** Returns a source of checkpoints: what `make(payload, index)` makes of the parts of an instrument's payload, one an
      epoch. `known` are those that are here already, [[index, what was made], …]. */
  function partsOf(tools, epochs, make, known) {
    const kept = new Map(known);
    const fetch = (index) => tools.require(String(epochs[index]).padStart(6, "0"));
    return {
      epochs,
      kept,
      fetch,
      async weights(index) {
        if (!kept.has(index)) {
          const payload = await fetch(index);
          if (!kept.has(index)) kept.set(index, make(payload, index));
        }
        return kept.get(index);
      },
    };
  }

  function failureOf(epoch, error, shown) {
    const stays = shown < 0 ? "Move the slider to try again." : "The picture stays at the one before; move the slider to try again.";
    return `The checkpoint of epoch ${kit.integer(epoch)} cannot be shown (${Timeless.told(error)}). ${stays}`;
  }

  /** Returns a cursor over the checkpoints of a source, `{epochs, weights(index)}`: `wanted` is the place asked for,
      `shown` that of the `weights` that are here, -1 at first. `turn(index)` asks for one; of several asked for in a
      row only the last is shown, and one that cannot be loaded leaves the one before. It calls
      `asked()` when something was asked for, `arrived()` when other weights are here,
      and `failed(message)`, with "" when a failure is over. */
  function cursor(source, { asked, arrived, failed }) {
    const own = { wanted: -1, shown: -1, weights: null };
    own.turn = async (index) => {
      own.wanted = index;
      asked();
      if (index === own.shown) {
        failed("");
        return;
      }
      let weights = null;
      try {
        weights = await source.weights(index);
      } catch (error) {
        if (index !== own.wanted) return;
        failed(failureOf(source.epochs[index], error, own.shown));
        if (own.shown >= 0) own.wanted = own.shown;
        asked();
        return;
      }
      if (index !== own.wanted) return;
      failed("");
      Object.assign(own, { shown: index, weights });
      arrived();
    };
    return own;
  }

  function showEpoch({ input, output }, { here, epochs }) {
    const at = Math.max(here.wanted, 0);
    const seen = here.shown < 0 ? at : here.shown;
    input.value = at;
    input.setAttribute("aria-valuetext", `epoch ${kit.integer(epochs[at])}`);
    controls.write(output, epochs[seen], kit.integer(epochs[seen]));
  }

  /** Returns the row of a table of parameters by which a reader chooses a checkpoint, at first the last one. */
  const row = (epochs, control = {}) =>
    ["epoch", epochs[epochs.length - 1], epochs, { kind: "slider", label: "Epoch of the checkpoint", show: showEpoch, ...control }];

  /** Has an instrument with that row follow a source: `it.here` is its cursor, and setting the epoch turns it. */
  function follow(it, source, { asked = () => {}, arrived = () => it.refresh(), failed = (message) => it.view.failure.tell(message) } = {}) {
    const { epochs } = source;
    const set = it.set;
    it.epochs = epochs;
    it.here = cursor(source, {
      asked() {
        asked();
        it.tell();
      },
      arrived() {
        it.state.epoch = epochs[it.here.shown];
        arrived();
      },
      failed(message) {
        if (message && it.here.shown >= 0) it.state.epoch = epochs[it.here.shown];
        failed(message);
      },
    });
    it.here.wanted = epochs.indexOf(it.state.epoch);
    it.set = (name, value) => (name === "epoch" ? it.here.turn(epochs.indexOf(value)) : set(name, value));
  }

  /** Goes to the checkpoint of the state; returns when it is shown. */
  const turnToState = (it) => it.here.turn(it.epochs.indexOf(it.state.epoch));

  Timeless.cursor = { partsOf, row, follow, turnToState };
})();
