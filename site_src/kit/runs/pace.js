/* How fast a network trains in front of a reader, and what is told of the time. Node's tests require it. */
(function () {
  "use strict";

  const { EVERY } = typeof module === "object" && module.exports ? require("./changes.js") : Timeless.runs;

  const PICTURES = 12; // a second
  const STILL = 1000; // milliseconds from one picture to the next where the reader asked for less motion
  const WATCHED = 60; // epochs a second that a reader can follow
  const MEMORY = 0.8; // of the last speed in the next

  /** Returns how many epochs to train before the picture is drawn anew, at a speed in epochs per second. */
  const strideAt = (speed) => Math.min(Math.max(Math.round(speed / PICTURES), 1), EVERY);

  /** Returns whether a picture is due so many milliseconds after the last, where less motion is wanted or not. */
  const due = (since, still) => !still || since >= STILL;

  /** Returns a time in words, from seconds. */
  function timeText(seconds) {
    if (!Number.isFinite(seconds)) return "–";
    if (seconds < 90) return `${Math.max(Math.round(seconds), 0)} s`;
    return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
  }

  /** Returns what is told of an engine, where another was wished for: nothing of the one that should run. */
  function engineText(engine, wish) {
    if (engine === "graphics") return "by the graphics processor";
    const told = engine === "plain" ? "by plain JavaScript, since this browser does not run the compiled engine" : "";
    return wish !== "graphics" || !engine ? told : `${told || "by the processor"}, as this browser offers pages no graphics processor`;
  }

  /** Returns a promise that is kept when so many epochs, begun at a time of performance.now(), have taken as long as a reader
      needs who wants to watch `watched` of them a second. */
  function rested(epochs, began, watched = WATCHED) {
    const wait = (1000 * epochs) / watched - (performance.now() - began);
    return wait > 0 ? new Promise((resolve) => setTimeout(resolve, wait)) : Promise.resolve();
  }

  /** Returns the speed in epochs a second, smoothed, after so many more of them, begun at a time of performance.now(). */
  function paceAfter(speed, epochs, began) {
    const now = (1000 * epochs) / Math.max(performance.now() - began, 1);
    return speed ? MEMORY * speed + (1 - MEMORY) * now : now;
  }

  /** Calls `pause` when the page is hidden and `goOn` when it is seen again; returns what ends that. */
  function whileSeen(pause, goOn) {
    const look = () => (document.hidden ? pause : goOn)();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }

  const exported = { strideAt, due, timeText, engineText, rested, paceAfter, whileSeen };
  if (typeof module === "object" && module.exports) module.exports = exported;
  else Object.assign(Timeless.runs, exported);
})();
