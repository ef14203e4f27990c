// Figures and foreign texts as this browser shows them.

import { cleanText } from "@troupe/protocol/text";
import { formatsOf, type Formats } from "./format.ts";
import { locale, texts } from "./text.ts";

/** Ways to write figures, in the language of the browser. */
export const shown: Formats = formatsOf(locale);

/** Makes the first format, which takes a browser as long as the drawing of some rows: there is time while those are on their way. */
export function prepareFormats(): void {
  shown.count(0);
}

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
