// The file of the outbox: lines that are added, and from time to time the whole, written anew.

import { readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { codeOf } from "@troupe/actor-runtime";
import { replaceFile } from "../../program/secret-files.ts";

/** A longer file is not this program's: 10,000 entries and the notes of 100,000 torrents have less. */
const longestFile = 256 * 1_024 ** 2;

/** Writes that are durable when they settle. */
export interface OutboxStore {
  /** @throws rejects with a system error: the end of the file is not known. */
  append(text: string): Promise<void>;
  /** Writes the whole, or changes nothing. @throws rejects with a system error */
  replace(text: string): Promise<void>;
}

/** The file with this path. */
export function outboxFile(path: string): OutboxStore {
  return {
    append: async (text) => {
      await using file = await open(path, "a", 0o600);
      await file.writeFile(text);
      await file.datasync();
    },
    replace: async (text) => await replaceFile(path, text),
  };
}

/** @returns Undefined where there is no file. @throws a system error */
export function readOutboxFile(path: string): string | undefined {
  try {
    if (statSync(path).size > longestFile) return "";
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Keeps a file that cannot be used beside the new one. @throws a system error */
export function keepDamaged(path: string): void {
  renameSync(path, `${path}.damaged`);
}

/** Ends an outbox: without hooks nothing is noted, and the next one begins anew. @throws a system error */
export function removeOutbox(path: string): void {
  rmSync(path, { force: true });
}
