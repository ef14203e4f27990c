import { FileGlob } from "@troupe/protocol/text";
import { UsageError } from "./usage-error.ts";

/** Selects files by number from 1, as in `troupe info`, both ends included, or by name. */
export type FilePattern =
  | { readonly first: number; readonly last: number }
  | { readonly glob: string };

/** A priority for the files that a pattern matches. */
type PriorityRule = {
  readonly pattern: FilePattern;
  readonly priority: number;
};

const highestPriority = 65_535;

/** `1,3-5,*.txt,{a,b}/*`: numbers, ranges of numbers and globs. */
export function parseSelect(text: string): FilePattern[] {
  const parts = text.split(/,(?![^{]*\})/).map((part) => part.trim());
  if (parts.includes("")) {
    throw new UsageError(
      `--select takes file numbers and globs like 1,3-5,*.txt, not ${JSON.stringify(text)}`,
    );
  }
  return parts.map(parsePattern);
}

/** A number, a path or a glob of one file. */
export function parseFile(text: string): FilePattern {
  return /^\d{1,9}$/.test(text) ? parsePattern(text) : { glob: text };
}

/** `*.txt=10`, or a number or range of numbers in place of the glob. */
export function parsePriority(text: string): PriorityRule {
  const at = text.lastIndexOf("=");
  const digits = text.slice(at + 1);
  const priority = /^\d{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
  if (at < 1 || !(priority <= highestPriority)) {
    throw new UsageError(
      `--priority takes GLOB=N with N from 0 to ${highestPriority}, like *.txt=10, not ${JSON.stringify(text)}`,
    );
  }
  return { pattern: parsePattern(text.slice(0, at)), priority };
}

/**
 * Makes the test of a file by its path below the data folder, with `/` between its parts, and by its number, counted from 1.
 */
export function patternTest(pattern: FilePattern): (path: string, number: number) => boolean {
  if ("first" in pattern) return (_, number) => number >= pattern.first && number <= pattern.last;
  const glob = new FileGlob(pattern.glob);
  return (path) => glob.matches(path);
}

/** Writes a pattern the way the user wrote it. */
export function spellPattern(pattern: FilePattern): string {
  if ("glob" in pattern) return pattern.glob;
  const { first, last } = pattern;
  return first === last ? String(first) : `${first}-${last}`;
}

function parsePattern(text: string): FilePattern {
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text);
  if (match === null) return { glob: text };
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last < first) {
    throw new UsageError(`files are numbered from 1, and ${JSON.stringify(text)} is no range`);
  }
  return { first, last };
}
