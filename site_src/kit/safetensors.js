/* Weights as safetensors files: written under the names of TransformerLens, so that they load there without conversion, and read
   under those or this study's own. A file comes from anywhere: nothing in it is believed before it is checked.
   An instrument names "safetensors" among its needs; Node's tests require it. */
(function () {
  "use strict";

  const PLACES = {
    W_E: "embed.W_E", W_pos: "pos_embed.W_pos",
    W_Q: "blocks.0.attn.W_Q", W_K: "blocks.0.attn.W_K", W_V: "blocks.0.attn.W_V", W_O: "blocks.0.attn.W_O",
    W_in: "blocks.0.mlp.W_in", b_in: "blocks.0.mlp.b_in", W_out: "blocks.0.mlp.W_out", b_out: "blocks.0.mlp.b_out",
    W_U: "unembed.W_U", b_U: "unembed.b_U",
  };
  const [MOST_HEADER, MOST_BYTES, MOST_TENSORS] = [1 << 20, 1 << 28, 256];

  // --- written ------------------------------------------------------------------------------

  /** Returns the bytes of a safetensors file with these tensors, [[name, shape, Float32Array], …], row-major, and texts that
      say what they are. */
  function written(tensors, metadata = {}) {
    const header = { __metadata__: metadata };
    let end = 0;
    for (const [name, shape, { byteLength }] of tensors) {
      header[name] = { dtype: "F32", shape, data_offsets: [end, (end += byteLength)] };
    }
    const text = new TextEncoder().encode(JSON.stringify(header));
    const room = Math.ceil(text.length / 8) * 8; // what follows is aligned
    const bytes = new Uint8Array(8 + room + end).fill(32);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(room), true);
    bytes.set(text, 8);
    for (const [name, , values] of tensors) {
      const at = 8 + room + header[name].data_offsets[0];
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    }
    return bytes;
  }

  // --- read ---------------------------------------------------------------------------------

  /** Returns the number of which a 16-bit float is the code. */
  function half(code) {
    const [sign, exponent, fraction] = [code >> 15 ? -1 : 1, (code >> 10) & 31, code & 1023];
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
  }

  const brain = new DataView(new ArrayBuffer(4));

  /** Returns the number of which a bfloat16 is the code: the upper half of a float32. */
  function brainHalf(code) {
    brain.setUint16(0, code);
    return brain.getFloat32(0);
  }

  const KINDS = {
    F16: [2, (view, at) => half(view.getUint16(at, true))],
    BF16: [2, (view, at) => brainHalf(view.getUint16(at, true))],
    F32: [4, (view, at) => view.getFloat32(at, true)],
    F64: [8, (view, at) => view.getFloat64(at, true)],
  };

  function headerOf(bytes) {
    if (bytes.length < 10) throw new Error("the file is too short to be a safetensors file");
    if (bytes.length > MOST_BYTES) throw new Error(`the file has ${bytes.length} bytes; at most ${MOST_BYTES} are read`);
    const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    if (size > BigInt(Math.min(MOST_HEADER, bytes.length - 8))) throw new Error("the file does not begin as a safetensors file does: its header would be longer than is possible");
    const header = parsed(new TextDecoder().decode(bytes.subarray(8, 8 + Number(size))));
    if (!isObject(header)) throw new Error("the header of the file is no list of tensors in JSON");
    return { header, start: 8 + Number(size) };
  }

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  /** Returns what is wrong with the entry of a tensor in a file with so many bytes of data, or "". */
  function faultOf(entry, room) {
    if (!isObject(entry) || !Array.isArray(entry.shape) || !Array.isArray(entry.data_offsets)) return "has no shape and place";
    const { dtype, shape, data_offsets: [from, to] } = entry;
    const whole = (n) => Number.isSafeInteger(n) && n >= 0;
    if (!shape.every(whole) || ![from, to].every(whole) || from > to || to > room) return "lies outside the file";
    const kind = Object.hasOwn(KINDS, dtype) && KINDS[dtype];
    const size = shape.reduce((product, n) => product * n, kind ? kind[0] : 1);
    return kind && size !== to - from ? `has shape [${shape.join(", ")}], which takes ${size} bytes, and ${to - from} of them` : "";
  }

  /** Returns `{tensors, metadata}` of the bytes of a safetensors file: a map from names to {dtype, shape, values()}, whose values
      are read when they are asked for, and texts without a prototype. Raises an error that says what is wrong with the file. */
  function read(bytes) {
    const { header, start } = headerOf(bytes);
    const { __metadata__: texts, ...entries } = header;
    const names = Object.keys(entries);
    if (names.length > MOST_TENSORS) throw new Error(`the file holds ${names.length} tensors; a network of one layer has a dozen`);
    const tensors = new Map();
    for (const name of names) {
      const fault = faultOf(entries[name], bytes.length - start);
      if (fault) throw new Error(`the tensor "${name.slice(0, 80)}" ${fault}: the file is damaged`);
      tensors.set(name, tensorOf(name, entries[name], bytes, start));
    }
    const metadata = Object.assign(Object.create(null), isObject(texts) ? texts : {});
    return { tensors, metadata };
  }

  function tensorOf(name, { dtype, shape, data_offsets: [from, to] }, bytes, start) {
    const said = `the tensor "${name.slice(0, 80)}" holds numbers`;
    return {
      dtype, shape,
      values() {
        if (!Object.hasOwn(KINDS, dtype)) throw new Error(`${said} of the type ${String(dtype).slice(0, 20)}; expected one of ${Object.keys(KINDS).join(", ")}`);
        const [size, number] = KINDS[dtype];
        const view = new DataView(bytes.buffer, bytes.byteOffset + start + from, to - from);
        const values = Float32Array.from({ length: (to - from) / size }, (_, i) => number(view, i * size));
        if (!values.every(Number.isFinite)) throw new Error(`${said} that are not finite`);
        return values;
      },
    };
  }

  const safetensors = { PLACES, MOST_HEADER, written, read };
  if (typeof module === "object" && module.exports) module.exports = safetensors;
  else Timeless.safetensors = safetensors;
})();
