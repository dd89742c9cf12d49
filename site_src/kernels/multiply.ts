// One product serves all of training: C = A B or C += A B, with any steps between rows and columns, so that a transposed
// matrix is one whose steps are exchanged. Eight columns of B are copied side by side, then four rows of A pass over
// them, with the 32 sums in registers.

import { LANES, at, fused } from "./vectors";

const PANEL: i32 = 2 * LANES; // columns at a time
const TILE: i32 = 4; // rows at a time

/** Copies columns `first` to `first + PANEL` of B to `panel` [inner, PANEL], 0 where B has none. */
function pack(panel: usize, b: usize, bRow: i32, bColumn: i32, inner: i32, columns: i32): void {
  const whole = columns >= PANEL && bColumn == 1;
  for (let k: i32 = 0; k < inner; k++) {
    const to = at(panel, k * PANEL);
    const from = at(b, k * bRow);
    if (whole) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    } else {
      for (let j: i32 = 0; j < PANEL; j++) f32.store(at(to, j), j < columns ? f32.load(at(from, j * bColumn)) : 0);
    }
  }
}

// @ts-ignore: decorator
@inline
function put(c: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    v128.store(c, f32x4.add(v128.load(c), left));
    v128.store(c, f32x4.add(v128.load(c, 16), right), 16);
  } else {
    v128.store(c, left);
    v128.store(c, right, 16);
  }
}

/** Four rows of A times a panel, into or added to four rows of C. */
function fourRows(c: usize, cRow: i32, a: usize, aRow: i32, aColumn: i32, panel: usize, inner: i32, add: bool): void {
  const zero = f32x4.splat(0);
  let l0 = zero, l1 = zero, l2 = zero, l3 = zero;
  let r0 = zero, r1 = zero, r2 = zero, r3 = zero;
  let a0 = a, a1 = at(a, aRow), a2 = at(a, 2 * aRow), a3 = at(a, 3 * aRow);
  const step = <usize>aColumn << 2;
  const end = at(panel, inner * PANEL);
  for (let b = panel; b < end; b += 32) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    l0 = fused(x, left, l0);
    r0 = fused(x, right, r0);
    x = v128.load32_splat(a1);
    l1 = fused(x, left, l1);
    r1 = fused(x, right, r1);
    x = v128.load32_splat(a2);
    l2 = fused(x, left, l2);
    r2 = fused(x, right, r2);
    x = v128.load32_splat(a3);
    l3 = fused(x, left, l3);
    r3 = fused(x, right, r3);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
  }
  put(c, l0, r0, add);
  put(at(c, cRow), l1, r1, add);
  put(at(c, 2 * cRow), l2, r2, add);
  put(at(c, 3 * cRow), l3, r3, add);
}

/** One row of A times a panel, into or added to a row of C. */
function oneRow(c: usize, a: usize, aColumn: i32, panel: usize, inner: i32, add: bool): void {
  let left = f32x4.splat(0), right = f32x4.splat(0);
  for (let k: i32 = 0; k < inner; k++) {
    const x = v128.load32_splat(at(a, k * aColumn));
    left = fused(x, v128.load(at(panel, k * PANEL)), left);
    right = fused(x, v128.load(at(panel, k * PANEL), 16), right);
  }
  put(c, left, right, add);
}

/** Copies or adds the first columns of rows [rows, PANEL] to C. */
function edge(c: usize, cRow: i32, from: usize, rows: i32, columns: i32, add: bool): void {
  for (let i: i32 = 0; i < rows; i++) {
    for (let j: i32 = 0; j < columns; j++) {
      const to = at(c, i * cRow + j);
      f32.store(to, f32.load(at(from, i * PANEL + j)) + (add ? f32.load(to) : 0));
    }
  }
}

/**
 * Writes A B into C [rows, columns], or adds it. A is [rows, inner] and B [inner, columns], with steps between rows and
 * between columns; a row of C is without gaps. `room` has space for (inner + TILE) * PANEL numbers.
 */
export function multiply(
  c: usize, cRow: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  rows: i32, inner: i32, columns: i32,
  room: usize, add: bool,
): void {
  const corner = at(room, inner * PANEL);
  for (let j: i32 = 0; j < columns; j += PANEL) {
    const wide = min(PANEL, columns - j);
    const whole = wide == PANEL;
    pack(room, at(b, j * bColumn), bRow, bColumn, inner, wide);
    for (let i: i32 = 0; i < rows; ) {
      const high: i32 = rows - i >= TILE ? TILE : 1;
      const to = whole ? at(c, i * cRow + j) : corner;
      const from = at(a, i * aRow);
      if (high == TILE) fourRows(to, whole ? cRow : PANEL, from, aRow, aColumn, room, inner, add && whole);
      else oneRow(to, from, aColumn, room, inner, add && whole);
      if (!whole) edge(at(c, i * cRow + j), cRow, corner, high, wide, add);
      i += high;
    }
  }
}

/** Adds the rows of X [rows, columns] to `sum` [columns]; columns are a multiple of LANES. */
export function addRows(sum: usize, x: usize, xRow: i32, rows: i32, columns: i32): void {
  for (let i: i32 = 0; i < rows; i++) {
    const row = at(x, i * xRow);
    for (let j: i32 = 0; j < columns; j += LANES) {
      const to = at(sum, j);
      v128.store(to, f32x4.add(v128.load(to), v128.load(at(row, j))));
    }
  }
}

/** Writes the rows of X [rows, columns] side by side as columns of Y [columns, rows]. */
export function transpose(y: usize, yRow: i32, x: usize, xRow: i32, rows: i32, columns: i32): void {
  for (let i: i32 = 0; i < rows; i++) {
    for (let j: i32 = 0; j < columns; j++) f32.store(at(y, j * yRow + i), f32.load(at(x, i * xRow + j)));
  }
}
