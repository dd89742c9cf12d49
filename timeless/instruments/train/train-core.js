/* From what the controls say to what is trained, and back. Node's tests require it. */
(function () {
  "use strict";

  const WARMUP = 10;

  /** Returns the configuration, as Timeless.trainer takes it, of what the controls say: `share` is a percentage, `width`
      d_model, and the MLP four times as wide. */
  const configOf = ({ p, operation, share, heads, width, activation, rate, decay, seed }) => ({
    p, operation, share: share / 100, n_heads: heads, d_model: width, d_mlp: 4 * width, activation,
    learning_rate: rate, weight_decay: decay, warmup: WARMUP, seed,
  });

  /** Returns what the controls say of a configuration, but for its sizes. */
  const stateOf = ({ operation, share, activation, learning_rate, weight_decay, seed }) =>
    ({ operation, share: Math.round(100 * share), activation, rate: learning_rate, decay: weight_decay, seed });

  /** Returns whether a state is that of a preset, whatever its seed and length. */
  const isPreset = (state, { state: preset }) => Object.entries(preset).every(([name, value]) => name === "epochs" || state[name] === value);

  const core = { configOf, stateOf, isPreset };
  if (typeof module === "object" && module.exports) module.exports = core;
  else Timeless.parts.train = { core };
})();
