/* The published checkpoints of an experiment, loaded one by one when they are asked for.
   An instrument names "checkpoints" among its needs, after "network"; its data module names the experiments in `networks`. */
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

  Timeless.checkpoints = { open };
})();
