/* Whoever follows a link into a page arrives there: what is drawn above the place on the way, and makes the page longer, does
   not carry it away, until the reader moves. */
(function () {
  "use strict";

  const PATIENCE = 10_000; // milliseconds after which the page has settled
  const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

  let [target, until] = [null, 0];

  const arrive = () => target.scrollIntoView({ behavior: "instant" });

  function follow() {
    target = location.hash ? document.getElementById(Timeless.anchorOf(location.hash)) : null;
    until = performance.now() + PATIENCE;
  }

  new ResizeObserver(() => {
    if (target && performance.now() < until) arrive();
  }).observe(document.body);
  for (const move of MOVES) addEventListener(move, () => (target = null), { passive: true });
  addEventListener("hashchange", follow);

  /* A page that is loaded again, or gone back to, stands where the reader left it. */
  const [{ type } = {}] = performance.getEntriesByType("navigation");
  if (type === "navigate") {
    follow();
    if (target) arrive();
  }
})();
