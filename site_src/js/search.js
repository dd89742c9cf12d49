/* Search: a dialog over everything that the pages hold, opened by its button or by "/". The index and MiniSearch are loaded
   when it is first opened. Ranking and excerpts need no page, and are tested in Node. */
(function () {
  "use strict";

  const FIELDS = ["kind", "page", "href", "title", "text"];
  const AROUND = 70; // characters of an excerpt on either side of the first word found
  const MOST = 30; // results

  /** An index over rows of [kind, page, href, title, text]. */
  function makeIndex(MiniSearch, rows) {
    const index = new MiniSearch({
      idField: "href",
      fields: ["title", "text", "page"],
      storeFields: FIELDS,
      searchOptions: {
        boost: { title: 4, page: 2 },
        prefix: true,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        combineWith: "AND",
      },
    });
    index.addAll(rows.map((row) => Object.fromEntries(FIELDS.map((field, i) => [field, row[i]]))));
    return index;
  }

  /** The text around the first of the words, cut at spaces, as [{text, found}], those that are found marked. */
  function excerpt(text, words) {
    const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|") || "$^", "giu");
    const first = Math.max(text.search(pattern), 0);
    const from = first > AROUND ? text.indexOf(" ", first - AROUND) + 1 : 0;
    const end = first + 2 * AROUND < text.length ? text.lastIndexOf(" ", first + 2 * AROUND) : text.length;
    const shown = (from ? "… " : "") + text.slice(from, Math.max(end, first + AROUND)) + (end < text.length ? " …" : "");
    const parts = [];
    let at = 0;
    for (const match of shown.matchAll(pattern)) {
      parts.push({ text: shown.slice(at, match.index), found: false }, { text: match[0], found: true });
      at = match.index + match[0].length;
    }
    parts.push({ text: shown.slice(at), found: false });
    return parts.filter((part) => part.text);
  }

  const pure = { makeIndex, excerpt };
  if (typeof module === "object" && module.exports) {
    module.exports = pure;
    return;
  }

  const dialog = document.querySelector("[data-search]");
  const button = document.querySelector("[data-search-button]");
  if (!dialog || !button || !dialog.showModal) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ol");
  const status = dialog.querySelector("[role=status]");
  let index;

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  }

  function marked(parts) {
    return parts.map((part) => (part.found ? element("mark", "", part.text) : part.text));
  }

  function result(hit) {
    const kind = hit.kind === "section" ? hit.page : `${hit.page}, ${hit.kind}`;
    const link = element(
      "a",
      "search-hit",
      element("span", "search-title", ...marked(excerpt(hit.title, hit.terms))),
      element("span", "search-kind", kind),
      element("span", "search-text", ...marked(excerpt(hit.text, hit.terms))),
    );
    link.href = Timeless.root + hit.href;
    return element("li", "", link);
  }

  function show() {
    const words = input.value.trim();
    if (!index) return;
    const hits = words ? index.search(words) : [];
    list.replaceChildren(...hits.slice(0, MOST).map(result));
    const count = hits.length === 1 ? "1 place" : `${hits.length} places`;
    status.textContent = words ? (hits.length ? count : `Nothing found for “${words}”`) : "";
  }

  async function load() {
    if (index) return;
    status.textContent = "Reading the index …";
    try {
      const [rows] = await Promise.all([Timeless.require("search"), Timeless.load("vendor/minisearch.js")]);
      index = makeIndex(window.MiniSearch, rows);
      show();
    } catch (error) {
      status.textContent = `The search could not start: ${Timeless.told(error)}. Close it and open it again to retry.`;
    }
  }

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    input.select();
    void load();
  }

  /** Moves the focus by one result, from the field to the first and back. */
  function step(by) {
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement) + by;
    stops[Math.max(0, Math.min(at, stops.length - 1))].focus();
  }

  button.addEventListener("click", open);
  input.addEventListener("input", show);
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) first.click();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("a, [data-close]")) dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    open();
  });
})();
