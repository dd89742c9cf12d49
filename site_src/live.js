// While the site is being written: loads the page again when it has been made anew, and shows
// what is wrong when it could not be. Only `build.py --serve` adds this to pages.
(() => {
  "use strict";
  let shown;

  function complain(error) {
    document.getElementById("live-error")?.remove();
    if (!error) return;
    const box = document.createElement("pre");
    box.id = "live-error";
    box.setAttribute("role", "alert");
    box.textContent = error;
    box.style.cssText =
      "position: fixed; inset: auto 0 0; z-index: 1000; margin: 0; padding: 1rem; max-height: 50vh; overflow: auto; " +
      "white-space: pre-wrap; font: 1rem/1.4 monospace; background: #fff; color: #a00; border: 0; border-top: 4px solid";
    document.body.append(box);
  }

  new EventSource("/__live").addEventListener("message", (event) => {
    const { build, error } = JSON.parse(event.data);
    if (shown !== undefined && build !== shown) location.reload();
    shown = build;
    complain(error);
  });
})();
