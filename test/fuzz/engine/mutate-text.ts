// Text as an input of bytes, and words that texts from outside are made of.

import { bytesMutator, bytesOf } from "./mutate-bytes.ts";
import type { Mutator } from "./target.ts";

/** The first byte of an input whose rest is UTF-16: the only way to halves of surrogate pairs. */
const utf16Mark = 0xff;

/** @returns The text that an input stands for: UTF-8 with U+FFFD for what is not, or UTF-16 behind a mark. */
export function textOf(input: Uint8Array): string {
  if (input[0] !== utf16Mark) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(input);
  let text = "";
  for (let at = 1; at + 1 < input.length; at += 2) {
    text += String.fromCharCode((input[at] ?? 0) | ((input[at + 1] ?? 0) << 8));
  }
  return text;
}

const nasty: readonly string[] = [
  ..."\u0000|\u001b[2J|\r\n|\t|\u007f|\u0085|\u00a0|\u00ad|\u061c|\u180e|\u200b|\u200d|\u202e|\u2028".split(
    "|",
  ),
  ..."\u2066|\ufeff|\ufffd|\ufffe|\u{1f600}|\u{e0041}|\u0130|\u0131|\u00df|\u017f|e\u0301|\u00e9|\u1e9e".split(
    "|",
  ),
  ...[
    "..",
    ".",
    "/",
    "\\",
    "//",
    "CON",
    "nul.txt",
    "COM¹",
    "C:",
    "~",
    " ",
    "-",
    "--",
    "%00",
    "%2e",
  ],
  ...["__proto__", "constructor", "toString", "x".repeat(300), "é".repeat(200), "a.".repeat(64)],
];

/** @param words What the target's texts are made of. @returns A mutator with them and with characters that do harm. */
export function textMutator(words: readonly string[]): Mutator {
  const utf16 = Uint8Array.from([utf16Mark, 0x41, 0, 0, 0xd8, 0x42, 0, 0, 0xdc]);
  return bytesMutator([...[...words, ...nasty].map(bytesOf), utf16]);
}
