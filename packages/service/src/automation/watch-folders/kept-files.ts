// Files that stay in their watch folders and whose torrents were added, over restarts of the service.

import { replaceFile } from "../../program/secret-files.ts";
import { parsed, readIfThere } from "../../program/state-text.ts";
import type { FileFacts } from "./watched-file.ts";

const version = 1;

/** Remembers files of folders by inode, size and time. Those that are gone from a folder are forgotten with its next scan. */
export class KeptFiles {
  readonly #path: string;
  readonly #folders: Map<string, ReadonlySet<string>>;
  /** Writes follow each other; each writes what is remembered then. */
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, folders: Map<string, ReadonlySet<string>>) {
    this.#path = path;
    this.#folders = folders;
  }

  /**
   * Reads the file. One that cannot be used counts as none: the torrents of its files are there already.
   *
   * @param folders Paths of the watch folders: others are forgotten.
   * @throws a system error
   */
  static read(path: string, folders: readonly string[]): KeptFiles {
    const read = foldersIn(readIfThere(path) ?? "");
    const known = folders.map((folder) => [folder, new Set(read[folder] ?? [])] as const);
    return new KeptFiles(path, new Map(known));
  }

  has(folder: string, facts: FileFacts): boolean {
    return this.#folders.get(folder)?.has(keyOf(facts)) === true;
  }

  /**
   * Replaces the files of a folder by those that are in it now. Settles when they are durable.
   *
   * @throws rejects with a system error; the files are remembered until the end of this program.
   */
  async set(folder: string, files: readonly FileFacts[]): Promise<void> {
    const keys = new Set(files.map(keyOf));
    const before = this.#folders.get(folder) ?? new Set<string>();
    this.#folders.set(folder, keys);
    if (keys.size === before.size && [...keys].every((key) => before.has(key))) return;
    const saved = this.#last.then(() => replaceFile(this.#path, this.#text));
    this.#last = saved.catch(() => undefined);
    await saved;
  }

  get #text(): string {
    const folders = Object.fromEntries([...this.#folders].map(([path, keys]) => [path, [...keys]]));
    return `${JSON.stringify({ version, folders })}\n`;
  }
}

function keyOf({ inode, sizeBytes, modifiedNs }: FileFacts): string {
  return `${inode} ${sizeBytes} ${modifiedNs}`;
}

function foldersIn(text: string): Readonly<Record<string, readonly string[]>> {
  const { folders, version: seen } = (parsed(text) ?? {}) as {
    readonly version?: unknown;
    readonly folders?: unknown;
  };
  if (seen !== version || typeof folders !== "object" || folders === null) return {};
  const lists = Object.entries(folders).filter(([, keys]) => isListOfTexts(keys));
  return Object.fromEntries(lists) as Record<string, readonly string[]>;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
