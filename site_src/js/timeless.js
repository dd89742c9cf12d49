/* Timeless: the one namespace of the site's scripts. It receives data files, loads scripts and knows the theme's
   colours. Reading arrays needs no page and also loads in Node, where it is tested. */
(function () {
  "use strict";

  const ARRAYS = {
    i1: Int8Array,
    u1: Uint8Array,
    u1c: Uint8ClampedArray,
    i2: Int16Array,
    u2: Uint16Array,
    i4: Int32Array,
    u4: Uint32Array,
    f4: Float32Array,
    f8: Float64Array,
  };

  /** The array in {dtype, bdata, shape}: {array: a typed array, row-major, shape: its lengths}. */
  function decode(coded) {
    const Type = coded && ARRAYS[coded.dtype];
    if (!Type)
      throw new Error(
        `cannot decode an array of dtype "${coded && coded.dtype}": expected one of ${Object.keys(ARRAYS).join(", ")}`,
      );
    const text = atob(coded.bdata);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    if (bytes.length % Type.BYTES_PER_ELEMENT)
      throw new Error(
        `${bytes.length} bytes are not a whole number of ${coded.dtype} values: the data file is damaged`,
      );
    const array = new Type(bytes.buffer);
    const shape =
      coded.shape == null
        ? [array.length]
        : [].concat(typeof coded.shape === "string" ? coded.shape.split(",") : coded.shape).map(Number);
    const size = shape.reduce((product, n) => product * n, 1);
    if (size !== array.length)
      throw new Error(
        `shape [${shape.join(", ")}] needs ${size} values, the data holds ${array.length}: the data file is damaged`,
      );
    return { array, shape };
  }

  const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });

  /** The CRC-32 of a text in UTF-8, as eight hexadecimal digits. */
  function crc32(text) {
    let crc = ~0;
    for (const byte of new TextEncoder().encode(text)) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
    return (~crc >>> 0).toString(16).padStart(8, "0");
  }

  if (typeof module === "object" && module.exports) {
    module.exports = { decode, crc32 };
    return;
  }

  /* What follows needs a page. */

  const root = (document.currentScript.getAttribute("src") || "").replace(/js\/timeless\.js.*$/, "");
  const arrived = new Map(); // by name: [checksum, text] as a data file handed it over
  const received = new Map(); // by name: the payload
  const scripts = new Map();
  const listeners = new Map();
  const instruments = new Map();

  /* The policy of a page lets no text become markup or a script, but for what these rules let pass: files of the site
     and workers, and single entities, which Plotly reads so when it saves a figure. */
  const OWN = /^(\.\.\/)*\w[\w.-]*(\/\w[\w.-]*)*\.js$|^blob:/;
  const scriptRules = {
    createScriptURL(address) {
      if (!OWN.test(address)) throw new TypeError(`${address} is no script of this site`);
      return address;
    },
  };
  const textRules = { createHTML: (text) => (/^(&#?\w+;)?$/.test(text) ? text : null) };
  const kinds = window.trustedTypes || { createPolicy: (_, rules) => rules }; // not every browser has them
  const policy = kinds.createPolicy("timeless", scriptRules);
  kinds.createPolicy("default", textRules);

  /** A promise that the classic script at path, from the site's root, has run; each is loaded once. Scripts that are
      loaded in turn run in the order in which they were asked for, however they arrive. One that failed, or in whose
      place something else came, can be asked for again. */
  function load(path, inTurn = false) {
    if (!scripts.has(path)) scripts.set(path, loading(path, inTurn));
    return scripts.get(path);
  }

  /** Has a script loaded anew when it is asked for the next time; returns what is to be told of it. */
  function refused(path, why) {
    scripts.delete(path);
    return new Error(why);
  }
  const replaced = (path) =>
    refused(path, `something else answered in place of ${path}, such as the login of a network`);

  function loading(path, inTurn) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      let broken = false;
      const notice = (event) => {
        broken ||= event.filename === script.src;
      };
      const end = (why) => {
        removeEventListener("error", notice);
        if (!why) {
          resolve();
          return;
        }
        script.remove();
        reject(why);
      };
      addEventListener("error", notice);
      script.async = !inTurn;
      script.src = policy.createScriptURL(root + path);
      script.onload = () => end(broken && replaced(path));
      script.onerror = () => end(refused(path, `could not load ${path}`));
      document.head.appendChild(script);
    });
  }

  /** A promise that these scripts have run, one after the other. */
  const loadInTurn = (paths) => Promise.all(paths.map((path) => load(path, true)));

  /** A promise of the payload of data/NAME.js, which arrived as it was written. */
  async function require(name) {
    if (received.has(name)) return received.get(name);
    const path = `data/${name}.js`;
    await load(path);
    if (!received.has(name)) received.set(name, opened(name, path));
    return received.get(name);
  }

  function opened(name, path) {
    const [checksum, text] = arrived.get(name) || [];
    arrived.delete(name);
    if (text === undefined) throw replaced(path);
    if (crc32(text) !== checksum) throw refused(path, `${path} arrived damaged`);
    return JSON.parse(text);
  }

  /** What a reader is told of an error: our own words, never those of the browser. */
  const told = (error) => (error.constructor === Error ? error.message : "this page made a mistake; the browser’s console says which");

  /** Has a listener called at each event of a kind; returns what takes it off again. */
  function on(event, listener) {
    if (!listeners.has(event)) listeners.set(event, new Set());
    listeners.get(event).add(listener);
    return () => listeners.get(event).delete(listener);
  }
  function emit(event, detail) {
    [...(listeners.get(event) || [])].forEach((listener) => {
      listener(detail);
    });
  }

  let probe;
  const colours = new Map();
  on("theme", () => colours.clear());

  /** The theme's colour of that name ("accent", "series-3"), as rgb(…). */
  function colour(name) {
    if (!colours.has(name)) {
      if (!probe) {
        probe = document.createElement("i");
        probe.hidden = true;
        probe.style.forcedColorAdjust = "none";
        document.body.appendChild(probe);
      }
      probe.style.color = `var(--${name})`;
      colours.set(name, getComputedStyle(probe).color);
    }
    return colours.get(name);
  }

  /** Calls act(element) once for each element when it first comes into sight, or within margin of it once the reader moves: who
      has only opened a page waits for nothing that is not seen. */
  function whenNear(elements, margin, act) {
    if (!("IntersectionObserver" in window)) {
      elements.forEach(act);
      return;
    }
    const waiting = new Set(elements);
    const watch = (rootMargin) => {
      const observer = new IntersectionObserver(
        (entries) => {
          entries.forEach(({ isIntersecting, target }) => {
            if (isIntersecting && waiting.delete(target)) act(target);
          });
        },
        { rootMargin },
      );
      waiting.forEach((element) => observer.observe(element));
      return observer;
    };
    const inSight = watch("0px");
    onceMoved(() => {
      inSight.disconnect();
      watch(margin);
    });
  }

  /** Calls act() when the reader first scrolls, points or types. */
  function onceMoved(act) {
    const moves = ["scroll", "pointerdown", "keydown"];
    const moved = () => {
      moves.forEach((kind) => removeEventListener(kind, moved));
      act();
    };
    moves.forEach((kind) => addEventListener(kind, moved, { passive: true }));
  }

  window.Timeless = {
    root,
    decode,
    receive: (name, checksum, text) => arrived.set(name, [checksum, text]),
    /** The address of a worker, as one that may run. */
    trusted: (address) => policy.createScriptURL(address),
    load,
    loadInTurn,
    replaced,
    require,
    told,
    on,
    emit,
    colour,
    whenNear,
    onceMoved,
    reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
    instruments,
    parts: {},
    widget: (name, instrument) => instruments.set(name, instrument),
  };
})();
