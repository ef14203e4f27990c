// The planted faults (test/planted.json): one-line faults that tests should notice.

import { readFileSync } from "node:fs";

/** A fault. */
export interface Fault {
  readonly id: number;
  /** A word for the kind of mistake. */
  readonly kind: string;
  /** Path of the source, relative to the repository. */
  readonly path: string;
  /** Whole lines that the source has once. */
  readonly before: string;
  /** The lines in their place. Empty: the lines are left out. */
  readonly after: string;
}

/** All faults. The first 40 are the ones that are measured most often. */
export function readFaults(file: string): readonly Fault[] {
  const { faults } = JSON.parse(readFileSync(file, "utf8")) as { faults: readonly Fault[] };
  return faults;
}

/**
 * The text of a source with the fault in it. The number of lines before the fault stays.
 *
 * @throws Error where the lines before the fault are not in the text exactly once.
 */
export function planted(text: string, { id, path, before, after }: Fault): string {
  const framed = `\n${text}`;
  const [head, tail, more] = framed.split(`\n${before}\n`);
  if (head === undefined || tail === undefined || more !== undefined) {
    const count = framed.split(`\n${before}\n`).length - 1;
    throw new Error(`fault ${id}: its lines are ${count} times in ${path}; once is needed`);
  }
  return `${head}\n${after}\n${tail}`.slice(1);
}

/**
 * The text of a module that adds a byte to a file whenever a process or thread evaluates the module. A browser has no
 * files, and a process without rights for the file leaves no mark.
 */
export function marked(text: string, marker: string): string {
  const mark = `process.getBuiltinModule?.("node:fs").appendFileSync(${JSON.stringify(marker)}, "1")`;
  return `try { if (typeof process !== "undefined") ${mark}; } catch {} ${text}`;
}

/** Whether a browser runs the source: no process there leaves a mark. */
export function isPageSource(path: string): boolean {
  return path.startsWith("packages/page/src/") || path.includes("/report/page/");
}
