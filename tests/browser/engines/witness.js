/* Stands before every other script of a page and notes what the page should not do. */
(function () {
  "use strict";

  const seen = (window.witnessed = []);
  ["error", "warn"].forEach((kind) => {
    const say = console[kind];
    console[kind] = (...parts) => {
      seen.push(`console.${kind}: ${parts.join(" ")}`);
      say.apply(console, parts);
    };
  });
  addEventListener("error", ({ message, filename, lineno, target }) => {
    seen.push(message ? `uncaught: ${message} (${filename}:${lineno})` : `not loaded: ${target.src || target.href}`);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => seen.push(`unhandled: ${reason}`));
  addEventListener("securitypolicyviolation", (event) => {
    seen.push(`against the policy: ${event.violatedDirective}, ${event.blockedURI} (${event.sourceFile}:${event.lineNumber}) ${event.sample}`);
  });
})();
