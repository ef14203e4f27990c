// The sections of a run: which files or commands each has, and the processor seconds that the gate gives it.

import { longFiles } from "./long-files.ts";
import { listTestFiles } from "./test-files.ts";

interface Named {
  readonly name: string;
  /** Processor seconds, norm (calibration.ts), of the gate. Zero: the section has no budget. */
  readonly cpu: number;
}

/** A section of test files. */
export interface FilesSection extends Named {
  readonly files: () => string[];
}

/** A section that passes if a command ends with 0. */
export interface CommandSection extends Named {
  readonly command: readonly [string, ...string[]];
  readonly limitSeconds: number;
  /** Before all files of lane D, which tells first what is wrong, or after them. */
  readonly turn: "first" | "last";
}

/** One section. */
export type Section = FilesSection | CommandSection;

/** Test files of the documents and of the structure: `pnpm lint` runs them. */
export function listLintFiles(): string[] {
  return listTestFiles("test/docs/*", "test/structure/*");
}

/** Unit tests. */
export function listUnitFiles(): string[] {
  return listTestFiles(
    "packages/*/test/**/*",
    "test/bench/**/*",
    "test/packages/**/*",
    "test/support/**/*",
  );
}

/** Tests in virtual time. */
export function listVirtualFiles(): string[] {
  return listTestFiles("test/simulation/*", "test/hostile/virtual-time*", "test/fuzz/engine*");
}

const engineFolders = [
  "integration",
  "chaos",
  "crash",
  "damage",
  "faults",
  "fuzz",
  "hostile",
  "storage",
];

function listEngineFiles(): string[] {
  return listTestFiles(
    ...engineFolders.map((folder) => `test/${folder}/**/*`),
    ...listVirtualFiles().map((file) => `!${file}`),
  );
}

const browserTests = ["test/interop/service-browser-attacks*", "test/interop/transmission-page*"];

function listForeignFiles(): string[] {
  return listTestFiles(
    "test/interop/*",
    "!test/interop/load-*",
    ...browserTests.map((pattern) => `!${pattern}`),
  );
}

const command = (script: string): readonly [string, ...string[]] => [
  "npx",
  "-y",
  "pnpm@12",
  "run",
  script,
];

const all: readonly Section[] = [
  { name: "lint", cpu: 55, command: command("lint:code"), limitSeconds: 600, turn: "first" },
  { name: "docs, structure", cpu: 30, files: listLintFiles },
  { name: "format", cpu: 5, command: command("format"), limitSeconds: 120, turn: "first" },
  { name: "types", cpu: 55, command: command("types"), limitSeconds: 600, turn: "first" },
  { name: "unit", cpu: 310, files: listUnitFiles },
  { name: "virtual time", cpu: 270, files: listVirtualFiles },
  { name: "engines", cpu: 930, files: listEngineFiles },
  {
    name: "packages, install",
    cpu: 220,
    command: command("test:packed"),
    limitSeconds: 2_000,
    // The types that it packs are made by then.
    turn: "last",
  },
  { name: "foreign clients", cpu: 260, files: listForeignFiles },
  { name: "page", cpu: 150, files: () => listTestFiles("test/page/*", ...browserTests) },
  {
    name: "load, leaks",
    cpu: 65,
    files: () => listTestFiles("test/interop/load-*", "test/leaks/*"),
  },
];

/** The sections of the gate: without the files that only the long lanes run. */
export function gateSections(): Section[] {
  return all.map((section) =>
    "files" in section ? { ...section, files: () => withoutLong(section.files()) } : section,
  );
}

/** The sections with all files. */
export function fullSections(): readonly Section[] {
  return all;
}

function withoutLong(files: readonly string[]): string[] {
  return files.filter((file) => !longFiles.includes(file));
}
