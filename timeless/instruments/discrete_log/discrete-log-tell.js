/* What the logarithm explorer tells in words, numbers and a table of powers; `it.shown` is what the state shows. */
(function () {
  "use strict";

  const { controls, instrument: kit, mounting } = Timeless;
  const { power } = Timeless.parts["discrete-log"];

  const COLUMNS = 10; // of the table of powers
  const MANY = 12; // key frequencies that get a button each

  const times = (a, b) => `${a}\u00a0·\u00a0${b}`;

  // --- words --------------------------------------------------------------------------------

  function verdictOf({ p, g, order, missed }) {
    const start = `${g} is ${missed.length ? "not " : ""}a primitive root modulo ${p}: its powers`;
    return missed.length
      ? `${start} are back at 1 after ${order} steps and never meet the other ${missed.length} non-zero numbers.`
      : `${start} meet all ${order} non-zero numbers before they are back at 1.`;
  }

  function equationOf({ p, g, a, b, logs, answer, logA, logB, sum, order, path }) {
    if (!path.length) {
      const lacking = [...new Set([a, b])].filter((number) => logs[number] < 0);
      return `${lacking.join(" and ")} ${lacking.length > 1 ? "are" : "is"} no power of ${g}, so logarithms to base ${g} ` +
        `cannot tell that ${times(a, b)} ≡ ${answer} (mod ${p})`;
    }
    const around = sum >= order ? ` = ${power(g, sum % order)}` : "";
    return `${times(a, b)} = ${times(power(g, logA), power(g, logB))} = ${power(g, sum)}${around} ≡ ${answer} (mod ${p})`;
  }

  function titleOf({ g, base, byLog }) {
    if (!byLog) return "The trained network, its numbers in their own order";
    return `The trained network, its numbers in the order of the powers of ${base}` +
      (base === g ? "" : ` (the powers of ${g} do not meet all of them)`);
  }

  // --- values -------------------------------------------------------------------------------

  const known = (log) => (log < 0 ? "none" : String(log));

  function tellProduct({ view }, { logA, logB, exponent, answer }) {
    view.product.tell({
      "log-a": [logA, known(logA)], "log-b": [logB, known(logB)], exponent: [exponent, known(exponent)], answer: [answer, String(answer)],
    });
  }

  /** Writes what is known of the wave of frequency k; returns the half that is spoken. */
  function tellWave({ view }, { k, now, plane }) {
    const { norm, share, rank } = now.spectrum;
    const [row, n] = [k - 1, now.tokens.length];
    const found = Timeless.group.places(k, n);
    view.wave.tell({
      norm: [norm[row], norm[row].toFixed(2)], share: [share[row], kit.percent(share[row])], rank: [rank[row], `${rank[row]} of ${norm.length}`],
      explained: [plane.explained, kit.percent(plane.explained)], places: [found, `${found} of ${n}`],
    });
    return `Frequency ${k}: norm ${norm[row].toFixed(2)}, ${kit.percent(share[row])} of the power, rank ${rank[row]} of ${norm.length}.`;
  }

  // --- controls -----------------------------------------------------------------------------

  function tellWalk({ view, playing }, { path, steps }) {
    const { input, output } = view.steps;
    const last = Math.max(path.length - 1, 0);
    input.max = last;
    input.disabled = view.play.disabled = path.length < 2;
    input.value = steps;
    input.setAttribute("aria-valuetext", path.length ? `${steps} steps, at ${path[steps]}` : "no walk");
    controls.write(output, steps, `${steps} of ${last}`);
    view.play.textContent = playing ? "Pause" : "Walk";
  }

  /** Shows a button for each key frequency, where they are few. */
  function tellKeys(it, { keys, spectrum: { norm } }) {
    const { keys: holder } = it.view;
    const listed = keys.join();
    if (holder.dataset.listed !== listed) {
      holder.dataset.listed = listed;
      const few = keys.length <= MANY;
      holder.replaceChildren(
        kit.element("span", {}, few ? "Key" : `${keys.length} of ${norm.length} frequencies are above the rule: none stands out.`),
        ...(few ? keys : []).map((k) =>
          kit.element("button", { type: "button", class: "button", "data-key": k, "aria-label": `Key frequency ${k}` }, String(k))),
      );
    }
    for (const button of holder.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.key) === it.state.k));
    }
  }

  // --- the table of powers ------------------------------------------------------------------

  /** Fills the table of the powers of g. */
  function fillTable(holder, { p, g, found }) {
    const { element } = kit;
    const heads = Array.from({ length: Math.min(COLUMNS, found.length) }, (_, i) => element("th", { scope: "col" }, `+${i}`));
    const body = element("tbody", {});
    for (let first = 0; first < found.length; first += COLUMNS) {
      const cells = found.slice(first, first + COLUMNS).map((number) => element("td", { "data-power": number }, String(number)));
      body.append(element("tr", {}, element("th", { scope: "row" }, String(first)), ...cells));
    }
    holder.replaceChildren(element("table", {}, element("caption", {}, `${g} to the power of row plus column, modulo ${p}`),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "exponent"), ...heads)), body));
  }

  /** Writes the table anew for each g, and marks a, b and their product in it. */
  function tellPowers(it, shown) {
    const { powers } = it.view;
    if (it.tabled !== shown.g) fillTable(powers, shown);
    it.tabled = shown.g;
    for (const cell of powers.querySelectorAll("td")) {
      const mark = shown.marks.get(Number(cell.dataset.power));
      if (mark) cell.dataset.is = mark;
      else delete cell.dataset.is;
    }
  }

  // --- all of it ----------------------------------------------------------------------------

  function tell(it) {
    const { view, shown } = it;
    const { p, g, k, plane } = shown;
    const [verdict, equation] = [verdictOf(shown), equationOf(shown)];
    tellProduct(it, shown);
    const wave = tellWave(it, shown);
    view.verdict.textContent = verdict;
    view.equation.textContent = equation;
    view.title.textContent = titleOf(shown);
    tellWalk(it, shown);
    view.points.forEach((button, i) => button.setAttribute("aria-pressed", String("ab"[i] === it.pointing)));
    tellKeys(it, shown.now);
    tellPowers(it, shown);
    const told = `${verdict} ${equation}.`;
    mounting.describe(it, {
      own: `The numbers modulo ${p} in their own order; the powers of ${g} jump about.`,
      turned: `The powers of ${g} on a circle. ${told}`,
      bars: `Spectrum of the embedding. ${wave}`,
      plane: `The numbers in the plane of frequency ${k}; its wave explains ${kit.percent(plane.explained)} of their variance there.`,
    });
    if (!it.playing) it.say(`${told} ${wave}`);
  }

  Object.assign(Timeless.parts["discrete-log"], { known, tell });
})();
