/* The non-zero numbers modulo a prime p under multiplication, as timeless/analysis/groups.py orders them: as powers
   of a number g. An instrument names "group" among its needs; Node's tests require it. */
(function () {
  "use strict";

  /** Returns g^0, g^1, … mod p, up to the last one before 1 comes again; their number is the order of g. */
  function powers(p, g) {
    const found = [1];
    for (let next = g % p; next !== 1; next = (next * g) % p) {
      if (next === 0) throw new RangeError(`${g} is 0 modulo ${p} and has no order`);
      found.push(next);
    }
    return found;
  }

  /** Returns whether the powers of g are all the p - 1 non-zero numbers. */
  const isRoot = (p, g) => powers(p, g).length === p - 1;

  /** Returns log_g of each number 0 … p - 1 at its index; -1 where there is none. */
  function logarithms(p, g) {
    const logs = new Array(p).fill(-1);
    powers(p, g).forEach((number, exponent) => {
      logs[number] = exponent;
    });
    return logs;
  }

  /** Returns the nearest primitive root after g, or before it for step -1, going round at the ends. */
  function nextRoot(p, g, step = 1) {
    for (let tried = g, i = 0; i < p; i++) {
      tried = ((tried - 2 + step + p - 2) % (p - 2)) + 2; // 2 … p - 1
      if (isRoot(p, tried)) return tried;
    }
    return g;
  }

  /** Returns `{answer, a, b, sum, exponent}`: a·b mod p, and how adding logarithms to base g finds it.
      `a` and `b` are the logarithms, `sum` theirs, `exponent` the sum modulo the order of g; the last two are -1
      where a or b has no logarithm. */
  function multiply(p, g, a, b) {
    const logs = logarithms(p, g);
    const [logA, logB] = [logs[a], logs[b]];
    const known = logA >= 0 && logB >= 0;
    return {
      answer: (a * b) % p,
      a: logA,
      b: logB,
      sum: known ? logA + logB : -1,
      exponent: known ? (logA + logB) % powers(p, g).length : -1,
    };
  }

  /** Returns the numbers that a walk from 1 meets: to a in steps of g, and on by as many steps as lead from
      1 to b. It ends at a·b. The walk is empty where a or b has no logarithm. */
  function walk(p, g, a, b) {
    const { sum } = multiply(p, g, a, b);
    const found = powers(p, g);
    return Array.from({ length: sum + 1 }, (_, i) => found[i % found.length]);
  }

  /** Returns the frequency, of 1 … n/2, that the wave k over logarithms to base `from` has to base `to`. Both are
      primitive roots: to = from^u, so log_from = u·log_to, and k becomes k·u modulo n, or n less that. */
  function rebase(p, k, from, to) {
    const n = p - 1;
    const turned = (k * logarithms(p, from)[to]) % n;
    return Math.min(turned, n - turned);
  }

  const gcd = (a, b) => (b ? gcd(b, a % b) : a);

  /** Returns at how many different places of its circle a wave of frequency k puts n numbers. */
  const places = (k, n) => n / gcd(k, n);

  const group = { powers, isRoot, logarithms, nextRoot, multiply, walk, rebase, places };
  if (typeof module !== "undefined") module.exports = group;
  else Timeless.group = group;
})();
