/* What a reader changes while a network trains, as the address tells it, and what that makes of a run's settings. Node's tests
   require it. */
(function () {
  "use strict";

  const EVERY = 10; // epochs from one point of the curves to the next, as in timeless/config.py

  const LETTERS = { d: "weight_decay", r: "learning_rate" };
  const CHANGE = /^(\d{1,6})([dr])(\d{1,3}(?:\.\d{1,6})?)$/;
  const MOST_CHANGES = 200;

  /** Returns the changes that an address tells, [{epoch, name, value}, …] by epoch, such as "300d0_450d2.5" for weight decay
      0 from epoch 300 on and 2.5 from 450; what is not possible is left out. */
  function changesOf(text) {
    const found = String(text ?? "").split("_").slice(0, MOST_CHANGES).map((part) => CHANGE.exec(part)).filter(Boolean);
    const changes = found.map(([, epoch, letter, value]) => ({ epoch: Number(epoch), name: LETTERS[letter], value: Number(value) }));
    return changes.filter(({ name, value }) => value <= 10 && (value > 0 || name === "weight_decay")).sort((a, b) => a.epoch - b.epoch);
  }

  /** Returns the text that `changesOf` reads. */
  function changesText(changes) {
    const letter = (name) => Object.keys(LETTERS).find((one) => LETTERS[one] === name);
    return changes.map(({ epoch, name, value }) => `${epoch}${letter(name)}${value}`).join("_");
  }

  /** Returns changes with one more, in place of those of its name from its epoch on. */
  const changed = (changes, one) => [...changes.filter(({ epoch, name }) => name !== one.name || epoch < one.epoch), one];

  /** Returns the weight decay and learning rate of the step that follows an epoch. */
  function settingsAt({ weight_decay, learning_rate }, changes, epoch) {
    const settings = { weight_decay, learning_rate };
    for (const change of changes) if (change.epoch <= epoch) settings[change.name] = change.value;
    return settings;
  }

  /** Returns the next epoch, `limit` at most, at which a run must stop: to be measured, or since something changes. */
  function nextStop(changes, epoch, limit) {
    const stops = [limit, (Math.floor(epoch / EVERY) + 1) * EVERY, ...changes.map((change) => change.epoch)];
    return Math.min(...stops.filter((stop) => stop > epoch));
  }

  const exported = { EVERY, changesOf, changesText, changed, settingsAt, nextStop };
  if (typeof module === "object" && module.exports) module.exports = exported;
  else Timeless.runs = exported;
})();
