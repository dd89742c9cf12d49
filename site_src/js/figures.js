/* Figures: when the first one comes near, Plotly and its data are loaded; each is drawn in the theme's
   style, drawn again when theme or size change, and says so in its own box if it cannot be drawn. */
(function () {
  "use strict";

  const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: "reset", showTips: false, responsive: false };
  const PLOTLY = "vendor/plotly-cartesian.min.js";
  const PRINT_WIDTH = 640;
  const PRINT_HEIGHT = 0.75; // of the height on the screen, as in css/print.css: a page that a figure does not fit stays half empty
  const REST = 8000; // milliseconds after which a page that nobody moves draws all of its figures
  const { make, legend, addTools } = Timeless.figureTools;
  const { viewNames, inView, isInView, isNarrow } = Timeless.figureStyle;
  const boxes = Array.from(document.querySelectorAll("[data-figure]"));
  const drawn = new Map(); // by box
  let printing = false;
  let [reading, rested] = [false, false];

  function render(figure, width = figure.plot.clientWidth, height = figure.plot.clientHeight) {
    if (!width || !height) return;
    const layout = Timeless.figureStyle.drawnLayout(inView(figure.layout, figure.view), {
      width,
      height,
      printing,
      types: figure.types,
      round: figure.round,
      colourOf: Timeless.colour,
      fonts: getComputedStyle(document.documentElement).getPropertyValue("--font-ui").trim(),
      touch: matchMedia("(pointer: coarse)").matches,
    });
    const data = Timeless.inTheme(figure.data, Timeless.colour).map((trace, i) =>
      figure.hidden[i] || !isInView(trace, figure.view) ? { ...trace, visible: false } : trace,
    );
    const afresh = figure.size === undefined || isNarrow(width) !== isNarrow(figure.size[0]);
    figure.size = [width, height];
    put(figure, [data, layout, CONFIG], afresh);
  }

  /** Has Plotly draw, over what is there or afresh: from the margins of a wide figure it finds no way to those of a
      narrow one, and a figure that it could not change is lost until it is drawn afresh. */
  function put(figure, drawing, afresh) {
    const instead = (error) => (afresh ? fail(figure.box, error) : put(figure, drawing, true));
    try {
      if (afresh) window.Plotly.purge(figure.plot);
      Promise.resolve(window.Plotly.react(figure.plot, ...drawing)).catch(instead);
      if (afresh) figure.watch();
    } catch (error) {
      instead(error);
    }
  }

  const valuesOf = (column) => (column.bdata ? Timeless.decode(column).array : column);

  function draw(box, { data: measured, layout = {} }) {
    const data = measured.map((trace) => Timeless.figureStyle.withNumbers(trace, valuesOf));
    const plot = make("div", "figure-plot", box);
    const figure = { name: box.dataset.figure, box, plot, data, layout, types: {}, hidden: {}, round: 1 };
    figure.view = viewNames(layout)[0];
    figure.render = () => render(figure);
    plot.setAttribute("aria-hidden", "true");
    legend(figure);
    box.dataset.state = "ready";
    addTools(figure);
    drawn.set(box, figure);
    render(figure);
    new ResizeObserver(() => {
      const [width, height] = figure.size || [];
      if (!printing && (plot.clientWidth !== width || plot.clientHeight !== height)) render(figure);
    }).observe(plot);
  }

  /** Says in the box that a figure could not be drawn, and offers to try again. */
  function fail(box, error) {
    drawn.delete(box);
    box.querySelectorAll(".figure-plot, .figure-legend").forEach((part) => part.remove());
    box.parentElement.querySelectorAll(".figure-tools > :not([download])").forEach((part) => part.remove());
    const note = make("div", "figure-error", box);
    const text = make("p", "", note);
    const again = make("button", "button", note);
    text.setAttribute("role", "status");
    text.textContent = `This figure could not be drawn: ${Timeless.told(error)}. What it shows stands below.`;
    again.textContent = "Try again";
    again.addEventListener("click", () => {
      note.remove();
      start(box);
    });
    box.prepend(note);
    box.dataset.state = "failed";
    console.error(error);
  }

  async function plotly() {
    await Timeless.load(PLOTLY);
    if (!window.Plotly) throw Timeless.replaced(PLOTLY);
  }

  const started = new Map(); // by box: a promise that it is drawn, or says why it is not

  function start(box) {
    if (box.dataset.state && box.dataset.state !== "failed") return started.get(box);
    box.dataset.state = "loading";
    const ended = Promise.all([Timeless.require(`figure-${box.dataset.figure}`), plotly()])
      .then(([payload]) => draw(box, payload))
      .catch((error) => fail(box, error))
      .then(drawWhenIdle);
    started.set(box, ended);
    return ended;
  }

  /* Once the reader moves and a first figure is there, or the page has been open for a while, the others follow while
     nothing else happens: then nobody waits for one while scrolling, and all of them are there to be printed. */
  function drawWhenIdle() {
    const next = boxes.find((box) => !box.dataset.state);
    if (next && (rested || (reading && drawn.size))) (window.requestIdleCallback || setTimeout)(() => start(next));
  }
  function read() {
    reading = true;
    drawWhenIdle();
  }
  Timeless.onceMoved(read);
  addEventListener("load", () => {
    setTimeout(() => {
      rested = !(navigator.connection || {}).saveData;
      drawWhenIdle();
    }, REST);
  });

  /* Who prints by keyboard before that waits for the figures. */
  addEventListener("keydown", async (event) => {
    const prints = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "p";
    if (!prints || boxes.every((box) => drawn.has(box))) return;
    event.preventDefault();
    await Promise.all(boxes.map(start));
    window.print();
  });

  Timeless.on("theme", () => {
    drawn.forEach((figure) => {
      legend(figure);
      if (!printing) render(figure);
    });
  });
  Timeless.on("print", (begins) => {
    printing = begins;
    drawn.forEach((figure) => (begins ? render(figure, PRINT_WIDTH, PRINT_HEIGHT * figure.size[1]) : render(figure)));
  });
  Timeless.whenNear(boxes, "400px", start);
})();
