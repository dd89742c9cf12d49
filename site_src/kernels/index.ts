// The numerical part of training in a page, compiled to WebAssembly by the build (timeless/site/kernels.py). Whoever calls it lays
// out the memory, from `start` on; see site_src/kit/kernels/.

export { multiply, addRows, transpose } from "./multiply";
export { attend, attendBack, mix, mixBack } from "./attention";
export { relu, reluBack, gelu, geluBack } from "./activation";
export { losses } from "./loss";
export { update, sumOfSquares } from "./adamw";

/** Returns the first byte of memory that is free. */
export function start(): usize {
  return (__heap_base + 15) & ~15;
}
