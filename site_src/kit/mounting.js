/* What every instrument does when it is mounted: a table of parameters becomes its state, its controls and what its
   address says, and its page is drawn and told anew whenever the state changes.

   A row is [name, initial, low, high, control] or [name, initial, [allowed], control]; without a control it is state
   that the reader changes in another way. A control has `kind`, what kit/controls.js builds it from (`name` where that is
   another than the state's), and

     at(value, it), from(position, it)   between values and a slider's positions; where values are listed, their places
     shown(value, it)                    the value that a slider shows, where it is not that of the state
     text(value, it)                     what stands beside a slider
     spoken(value, it)                   what a screen reader hears of it
     moving(value, it)                   what to do while a slider is moved, where it is set only once it rests
     show(control, it)                   in place of all that, brings a control in line with the state

   An instrument is `it`, with box, tools, ui (builders of controls), state, controls by name, view (its elements),
   surfaces, and these functions:

     set(name, value)      changes the state; an instrument may put its own in place
     choose(name, value)   the same, and then remembers it
     refresh()             tells and draws
     tell()                brings controls and read-outs in line with the state
     remember()            puts what differs from the start into the address
     reset()               goes back to the start */
(function () {
  "use strict";

  const { instrument: kit, controls } = Timeless;

  // --- from rows to controls ----------------------------------------------------------------

  const listed = ([, , low]) => (Array.isArray(low) ? low : null);

  const specOf = (row) => (listed(row) ? row[3] : row[4]);

  function slider(it, row, spec) {
    const [name, , low, high] = row;
    const list = listed(row);
    const own = list
      ? { max: list.length - 1, at: (value) => list.indexOf(value), from: (place) => list[place], ...spec }
      : { min: low, max: high, at: (value) => value, from: (place) => place, ...spec };
    const made = it.ui.slider({ name, ...own });
    const { input, output } = made;
    const chosen = () => own.from(input.valueAsNumber, it);
    let [moved, settled] = [null, null];
    input.addEventListener("input", () => {
      if (own.moving) own.moving(chosen(), it);
      else {
        moved = chosen();
        settled = it.set(name, moved);
      }
    });
    input.addEventListener("change", async () => {
      if (own.moving || chosen() !== moved) settled = it.set(name, chosen());
      await settled;
      it.remember();
    });
    made.show = (kept) => {
      const value = own.shown ? own.shown(kept, it) : kept;
      input.value = own.at(value, it);
      controls.write(output, value, own.text ? own.text(value, it) : String(value));
      if (own.spoken) input.setAttribute("aria-valuetext", own.spoken(value, it));
    };
    return made;
  }

  function select(it, row, spec) {
    const [name] = row;
    const made = it.ui.select({ name, ...spec });
    const { input } = made;
    input.addEventListener("change", () => it.choose(name, spec.options.find(([value]) => String(value) === input.value)[0]));
    made.show = (value) => {
      input.value = value;
    };
    return made;
  }

  function choice(it, [name], spec) {
    return it.ui.choice({ name, ...spec, onChoose: (value) => it.choose(name, value) });
  }

  /** A whole number is taken as soon as it is possible; what is typed beyond goes when the field is left. */
  function number(it, row, spec) {
    const [name, , low, high] = row;
    const [min, max] = listed(row) ? [low[0], low[low.length - 1]] : [low, high];
    const made = it.ui.number({ name, min, max, ...spec });
    const { input } = made;
    input.addEventListener("input", () => {
      const value = input.valueAsNumber;
      if (Number.isInteger(value) && value >= min && value <= max) it.choose(name, value);
    });
    input.addEventListener("change", () => {
      input.value = it.state[name];
    });
    made.show = (value, anyway = false) => {
      if (anyway || document.activeElement !== input) input.value = value;
    };
    return made;
  }

  function toggle(it, [name], spec) {
    const made = it.ui.toggle({ name, ...spec });
    made.input.addEventListener("change", () => it.choose(name, made.input.checked));
    made.show = (value) => {
      made.input.checked = value;
    };
    return made;
  }

  /** Returns the row of a parameter that is one of some options, [[value, text], …], at first the first of them;
      `kind` is "choice" or "select". */
  const oneOf = (kind, name, label, options, initial = options[0][0]) => [name, initial, options.map(([value]) => value), { kind, label, options }];

  const KINDS = { slider, select, choice, number, toggle };

  /** Makes the control of each row that has one. */
  function makeControls(it, table) {
    for (const row of table) {
      const spec = specOf(row);
      if (!spec) continue;
      const made = KINDS[spec.kind](it, row, spec);
      if (spec.show) made.show = () => spec.show(made, it);
      it.controls[row[0]] = made;
    }
  }

  function showControls(it, anyway = false) {
    for (const [name, control] of Object.entries(it.controls)) control.show(it.state[name], anyway);
  }

  // --- from controls to an instrument -------------------------------------------------------

  /** Returns an instrument with the state and the controls of a table, as its address asks. */
  function begin(name, box, tools, table) {
    const settings = controls.parameters(table);
    settings.read(tools.state.get());
    const it = {
      box, tools, ui: controls.controls(name), state: settings.state, controls: {}, surfaces: {},
      set(parameter, value) {
        it.state[parameter] = value;
        it.refresh();
      },
      async choose(parameter, value) {
        await it.set(parameter, value);
        it.remember();
      },
      remember: () => tools.state.set(settings.changed()),
      reset() {
        settings.reset();
        showControls(it, true);
      },
    };
    makeControls(it, table);
    return it;
  }

  /** Puts the elements of an instrument into its box. `surfaces` are the names of those to draw on, each with its
      label; `draw(it, dt)` and `tell(it)` show the state. */
  function stage(it, { view, surfaces, draw, tell }) {
    it.view = view;
    it.box.replaceChildren(view.root);
    for (const [name, label] of Object.entries(surfaces)) it.surfaces[name] = kit.surface(view[name], label);
    it.say = kit.announcer(view.live);
    it.frames = kit.animator(it.box, (dt) => draw(it, dt));
    it.tell = () => {
      showControls(it);
      tell(it);
    };
    it.refresh = () => {
      it.tell();
      it.frames.request();
    };
    it.tools.onTheme(it.frames.request);
    return it;
  }

  /** Returns the button that brings an instrument back to its start, and then calls `after`. */
  function resetButton(it, after = () => it.refresh()) {
    const act = async () => {
      it.reset();
      await after();
      it.remember();
    };
    return it.ui.button({ name: "reset", label: "Reset", act });
  }

  /** Says of each surface what it shows: `texts` by name. */
  function describe(it, texts) {
    for (const [name, text] of Object.entries(texts)) it.surfaces[name].canvas.setAttribute("aria-label", text);
  }

  Timeless.mounting = { oneOf, begin, stage, resetButton, describe };
})();
