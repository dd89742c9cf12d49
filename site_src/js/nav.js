/* Navigation: what folds and unfolds, the current section in the table of contents, copy buttons. */
(function () {
  'use strict';

  /* A button with data-discloses="ID" shows and hides that element. */
  document.querySelectorAll('[data-discloses]').forEach(function (button) {
    var panel = document.getElementById(button.dataset.discloses);

    function open(yes) {
      button.setAttribute('aria-expanded', String(yes));
      panel.toggleAttribute('data-open', yes);
    }
    function isOpen() { return button.getAttribute('aria-expanded') === 'true'; }

    button.addEventListener('click', function () { open(!isOpen()); });
    panel.addEventListener('click', function (event) { if (event.target.closest('a')) open(false); });
    document.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape' || !isOpen()) return;
      open(false);
      button.focus();
    });
    document.addEventListener('click', function (event) {
      if (isOpen() && !panel.contains(event.target) && !button.contains(event.target)) open(false);
    });
  });

  /* The section being read is the last one whose heading has passed the upper third of the window. */
  var links = Array.from(document.querySelectorAll('.toc ol a'));
  var headings = links.map(function (link) { return document.getElementById(decodeURIComponent(link.hash.slice(1))); });

  function mark() {
    var bottom = innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    var current = -1;
    headings.forEach(function (heading, i) {
      if (heading && (bottom || heading.getBoundingClientRect().top < innerHeight / 3)) current = i;
    });
    links.forEach(function (link, i) {
      if (i === current) link.setAttribute('aria-current', 'location');
      else link.removeAttribute('aria-current');
    });
  }

  if (links.length) {
    var frame = 0;
    addEventListener('scroll', function () {
      if (!frame) frame = requestAnimationFrame(function () { frame = 0; mark(); });
    }, { passive: true });
    mark();
  }

  /* A copy button on each block that asks for one. */
  document.querySelectorAll('pre[data-copy]').forEach(function (block) {
    var box = document.createElement('div');
    var button = document.createElement('button');
    box.className = 'copy-box';
    button.type = 'button';
    button.className = 'copy-button';
    button.textContent = 'Copy';
    button.setAttribute('aria-live', 'polite');
    block.replaceWith(box);
    box.append(block, button);
    button.addEventListener('click', function () {
      copy(block).then(function () { button.textContent = 'Copied'; }, function () { button.textContent = 'Press Ctrl+C'; });
      setTimeout(function () { button.textContent = 'Copy'; }, 2500);
    });
  });

  /* From a file there may be no clipboard: then the text is at least selected. */
  function copy(block) {
    getSelection().selectAllChildren(block);
    if (navigator.clipboard) return navigator.clipboard.writeText(block.textContent);
    return document.execCommand('copy') ? Promise.resolve() : Promise.reject(new Error('no clipboard'));
  }
})();
