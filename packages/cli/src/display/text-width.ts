// Measures and cuts text by terminal columns. Texts have no control characters and no colours.

import { createRequire } from "node:module";

const printableAscii = /^[ -~]*$/;
const notAscii = /[\u0080-\uffff]/;
let segmenter: Intl.Segmenter | undefined;
let loaded: ((text: string) => number) | undefined;

/** Splits by user-perceived characters. The first call loads the tables: 7 ms. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Columns on a terminal: 2 for wide characters, 0 for combining marks. */
export function columnsOf(text: string): number {
  if (printableAscii.test(text)) return text.length;
  // `string-width` compiles Unicode tables: 24 ms that most runs do not need.
  loaded ??= (
    createRequire(import.meta.url)("string-width") as { default: (text: string) => number }
  ).default;
  return loaded(text);
}

/** At most `columns` columns; a cut text ends in an ellipsis. No character is split. */
export function cutToFit(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let room = columns - 1;
  for (const { segment } of graphemesOf(text)) {
    room -= columnsOf(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Parts of at most `columns` columns, at least one; no character is split. */
export function splitToFit(text: string, columns: number): string[] {
  if (columnsOf(text) <= columns) return [text];
  const parts = [""];
  let room = columns;
  for (const { segment } of graphemesOf(text)) {
    const width = columnsOf(segment);
    if (width > room) {
      parts.push("");
      room = columns;
    }
    parts[parts.length - 1] += segment;
    room -= width;
  }
  return parts;
}

/** Cut or filled with spaces to exactly `columns` columns. */
export function fillTo(text: string, columns: number): string {
  const fitted = cutToFit(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - columnsOf(fitted)));
}

/** `left` and `right` at the two ends of a line; `left` gives way when both do not fit. */
export function spread(left: string, right: string, columns: number): string {
  const fittedRight = cutToFit(right, columns);
  const room = columns - columnsOf(fittedRight) - 1;
  if (room <= 0) return fittedRight;
  return `${fillTo(left, room)} ${fittedRight}`;
}

/** Replaces every non-ASCII character by a sign of the same width: `~` for an ellipsis, else `?`. */
export function asciiOnly(text: string): string {
  if (!notAscii.test(text)) return text;
  let ascii = "";
  for (const { segment } of graphemesOf(text)) {
    if (segment === "…") ascii += "~";
    else ascii += notAscii.test(segment) ? "?".repeat(columnsOf(segment)) : segment;
  }
  return ascii;
}
