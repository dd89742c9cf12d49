// What attention adds to an example is looked up in tables, as in timeless/training/tables.py: of head h, row a for the number
// in first place and row p + b for the one in second, each weighted by the attention paid to it. Rows are relative to
// the operation's own, so its score is 0 and what it adds lies in the base. Columns are a multiple of LANES.

import { LANES, at, exp, fused, total } from "./vectors";

/**
 * Writes the attention paid to a and to b under each head, `weights` [n, heads, 2], for pairs [n] of 16 bits, a*p + b,
 * from scores [2p, heads].
 */
export function attend(weights: usize, scores: usize, pairs: usize, n: i32, p: i32, heads: i32): void {
  for (let i: i32 = 0; i < n; i++) {
    const pair: i32 = load<u16>(pairs + (<usize>i << 1));
    const a = pair / p, b = p + (pair % p);
    for (let h: i32 = 0; h < heads; h++) {
      const first = f32.load(at(scores, a * heads + h));
      const second = f32.load(at(scores, b * heads + h));
      const top = max<f32>(max<f32>(first, second), 0);
      const shares = exp(f32x4(first - top, second - top, -top, 0));
      const one = f32x4.extract_lane(shares, 0), two = f32x4.extract_lane(shares, 1);
      const sum = one + two + f32x4.extract_lane(shares, 2);
      const to = at(weights, (i * heads + h) * 2);
      f32.store(to, one / sum);
      f32.store(to, two / sum, 4);
    }
  }
}

/** Adds the gradients of scores [2p, heads], given those of the weights. */
export function attendBack(dScores: usize, dWeights: usize, weights: usize, pairs: usize, n: i32, p: i32, heads: i32): void {
  for (let i: i32 = 0; i < n; i++) {
    const pair: i32 = load<u16>(pairs + (<usize>i << 1));
    const a = pair / p, b = p + (pair % p);
    for (let h: i32 = 0; h < heads; h++) {
      const from = (i * heads + h) * 2;
      const one = f32.load(at(weights, from)), two = f32.load(at(weights, from), 4);
      const dOne = f32.load(at(dWeights, from)), dTwo = f32.load(at(dWeights, from), 4);
      const mean = one * dOne + two * dTwo;
      const first = at(dScores, a * heads + h), second = at(dScores, b * heads + h);
      f32.store(first, f32.load(first) + one * (dOne - mean));
      f32.store(second, f32.load(second) + two * (dTwo - mean));
    }
  }
}

/**
 * Writes base + the weighted rows of a and b of every head into `out` [n, columns]; a table is [heads, 2p + 1, columns], the
 * operation's own row last.
 */
export function mix(
  out: usize, outRow: i32, base: usize, table: usize, tableRow: i32,
  weights: usize, pairs: usize, n: i32, p: i32, heads: i32, columns: i32,
): void {
  const rows = 2 * p + 1;
  for (let i: i32 = 0; i < n; i++) {
    const pair: i32 = load<u16>(pairs + (<usize>i << 1));
    const a = pair / p, b = p + (pair % p);
    const row = at(out, i * outRow);
    let from = base;
    for (let h: i32 = 0; h < heads; h++) {
      const share = at(weights, (i * heads + h) * 2);
      const one = v128.load32_splat(share), two = v128.load32_splat(share, 4);
      const first = at(table, (h * rows + a) * tableRow), second = at(table, (h * rows + b) * tableRow);
      for (let j: i32 = 0; j < columns; j += LANES) {
        const x = fused(one, v128.load(at(first, j)), v128.load(at(from, j)));
        v128.store(at(row, j), fused(two, v128.load(at(second, j)), x));
      }
      from = row;
    }
  }
}

/** Adds the gradients of the table and of the weights, given that of `out`. */
export function mixBack(
  dTable: usize, dWeights: usize, dOut: usize, outRow: i32, table: usize, tableRow: i32,
  weights: usize, pairs: usize, n: i32, p: i32, heads: i32, columns: i32,
): void {
  const rows = 2 * p + 1;
  for (let i: i32 = 0; i < n; i++) {
    const pair: i32 = load<u16>(pairs + (<usize>i << 1));
    const a = pair / p, b = p + (pair % p);
    const d = at(dOut, i * outRow);
    for (let h: i32 = 0; h < heads; h++) {
      const share = at(weights, (i * heads + h) * 2), dShare = at(dWeights, (i * heads + h) * 2);
      const one = v128.load32_splat(share), two = v128.load32_splat(share, 4);
      const rowA = (h * rows + a) * tableRow, rowB = (h * rows + b) * tableRow;
      let dotA = f32x4.splat(0), dotB = f32x4.splat(0);
      for (let j: i32 = 0; j < columns; j += LANES) {
        const x = v128.load(at(d, j));
        dotA = fused(x, v128.load(at(table, rowA + j)), dotA);
        dotB = fused(x, v128.load(at(table, rowB + j)), dotB);
        const toA = at(dTable, rowA + j), toB = at(dTable, rowB + j);
        v128.store(toA, fused(one, x, v128.load(toA)));
        v128.store(toB, fused(two, x, v128.load(toB)));
      }
      f32.store(dShare, f32.load(dShare) + total(dotA));
      f32.store(dShare, f32.load(dShare, 4) + total(dotB), 4);
    }
  }
}
