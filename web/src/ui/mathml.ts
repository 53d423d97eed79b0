/** An equation as it is typeset: `scores / √d_k` becomes MathML with a fraction, a root and an index. */

const MATHML = "http://www.w3.org/1998/Math/MathML";

const RAISED: Record<string, string> = { "ᵀ": "T", "²": "2", "³": "3" };

/** Words (letters, digits, accents), numbers, raised signs, and everything else sign by sign. */
const TOKENS = /\d+(?:[.,]\d+)*|[\p{L}\p{M}∂∇]+[\p{L}\p{M}\p{Nd}₀-₉']*|\s+|./gu;

/** What a fraction does not reach over. */
const LOOSE = new Set(["=", "+", "−", "-", "←", "→", ",", ";", "·", ":", "<", ">", "≥", "≤"]);

export function math(equation: string): Element {
  return node("math", new Parser(equation).row(), { alttext: equation });
}

function node(tag: string, children: (Element | string)[], attributes: Record<string, string> = {}): Element {
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const group = (parts: Element[]): Element => (parts.length === 1 ? parts[0]! : node("mrow", parts));

class Parser {
  private readonly tokens: string[];
  private at = 0;

  constructor(text: string) {
    // The raised signs are letters, too: they end a word.
    this.tokens = text.trim().replace(/([ᵀ²³])/gu, "\u0000$1\u0000").split("\u0000").flatMap((part) => (part in RAISED ? [part] : (part.match(TOKENS) ?? [])));
  }

  /** Up to the sign that closes it, or the end. */
  row(closing = ""): Element[] {
    const parts: Element[] = [];
    // Where the part begins that a fraction takes as its upper half.
    let term = 0;
    while (this.at < this.tokens.length && this.tokens[this.at] !== closing) {
      const token = this.tokens[this.at]!;
      if (/^\s/.test(token)) {
        this.at++;
        if (this.gap(parts)) parts.push(node("mspace", [], { width: ".28em" }));
      } else if (token === "/" && parts.length > term) {
        this.at++;
        parts.splice(term, parts.length, node("mfrac", [group(bare(parts.slice(term))), group(bare(this.lower(closing)))]));
      } else if (LOOSE.has(token)) {
        this.at++;
        parts.push(node("mo", [token]));
        term = parts.length;
      } else parts.push(this.factor());
    }
    return parts;
  }

  /** Whether a space stands between two words: around signs there is room anyway. */
  private gap(parts: Element[]): boolean {
    const next = this.tokens[this.at];
    const last = parts.at(-1);
    return last !== undefined && last.tagName !== "mo" && next !== undefined && !LOOSE.has(next) && next !== "/";
  }

  /** The lower half of a fraction: what follows up to a loose sign. */
  private lower(closing: string): Element[] {
    const parts: Element[] = [];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at]!;
      if (token === closing || LOOSE.has(token) || token === "/") break;
      if (/^\s/.test(token)) {
        this.at++;
        if (parts.length && this.gap(parts)) parts.push(node("mspace", [], { width: ".28em" }));
      } else parts.push(this.factor());
    }
    return parts;
  }

  /** One thing with its index and what is raised. */
  private factor(): Element {
    const base = this.atom();
    const low = this.take("_") ? this.atom() : null;
    const high = this.raised();
    if (low && high) return node("msubsup", [base, low, high]);
    if (low) return node("msub", [base, low]);
    return high ? node("msup", [base, high]) : base;
  }

  private raised(): Element | null {
    const sign = RAISED[this.tokens[this.at] ?? ""];
    if (sign) {
      this.at++;
      return node(sign === "T" ? "mi" : "mn", [sign]);
    }
    if (!this.take("^")) return null;
    return this.take("(") ? this.inside(")") : this.atom();
  }

  private atom(): Element {
    const token = this.tokens[this.at++] ?? "";
    if (token === "√") {
      this.take(" ");
      return node("msqrt", [this.take("(") ? this.inside(")") : this.factor()]);
    }
    if (token === "(" || token === "[") {
      const close = token === "(" ? ")" : "]";
      return node("mrow", [node("mo", [token]), ...this.row(close), ...(this.take(close) ? [node("mo", [close])] : [])]);
    }
    if (/^\d/.test(token)) return node("mn", [token]);
    if (/^[\p{L}∂∇]/u.test(token)) return node("mi", [token], this.isProse() ? { mathvariant: "normal" } : {});
    return node("mo", [token], token === "|" ? { stretchy: "false", lspace: "0", rspace: "0" } : {});
  }

  /** Whether the letter just taken stands between words, as the “a” of “one row a word”: it is no quantity. */
  private isProse(): boolean {
    const word = (token = ""): boolean => /^\p{L}{2,}$/u.test(token);
    const [before, space] = [this.tokens[this.at - 3], this.tokens[this.at - 2]];
    return space === " " && this.tokens[this.at] === " " && word(before) && word(this.tokens[this.at + 1]);
  }

  private inside(closing: string): Element {
    const parts = this.row(closing);
    this.take(closing);
    return group(parts);
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}

/** Half a fraction needs no brackets around it, and no space at its end. */
function bare(parts: Element[]): Element[] {
  while (parts.at(-1)?.tagName === "mspace") parts.pop();
  const [only] = parts;
  const isBracketed = parts.length === 1 && only!.tagName === "mrow" && only!.firstElementChild?.textContent === "(";
  return isBracketed ? [...only!.children].slice(1, -1) : parts;
}
