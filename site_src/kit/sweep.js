/* A sweep: a curve computed point by point, which a reader starts and stops with a button.
   An instrument names "sweep" among its needs. */
(function () {
  "use strict";

  /** Returns how fast steps are made: `begin()`, `step()` after each, and `left(n)`, what n more take, in words, such as
      ", 12 s left", or "" before the first. */
  function pace() {
    let [since, done] = [0, 0];
    return {
      begin() {
        [since, done] = [performance.now(), 0];
      },
      step() {
        done += 1;
      },
      left(n) {
        if (!done || !n) return "";
        const seconds = Math.ceil((n * (performance.now() - since)) / done / 1000);
        return seconds < 100 ? `, ${seconds} s left` : `, ${Math.ceil(seconds / 60)} min left`;
      },
    };
  }

  /** Does `step(one)` for each of a list in turn, as many at a time as the machine has hands, until one returns false. */
  async function inTurn(list, step) {
    const next = list.values();
    let on = true;
    const hand = async () => {
      for (const one of next) {
        if (!on) return;
        try {
          on = (await step(one)) !== false && on;
        } catch (error) {
          on = false;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: Timeless.background.HANDS }, hand));
  }

  /** Returns a sweep of an instrument, `{button, start, stop, running, left, tell}`. As many steps are made at a time as the
      machine has hands; what is stopped keeps what it has.

      left()         what is still to be computed, in that order
      step(one)      a promise that one of them is
      label(n)       what the button says while n are left
      failed(error)  what the reader is told where a step fails
      ready()        whether it can start */
  function sweep(it, { left, step, label, failed, ready = () => true }) {
    let now = null; // {done, of, pace} while it runs

    async function start() {
      const due = left();
      const own = (now = { done: 0, of: due.length, pace: pace() });
      own.pace.begin();
      it.tell();
      try {
        await inTurn(due, async (one) => {
          await step(one);
          if (now !== own) return false;
          own.done += 1;
          own.pace.step();
          it.tell();
          return true;
        });
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
    button.classList.add("button-progress");
    return {
      button, start, stop, left,
      running: () => now !== null,
      /** Has the button say how far it is. */
      tell() {
        const n = left().length;
        button.textContent = now
          ? `Stop (${now.done} of ${now.of} done${now.pace.left(now.of - now.done)})`
          : n ? label(n) : "The curve is computed";
        button.style.setProperty("--done", now ? `${(100 * now.done) / now.of}%` : "0%");
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

  Timeless.sweep = Object.assign(sweep, { ending, inTurn, pace });
})();
