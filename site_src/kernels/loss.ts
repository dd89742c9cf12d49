// Cross-entropy that keeps its digits however sure the answer is: the loss is log1p of the sum of exp(l_j - l_y) over the
// wrong classes j, and the gradient of the right class y is minus the sum of the others.

import { LANES, at, exp, total, where } from "./vectors";

// @ts-ignore: decorator
@inline
function largest(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** Returns the largest of a row's logits; beyond its p numbers the row is filled up with the lowest there is. */
// @ts-ignore: decorator
@inline
function highest(row: usize, p: i32, width: i32): f32 {
  for (let j = p; j < width; j++) f32.store(at(row, j), -f32.MAX_VALUE);
  let top = f32x4.splat(-f32.MAX_VALUE);
  for (let j: i32 = 0; j < width; j += LANES) top = f32x4.max(top, v128.load(at(row, j)));
  return largest(top);
}

/** Returns the first class whose logit is the largest; 0 if none is, as numbers that are none are never equal. */
function answerOf(row: usize, p: i32, top: f32): u8 {
  for (let j: i32 = 0; j < p; j++) if (f32.load(at(row, j)) == top) return <u8>j;
  return 0;
}

/**
 * Turns the logits of n examples, rows of `width` numbers, p of them logits, into the gradient of their losses, each times
 * `share`, 0 beyond p. Writes their answers [n] of 8 bits and losses [n] in nats of 64 bits. A label has 8 bits.
 */
export function losses(
  logits: usize, labels: usize, n: i32, p: i32, width: i32, share: f32, answers: usize, found: usize,
): void {
  for (let i: i32 = 0; i < n; i++) {
    const row = at(logits, i * width);
    const label: i32 = load<u8>(labels + i);
    const top = highest(row, p, width);
    const right = f32.load(at(row, label));
    store<u8>(answers + i, answerOf(row, p, top));
    const shift = f32x4.splat(top);
    let sums = f32x4.splat(0);
    for (let j: i32 = 0; j < width; j += LANES) {
      const e = exp(f32x4.sub(v128.load(at(row, j)), shift));
      v128.store(at(row, j), e);
      sums = f32x4.add(sums, e);
    }
    const own = f32.load(at(row, label));
    f32.store(at(row, label), 0);
    // The right class's share is taken out before the sum, not after: else what is left has no digits.
    let others = f32x4.splat(0);
    for (let j: i32 = 0; j < width; j += LANES) others = f32x4.add(others, v128.load(at(row, j)));
    const rest = total(others);
    const scale = f32x4.splat(share / (rest + own));
    let pull = f32x4.splat(0);
    for (let j: i32 = 0; j < width; j += LANES) {
      const d = f32x4.mul(v128.load(at(row, j)), scale);
      pull = f32x4.add(pull, d);
      v128.store(at(row, j), d);
    }
    f32.store(at(row, label), -total(pull));
    const loss = right == top ? Math.log1p(<f64>rest) : <f64>top - <f64>right + Math.log(<f64>(rest + own));
    f64.store(found + (<usize>i << 3), loss);
  }
}
