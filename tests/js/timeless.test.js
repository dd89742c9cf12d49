"use strict";

const test = require("node:test");
const assert = require("node:assert/strict");
const { crc32, decode } = require("../../site_src/js/timeless.js");

function coded(dtype, array, shape) {
  return { dtype, bdata: Buffer.from(array.buffer).toString("base64"), shape };
}

test("every dtype decodes to its own kind of array, bit for bit", () => {
  const kinds = {
    i1: new Int8Array([-128, 0, 127]),
    u1: new Uint8Array([0, 255]),
    i2: new Int16Array([-32768, 32767]),
    u2: new Uint16Array([65535]),
    i4: new Int32Array([-2147483648, 131]),
    u4: new Uint32Array([4294967295]),
    f4: new Float32Array([1.5, -1e-30]),
    f8: new Float64Array([Math.PI]),
  };
  for (const [dtype, array] of Object.entries(kinds)) {
    const { array: decoded, shape } = decode(coded(dtype, array));
    assert.deepEqual(decoded, array);
    assert.deepEqual(shape, [array.length]);
  }
});

test("a shape may be a string, a list or a number", () => {
  const array = new Float32Array([1, 2, 3, 4, 5, 6]);
  assert.deepEqual(decode(coded("f4", array, "2, 3")).shape, [2, 3]);
  assert.deepEqual(decode(coded("f4", array, [3, 2])).shape, [3, 2]);
  assert.deepEqual(decode(coded("f4", array, 6)).shape, [6]);
});

test("a damaged array is refused with what is wrong", () => {
  assert.throws(
    () => decode(coded("f4", new Float32Array(5), "2, 3")),
    /shape \[2, 3\] needs 6 values, the data holds 5/,
  );
  assert.throws(() => decode(coded("f8", new Float32Array(3))), /12 bytes are not a whole number of f8 values/);
  assert.throws(() => decode(coded("c8", new Float32Array(2))), /cannot decode an array of dtype "c8"/);
  assert.throws(() => decode(undefined), /cannot decode/);
});

test("the checksum is that of zip files and of Python's zlib", () => {
  assert.equal(crc32(""), "00000000");
  assert.equal(crc32("123456789"), "cbf43926");
  assert.equal(crc32("θ"), "d11ad381");
});
