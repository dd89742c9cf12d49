/* Instruments: when one comes near, its style sheet, scripts and data are loaded and it is mounted in its box. When the
   address comes to say something else of it, it is mounted anew. */
(function () {
  "use strict";

  const boxes = document.querySelectorAll("[data-widget]");
  const waits = new Map(Array.from(boxes, (box) => [box, box.querySelector(".widget-wait")])); // the words before it begins
  const begun = new Map(); // by name: a promise of what ends an instrument, once it is in its box

  /** What an instrument is given. `ending` receives what to call when it is over. */
  function tools(name, ending) {
    return {
      require: (key) => Timeless.require(`widget-${name}-${key}`),
      state: {
        get: () => Timeless.state.get(name),
        set: (values) => Timeless.state.set(name, values),
      },
      onTheme: (listener) => ending.push(Timeless.on("theme", listener)),
      colour: Timeless.colour,
      decode: Timeless.decode,
      reducedMotion: Timeless.reducedMotion(),
    };
  }

  /** Says in the box that an instrument could not start, and offers to try again. */
  function fail(box, error) {
    const wait = waits.get(box);
    const note = document.createElement("div");
    const text = document.createElement("p");
    const again = document.createElement("button");
    note.className = "widget-error";
    text.setAttribute("role", "status");
    text.textContent = `This instrument could not start: ${Timeless.told(error)}.`;
    Object.assign(again, { type: "button", className: "button", textContent: "Try again" });
    again.addEventListener("click", () => {
      box.replaceChildren(wait);
      start(box);
    });
    note.append(text, again);
    box.replaceChildren(note, wait);
    box.dataset.state = "failed";
    console.error(error);
  }

  const sheets = new Map();

  /** A promise that the style sheet at path, from the site's root, is in force; one that failed can be asked for again. */
  function dress(path) {
    if (!sheets.has(path)) sheets.set(path, dressing(path));
    return sheets.get(path);
  }

  function dressing(path) {
    return new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = Timeless.root + path;
      link.onload = resolve;
      link.onerror = () => {
        sheets.delete(path);
        link.remove();
        reject(new Error(`could not load ${path}`));
      };
      document.head.appendChild(link);
    });
  }

  const KIT = ["instrument", "controls", "chart", "mounting"]; // what every instrument is made of, in this order

  const scriptsOf = (names) => names.map((part) => `kit/${part}.js`);

  /** Puts an instrument into its box once the further scripts of the kit that it names are here; what ends it. */
  async function mount(box, name) {
    const instrument = Timeless.instruments.get(name);
    if (!instrument) throw Timeless.replaced(`instruments/${name}/${name}.js`);
    await Timeless.loadInTurn(scriptsOf(instrument.needs || []));
    const payload = await Timeless.require(`widget-${name}`);
    const ending = [];
    waits.get(box).remove();
    const { destroy } = await instrument.mount(box, payload, tools(name, ending));
    box.dataset.state = "ready";
    return () => [destroy, ...ending].forEach((each) => each());
  }

  /** Has an instrument begin once what came before is over. */
  function begin(box, before) {
    const name = box.dataset.widget;
    box.dataset.state = "loading";
    const started = before.then(() => mount(box, name)).catch((error) => fail(box, error));
    begun.set(name, started);
  }

  function start(box) {
    const name = box.dataset.widget;
    const file = `instruments/${name}/${name}`;
    const parts = [Timeless.require(`widget-${name}`), Timeless.loadInTurn([...scriptsOf(KIT), `${file}.js`]), dress(`${file}.css`)];
    begin(box, Promise.all(parts));
  }

  Timeless.whenNear(boxes, "400px", start);
  Timeless.on("address", (names) => {
    boxes.forEach((box) => {
      const before = names.includes(box.dataset.widget) && begun.get(box.dataset.widget);
      if (before) begin(box, before.then((end) => end && end()));
    });
  });
})();
