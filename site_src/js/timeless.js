/* Timeless: the one namespace of the site's scripts. It receives data files, loads scripts, keeps the
   state of the instruments in the address, and knows the theme's colours. The parts that need no page
   (decode, state in an address) also load in Node, where they are tested. */
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

  /** {anchor, widgets: {name: {key: value}}} of an address such as "#widget-click?click.epoch=9000". */
  function readHash(hash) {
    const at = hash.indexOf("?");
    const widgets = {};
    new URLSearchParams(at < 0 ? "" : hash.slice(at + 1)).forEach((text, path) => {
      const dot = path.indexOf(".");
      if (dot < 1) return;
      const name = path.slice(0, dot);
      widgets[name] = widgets[name] || {};
      widgets[name][path.slice(dot + 1)] = revive(text);
    });
    return { anchor: hash.slice(0, at < 0 ? undefined : at).replace(/^#/, ""), widgets };
  }

  function revive(text) {
    if (text === "true" || text === "false") return text === "true";
    return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
  }

  /** The address that readHash reads; empty when there is nothing to say. */
  function writeHash(anchor, widgets) {
    const query = new URLSearchParams();
    Object.keys(widgets).forEach((name) => {
      Object.keys(widgets[name]).forEach((key) => {
        const value = widgets[name][key];
        if (value !== undefined && value !== null) query.set(`${name}.${key}`, String(value));
      });
    });
    const text = query.toString();
    return anchor || text ? `#${anchor}${text && `?${text}`}` : "";
  }

  const pure = { decode, readHash, writeHash };
  if (typeof module === "object" && module.exports) {
    module.exports = pure;
    return;
  }

  /* What follows needs a page. */

  const root = (document.currentScript.getAttribute("src") || "").replace(/js\/timeless\.js.*$/, "");
  const received = {};
  const scripts = {};
  const listeners = {};
  const instruments = {};

  /** A promise that the classic script at path, from the site's root, has run; each is loaded once. Scripts that are
      loaded in turn run in the order in which they were asked for, however they arrive. */
  function load(path, inTurn = false) {
    scripts[path] =
      scripts[path] ||
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.async = !inTurn;
        script.src = root + path;
        script.onload = resolve;
        script.onerror = function () {
          delete scripts[path];
          script.remove();
          reject(new Error(`could not load ${path}`));
        };
        document.head.appendChild(script);
      });
    return scripts[path];
  }

  /** A promise that these scripts have run, one after the other. */
  const loadInTurn = (paths) => Promise.all(paths.map((path) => load(path, true)));

  /** A promise of the payload of data/NAME.js. */
  function require(name) {
    if (name in received) return Promise.resolve(received[name]);
    const path = `data/${name}.js`;
    return load(path).then(() => {
      if (!(name in received)) throw new Error(`${path} does not hold "${name}"`);
      return received[name];
    });
  }

  function on(event, listener) {
    (listeners[event] = listeners[event] || []).push(listener);
  }
  function emit(event, detail) {
    (listeners[event] || []).slice().forEach((listener) => {
      listener(detail);
    });
  }

  let probe;
  let colours = {};
  on("theme", () => {
    colours = {};
  });

  /** The theme's colour of that name ("accent", "series-3"), as rgb(…). */
  function colour(name) {
    if (!colours[name]) {
      if (!probe) {
        probe = document.createElement("i");
        probe.hidden = true;
        probe.style.forcedColorAdjust = "none";
        document.body.appendChild(probe);
      }
      probe.style.color = `var(--${name})`;
      colours[name] = getComputedStyle(probe).color;
    }
    return colours[name];
  }

  const initial = readHash(location.hash);
  const states = initial.widgets;
  let pending;

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

  const state = {
    /** What the address says of this widget: {key: value}, numbers as numbers. */
    get(widget) {
      return Object.assign({}, states[widget]);
    },
    /** Puts the widget's state into the address, which then also leads to the widget. */
    set(widget, values) {
      states[widget] = Object.assign({}, values);
      publish(`widget-${widget}`);
    },
  };

  /** Calls act(element) once for each element when it first comes within margin of the viewport. */
  function whenNear(elements, margin, act) {
    if (!("IntersectionObserver" in window)) {
      elements.forEach(act);
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        entries.forEach((entry) => {
          if (!entry.isIntersecting) return;
          observer.unobserve(entry.target);
          act(entry.target);
        });
      },
      { rootMargin: margin },
    );
    elements.forEach((element) => {
      observer.observe(element);
    });
  }

  if (initial.anchor && Object.keys(states).length) {
    addEventListener("DOMContentLoaded", () => {
      const target = document.getElementById(initial.anchor);
      if (target) target.scrollIntoView();
    });
  }

  window.Timeless = Object.assign(
    {
      root,
      receive(name, payload) {
        received[name] = payload;
      },
      load,
      loadInTurn,
      require,
      on,
      emit,
      colour,
      state,
      whenNear,
      reducedMotion() {
        return matchMedia("(prefers-reduced-motion: reduce)").matches;
      },
      instruments,
      parts: {},
      widget(name, instrument) {
        instruments[name] = instrument;
      },
    },
    pure,
  );
})();
