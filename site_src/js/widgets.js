/* Instruments: when one comes near, its style sheet, script and data are loaded and it is mounted in its box. */
(function () {
  "use strict";

  function tools(name) {
    return {
      require(key) {
        return Timeless.require(`widget-${name}-${key}`);
      },
      state: {
        get() {
          return Timeless.state.get(name);
        },
        set(values) {
          Timeless.state.set(name, values);
        },
      },
      onTheme(listener) {
        Timeless.on("theme", listener);
      },
      colour: Timeless.colour,
      decode: Timeless.decode,
      reducedMotion: Timeless.reducedMotion(),
    };
  }

  function fail(box, wait, error) {
    const note = document.createElement("p");
    note.className = "widget-error";
    note.setAttribute("role", "status");
    note.textContent = `This instrument could not start: ${error.message}.`;
    box.replaceChildren(note, wait);
    box.dataset.state = "failed";
    console.error(error);
  }

  /** A promise that the style sheet at path, from the site's root, is in force. */
  function dress(path) {
    return new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = Timeless.root + path;
      link.onload = resolve;
      link.onerror = () => reject(new Error(`could not load ${path}`));
      document.head.appendChild(link);
    });
  }

  function start(box) {
    const name = box.dataset.widget;
    const wait = box.querySelector(".widget-wait");
    const file = `instruments/${name}/${name}`;
    Promise.all([Timeless.require(`widget-${name}`), Timeless.load(`${file}.js`), dress(`${file}.css`)])
      .then((loaded) => {
        if (!Timeless.instruments[name]) throw new Error(`${file}.js does not define "${name}"`);
        wait.remove();
        return Timeless.instruments[name].mount(box, loaded[0], tools(name));
      })
      .then(() => {
        box.dataset.state = "ready";
      })
      .catch((error) => {
        fail(box, wait, error);
      });
  }

  Timeless.whenNear(document.querySelectorAll("[data-widget]"), "400px", start);
})();
