/* Instruments: when one comes near, its style sheet, scripts and data are loaded and it is mounted in its box. */
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

  const KIT = ["instrument", "controls", "chart", "mounting"]; // what every instrument is made of, in this order

  const scriptsOf = (names) => names.map((part) => `kit/${part}.js`);

  /** Puts an instrument into its box once the further scripts of the kit that it names are here. */
  async function mount(box, wait, name, payload) {
    const instrument = Timeless.instruments[name];
    if (!instrument) throw new Error(`instruments/${name}/${name}.js does not define "${name}"`);
    await Timeless.loadInTurn(scriptsOf(instrument.needs || []));
    wait.remove();
    await instrument.mount(box, payload, tools(name));
    box.dataset.state = "ready";
  }

  function start(box) {
    const name = box.dataset.widget;
    const wait = box.querySelector(".widget-wait");
    const file = `instruments/${name}/${name}`;
    Promise.all([Timeless.require(`widget-${name}`), Timeless.loadInTurn([...scriptsOf(KIT), `${file}.js`]), dress(`${file}.css`)])
      .then(([payload]) => mount(box, wait, name, payload))
      .catch((error) => {
        fail(box, wait, error);
      });
  }

  Timeless.whenNear(document.querySelectorAll("[data-widget]"), "400px", start);
})();
