// Each test file's lane, and which files share a process.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ledger, LedgerRow } from "./ledger.ts";
import { root } from "./root.ts";
import { needsDisk } from "./temporary-place.ts";

/**
 * D: deterministic, pure functions and virtual time. E: engines, threads, processes, sockets. M: measured, which needs the
 * machine for itself.
 */
export type Lane = "D" | "E" | "M";

/** Tests that judge a load or a processor's time. */
const measured =
  /^test\/interop\/load-|^test\/integration\/(?:load-test|counts|blocked-caller|restore-counts)|^test\/chaos\/hostile-datagrams|^test\/fuzz\/.*packets/;

/** Folders whose tests have real time and sockets, whatever a run saw. */
const realTime =
  /^test\/(?:integration|chaos|crash|damage|faults|interop|leaks|page|storage|hostile\/service)\//;

/** Tests in virtual time, also where they start a process that they compare with. */
const virtualTime = /^test\/(?:simulation\/|hostile\/virtual-time|fuzz\/engine)/;

/** Paths of the test files below folders or with names, sorted. A pattern that begins with `!` leaves files out. */
export function listTestFiles(...patterns: readonly string[]): string[] {
  const left = patterns
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => pattern.slice(1));
  const named = patterns.filter((pattern) => !pattern.startsWith("!"));
  const without = new Set(globSync(left, { cwd: root }));
  return globSync(named, { cwd: root })
    .filter(
      (path) => path.endsWith(".test.ts") && !without.has(path) && !path.includes("node_modules"),
    )
    .toSorted();
}

/** The lane of a file. A file that the ledger does not know has no second try. */
export function laneOf(file: string, row: LedgerRow | undefined): Lane {
  if (measured.test(file)) return "M";
  if (realTime.test(file)) return "E";
  if (virtualTime.test(file)) return "D";
  if (row === undefined) return "D";
  return (row.threads ?? 0) + (row.children ?? 0) + (row.sockets ?? 0) > 0 ? "E" : "D";
}

/** Files that run in one process, one after the other. */
export interface Group {
  readonly name: string;
  readonly lane: Lane;
  readonly files: readonly string[];
  /** By the ledger. */
  readonly seconds: number;
}

/** A process that takes longer than its files' seconds so many times, and a minute, hangs. */
const patience = 5;
const graceSeconds = 60;
/** Seconds of a file that the ledger does not know. */
const unknownSeconds = 60;
/** Seconds of a file whose long form was never measured. */
export const unknownLongSeconds = 90;
/** A process has so much work: short enough that the last one ends soon after the others. */
const groupSeconds = 15;
/** The start of a process, which a grouped file does not pay. */
const startSeconds = 0.6;

/** Divides files into processes; the longest begin first. */
export function groupsOf(files: readonly string[], ledger: Ledger, isLong = false): Group[] {
  const groups: Group[] = [];
  const seconds = (file: string): number => secondsOf(file, ledger[file], isLong);
  for (const lane of ["D", "E", "M"] as const) {
    const ofLane = files.filter((file) => laneOf(file, ledger[file]) === lane);
    const together = ofLane.filter(
      (file) => lane !== "M" && seconds(file) <= groupSeconds && isShared(file, ledger[file]),
    );
    for (const file of ofLane.filter((file) => !together.includes(file))) {
      groups.push({ name: nameOf(file), lane, files: [file], seconds: seconds(file) });
    }
    groups.push(...packed(together, seconds, lane));
  }
  return groups.toSorted((one, other) => other.seconds - one.seconds);
}

/**
 * Each file goes to the first group with room for it, and with the same place for temporary files: a busy disk would hold up
 * tests that need none. Most have their neighbours, whose modules are the same.
 */
function packed(
  files: readonly string[],
  secondsOfFile: (file: string) => number,
  lane: Lane,
): Group[] {
  const groups: { readonly files: string[]; seconds: number }[] = [];
  for (const file of files) {
    const own = Math.max(0.1, secondsOfFile(file) - startSeconds);
    const group = groups.find(
      ({ files: [first = ""], seconds }) =>
        seconds + own <= groupSeconds && needsDisk(first) === needsDisk(file),
    );
    if (group === undefined) groups.push({ files: [file], seconds: startSeconds + own });
    else {
      group.files.push(file);
      group.seconds += own;
    }
  }
  return groups.map(({ files: taken, seconds }) => ({
    name: `${lane}-${nameOf(taken[0] ?? "")}`,
    lane,
    files: taken,
    seconds,
  }));
}

/** A file shares its process with others if it leaves nothing behind and needs nothing that they would notice. */
function isShared(file: string, row: LedgerRow | undefined): boolean {
  if (row === undefined) return false;
  if (row.hooks === true || row.left !== undefined) return false;
  // A snapshot belongs to the file of the process; a file that waits as it loads lets the tests begin without the next.
  return !/\.snapshot\(|^(?:await |const .*= await |for await)|^test\.(?:before|after|only)/m.test(
    readFileSync(join(root, file), "utf8"),
  );
}

/**
 * Seconds of a file alone. In lane D nothing waits but for a core: its seconds are its processor time.
 *
 * @param isLong In the long lanes.
 */
export function secondsOf(file: string, row: LedgerRow | undefined, isLong = false): number {
  if (row === undefined) return unknownSeconds;
  const { cpu, seconds } = (isLong ? row.long : undefined) ?? row;
  return laneOf(file, row) === "D" ? cpu : Math.max(seconds, cpu);
}

/**
 * The time after which a process whose files take `seconds` hangs.
 *
 * @param isLong In the long lanes, whose seconds the ledger may not know.
 */
export function limitOf(seconds: number, isLong = false): number {
  return Math.max(seconds, isLong ? unknownLongSeconds : 0) * patience + graceSeconds;
}

/** A file's path as the name of a process. */
function nameOf(file: string): string {
  return file.replace(/\.test\.ts$/, "").replaceAll(/[/.]+/g, "-");
}
