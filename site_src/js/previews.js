/* Previews: what a citation, a term, a figure or a claim is, and where a number comes from, without leaving the line: by
   pointing, by focus, by a tap. And a list of the numbers of a page, for whoever does not point. */
(function () {
  "use strict";

  const DELAY = { show: 250, hide: 250 }; // ms
  const LONGEST = 320; // characters of a text
  const GAP = 8; // pixels between a line and its preview

  /** Where a box of that size goes: below the place, above it where there is no room; never out of the window. */
  function beside(place, size, window) {
    const left = Math.max(GAP, Math.min(place.left, window.width - size.width - GAP));
    const below = place.bottom + GAP;
    const fits = below + size.height <= window.height || place.top < size.height + 2 * GAP;
    return { left, top: fits ? below : place.top - size.height - GAP };
  }

  /** A text of at most LONGEST characters, cut between words. */
  function shortened(text) {
    if (text.length <= LONGEST) return text;
    return `${text.slice(0, text.lastIndexOf(" ", LONGEST))} …`;
  }

  /** The numbers of a page, each place with each value once: [{shown, value, place}]. */
  function listed(numbers) {
    const known = new Map(numbers.map((number) => [`${number.place}\n${number.shown}`, number]));
    return [...known.values()];
  }

  const pure = { beside, shortened, listed };
  if (typeof module === "object" && module.exports) {
    module.exports = pure;
    return;
  }

  const TRIGGERS = ".measured, .prose a[href], .standfirst a[href]";
  const PLAIN = ".permalink, .tool, .figure-number, .claim-id, [download]"; // they say what they are
  const card = element("div", "preview");
  card.id = "preview";
  card.hidden = true;
  card.setAttribute("role", "tooltip");
  document.body.append(card);
  let shown = null;
  let timer;

  function element(tag, className, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  /** The title that a browser would show is taken over, so that there are not two. */
  function titleOf(trigger) {
    if (trigger.title) {
      trigger.dataset.title = trigger.title;
      trigger.removeAttribute("title");
    }
    return trigger.dataset.title || "";
  }

  function numberOf(trigger) {
    return { shown: trigger.textContent, value: trigger.value, place: titleOf(trigger) };
  }

  function aboutNumber(trigger) {
    const number = numberOf(trigger);
    const exact = number.value && number.value.length < 60 && number.value !== number.shown;
    return [
      element("p", "preview-title", "Measured", exact ? `: ${number.value}` : ""),
      element("p", "preview-text", ...sourceOf(number.place)),
    ];
  }

  /** "artifacts/addition.json: summary.delay" with its file as a link. */
  function sourceOf(place) {
    const found = /^(.*?)(artifacts\/[\w-]+\.json)(.*)$/.exec(place);
    if (!found) return [place];
    const link = element("a", "", found[2]);
    link.href = Timeless.root + found[2];
    return [found[1], link, found[3]];
  }

  function aboutReference(link) {
    const entry = document.getElementById(link.hash.slice(1));
    if (!entry) return null;
    titleOf(link);
    const copy = entry.cloneNode(true);
    copy.querySelectorAll("details").forEach((details) => details.remove());
    return [element("p", "preview-text", ...copy.childNodes)];
  }

  /** What the index of the search says of the place to which a link leads. */
  async function aboutPlace(link) {
    const here = location.pathname.split("/").pop() || "index.html";
    const file = link.pathname.split("/").pop() || "index.html";
    const rows = await Timeless.require("search");
    const anchor = link.hash && link.hash.split("?")[0];
    const row = rows.find(([, , href]) => href === file + anchor);
    if (!row || (file === here && !anchor)) return null;
    const [kind, page, , title, text] = row;
    const where = kind === "section" ? page : kind === "term" ? "Definition" : `${page}, ${kind}`;
    return [
      element("p", "preview-title", title),
      title === where ? "" : element("p", "preview-kind", where),
      element("p", "preview-text", shortened(text)),
    ];
  }

  /** Whether there may be more to say of it: it is a number, or leads to a place in the site. */
  function tells(trigger) {
    const within = trigger.host === location.host && trigger.protocol === location.protocol;
    return trigger.matches(".measured") || (within && !trigger.matches(PLAIN));
  }

  function about(trigger) {
    if (trigger.matches(".measured")) return aboutNumber(trigger);
    return trigger.matches(".cite") ? aboutReference(trigger) : aboutPlace(trigger);
  }

  /** What an event is about, if there may be more to say of it. */
  function triggerOf(event) {
    const trigger = event.target.closest(TRIGGERS);
    return trigger && tells(trigger) ? trigger : null;
  }

  async function show(trigger, { tapped = false } = {}) {
    clearTimeout(timer);
    if (shown === trigger) return;
    hide();
    shown = trigger;
    let content = null;
    try {
      content = await about(trigger);
    } catch {
      /* then there is no preview; the link still leads there */
    }
    if (shown !== trigger) return;
    if (!content) {
      shown = null;
      if (tapped && trigger.href) location.assign(trigger.href);
      return;
    }
    card.replaceChildren(...content);
    if (tapped && trigger.href) card.append(goTo(trigger));
    card.hidden = false;
    trigger.setAttribute("aria-describedby", card.id);
    const rect = trigger.getClientRects()[0];
    const at = beside(rect, card.getBoundingClientRect(), { width: document.documentElement.clientWidth, height: innerHeight });
    card.style.left = `${at.left}px`;
    card.style.top = `${at.top}px`;
  }

  function goTo(trigger) {
    const link = element("a", "preview-go", "Go there");
    link.href = trigger.href;
    link.addEventListener("click", hide);
    return link;
  }

  function hide() {
    clearTimeout(timer);
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    card.hidden = true;
  }

  function later(act, delay) {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const trigger = triggerOf(event);
    if (trigger && trigger === shown) clearTimeout(timer);
    else if (trigger) later(() => show(trigger), DELAY.show);
    else if (card.contains(event.target)) clearTimeout(timer);
    else if (shown) later(hide, DELAY.hide);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const trigger = triggerOf(event);
    if (trigger && trigger.matches(":focus-visible")) later(() => show(trigger), DELAY.show);
    else if (!card.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const trigger = triggerOf(event);
    if (!trigger) {
      if (!card.contains(event.target)) hide();
      return;
    }
    const tapped = event.pointerType === "touch" && trigger !== shown;
    if (trigger.matches(".measured")) void show(trigger);
    else if (tapped) {
      event.preventDefault();
      void show(trigger, { tapped });
    } else hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hide();
  });
  addEventListener("scroll", () => shown && hide(), { passive: true });

  /* The numbers of the page as a list. */
  const button = document.querySelector("[data-numbers]");
  const dialog = document.querySelector(".numbers");

  function row(number) {
    const value = number.value === number.shown ? "" : number.value;
    return element("tr", "", element("td", "", number.shown), element("td", "", value), element("td", "", ...sourceOf(number.place)));
  }

  if (button && dialog && dialog.showModal) {
    button.hidden = !document.querySelector(".measured");
    button.addEventListener("click", () => {
      const numbers = Array.from(document.querySelectorAll(".measured"), numberOf);
      dialog.querySelector("tbody").replaceChildren(...listed(numbers).map(row));
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
})();
