/* The ledger of claims: sorts its table by the buttons in its head, filters it by verdict, and keeps both
   in the address. Without it the table stands in the order of the study. */
(function () {
  "use strict";

  /** The indices of rows in the order of their keys, ties in the order of the study. */
  function order(keys, descending) {
    const sign = descending ? -1 : 1;
    return keys
      .map((key, index) => index)
      .sort((a, b) => sign * compare(keys[a], keys[b]) || a - b);
  }

  function compare(a, b) {
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? String(a).localeCompare(String(b), "en") : difference;
  }

  if (typeof module === "object" && module.exports) {
    module.exports = { order };
    return;
  }

  const NAME = "ledger";
  const box = document.getElementById("widget-ledger");
  const body = box.querySelector("tbody");
  const rows = Array.from(body.rows);
  const heads = Array.from(box.querySelectorAll("th[data-sort]"));
  const status = box.querySelector("[role=status]");
  const filters = new Map();
  const START = { sort: "number", down: false, verdict: "all" };
  const state = { ...START };

  /* Takes of the address what the ledger has. */
  function read() {
    const { sort, down, verdict } = Timeless.state.get(NAME);
    Object.assign(state, START);
    if (heads.some((head) => head.dataset.sort === sort)) state.sort = sort;
    if (typeof down === "boolean") state.down = down;
    if (filters.has(verdict)) state.verdict = verdict;
    show();
  }

  function show() {
    const head = heads.find((each) => each.dataset.sort === state.sort);
    const keys = rows.map((row) => row.cells[head.cellIndex].dataset.key);
    body.append(...order(keys, state.down).map((index) => rows[index]));
    heads.forEach((each) => {
      if (each === head) each.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else each.removeAttribute("aria-sort");
    });
    const all = state.verdict === "all";
    rows.forEach((row) => {
      row.hidden = !all && row.dataset.verdict !== state.verdict;
    });
    filters.forEach((button, verdict) => button.setAttribute("aria-pressed", String(verdict === state.verdict)));
    const shown = rows.filter((row) => !row.hidden).length;
    const which = all ? `All ${shown} claims` : `${shown} of ${rows.length} claims`;
    status.textContent = `${which}, ${head.dataset.words}${state.down ? ", from the last to the first" : ""}.`;
  }

  function change(values) {
    Object.assign(state, values);
    show();
    Timeless.state.set(NAME, state);
  }

  heads.forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const again = state.sort === head.dataset.sort;
      change({ sort: head.dataset.sort, down: again && !state.down });
    });
  });

  function filter(item, verdict) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...item.childNodes);
    item.append(button);
    filters.set(verdict, button);
    button.addEventListener("click", () => {
      change({ verdict });
    });
  }

  const tally = box.querySelector(".tally");
  tally.querySelectorAll("[data-tally]").forEach((item) => {
    filter(item, item.dataset.tally);
  });

  /* A link to a claim leads to it, also where a filter has hidden it. */
  function reveal() {
    const row = document.getElementById(Timeless.anchorOf(location.hash));
    if (!rows.includes(row)) return;
    if (row.hidden) change({ verdict: "all" });
    row.scrollIntoView();
  }

  read();
  reveal();
  Timeless.on("address", read);
  addEventListener("hashchange", reveal);
})();
