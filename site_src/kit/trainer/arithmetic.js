/* Products of matrices and activations, with their gradients. What it exports is also text for a worker, see trainer.js in
   this folder. */
(function () {
  "use strict";

  // --- products -----------------------------------------------------------------------------

  /** Adds A [n, k] B [k, m] to C [n, m]. */
  function addProduct(C, A, B, n, k, m) {
    for (let i = 0; i < n; i++) {
      const c = C.subarray(i * m, (i + 1) * m);
      let j = 0;
      for (; j + 3 < k; j += 4) {
        const [x0, x1, x2, x3] = [A[i * k + j], A[i * k + j + 1], A[i * k + j + 2], A[i * k + j + 3]];
        const [r0, r1, r2, r3] = [j * m, (j + 1) * m, (j + 2) * m, (j + 3) * m];
        for (let l = 0; l < m; l++) c[l] += x0 * B[r0 + l] + x1 * B[r1 + l] + x2 * B[r2 + l] + x3 * B[r3 + l];
      }
      for (; j < k; j++) for (let l = 0; l < m; l++) c[l] += A[i * k + j] * B[j * m + l];
    }
  }

  /** Adds D [n, m] B' to C [n, k]; B is [k, m]. */
  function addBack(C, D, B, n, k, m) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < k; j++) {
        let [even, odd, l] = [0, 0, 0];
        for (; l + 1 < m; l += 2) {
          even += D[i * m + l] * B[j * m + l];
          odd += D[i * m + l + 1] * B[j * m + l + 1];
        }
        C[i * k + j] += even + odd + (l < m ? D[i * m + l] * B[j * m + l] : 0);
      }
    }
  }

  /** Adds A' D to G [k, m], the gradient of B in A [n, k] B; D is [n, m]. */
  function addOuter(G, A, D, n, k, m) {
    for (let j = 0; j < k; j++) {
      let i = 0;
      for (; i + 3 < n; i += 4) {
        const [x0, x1, x2, x3] = [A[i * k + j], A[(i + 1) * k + j], A[(i + 2) * k + j], A[(i + 3) * k + j]];
        if (!x0 && !x1 && !x2 && !x3) continue;
        const [r0, r1, r2, r3] = [i * m, (i + 1) * m, (i + 2) * m, (i + 3) * m];
        for (let l = 0; l < m; l++) G[j * m + l] += x0 * D[r0 + l] + x1 * D[r1 + l] + x2 * D[r2 + l] + x3 * D[r3 + l];
      }
      for (; i < n; i++) for (let l = 0; l < m; l++) G[j * m + l] += A[i * k + j] * D[i * m + l];
    }
  }

  /** Adds the rows of D [n, m] to g [m]. */
  function addRowsOf(g, D, n, m) {
    for (let i = 0; i < n; i++) for (let l = 0; l < m; l++) g[l] += D[i * m + l];
  }

  /** Fills the rows of C [n, m] with a row c. */
  function fillRows(C, c, n, m) {
    for (let i = 0; i < n; i++) C.set(m === c.length ? c : c.subarray(0, m), i * m);
  }

  // --- activation ---------------------------------------------------------------------------

  /** Returns the share of a normal distribution below x, within 1e-7. Source: Press et al., Numerical Recipes, erfc. */
  function below(x) {
    const z = Math.abs(x) / Math.SQRT2;
    const t = 1 / (1 + 0.5 * z);
    const terms = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223];
    let sum = 0;
    for (const term of terms) sum = sum * t + term;
    const tail = (t * Math.exp(sum - z * z)) / 2;
    return x > 0 ? 1 - tail : tail;
  }

  const slopeOfGelu = (x) => below(x) + x * Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

  function activate(post, pre, gelu) {
    for (let i = 0; i < pre.length; i++) post[i] = gelu ? pre[i] * below(pre[i]) : Math.max(pre[i], 0);
  }

  function activateBack(d_post, pre, gelu) {
    for (let i = 0; i < pre.length; i++) {
      if (gelu) d_post[i] *= slopeOfGelu(pre[i]);
      else if (pre[i] <= 0) d_post[i] = 0;
    }
  }

  const exported = { addProduct, addBack, addOuter, addRowsOf, fillRows, below, slopeOfGelu, activate, activateBack };
  if (typeof module === "object" && module.exports) module.exports = exported;
  else Timeless.trainer = { ...Timeless.trainer, arithmetic: exported };
})();
