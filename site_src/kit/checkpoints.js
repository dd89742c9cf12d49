/* The published checkpoints of an experiment, loaded one by one when they are asked for.
   A widget asks for it with Timeless.load("kit/checkpoints.js") after kit/network.js; its data module
   names the experiments in `networks`. */
(function () {
  "use strict";

  const opened = {};

  /** Returns a mask [p*p], 1 where a pair is trained on, from its bits (the first is the highest). */
  function unpackBits(bytes, n) {
    return Uint8Array.from({ length: n }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
  }

  async function read(experiment) {
    const info = await Timeless.require(`network-${experiment}`);
    const { halves, unpack } = Timeless.network;
    const kept = {};
    const masks = info.train_pairs.map((bits) => unpackBits(Timeless.decode(bits).array, info.p ** 2));

    async function fetch(epoch) {
      const name = `network-${experiment}-e${String(epoch).padStart(6, "0")}`;
      const { weights } = await Timeless.require(name);
      return unpack(halves(Timeless.decode(weights).array), info);
    }
    return {
      info,
      epochs: info.epochs,
      /** Returns the place of an epoch among the checkpoints, -1 if it is none. */
      index: (epoch) => info.epochs.indexOf(epoch),
      /** Returns a promise of the weights of a checkpoint; one that failed is tried again. */
      weights(index) {
        const epoch = info.epochs[index];
        kept[epoch] ??= fetch(epoch).catch((error) => {
          delete kept[epoch];
          throw error;
        });
        return kept[epoch];
      },
      /** Returns which pairs [p*p] an operation is trained on, as ones and zeros. */
      trainMask: (op = 0) => masks[op],
    };
  }

  /** Returns a promise of `{info, epochs, index, weights, trainMask}` of an experiment. */
  function open(experiment) {
    opened[experiment] ??= read(experiment).catch((error) => {
      delete opened[experiment];
      throw error;
    });
    return opened[experiment];
  }

  /** Returns a cursor over the checkpoints of an opened experiment: `wanted` is the place asked for, `shown`
      that of the `weights` that are here, -1 at first. `turn(index)` asks for one; of several asked for in a
      row only the last is shown, and one that cannot be loaded leaves the one before. It calls
      `asked()` when something was asked for, `arrived()` when other weights are here,
      and `failed(message)`, with "" when a failure is over. */
  function cursor(run, { asked, arrived, failed }) {
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
        weights = await run.weights(index);
      } catch (error) {
        if (index !== own.wanted) return;
        const stays = own.shown < 0 ? "Move the slider to try again." : "The picture stays at the one before; move the slider to try again.";
        failed(`The checkpoint of epoch ${Timeless.instrument.integer(run.epochs[index])} cannot be shown (${error.message}). ${stays}`);
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

  Timeless.checkpoints = { open, cursor };
})();
