// `pnpm test:long`: everything that the gate leaves out. Sections that passed at this commit are not run again.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { conclude } from "./gate.ts";
import { readLedger } from "./ledger.ts";
import { longFiles } from "./long-files.ts";
import { listLongForms, seedOf } from "./parts.ts";
import { root } from "./root.ts";
import { runSections, type Part, type SectionResult } from "./run-section.ts";
import { fullSections, listUnitFiles } from "./sections.ts";
import { laneOf } from "./test-files.ts";
import { head } from "./unstable.ts";

/** Sections that have ended, with the commit that they judged. */
interface Record {
  readonly commit: string;
  readonly results: readonly SectionResult[];
}

const path = join(root, "reports/long.json");
const strictRounds = 5;

/** Runs the sections that have not passed yet. @param names The sections to run; without one all. */
export async function runLong(names: readonly string[] = []): Promise<boolean> {
  const commit = `${head()}${changeDigest()}`;
  const known = readRecord();
  const results =
    known?.commit === commit ? known.results.filter(({ failures }) => failures.length === 0) : [];
  const done = new Map(results.map((result) => [result.name, result]));
  const parts = longParts(commit);
  const unknown = names.find((name) => !parts.some(({ section }) => section.name === name));
  if (unknown !== undefined) throw new Error(`no section is called "${unknown}"`);
  for (const part of parts) {
    const { name } = part.section;
    if (done.has(name) || (names.length > 0 && !names.includes(name))) continue;
    for (const result of await runSections([part])) done.set(name, result);
    mkdirSync(join(root, "reports"), { recursive: true });
    writeFileSync(path, JSON.stringify({ commit, results: [...done.values()] }));
  }
  return conclude([...done.values()]);
}

/** Names and files of all sections, in their order. */
function longParts(commit: string): Part[] {
  const full = fullSections().map((section): Part => ({
    section: { ...section, cpu: 0 },
    options: { isLong: true },
  }));
  const seed = seedOf(`${commit} long`);
  const ledger = readLedger();
  const engines = (): string[] =>
    fullSections()
      .flatMap((section) => ("files" in section ? section.files() : []))
      .filter((file) => laneOf(file, ledger[file]) === "E" && !longFiles.includes(file));
  const strict = Array.from({ length: strictRounds }, (_, round): Part => ({
    section: {
      name: `engines without a second try, ${round + 1} of ${strictRounds}`,
      cpu: 0,
      files: engines,
    },
    options: { isStrict: true },
  }));
  return [
    ...full,
    {
      section: { name: `fresh seeds, seed ${seed}`, cpu: 0, files: listLongForms },
      options: { isLong: true, seed },
    },
    {
      section: {
        name: "threads from the sources",
        cpu: 0,
        files: () => [...listUnitFiles(), ...engines()],
      },
      options: { environment: { TROUPE_SOURCES: "1" } },
    },
    {
      section: { name: "threads for every engine", cpu: 0, files: engines },
      options: { environment: { TROUPE_THREADS: "1" } },
    },
    ...strict,
  ];
}

/** Empty for a checkout without changes: sections that passed for other files run again. */
function changeDigest(): string {
  const changes = ["diff HEAD", "ls-files --others --exclude-standard"].map((words) =>
    execFileSync("git", words.split(" "), { cwd: root, encoding: "utf8" }),
  );
  return changes.every((text) => text === "")
    ? ""
    : ` with ${createHash("sha256").update(changes.join("\0")).digest("hex").slice(0, 12)}`;
}

function readRecord(): Record | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record;
  } catch {
    return undefined;
  }
}
