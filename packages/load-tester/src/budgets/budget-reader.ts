// Reads words, signs and numbers of a budget, and knows the column of each.

import { cleanText, nearest } from "@troupe/protocol/text";
import { BudgetError } from "./budget-error.ts";

/** Longest text of a budget, in characters. */
const mostBudgetCharacters = 300;

/** A cursor in the text of a budget. Spaces between words are skipped. */
export class BudgetReader {
  readonly text: string;
  #at = 0;

  /** @throws BudgetError for a text of more than {@link mostBudgetCharacters}. */
  constructor(text: string) {
    this.text = text;
    if (text.length > mostBudgetCharacters)
      throw new BudgetError(
        text,
        mostBudgetCharacters + 1,
        `it has ${text.length} characters, allowed are ${mostBudgetCharacters}`,
      );
  }

  /** Column of the next word or sign, from 1. */
  get column(): number {
    this.#skipSpaces();
    return this.#at + 1;
  }

  get isAtEnd(): boolean {
    return this.column > this.text.length;
  }

  /** The match of a sticky expression at the cursor, which moves behind it; undefined without a match. */
  take(pattern: RegExp): string | undefined {
    this.#skipSpaces();
    return this.takeHere(pattern);
  }

  /** {@link take} without spaces before. */
  takeHere(pattern: RegExp): string | undefined {
    const sticky = new RegExp(pattern.source, "uy");
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /**
   * The next word, one of a list.
   *
   * @param what The thing that the words name: `measure or counter`.
   * @throws BudgetError with the nearest word.
   */
  takeName<Name extends string>(what: string, names: readonly Name[]): Name {
    const column = this.column;
    const word = this.take(/[\p{L}_][\p{L}\d_-]*/u);
    const found = names.find((name) => name === word);
    if (found !== undefined) return found;
    if (word === undefined) throw this.missing(`a ${what}: ${names.join(", ")}`);
    throw this.fault(column, unknownName(what, word, names));
  }

  /** A fault at a column. */
  fault(column: number, reason: string): BudgetError {
    return new BudgetError(this.text, column, reason);
  }

  /** Something else stands at the cursor than what is expected there. */
  missing(expected: string): BudgetError {
    const rest = this.text.slice(this.column - 1);
    const seen = rest === "" ? "the budget ends" : `there is "${cleanText(rest, 40)}"`;
    return this.fault(this.column, `${seen} where ${expected} is expected`);
  }

  #skipSpaces(): void {
    while (this.text[this.#at] === " " || this.text[this.#at] === "\t") this.#at++;
  }
}

/** `there is no group "leach"; did you mean leech?` */
export function unknownName(what: string, seen: string, names: readonly string[]): string {
  const meant = nearest(seen.slice(0, 60), names);
  const advice = meant === undefined ? `; there are ${listed(names)}` : `; did you mean ${meant}?`;
  return `there is no ${what} "${cleanText(seen, 60)}"${names.length === 0 ? "" : advice}`;
}

const mostListed = 40;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).join(", ");
  return names.length > mostListed ? `${shown} and others` : shown;
}
