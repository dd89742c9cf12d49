// A formula as a line of text, for those who copy it or look for it in the page: "p² + 1", "(a + b) mod p".
// It is made of the MathML that MathJax has made of the TeX, read through MathJax's adaptor.

const INVISIBLE = new Map([["\u2061", " "], ["\u2062", ""], ["\u2063", ""], ["\u2064", ""]]);
const OPENING = /^[([{⟨⌊⌈]$/;
const CLOSING = /^[)\]}⟩⌋⌉!′]$/;
const BARE = /^[|‖/:]$/;
const LARGE = /^[∑∏∫∐⋃⋂]$/;
const ATOM = /^(?:[\p{L}\p{N}.,′∞ℓ]+|\([^()]*\)|√\([^()]*\))$/u;
const SINGLE = /^(?:\p{L}|\p{N}+|\([^()]*\))$/u;
const SUPERSCRIPTS = new Map([..."0123456789+−-nT"].map((sign, i) => [sign, [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿᵀ"][i]]));
const ACCENTS = new Map([["^", "\u0302"], ["ˆ", "\u0302"], ["~", "\u0303"], ["˜", "\u0303"], ["¯", "\u0304"], ["―", "\u0304"], ["→", "\u20d7"], ["˙", "\u0307"], [".", "\u0307"]]);

const grouped = (text, simple = ATOM) => (simple.test(text) ? text : `(${text})`);
const raised = (text) => ([...text].every((sign) => SUPERSCRIPTS.has(sign)) ? [...text].map((sign) => SUPERSCRIPTS.get(sign)).join("") : `^${grouped(text)}`);
const lowered = (text) => `_${grouped(text)}`;

/** An operator with its room: none beside brackets, none before a sign, on both sides of what joins two terms. */
function operator(sign, before) {
  if (INVISIBLE.has(sign)) return INVISIBLE.get(sign);
  if (OPENING.test(sign) || CLOSING.test(sign) || BARE.test(sign)) return sign;
  if (/^[,;]$/.test(sign)) return `${sign} `;
  if (LARGE.test(sign)) return sign;
  const joins = before && !/[([{⟨⌊⌈|‖=<>≤≥≈+−·×,;:/]\s*$/.test(before);
  return joins || !/^[+−±-]$/.test(sign) ? ` ${sign} ` : sign;
}

/** Returns what reads a MathML node as text: `textOf(node)`. */
export function reader(adaptor) {
  const children = (node) => adaptor.childNodes(node).filter((child) => adaptor.kind(child) !== "#text");
  const row = (nodes) => nodes.reduce((text, node, i) => text + inRow(textOf(node, text), node, nodes[i + 1]), "");
  /** A fraction in brackets where something is multiplied with it on its right. */
  function inRow(text, node, next) {
    const alone = adaptor.kind(node) !== "mfrac" || !next || /^\s*[=<>≤≥≈+−·⋅×,;.)\]}|‖]/.test(textOf(next, text));
    return alone ? text : `(${text})`;
  }

  const parts = (node) => children(node).map((child) => textOf(child).trim());

  function over([base, over], accent) {
    const mark = ACCENTS.get(over);
    return accent && mark && [...base].length === 1 ? base + mark : base + raised(over);
  }

  const KINDS = {
    mi(node, before) {
      const name = adaptor.textContent(node);
      return [...name].length > 1 && /[\p{L}\p{N})\]⟩]$/u.test(before) ? ` ${name}` : name;
    },
    mo: (node, before) => operator(adaptor.textContent(node), before),
    mspace: (node) => (parseFloat(adaptor.getAttribute(node, "width")) >= 0.3 ? " " : ""),
    mphantom: () => "",
    mfrac(node) {
      const [above, below] = parts(node);
      return `${grouped(above)}/${grouped(below, SINGLE)}`;
    },
    msqrt: (node) => `√${grouped(row(children(node)).trim(), SINGLE)}`,
    mroot(node) {
      const [base, degree] = parts(node);
      return `${raised(degree)}√${grouped(base, SINGLE)}`;
    },
    msub: (node) => parts(node)[0] + lowered(parts(node)[1]),
    msup: (node) => parts(node)[0] + raised(parts(node)[1]),
    msubsup: (node) => parts(node)[0] + lowered(parts(node)[1]) + raised(parts(node)[2]),
    munder: (node) => `${parts(node)[0]}${lowered(parts(node)[1])} `,
    mover: (node) => over(parts(node), true),
    munderover: (node) => `${parts(node)[0]}${lowered(parts(node)[1])}${raised(parts(node)[2])} `,
    mtable: (node) => parts(node).reduce((text, each) => text + (/[,;.]$/.test(text) ? " " : "; ") + each),
    mtr: (node) => parts(node).join(" "),
    mlabeledtr: (node) => parts(node).slice(1).join(" "),
  };

  function textOf(node, before = "") {
    const kind = adaptor.kind(node);
    if (Object.hasOwn(KINDS, kind)) return KINDS[kind](node, before);
    return children(node).length ? row(children(node)) : adaptor.textContent(node);
  }

  return (node) => textOf(node).replace(/\s+/g, " ").trim();
}
