/* Navigation: what folds and unfolds, the current section in the table of contents, copy buttons. */
(function () {
  "use strict";

  /* A button with data-discloses="ID" shows and hides that element. */
  document.querySelectorAll("[data-discloses]").forEach((button) => {
    const panel = document.getElementById(button.dataset.discloses);

    function open(yes) {
      button.setAttribute("aria-expanded", String(yes));
      panel.toggleAttribute("data-open", yes);
    }
    function isOpen() {
      return button.getAttribute("aria-expanded") === "true";
    }

    button.addEventListener("click", () => {
      open(!isOpen());
    });
    panel.addEventListener("click", (event) => {
      if (event.target.closest("a")) open(false);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !isOpen()) return;
      open(false);
      button.focus();
    });
    document.addEventListener("click", (event) => {
      if (isOpen() && !panel.contains(event.target) && !button.contains(event.target)) open(false);
    });
  });

  /* The section being read is the last one whose heading has passed the upper third of the window. */
  const links = Array.from(document.querySelectorAll(".toc ol a"));
  const headings = links.map((link) => document.getElementById(Timeless.anchorOf(link.hash)));

  /* The place in the header: under the page's name, the section, which leads back to its beginning. */
  const section = document.querySelector("[data-place] .place-section");

  function say(link) {
    if (!section) return;
    section.hidden = !link;
    if (!link) return;
    section.textContent = link.textContent;
    section.href = link.hash;
  }

  function mark() {
    const bottom = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    let current = -1;
    headings.forEach((heading, i) => {
      if (heading && (bottom || heading.getBoundingClientRect().top < innerHeight / 3)) current = i;
    });
    links.forEach((link, i) => {
      if (i === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
    say(links[current]);
  }

  if (links.length) {
    let frame = 0;
    const markSoon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        mark();
      });
    };
    addEventListener("scroll", markSoon, { passive: true });
    markSoon();
  }

  /* What is read aloud of a formula would part the lines of a text that is copied: it is away meanwhile. */
  document.addEventListener("copy", () => {
    document.documentElement.dataset.copying = "";
    setTimeout(() => delete document.documentElement.dataset.copying);
  });

  /* A copy button on each block that asks for one. */
  document.querySelectorAll("pre[data-copy]").forEach((block) => {
    const box = document.createElement("div");
    const button = document.createElement("button");
    box.className = "copy-box";
    button.type = "button";
    button.className = "copy-button";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    block.replaceWith(box);
    box.append(block, button);
    button.addEventListener("click", () => {
      copy(block).then(
        () => {
          button.textContent = "Copied";
        },
        () => {
          button.textContent = "Press Ctrl+C";
        },
      );
      setTimeout(() => {
        button.textContent = "Copy";
      }, 2500);
    });
  });

  /* From a file there may be no clipboard: then the text is at least selected. */
  function copy(block) {
    getSelection().selectAllChildren(block);
    if (navigator.clipboard) return navigator.clipboard.writeText(block.textContent);
    return document.execCommand("copy") ? Promise.resolve() : Promise.reject(new Error("no clipboard"));
  }
})();
