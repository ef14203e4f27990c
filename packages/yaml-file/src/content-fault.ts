// Faults of files in YAML: one sentence with the place, the key, what was seen and what is allowed.

import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";

/** Keys and indices from the top of the file. */
export type Path = readonly (string | number)[];

/** A place in a text; both begin with 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A kind of file, such as scenarios of load tests. */
export interface FileKind {
  /** The code of errors. */
  readonly code: string;
  /** The content, as errors name it: `a scenario`. Absent: the file may be empty. */
  readonly content?: string;
}

const longestSeen = 60;
/** Characters of an error. */
export const longestSentence = 500;

/** A fault of the content, thrown before its place in the file is known. */
export class ContentFault extends Error {
  readonly path: Path;
  /** The key itself is wrong, not its value. */
  readonly isKey: boolean;
  /** Characters of the value before the fault. */
  readonly within: number;

  constructor(path: Path, sentence: string, isKey = false, within = 0) {
    super(sentence);
    this.name = "ContentFault";
    this.path = path;
    this.isKey = isKey;
    this.within = within;
  }
}

/** A fault of the value at a path, whose name begins the sentence. */
export function faultAt(path: Path, rest: string): ContentFault {
  return new ContentFault(path, `${spellPath(path)} ${rest}`);
}

/** A fault of the key at a path, whose name begins the sentence. */
export function keyFault(path: Path, rest: string): ContentFault {
  return new ContentFault(path, `${spellPath(path)} ${rest}`, true);
}

/** The fault of a value: `groups.leech.count is 0; allowed is a whole number from 1 to 20000`. */
export function wrongValue(path: Path, seen: unknown, allowed: string): ContentFault {
  return faultAt(path, `is ${spellSeen(seen)}; allowed is ${allowed}`);
}

/** `groups.leech.stay`, `budgets[2]`; "the file" for its top. */
export function spellPath(path: Path): string {
  const text = path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
  return text === "" ? "the file" : cleanText(text, 2 * longestSeen);
}

/** A value as an error shows it: text in quotes. */
export function spellSeen(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return `a mapping of ${Object.keys(value).length}`;
  if (typeof value === "number" || typeof value === "boolean") return `${value}`;
  if (typeof value !== "string") return `a ${typeof value}`;
  const text = cleanText(value, longestSeen);
  return `"${text}"${value.length > longestSeen ? "…" : ""}`;
}

/** The error of a file: `load.yaml:3:5: …`. */
export function malformed(
  { code }: FileKind,
  fileName: string,
  place: Place,
  sentence: string,
): TroupeError {
  const name = cleanText(fileName, 200);
  const text = cleanText(sentence, longestSentence);
  return new TroupeError(code, `${name}:${place.line}:${place.column}: ${text}`, {
    details: { fileName: name, ...place },
  });
}
