// The items and episodes that rules have taken from a feed, in a file of the state folder.

import { parsed } from "../../../program/state-text.ts";

/** Items of a feed that are remembered. At the bound the item is forgotten that was in the document longest ago. */
const mostItems = 10_000;
/** Episodes of a feed that are remembered. At the bound the oldest is forgotten. */
const mostEpisodes = 10_000;
/** A longer file is not this program's. */
const longestText = 8 * 1_024 ** 2;
const version = 1;

/** Files of feeds in the state folder. */
export interface FeedFiles {
  /** Undefined: there is none. @throws a system error */
  read(name: string): string | undefined;
  /** Settles when the file is durable, whole or not at all. @throws rejects with a system error */
  replace(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** An item that a rule has taken. */
interface TakenItem {
  readonly item: string;
  readonly rule: string;
  /** Keys of its episodes. */
  readonly episodes: readonly string[];
}

interface SavedMemory {
  readonly version: number;
  readonly lookedMs?: number;
  readonly items: readonly string[];
  /** Rule and key of the episode. */
  readonly episodes: readonly (readonly [string, string])[];
}

/** The memory of a feed. A change counts once {@link FeedMemory.save} has resolved. */
export class FeedMemory {
  /** The time of the last look, in milliseconds since 1970. */
  lookedMs: number | undefined;
  /** A sentence about a file that could not be read. */
  readonly warning: string | undefined;
  readonly #files: FeedFiles;
  readonly #name: string;
  /** In the order in which their feed had them last. */
  readonly #items: Set<string>;
  readonly #episodes: Map<string, readonly [string, string]>;

  /** @param feed The name of the feed. */
  constructor(files: FeedFiles, feed: string) {
    this.#files = files;
    this.#name = `feed-${feed}.json`;
    const { saved, warning } = readSaved(files, this.#name);
    this.lookedMs = saved.lookedMs;
    this.warning = warning;
    this.#items = new Set(saved.items);
    this.#episodes = new Map(saved.episodes.map((each) => [episodeKey(...each), each]));
  }

  /** Items that are remembered. */
  get items(): number {
    return this.#items.size;
  }

  hasItem(key: string): boolean {
    return this.#items.has(key);
  }

  hasEpisode(rule: string, key: string): boolean {
    return this.#episodes.has(episodeKey(rule, key));
  }

  /** The items of a document were seen again: they are forgotten after all others. */
  keepItems(keys: Iterable<string>): void {
    for (const key of keys) if (this.#items.delete(key)) this.#items.add(key);
  }

  /** Remembers an item. */
  take({ episodes, item, rule }: TakenItem): void {
    this.#items.delete(item);
    this.#items.add(item);
    for (const key of episodes) {
      this.#episodes.delete(episodeKey(rule, key));
      this.#episodes.set(episodeKey(rule, key), [rule, key]);
    }
    dropOldest(this.#items, mostItems);
    dropOldest(this.#episodes, mostEpisodes);
  }

  /** Settles when the memory is durable. @throws rejects with a system error */
  async save(): Promise<void> {
    const saved: SavedMemory = {
      version,
      ...(this.lookedMs !== undefined && { lookedMs: this.lookedMs }),
      items: [...this.#items],
      episodes: [...this.#episodes.values()],
    };
    await this.#files.replace(this.#name, `${JSON.stringify(saved)}\n`);
  }

  /** Forgets the feed. @throws rejects with a system error */
  async remove(): Promise<void> {
    await this.#files.remove(this.#name);
  }
}

/** The key of an episode that a rule has taken. */
export function episodeKey(rule: string, key: string): string {
  return `${rule}\0${key}`;
}

function dropOldest(kept: Set<string> | Map<string, unknown>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}

const nothing: SavedMemory = { version, items: [], episodes: [] };

function readSaved(
  files: FeedFiles,
  name: string,
): { readonly saved: SavedMemory; readonly warning?: string } {
  const text = files.read(name);
  if (text === undefined) return { saved: nothing };
  const saved = parseSaved(text);
  if (saved !== undefined) return { saved };
  return {
    saved: nothing,
    warning: `${name} in the state folder is malformed: its feed begins anew, and torrents that are there are not added twice`,
  };
}

function parseSaved(text: string): SavedMemory | undefined {
  if (text.length > longestText) return undefined;
  const saved = (parsed(text) ?? {}) as Partial<SavedMemory>;
  const { episodes, items, lookedMs } = saved;
  const isSound =
    saved.version === version &&
    (lookedMs === undefined || Number.isFinite(lookedMs)) &&
    Array.isArray(items) &&
    items.length <= mostItems &&
    items.every((each) => typeof each === "string") &&
    Array.isArray(episodes) &&
    episodes.length <= mostEpisodes &&
    episodes.every(isPair);
  return isSound ? (saved as SavedMemory) : undefined;
}

function isPair(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "string")
  );
}
