// Figures and foreign texts as this browser shows them.

import { cleanText } from "@troupe/protocol/text";
import { formatsOf, type Formats } from "./format.ts";
import { locale, texts } from "./text.ts";

/** Ways to write figures, in the language of the browser. */
export const shown: Formats = formatsOf(locale);

/** A rate; one that rounds to nothing has a text, too. */
export function rateText(bytesPerSecond: number): string {
  return shown.rate(bytesPerSecond) || texts.graphs.none;
}

/** Characters of a foreign text. */
const longest = 1_000;

/** A name or a sentence from outside, without control characters, direction marks and invisible characters. */
export function cleaned(text: string): string {
  return cleanText(text, longest);
}
