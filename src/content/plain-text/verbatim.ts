// Text that must stay byte for byte while the text around it is decoded, collapsed and wrapped: merge tags above all.
import { References } from './references.ts';

/** Merge tags of the usual template languages; none of the expressions can run past the mark that opens the next one. */
const MERGE =
  /\{\{[^{}]{0,5000}\}\}|\{%[^{}]{0,5000}%\}|<%[^<>]{0,5000}%>|<#[^<>]{0,5000}>|\*\|[^|]{0,5000}\|\*/g;

// Marks that no text can hold: Unicode gives these two no meaning, and `plain` takes them out of what it is given.
const [START, END] = ['\uFDD0', '\uFDD1'];
const MARK = /\uFDD0(\d{1,9})\uFDD1/g;
// Besides the marks, what cannot be seen and may confuse what reads the text.
const UNWANTED = /[^\P{Cc}\t\n\r]|[\uFDD0\uFDD1]/gu;

/** Turns markup text into plain text; what stays byte for byte is held aside until `restore`. */
export class Verbatim {
  readonly #kept: string[] = [];
  readonly #marks = new Map<string, string>();
  readonly #references = new References();

  /** A mark in place of the text. */
  keep(text: string): string {
    const known = this.#marks.get(text);
    if (known !== undefined) return known;
    const mark = `${START}${this.#kept.push(text) - 1}${END}`;
    this.#marks.set(text, mark);
    return mark;
  }

  /** Text of markup: entities decoded, white space collapsed; merge tags kept. */
  text(source: string): string {
    return this.#around(source, (piece) =>
      plain(this.#references.text(piece)).replaceAll(/[\t\n\f\r ]+/g, ' '),
    );
  }

  /** The value of an attribute, on one line: entities decoded as browsers do there; merge tags kept. */
  attribute(source: string): string {
    return this.#around(source, (piece) =>
      plain(this.#references.attribute(piece)).replaceAll(/[\t\n\f\r ]+/g, ' '),
    );
  }

  /** The text with everything that was held aside. */
  restore(text: string): string {
    return text.replaceAll(MARK, (_mark, index: string) => this.#kept[Number(index)] ?? '');
  }

  #around(source: string, change: (piece: string) => string): string {
    if (!/[{<*]/.test(source)) return change(source);
    let result = '';
    let last = 0;
    for (const match of source.matchAll(MERGE)) {
      result += change(source.slice(last, match.index)) + this.keep(match[0]);
      last = match.index + match[0].length;
    }
    return result + change(source.slice(last));
  }
}

function plain(text: string): string {
  return text.replaceAll(UNWANTED, '');
}
