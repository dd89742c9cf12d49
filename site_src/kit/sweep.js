/* A sweep: a curve computed point by point, which a reader starts and stops with a button.
   An instrument names "sweep" among its needs. */
(function () {
  "use strict";

  /** Returns a sweep of an instrument, `{button, stop, running, left, tell}`.

      left()         what is still to be computed, in that order
      step(one)      a promise that one of them is
      label(n)       what the button says while n are left
      failed(error)  what the reader is told where a step fails
      ready()        whether it can start */
  function sweep(it, { left, step, label, failed, ready = () => true }) {
    let now = null; // {done, of} while it runs

    async function start() {
      const due = left();
      const own = (now = { done: 0, of: due.length });
      it.tell();
      try {
        for (const one of due) {
          await step(one);
          if (now !== own) return;
          own.done += 1;
          it.tell();
        }
      } catch (error) {
        it.view.failure.tell(failed(error));
      }
      if (now === own) now = null;
      it.tell();
    }
    function stop() {
      now = null;
    }
    function press() {
      if (!now) start();
      else {
        stop();
        it.tell();
      }
    }
    const button = it.ui.button({ name: "sweep", label: "", primary: true, act: press });
    return {
      button, stop, left,
      running: () => now !== null,
      /** Has the button say how far it is. */
      tell() {
        const n = left().length;
        button.textContent = now ? `Stop (${now.done} of ${now.of} done)` : n ? label(n) : "The curve is computed";
        button.disabled = !now && (!n || !ready());
      },
    };
  }

  /** What ends an instrument whose curve a worker sweeps. */
  const ending = (it) => ({
    destroy() {
      it.sweep.stop();
      it.jobs.destroy();
      it.frames.destroy();
    },
  });

  Timeless.sweep = Object.assign(sweep, { ending });
})();
