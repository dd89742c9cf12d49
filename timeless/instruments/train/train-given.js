/* A network from a file: what it is, by the shapes of its tensors, and its weights as a trainer takes them. Node's tests
   require it. */
(function () {
  "use strict";

  const inNode = typeof module === "object" && module.exports;
  const kitOf = () => (inNode
    ? { safetensors: require("../../../site_src/kit/safetensors.js"), trainer: require("../../../site_src/kit/trainer/problem.js") }
    : Timeless);

  const [MOST_HEADS, MOST_P] = [8, 251];
  const NEEDED = ["W_E", "W_pos", "W_Q", "W_K", "W_V", "W_O", "W_in", "W_out", "W_U"];
  const UNUSED = /(^|\.)(mask|IGNORE|train_index)$/; // what TransformerLens and this study keep beside the weights
  const PLACES = 3;

  /** Returns the tensors of a file by the study's names; raises an error for one that this network does not have. */
  function knownOf(tensors) {
    const names = new Map(Object.entries(kitOf().safetensors.PLACES).map(([own, place]) => [place, own]));
    const found = {};
    for (const [name, tensor] of tensors) {
      const own = names.get(name) ?? (names.get(kitOf().safetensors.PLACES[name]) ? name : null);
      if (own && found[own]) throw new Error(`the file has ${own} twice, under its own name and as ${kitOf().safetensors.PLACES[own]}`);
      if (own) found[own] = tensor;
      else if (!UNUSED.test(name) && !isZero(tensor)) {
        throw new Error(`the file has a tensor "${name.slice(0, 80)}", for which a transformer of one layer without layer normalisation has no place`);
      }
    }
    const missing = NEEDED.filter((name) => !found[name]);
    if (missing.length) throw new Error(`the file has no ${missing.map((name) => `${name} (or ${kitOf().safetensors.PLACES[name]})`).join(", ")}`);
    return found;
  }

  /** A bias that is zero everywhere changes nothing. */
  const isZero = (tensor) => tensor.shape.length < 3 && tensor.values().every((value) => value === 0);

  /** Returns p, widths and heads by the shapes of W_U, W_E, W_Q and W_in; raises an error that says what cannot be. */
  function sizesOf({ W_E, W_Q, W_U, W_in }) {
    const text = ({ shape }) => `[${shape.join(", ")}]`;
    const lengths = { W_E: [W_E, 2], W_Q: [W_Q, 3], W_U: [W_U, 2], W_in: [W_in, 2] };
    for (const [name, [tensor, rank]] of Object.entries(lengths)) {
      if (tensor.shape.length !== rank) throw new Error(`${name} has shape ${text(tensor)}; expected ${rank} axes`);
    }
    const [rows, d_model] = W_E.shape;
    const p = W_U.shape[1] < rows ? W_U.shape[1] : rows - 1; // some read the operation's own row as well
    if (!kitOf().trainer.isPrime(p) || p < 3 || p > MOST_P) throw new Error(`W_U has shape ${text(W_U)} and W_E ${text(W_E)}, for p = ${p}; expected an odd prime up to ${MOST_P}`);
    if (rows >= 2 * p) throw new Error(`W_E has shape ${text(W_E)}: more than one row for each of p = ${p} numbers, where a and b and all operations are to share theirs`);
    const n_heads = W_Q.shape[0];
    if (n_heads < 1 || n_heads > MOST_HEADS || d_model % n_heads) throw new Error(`W_Q has shape ${text(W_Q)}; expected 1 to ${MOST_HEADS} heads that divide d_model = ${d_model}`);
    return { p, d_model, d_mlp: W_in.shape[1], n_heads };
  }

  /** Returns the first `rows` and `columns` of a tensor's values [_, across], row after row. */
  const corner = (values, across, rows, columns) => Float32Array.from({ length: rows * columns }, (_, i) => values[Math.floor(i / columns) * across + (i % columns)]);

  /** Returns the values of a tensor as a network of that configuration holds them. */
  function fitted(name, tensor, wanted, { p, d_model: d }) {
    if (!tensor) return new Float32Array(wanted.reduce((product, n) => product * n, 1)); // a network without biases
    const { shape } = tensor;
    const cut = (name === "W_E" && shape[0] > p) || (["W_U", "b_U"].includes(name) && shape.at(-1) === p + 1);
    if (!cut) {
      if (String(shape) !== String(wanted)) throw new Error(`${name} has shape [${shape.join(", ")}]; expected [${wanted.join(", ")}]`);
      return tensor.values();
    }
    if (name === "W_E" && shape[1] === d) return tensor.values().slice(0, (p + 1) * d);
    if (name === "b_U") return tensor.values().slice(0, p);
    if (name === "W_U" && shape[0] === d) return corner(tensor.values(), p + 1, d, p);
    throw new Error(`${name} has shape [${shape.join(", ")}]; expected [${wanted.join(", ")}]`);
  }

  /** Returns what the file itself says of its training, as far as it is one of this page: its configuration, or null. */
  function toldOf({ config }) {
    try {
      const told = JSON.parse(config);
      return kitOf().trainer.problemsOf(told).length ? null : told;
    } catch {
      return null;
    }
  }

  /** Returns `{sizes, told, weights}` of the bytes of a file: p, d_model, d_mlp and n_heads; the configuration that the file tells,
      or null; and all weights, flat. Raises an error that says what does not fit, and what was expected. */
  function given(bytes) {
    const { safetensors, trainer: { named, shapesOf, sizeOf } } = kitOf();
    const { tensors, metadata } = safetensors.read(bytes);
    const found = knownOf(tensors);
    const sizes = sizesOf(found);
    const shapes = shapesOf(sizes);
    const weights = new Float32Array(shapes.reduce((sum, [, shape]) => sum + sizeOf(shape), 0));
    const views = named(weights, sizes);
    for (const [name, shape] of shapes) {
      if (name === "W_pos" && found.W_pos.shape[0] < PLACES) throw new Error(`W_pos has shape [${found.W_pos.shape.join(", ")}]; expected ${PLACES} places`);
      views[name].set(fitted(name, found[name], shape, sizes));
    }
    return { sizes, told: toldOf(metadata), weights };
  }

  if (inNode) module.exports = { given };
  else Timeless.parts.train.given = given;
})();
