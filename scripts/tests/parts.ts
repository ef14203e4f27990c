// The parts of the long lanes that a CI run takes: a rotating one, chosen by the commit, and the folders that the change
// touches.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "./change.ts";
import { readLedger, type Ledger } from "./ledger.ts";
import { longFiles } from "./long-files.ts";
import { pathMap } from "./path-map.ts";
import { root } from "./root.ts";
import type { Part } from "./run-section.ts";
import { listTestFiles, secondsOf, unknownLongSeconds } from "./test-files.ts";
import { head } from "./unstable.ts";

const rotatingSeconds = 240;
const changedSeconds = 600;
/** Files run two at a time and more, but not all of them. */
const atATime = 1.5;

/** A seed that is the same for each run of a commit. */
export function seedOf(commit: string): number {
  return Number.parseInt(digest(commit).slice(0, 7), 16);
}

/** Files that have a longer form than that of the gate, or take seeds. */
export function listLongForms(): string[] {
  const all = listTestFiles("packages/*/test/**/*", "test/**/*", "!test/torrents/*");
  return all.filter(
    (file) =>
      longFiles.includes(file) ||
      /\/support\/(?:lanes|long-test|seeds|simulated)/.test(readFileSync(join(root, file), "utf8")),
  );
}

/** Files for four minutes. */
export function rotatingPart(): Part {
  const commit = head();
  const seed = seedOf(commit);
  const order = listLongForms().toSorted((one, other) =>
    digest(commit + one) < digest(commit + other) ? -1 : 1,
  );
  const files = fitting(order, readLedger(), rotatingSeconds).taken;
  return {
    section: { name: `rotating part, seed ${seed}`, cpu: 0, files: () => files },
    options: { isLong: true, seed },
  };
}

/** The titles in quarantine, each file alone. Undefined where there are none. */
export function quarantinePart(titles: readonly string[]): Part | undefined {
  if (titles.length === 0) return undefined;
  const files = [...new Set(titles.map((title) => title.split(" › ")[0] ?? ""))];
  return {
    section: { name: "quarantine", cpu: 0, files: () => files },
    options: { isAlone: true, isStrict: true, only: titles },
  };
}

/** Tests of the long lanes for what the change touches, at most ten minutes of them. */
export function changedParts({ files: changed }: Change): Part[] {
  const rows = pathMap.filter(({ sources }) =>
    [...changed].some((file) => file.startsWith(sources)),
  );
  if (rows.length === 0) return [];
  // The most telling tests of each row come first.
  const listed = rows.map(({ tests }) =>
    tests.flatMap((path) => listTestFiles(path.endsWith("/") ? `${path}**/*` : path)),
  );
  const depth = Math.max(...listed.map((files) => files.length));
  const ordered = Array.from({ length: depth }, (_, place) =>
    listed.flatMap((files) => files[place] ?? []),
  );
  const { taken, left } = fitting([...new Set(ordered.flat())], readLedger(), changedSeconds);
  for (const { sources, tests } of rows)
    console.log(`the change touches ${sources}: ${tests.join(", ")}`);
  if (left.length > 0) console.log(`left to pnpm test:long: ${left.join(", ")}`);
  return [
    {
      section: { name: "folders of the change", cpu: 0, files: () => taken },
      options: { isLong: true },
    },
  ];
}

/** The first files that fit into a time; the others are left. */
function fitting(
  files: readonly string[],
  ledger: Ledger,
  seconds: number,
): { readonly taken: string[]; readonly left: string[] } {
  const [taken, left]: [string[], string[]] = [[], []];
  let room = seconds * atATime;
  for (const file of files) {
    const own = longSecondsOf(file, ledger);
    (own <= room ? taken : left).push(file);
    if (own <= room) room -= own;
  }
  return { taken, left };
}

function longSecondsOf(file: string, ledger: Ledger): number {
  const row = ledger[file];
  const seconds = secondsOf(file, row, true);
  return row?.long === undefined ? Math.max(unknownLongSeconds, seconds) : seconds;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
