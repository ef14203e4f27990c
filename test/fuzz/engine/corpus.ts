// Inputs that are kept: one small file each, in a folder of their target.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the committed corpus lies. */
export const corpusDirectory: string = join(import.meta.dirname, "../corpus");

/** An input and the name of its file. */
export interface CorpusFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** @returns The inputs kept for a target, in the order of their names. */
export function readCorpus(directory: string, target: string): CorpusFile[] {
  const folder = join(directory, target);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .toSorted()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
}

/** Keeps an input. @returns Its file. @param name Default from its bytes: the same input is kept once. */
export function keepInput(
  directory: string,
  target: string,
  bytes: Uint8Array,
  name: string = digestOf(bytes),
): string {
  const folder = join(directory, target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Forgets an input. */
export function dropInput(directory: string, target: string, name: string): void {
  rmSync(join(directory, target, name));
}

/** @returns The name of an input without a name of its own. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex").slice(0, 12);
}
