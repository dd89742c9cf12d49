/* What the instruments share: ring colours, ticks, a crisp canvas, one animation frame, small DOM.
   It is loaded before every instrument; Node's tests require it. */
(function () {
  "use strict";

  // --- numbers ------------------------------------------------------------------------------

  /** Returns round tick values that cover [0, high], about `count` of them, the last >= high. */
  function ticksTo(high, count) {
    const rough = high / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= rough * (1 - 1e-9));
    const steps = Math.ceil(high / step - 1e-9);
    return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
  }

  const integer = (n) => Math.round(n).toLocaleString("en-US");

  /** Returns a share as a percentage; what only rounds to none or all of it is marked with < or >. */
  function percent(share, digits = 1) {
    const least = 10 ** -digits;
    const text = (100 * share).toFixed(digits);
    if (share === 0 || share === 1) return `${100 * share}%`;
    if (Number(text) === 0) return `<\u00a0${least}%`;
    if (Number(text) === 100) return `>\u00a0${(100 - least).toFixed(digits)}%`;
    return `${text}%`;
  }

  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
  const mix = (a, b, w) => a + (b - a) * w;
  const ease = (w) => w * w * (3 - 2 * w);

  /** Returns the place of the epoch nearest to one, on the scale on which training unfolds. */
  function nearestEpoch(epochs, epoch) {
    const far = (i) => Math.abs(Math.log1p(epochs[i]) - Math.log1p(epoch));
    return epochs.reduce((best, _, i) => (far(i) < far(best) ? i : best), 0);
  }

  // --- work elsewhere -----------------------------------------------------------------------

  /** Returns the source of functions and constants that find each other by name, as one expression: what
      kit/background.js makes a worker from. Its value is an object of all of them, or that of the expression `value`. */
  function sourceOf(parts, value = `{ ${Object.keys(parts).join(", ")} }`) {
    const lines = Object.entries(parts).map(([name, part]) => `const ${name} = ${typeof part === "function" ? part : JSON.stringify(part)};`);
    return `(() => {\n"use strict";\n${lines.join("\n")}\nreturn ${value};\n})()`;
  }

  // --- the ring of a frequency --------------------------------------------------------------

  /** Returns the place of token t on the ring of frequency k, as a fraction of the turn, in [0, 1). */
  const ringFraction = (t, k, p) => (((t * k) % p) + p) % p / p;

  /** Returns the tokens in the order in which the ring of frequency k visits them. */
  function ringOrder(k, p) {
    const tokens = Array.from({ length: p }, (_, t) => t);
    return tokens.sort((s, t) => ringFraction(s, k, p) - ringFraction(t, k, p) || s - t);
  }

  /** Returns the colour of a place on the ring: hue by angle, lightness and chroma even (OKLCH). */
  function ringColour(fraction, dark) {
    const [lightness, chroma] = dark ? [0.76, 0.125] : [0.6, 0.14];
    const hue = 2 * Math.PI * (fraction + 0.07);
    const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const linear = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
    const encoded = linear.map((x) => {
      const y = clamp(x, 0, 1);
      return Math.round(255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055));
    });
    return `rgb(${encoded.join(", ")})`;
  }

  /** Returns a swatch of all those colours, for a legend. */
  function wheel(dark) {
    return `conic-gradient(${[0, 1, 2, 3, 4, 5, 0].map((sixth) => ringColour(sixth / 6, dark)).join(", ")})`;
  }

  // --- the page -----------------------------------------------------------------------------

  /** Returns a new element; attributes that are true, false or null are set bare or left out. */
  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children);
    return node;
  }

  /** Returns a function that speaks a text in a polite live region, the last one after a rest. */
  function announcer(region, rest = 700) {
    let timer = 0;
    return (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        region.textContent = text;
      }, rest);
    };
  }

  /** Returns the theme's colours, read once a draw: `named.ink`, `named.paper` … and `named.dark`. */
  function palette(tools, box) {
    const named = {};
    for (const name of ["paper", "ink", "muted", "line", "accent", "train", "test"]) named[name] = tools.colour(name);
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = named.ink;
    const rgb = /^#/.test(probe.fillStyle) ? parseInt(probe.fillStyle.slice(1), 16) : 0;
    named.dark = 0.3 * (rgb >> 16) + 0.59 * ((rgb >> 8) & 255) + 0.11 * (rgb & 255) > 128;
    named.font = getComputedStyle(box).getPropertyValue("--font-ui").trim() || "sans-serif";
    return named;
  }

  /** Returns a column of a payload as a plain list, however it travelled. */
  const list = (column, tools) => (Array.isArray(column) ? column : Array.from(tools.decode(column).array));

  /** Returns a canvas in `holder` that `begin` fits to its box, sharp at the screen's resolution. */
  function surface(holder, label) {
    const canvas = element("canvas", { role: "img", "aria-label": label });
    const ctx = canvas.getContext("2d");
    holder.append(canvas);
    return {
      canvas,
      /** Returns `{ctx, width, height}` in CSS pixels, cleared. */
      begin(font, size = 12) {
        const [width, height] = [canvas.clientWidth, canvas.clientHeight];
        const ratio = window.devicePixelRatio || 1;
        const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
        ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
        ctx.clearRect(0, 0, width, height);
        ctx.font = `${size}px ${font}`;
        ctx.lineJoin = ctx.lineCap = "round";
        return { ctx, width, height };
      },
    };
  }

  /** Strokes a line through the points `[[x, y], …]`. */
  function stroke(ctx, points, colour, width = 1, dash = []) {
    ctx.beginPath();
    points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.setLineDash(dash);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /** Fills a disc. */
  function dot(ctx, x, y, radius, colour) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = colour;
    ctx.fill();
  }

  /** Draws tokens at `points`, each in its colour, on a fine thread that runs through them in the order
      of the ring: a tangle before the circuit forms, a circle after. */
  function necklace(ctx, points, ring, colours, ink, radius) {
    ctx.globalAlpha = ink.dark ? 0.34 : 0.28;
    stroke(ctx, [...ring, ring[0]].map((t) => points[t]), ink.muted, 0.8);
    ctx.globalAlpha = 1;
    points.forEach(([x, y], t) => dot(ctx, x, y, radius, colours[t]));
  }

  /** Rings some tokens and writes their numbers beside them, away from the middle. */
  function nameTokens(ctx, points, [cx, cy], { named, colours, radius }, ink) {
    for (const t of named) {
      dot(ctx, ...points[t], radius + 2, ink.ink);
      dot(ctx, ...points[t], radius + 0.5, colours[t]);
    }
    for (const t of named) {
      const [dx, dy] = [points[t][0] - cx, points[t][1] - cy];
      const far = Math.hypot(dx, dy) || 1;
      write(ctx, String(t), points[t][0] + (15 * dx) / far, points[t][1] + (15 * dy) / far, ink.ink, "center", "middle", ink.paper);
    }
  }

  /** Draws tokens at (x, y) as a necklace round the middle of a surface; its edge is `reach` away. Those `named` carry their
      number. */
  function tokens(surface, ink, { x, y, reach, ring, freq, named = [] }) {
    const { ctx, width, height } = surface.begin(ink.font, 13);
    const [cx, cy] = [width / 2, height / 2];
    const unit = (Math.min(width, height) / 2 - (named.length ? 22 : 14)) / reach;
    const points = Array.from(x, (along, t) => [cx + unit * along, cy - unit * y[t]]);
    const colours = points.map((_, t) => ringColour(ringFraction(t, freq, points.length), ink.dark));
    const radius = clamp(width / 95, 3, 4.4);
    necklace(ctx, points, ring, colours, ink, radius);
    nameTokens(ctx, points, [cx, cy], { named, colours, radius }, ink);
  }

  /** Writes a text; `align` and `baseline` are the canvas's own. A `halo` clears what lies under it. */
  function write(ctx, text, x, y, colour, align = "left", baseline = "alphabetic", halo = "") {
    ctx.textAlign = align;
    ctx.textBaseline = baseline;
    if (halo) {
      ctx.lineWidth = 4;
      ctx.strokeStyle = halo;
      ctx.strokeText(text, x, y);
    }
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  }

  /** Returns `{request, destroy}`: one pending frame at most, none while the box is off-screen.
      `draw(dt)` takes the milliseconds since the last frame of a run (0 for the first) and
      returns true to be called again. */
  function animator(box, draw) {
    let pending = 0;
    let wanted = false;
    let visible = true;
    let ended = false; // what arrives later is no longer drawn
    let last = 0;

    function frame(now) {
      pending = 0;
      wanted = false;
      const again = draw(last ? Math.min(now - last, 100) : 0);
      last = again ? now : 0;
      if (again) request();
    }
    function request() {
      wanted = true;
      if (visible && !pending && !ended) pending = requestAnimationFrame(frame);
    }
    function now() {
      cancelAnimationFrame(pending);
      frame(performance.now());
    }

    const sight = new IntersectionObserver((entries) => {
      visible = entries[entries.length - 1].isIntersecting;
      if (visible && wanted) request();
      if (!visible) {
        cancelAnimationFrame(pending);
        pending = last = 0;
      }
    });
    const size = new ResizeObserver(request);
    const print = matchMedia("print");
    sight.observe(box);
    size.observe(box);
    print.addEventListener("change", now);
    document.fonts.addEventListener("loadingdone", request);
    return {
      request,
      destroy() {
        ended = true;
        cancelAnimationFrame(pending);
        sight.disconnect();
        size.disconnect();
        print.removeEventListener("change", now);
        document.fonts.removeEventListener("loadingdone", request);
      },
    };
  }

  const instrument = {
    ticksTo, integer, percent, clamp, mix, ease, nearestEpoch, sourceOf,
    ringFraction, ringOrder, ringColour, wheel,
    element, announcer, palette, list, surface, stroke, dot, necklace, tokens, write, animator,
  };
  if (typeof module !== "undefined") module.exports = instrument;
  else Timeless.instrument = instrument;
})();
