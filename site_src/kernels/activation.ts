// ReLU and GELU of arrays whose length is a multiple of LANES, and the way back.

import { LANES, at, exp, where } from "./vectors";

/** Puts max(x, 0) in the place of every number. */
export function relu(x: usize, n: i32): void {
  for (let i: i32 = 0; i < n; i += LANES) v128.store(at(x, i), f32x4.max(v128.load(at(x, i)), f32x4.splat(0)));
}

/** Puts 0 in the place of every gradient where ReLU gave 0. */
export function reluBack(d: usize, post: usize, n: i32): void {
  for (let i: i32 = 0; i < n; i += LANES) {
    const active = f32x4.gt(v128.load(at(post, i)), f32x4.splat(0));
    v128.store(at(d, i), where(active, v128.load(at(d, i))));
  }
}

// @ts-ignore: decorator
@inline
function term(t: v128, sum: v128, next: f32): v128 {
  return f32x4.add(f32x4.mul(sum, t), f32x4.splat(next));
}

/** Returns the share of a normal distribution below x, within 2e-7. Source: Press et al., Numerical Recipes, erfc. */
// @ts-ignore: decorator
@inline
function below(x: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.70710678));
  const t = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), f32x4.mul(z, f32x4.splat(0.5))));
  let sum = f32x4.splat(0.17087277);
  sum = term(t, sum, -0.82215223);
  sum = term(t, sum, 1.48851587);
  sum = term(t, sum, -1.13520398);
  sum = term(t, sum, 0.27886807);
  sum = term(t, sum, -0.18628806);
  sum = term(t, sum, 0.09678418);
  sum = term(t, sum, 0.37409196);
  sum = term(t, sum, 1.00002368);
  sum = term(t, sum, -1.26551223);
  const tail = f32x4.mul(f32x4.mul(t, f32x4.splat(0.5)), exp(f32x4.sub(sum, f32x4.mul(z, z))));
  return v128.bitselect(f32x4.sub(f32x4.splat(1), tail), tail, f32x4.gt(x, f32x4.splat(0)));
}

/** Puts GELU (exact) of every number in its place, and its slope there into `slope`. */
export function gelu(x: usize, slope: usize, n: i32): void {
  for (let i: i32 = 0; i < n; i += LANES) {
    const pre = v128.load(at(x, i));
    const share = below(pre);
    const density = f32x4.mul(exp(f32x4.mul(f32x4.mul(pre, pre), f32x4.splat(-0.5))), f32x4.splat(0.39894228));
    v128.store(at(x, i), f32x4.mul(pre, share));
    v128.store(at(slope, i), f32x4.add(share, f32x4.mul(pre, density)));
  }
}

/** Multiplies every gradient by the slope. */
export function geluBack(d: usize, slope: usize, n: i32): void {
  for (let i: i32 = 0; i < n; i += LANES) v128.store(at(d, i), f32x4.mul(v128.load(at(d, i)), v128.load(at(slope, i))));
}
