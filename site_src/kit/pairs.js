/* A pair of numbers in a trained network: where it is typed, what is answered, and how that was as trained.
   An instrument names "pairs" among its needs. */
(function () {
  "use strict";

  const { instrument: kit, controls } = Timeless;

  /** Returns the numbers 0 … n - 1. */
  const numbersTo = (n) => Array.from({ length: n }, (_, t) => t);

  /** Returns the rows of a table of parameters by which a reader types a and b, at first those given. */
  const rows = (p, { a, b }) => Object.entries({ a, b }).map(([name, value]) =>
    [name, value, numbersTo(p), { kind: "number", label: `${name} (0 to ${p - 1})` }]);

  /** Returns an answer as a read-out, `[value, text]`. */
  const answered = (answer, right) => [answer, answer === right ? `${answer}, right` : `${answer}, not ${right}`];

  /** Puts under each of these read-outs what it was as trained; returns a function that tells it, `{name: [value, text]}`. */
  function asTrained(ui, values, names) {
    const outputs = {};
    for (const name of names) {
      outputs[name] = ui.output(`${name}-trained`);
      values.outputs[name].parentElement.after(kit.element("dd", { class: "trained" }, "as trained: ", outputs[name]));
    }
    return (found) => {
      for (const [name, [value, text]] of Object.entries(found)) controls.write(outputs[name], value, text);
    };
  }

  /** Returns the text of a loss or another size, to three digits. */
  const short = (value, digits = 3) => Timeless.chart.tickText(Number(value.toPrecision(digits)));

  Timeless.pairs = { numbersTo, rows, answered, asTrained, short };
})();
