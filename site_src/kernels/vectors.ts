// Four float32 numbers at a time. Positions in memory are bytes; a step from one row to the next is given in numbers.

export const LANES: i32 = 4;

/** Returns where number `index` of an array lies. */
// @ts-ignore: decorator
@inline
export function at(array: usize, index: i32): usize {
  return array + (<usize>index << 2);
}

/** Returns a * b + c: rounded once where the processor can (relaxed SIMD), else twice. */
// @ts-ignore: decorator
@inline
export function fused(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Returns the sum of four numbers. */
// @ts-ignore: decorator
@inline
export function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Returns x where the mask is set, else 0. */
// @ts-ignore: decorator
@inline
export function where(mask: v128, x: v128): v128 {
  return v128.and(mask, x);
}

const LEAST: f32 = -70; // exp of less, 4e-31, counts as 0: products of subnormal numbers are slow

/**
 * Returns exp(x) for x up to 88, and 0 for x below -70, within two units in the last place.
 * Source: the Cephes library's expf: x = n ln 2 + r, and a polynomial in r.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const held = f32x4.max(x, f32x4.splat(LEAST));
  const n = f32x4.nearest(f32x4.mul(held, f32x4.splat(1.44269504)));
  let r = f32x4.sub(held, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let y = f32x4.splat(1.9875691500e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return where(f32x4.gt(x, f32x4.splat(LEAST)), f32x4.mul(y, power));
}
