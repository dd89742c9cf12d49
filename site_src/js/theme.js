/* The theme button: automatic, light, dark. The script in the page's head has set the theme before the first paint. */
(function () {
  "use strict";

  const KEY = "timeless-theme";
  const NEXT = { auto: "light", light: "dark", dark: "auto" };
  const NAMES = { auto: "automatic", light: "light", dark: "dark" };
  const page = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector("[data-theme-button]");

  function choice() {
    return Object.hasOwn(NEXT, page.dataset.themeChoice) ? page.dataset.themeChoice : "auto";
  }

  function show(theme) {
    if (page.dataset.theme === theme) return;
    page.dataset.theme = theme;
    Timeless.emit("theme", theme);
  }

  function apply() {
    const chosen = choice();
    if (button) {
      button.setAttribute("aria-label", `Theme: ${NAMES[chosen]}`);
      button.title = `Theme: ${NAMES[chosen]}. Press for ${NAMES[NEXT[chosen]]}.`;
    }
    show(chosen !== "auto" ? chosen : dark.matches ? "dark" : "light");
    // With the next frame, which computes styles anyway: a page that opens is not held up.
    requestAnimationFrame(() => {
      document.querySelectorAll('meta[name="theme-color"]').forEach((meta) => {
        meta.content = getComputedStyle(page).backgroundColor;
      });
    });
  }

  if (button) {
    button.addEventListener("click", () => {
      page.dataset.themeChoice = NEXT[choice()];
      try {
        localStorage.setItem(KEY, page.dataset.themeChoice);
      } catch {
        /* then it lasts for this page */
      }
      apply();
    });
  }
  dark.addEventListener("change", apply);
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    page.dataset.themeChoice = event.newValue || "auto";
    apply();
  });

  /* Paper is white: print in the light theme, then come back. */
  addEventListener("beforeprint", () => {
    show("light");
    Timeless.emit("print", true);
  });
  addEventListener("afterprint", () => {
    Timeless.emit("print", false);
    apply();
  });

  apply();
})();
