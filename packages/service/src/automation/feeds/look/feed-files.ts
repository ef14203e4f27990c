import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../../../program/secret-files.ts";
import { readIfThere } from "../../../program/state-text.ts";
import type { FeedFiles } from "./feed-memory.ts";

/** Characters of the digest of an item. */
const digestCharacters = 22;

/** The files of feeds, which the user of this program alone may read. @throws a system error */
export function openFeedFiles(folder: string): FeedFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    read: (name) => readIfThere(join(folder, name)),
    replace: async (name, text) => await replaceFile(join(folder, name), text),
    remove: async (name) => await rm(join(folder, name), { force: true }),
  };
}

/** The key of an item: 128 bits of the digest of its id. */
export function itemKey(id: string): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, digestCharacters);
}
