/* Chance that can be repeated: generators that give the same numbers for the same seed.
   An instrument names "chance" among its needs; Node's tests require it. */
(function () {
  "use strict";

  /** Returns a function that draws from [0, 1) (mulberry32). */
  function uniform(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  /** Returns a function that draws from the normal distribution of mean 0 and variance 1 (Box and Muller). */
  function normal(seed) {
    const draw = uniform(seed);
    let spare = null;
    return () => {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - draw()));
      const angle = 2 * Math.PI * draw();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    };
  }

  /** Returns n of the things in a random order, without repeat; `random` draws from [0, 1). */
  function drawn(things, n, random) {
    const pool = Array.from(things);
    const count = Math.min(n, pool.length);
    for (let i = 0; i < count; i++) {
      const j = i + Math.floor(random() * (pool.length - i));
      [pool[i], pool[j]] = [pool[j], pool[i]];
    }
    return pool.slice(0, count);
  }

  const chance = { uniform, normal, drawn };
  if (typeof module === "object" && module.exports) module.exports = chance;
  else Timeless.chance = chance;
})();
