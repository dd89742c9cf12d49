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

  /** Has the style sheet, the scripts and the data of an instrument loaded. */
  function fetched(name) {
    const file = `instruments/${name}/${name}`;
    return Promise.all([Timeless.require(`widget-${name}`), Timeless.loadInTurn([...scriptsOf(KIT), `${file}.js`]), dress(`${file}.css`)]);
  }

  /** Puts an instrument into a box once the further scripts of the kit that it names are here, and calls `before` just before;
      what ends it. */
  async function mount(box, name, own = {}, before = () => {}) {
    const instrument = Timeless.instruments.get(name);
    if (!instrument) throw Timeless.replaced(`instruments/${name}/${name}.js`);
    await Timeless.loadInTurn(scriptsOf(instrument.needs || []));
    const payload = await Timeless.require(`widget-${name}`);
    const ending = [];
    before();
    const { destroy } = await instrument.mount(box, payload, { ...tools(name, ending), ...own });
    box.dataset.state = "ready";
    return () => [destroy, ...ending].forEach((each) => each());
  }

  /** Puts an instrument into a box of another, to show a network of its choice, `source`; its state is in no address. Returns a
      promise of what ends it. */
  Timeless.embed = async (box, name, source) => {
    await fetched(name);
    return mount(box, name, { source, state: { get: () => ({}), set() {} } });
  };

  /** Has an instrument begin once what came before is over. */
  function begin(box, before) {
    const name = box.dataset.widget;
    box.dataset.state = "loading";
    const started = before.then(() => mount(box, name, {}, () => waits.get(box).remove())).catch((error) => fail(box, error));
    begun.set(name, started);
  }

  function start(box) {
    begin(box, fetched(box.dataset.widget));
  }

  Timeless.whenNear(boxes, "400px", start);
  Timeless.on("address", (names) => {
    boxes.forEach((box) => {
      const before = names.includes(box.dataset.widget) && begun.get(box.dataset.widget);
      if (before) begin(box, before.then((end) => end && end()));
    });
  });
})();
