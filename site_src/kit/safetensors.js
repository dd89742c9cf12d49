/* Weights as safetensors files, under the names of TransformerLens, so that they load there without conversion.
   An instrument names "safetensors" among its needs; Node's tests require it. */
(function () {
  "use strict";

  const PLACES = {
    W_E: "embed.W_E", W_pos: "pos_embed.W_pos",
    W_Q: "blocks.0.attn.W_Q", W_K: "blocks.0.attn.W_K", W_V: "blocks.0.attn.W_V", W_O: "blocks.0.attn.W_O",
    W_in: "blocks.0.mlp.W_in", b_in: "blocks.0.mlp.b_in", W_out: "blocks.0.mlp.W_out", b_out: "blocks.0.mlp.b_out",
    W_U: "unembed.W_U", b_U: "unembed.b_U",
  };

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

  const safetensors = { PLACES, written };
  if (typeof module === "object" && module.exports) module.exports = safetensors;
  else Timeless.safetensors = safetensors;
})();
