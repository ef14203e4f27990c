// Terminal columns of texts without control characters and colours.

import { createRequire } from "node:module";

const printableAscii = /^[ -~]*$/;
const notAscii = /[\u0080-\uffff]/;
let segmenter: Intl.Segmenter | undefined;
let loaded: ((text: string) => number) | undefined;

/** By user-perceived characters. The first call loads the tables: 7 ms. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Columns on a terminal: 2 for wide characters, 0 for combining marks. */
export function columnsOf(text: string): number {
  if (printableAscii.test(text)) return text.length;
  // `string-width` compiles Unicode tables for 24 ms, which most runs do not need.
  loaded ??= (
    createRequire(import.meta.url)("string-width") as { default: (text: string) => number }
  ).default;
  return loaded(text);
}

/** At most `columns` columns, with an ellipsis after a cut. No character is split. */
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

/** At least one part, each at most `columns` columns; no character is split. */
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

/** At least one part, each at most `columns` columns, cut between words where there is a space. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const parts = splitToFit(word, columns);
    lines.push(...parts.slice(0, -1));
    line = parts.at(-1) ?? "";
  }
  return [...lines, line];
}

/** Cut or filled with spaces to exactly `columns` columns. */
export function fillTo(text: string, columns: number): string {
  const fitted = cutToFit(text, columns);
  return fitted + " ".repeat(Math.max(0, columns - columnsOf(fitted)));
}

/** `left` and `right` at the ends of a line; `left` gives way. */
export function spread(left: string, right: string, columns: number): string {
  const fittedRight = cutToFit(right, columns);
  const room = columns - columnsOf(fittedRight) - 1;
  if (room <= 0) return fittedRight;
  return `${fillTo(left, room)} ${fittedRight}`;
}

/** Replaces non-ASCII characters by signs of the same width: `~` for an ellipsis, else `?`. */
export function asciiOnly(text: string): string {
  if (!notAscii.test(text)) return text;
  let ascii = "";
  for (const { segment } of graphemesOf(text)) {
    if (segment === "…") ascii += "~";
    else ascii += notAscii.test(segment) ? "?".repeat(columnsOf(segment)) : segment;
  }
  return ascii;
}
