/* The address: what it says of the instruments of a page, read when the page opens and whenever a reader follows
   another link or goes back, and written while they are used. Whoever makes a link chooses every name and value in it,
   so they are kept in objects without a prototype, and instruments that the page does not have are left out. */
(function () {
  "use strict";

  const bare = (entries = {}) => Object.assign(Object.create(null), entries);

  /** {anchor, widgets: {name: {key: value}}} of an address such as "#widget-click?click.epoch=9000"; widgets are null
      where it says nothing of them, as a link to a section does. */
  function readHash(hash) {
    const at = hash.indexOf("?");
    const anchor = anchorOf(hash.slice(0, at < 0 ? undefined : at));
    if (at < 0) return { anchor, widgets: null };
    const widgets = bare();
    new URLSearchParams(hash.slice(at + 1)).forEach((text, path) => {
      const dot = path.indexOf(".");
      if (dot < 1) return;
      const name = path.slice(0, dot);
      widgets[name] ??= bare();
      widgets[name][path.slice(dot + 1)] = revive(text);
    });
    return { anchor, widgets };
  }

  /** The id that "#…" leads to; one that is wrongly written stays as it is, and leads nowhere. */
  function anchorOf(hash) {
    const written = hash.replace(/^#/, "");
    try {
      return decodeURIComponent(written);
    } catch {
      return written;
    }
  }

  function revive(text) {
    if (text === "true" || text === "false") return text === "true";
    return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
  }

  /** The address that readHash reads; empty when there is nothing to say. */
  function writeHash(anchor, widgets) {
    const text = queryOf(widgets);
    return anchor || text ? `#${anchor}${text && `?${text}`}` : "";
  }

  function queryOf(widgets) {
    const query = new URLSearchParams();
    Object.keys(widgets).forEach((name) => {
      Object.keys(widgets[name]).forEach((key) => {
        const value = widgets[name][key];
        if (value !== undefined && value !== null) query.set(`${name}.${key}`, String(value));
      });
    });
    return query.toString();
  }

  /** The names of which one state says something else than another, however it is ordered. */
  function differing(before, after) {
    const said = (states, name) => queryOf({ [name]: bare(states[name]) }).split("&").sort().join("&");
    return Object.keys({ ...before, ...after }).filter((name) => said(before, name) !== said(after, name));
  }

  const pure = { readHash, writeHash, anchorOf, differing };
  if (typeof module === "object" && module.exports) {
    module.exports = pure;
    return;
  }

  /* What follows needs a page. */

  const present = Array.from(document.querySelectorAll("[id^=widget-]"), (box) => box.id.slice("widget-".length));
  let states = known(readHash(location.hash).widgets);
  let pending;

  function known(widgets) {
    const own = Object.entries(widgets || {}).filter(([name]) => present.includes(name));
    return bare(Object.fromEntries(own));
  }

  function publish(anchor) {
    clearTimeout(pending);
    pending = setTimeout(() => {
      try {
        history.replaceState(null, "", writeHash(anchor, states) || location.pathname + location.search);
      } catch {
        /* browsers limit how often */
      }
    }, 250);
  }

  Timeless.state = {
    /** What the address says of this widget: {key: value} without a prototype, numbers as numbers. */
    get: (widget) => bare(states[widget]),
    /** Puts the widget's state into the address, which then also leads to the widget. */
    set(widget, values) {
      states[widget] = bare(values);
      publish(`widget-${widget}`);
    },
  };
  Timeless.anchorOf = anchorOf;

  /** Scrolls to what the address leads to, where the browser cannot since it also carries a state. */
  function reveal() {
    const { anchor, widgets } = readHash(location.hash);
    const target = widgets && document.getElementById(anchor);
    if (target) target.scrollIntoView();
  }

  /* Another address of the same page: a link that was followed, or Back. One without any state leads somewhere and
     leaves the instruments alone, but for the bare page, on which all of them are at their start. */
  addEventListener("hashchange", () => {
    const { widgets } = readHash(location.hash);
    if (!widgets && location.hash) return;
    clearTimeout(pending);
    const before = states;
    states = known(widgets);
    Timeless.emit("address", differing(before, states));
    reveal();
  });
  addEventListener("DOMContentLoaded", reveal);
})();
