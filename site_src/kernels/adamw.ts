// AdamW on weights that lie in one flat array, as timeless/training/adamw.py. Lengths are a multiple of LANES.

import { LANES, at, where } from "./vectors";

const LEAST: f32 = 1e-30; // moments below it count as 0: beside Adam's epsilon nothing is lost, and subnormal numbers are slow

// @ts-ignore: decorator
@inline
function kept(x: v128): v128 {
  return where(f32x4.gt(f32x4.abs(x), f32x4.splat(LEAST)), x);
}

/**
 * Updates n weights and both moments by a gradient. `scale1` and `scale2` undo the moments' bias, the first times the
 * learning rate and the warm-up; `shrink` is what decay leaves of a weight.
 */
export function update(
  weights: usize, gradient: usize, moment1: usize, moment2: usize, n: i32,
  beta1: f32, beta2: f32, scale1: f32, scale2: f32, shrink: f32, epsilon: f32,
): void {
  const fresh1 = f32x4.splat(1 - beta1), fresh2 = f32x4.splat(1 - beta2);
  for (let i: i32 = 0; i < n; i += LANES) {
    const g = v128.load(at(gradient, i));
    let m1 = v128.load(at(moment1, i)), m2 = v128.load(at(moment2, i));
    m1 = kept(f32x4.add(m1, f32x4.mul(f32x4.sub(g, m1), fresh1)));
    m2 = kept(f32x4.add(f32x4.mul(m2, f32x4.splat(beta2)), f32x4.mul(f32x4.mul(g, g), fresh2)));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(m2, f32x4.splat(scale2))), f32x4.splat(epsilon));
    const change = f32x4.div(f32x4.mul(m1, f32x4.splat(scale1)), root);
    const old = f32x4.mul(v128.load(at(weights, i)), f32x4.splat(shrink));
    v128.store(at(weights, i), f32x4.sub(old, change));
    v128.store(at(moment1, i), m1);
    v128.store(at(moment2, i), m2);
  }
}

/** Returns the sum of n squares. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  for (let i: i32 = 0; i < n; i += LANES) {
    const four = v128.load(at(x, i));
    const first = f64x2.promote_low_f32x4(four);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i64>(four, four, 1, 0));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}
