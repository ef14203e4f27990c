// The content of the outbox: notes of torrents, and entries on their way. It changes by steps, each a line of its file.

import { parsed } from "../../program/state-text.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { NotedTorrent } from "./torrent-events.ts";

/** A change of the outbox: all of it is in the file, or nothing. */
export interface OutboxStep {
  readonly noted?: readonly (readonly [infoHash: string, noted: NotedTorrent])[];
  /** Torrents whose notes end. */
  readonly gone?: readonly string[];
  readonly put?: readonly OutboxEntry[];
  /** Ids of entries that have arrived, or were dropped. */
  readonly ended?: readonly string[];
}

/** The state of the outbox. */
export class OutboxState {
  /** The beginning of the outbox, since 1970: torrents that were added before it have no events of that time. */
  readonly sinceMs: number;
  readonly noted = new Map<string, NotedTorrent>();
  /** By id, in the order of the events. */
  readonly entries = new Map<string, OutboxEntry>();

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs;
  }

  take({ noted = [], gone = [], put = [], ended = [] }: OutboxStep): void {
    for (const infoHash of gone) this.noted.delete(infoHash);
    for (const [infoHash, note] of noted) this.noted.set(infoHash, note);
    for (const entry of put) this.entries.set(entry.id, entry);
    for (const id of ended) this.entries.delete(id);
  }
}

const version = 1;

/** The lines of a file with this state. */
export function writeState({ sinceMs, noted, entries }: OutboxState): string {
  const head = { version, sinceMs };
  const step: OutboxStep = { noted: [...noted], put: [...entries.values()] };
  return `${JSON.stringify(head)}\n${writeStep(step)}`;
}

/** The line of a step. */
export function writeStep(step: OutboxStep): string {
  return `${JSON.stringify(step)}\n`;
}

/**
 * Reads a file. A last line that was cut off by the end of the program is left out: its step has not been carried out.
 *
 * @returns Undefined for a text that is no such file.
 */
export function readState(text: string): OutboxState | undefined {
  const [head = "", ...lines] = text.split("\n");
  const { version: seen, sinceMs } = (parsed(head) ?? {}) as {
    readonly version?: unknown;
    readonly sinceMs?: unknown;
  };
  if (seen !== version || typeof sinceMs !== "number") return undefined;
  const state = new OutboxState(sinceMs);
  // Behind the last line end there is nothing, or a line that was cut off.
  for (const line of lines.slice(0, -1)) {
    const step = parsed(line);
    if (!isStep(step)) return undefined;
    state.take(step);
  }
  return state;
}

/** The shape of a line. The file is this program's own, below a folder of its user. */
function isStep(step: unknown): step is OutboxStep {
  if (typeof step !== "object" || step === null) return false;
  const { noted = [], gone = [], put = [], ended = [] } = step as Record<string, unknown>;
  return (
    isListOf(
      noted,
      (pair) => Array.isArray(pair) && typeof pair[0] === "string" && isNote(pair[1]),
    ) &&
    isListOf(gone, (each) => typeof each === "string") &&
    isListOf(put, isEntry) &&
    isListOf(ended, (each) => typeof each === "string")
  );
}

function isListOf(list: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(isItem);
}

function isNote(note: unknown): boolean {
  return hasTexts(note, ["name", "directory", "priority"]) && hasLabels(note);
}

function isEntry(entry: unknown): boolean {
  if (!hasTexts(entry, ["id", "event"])) return false;
  const { atMs, hook, torrent } = entry as Record<string, unknown>;
  return (
    typeof atMs === "number" &&
    hasTexts(hook, ["kind", "name"]) &&
    hasTexts(torrent, ["infoHash", "name", "directory", "priority"]) &&
    hasLabels(torrent) &&
    Array.isArray((torrent as Record<string, unknown>)["trackers"])
  );
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "string");
}

function hasLabels(value: unknown): boolean {
  return Array.isArray((value as Record<string, unknown>)["labels"]);
}
