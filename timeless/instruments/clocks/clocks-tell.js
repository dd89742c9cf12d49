/* What the clocks tell in words. */
(function () {
  "use strict";

  const { instrument: kit, mounting } = Timeless;
  const { errorOf } = Timeless.parts.clocks.core;

  const MOST = 0.5; // of the logits left unexplained, from which the waves are not what the network answers by

  const degrees = (angle) => `${Math.round((180 * angle) / Math.PI)}°`;
  const counted = (n, one, many) => (n === 1 ? `one ${one}` : `${n} ${many}`);

  /** Returns what the sum of the waves decides, in words. */
  function decided({ sum, right, on, order, left, answer }) {
    if (!on.length) return "No wave is added yet.";
    const alone = on.length === 1;
    const waves = alone ? "One wave alone is" : `${on.length} waves together are`;
    if (sum.highest === null) return `${waves} next to flat beside the network’s logits.`;
    if (sum.highest !== right) return `${waves} highest at ${order[sum.highest]}, which is wrong.`;
    if (!sum.near && left > MOST) return `${waves} highest at ${order[right]}, but they explain only ${kit.percent(1 - left, 0)} of the logits, by which the network answers ${answer}.`;
    if (!sum.near) return alone ? `${waves} highest at ${order[right]}.` : `Every wave is high at ${order[right]}, and nowhere else do all ${on.length} agree.`;
    return `${waves} highest at ${order[right]}, but ${counted(sum.near, "other answer comes", "other answers come")} within a tenth of that: nearly a tie.`;
  }

  /** Returns what stands beside the rows of results, by name: values with their texts, and notes. */
  function resultsOf({ right, sum, answer, chance, left, on, amplitudes, order }) {
    const gets = (share) => `${order[right]} gets ${kit.percent(share)}`;
    const known = amplitudes !== null;
    return {
      values: {
        sum: [sum.highest === null ? "" : order[sum.highest], known && sum.highest !== null ? String(order[sum.highest]) : "–"],
        network: [answer, String(answer)],
        left: [left, known ? kit.percent(left, left < 0.1 ? 1 : 0) : "–"],
      },
      notes: { sum: known && on.length ? `${gets(sum.chance)} from these alone` : "", network: gets(chance) },
    };
  }

  /** Tells what was found; `found` is what clocks.js composes. */
  function tell(it) {
    const { view, state, found, playing, here } = it;
    view.root.setAttribute("aria-busy", String(!found || !found.amplitudes || here.wanted !== here.shown));
    view.play.textContent = playing ? "Stop" : "Add up, step by step";
    if (!found) return;
    const { info, op } = it;
    const equation = `${Timeless.opened.sumText(info, state.a, state.b, op)} = ${found.order[found.right]} modulo ${info.p}.`;
    const said = found.amplitudes ? decided(found) : "The waves are being measured.";
    const { values, notes } = resultsOf(found);
    view.said.replaceChildren(kit.element("b", {}, equation), ` ${said}`);
    view.values.tell(values);
    for (const [name, text] of Object.entries(notes)) view.notes[name].textContent = text;
    tellClocks(it);
    if (playing) return;
    describe(it, equation, said);
    it.say(`${equation} ${said} The network answers ${found.answer}.`);
  }

  function tellClocks({ view, found: { clocks, amplitudes } }) {
    for (const { k, hands, amplitude, on, used } of clocks) {
      view.rows[k].hidden = !used;
      view.rows[k].dataset.on = String(on);
      const off = `hand off by ${degrees(errorOf(hands))}`;
      view.amounts[k].textContent = amplitudes ? `height ${Timeless.pairs.short(amplitude)}, ${off}` : off;
    }
  }

  function describe(it, equation, said) {
    const { state, found: { clocks, right, answer, left, order } } = it;
    for (const { k, hands, amplitude } of clocks) {
      mounting.describe(it, {
        [`face${k}`]: `Clock of frequency ${k}: the hand goes to ${degrees(hands.a)} for a = ${state.a}, and on to ${degrees(hands.sum % (2 * Math.PI))} ` +
          `for b = ${state.b}; a perfect clock would show ${degrees(hands.ideal.sum % (2 * Math.PI))}.`,
        [`wave${k}`]: `Its wave over the answers, ${Timeless.pairs.short(amplitude ?? 0)} high at ${order[right]}.`,
      });
    }
    mounting.describe(it, {
      sum: `The waves added up. ${said}`,
      network: `The network’s own logits for ${equation} The highest is that of ${answer}.`,
      left: `What the waves leave of the network’s logits: ${kit.percent(left)} of their sum of squares.`,
    });
  }

  Object.assign(Timeless.parts.clocks, { tell });
})();
