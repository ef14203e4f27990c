// The torrents of the add dialogue, and their way into the service.

import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { maxTorrentBytes } from "@troupe/protocol/metainfo";
import { fromBase64, toBase64 } from "../api/base64.ts";
import { run } from "../api/commands.ts";
import { failureText } from "../frame/failure-text.ts";
import { allRows, rowsVersion } from "../state/torrents.ts";
import { cleaned } from "../text/shown.ts";
import { texts } from "../text/text.ts";
import { linksIn, type LinkSource } from "./link-text.ts";
import { prioritiesOf, readTorrent, type ReadTorrent } from "./read-torrent.ts";

/** A torrent whose files are known. */
interface TorrentSource extends ReadTorrent {
  readonly kind: "torrent";
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Indices of files that are left out. */
  readonly left: ReadonlySet<number>;
  /** The torrent is in the service already, for its metadata alone. */
  readonly isFetched: boolean;
  readonly peers: readonly object[];
}

/** A source of the dialogue. */
type Source = LinkSource | TorrentSource | { readonly kind: "unreadable"; readonly name: string };

/** A line of the dialogue. */
export interface AddItem {
  readonly key: number;
  readonly source: Source;
  readonly state:
    | { readonly kind: "ready" }
    | { readonly kind: "adding" }
    /** The service fetches its metadata, and stops there. */
    | { readonly kind: "metadata" }
    /** A sentence. */
    | { readonly kind: "failed"; readonly sentence: string };
}

/** Options of all torrents of the dialogue. */
interface AddOptions {
  readonly group: string;
  readonly folder: string;
  readonly isStopped: boolean;
  readonly choosesFirst: boolean;
}

const current = signal<readonly AddItem[]>([]);
let lastKey = 0;

/** The lines of the dialogue. */
export const addItems: ReadonlySignal<readonly AddItem[]> = current;

/** Takes the sources of a text. @returns How many there were. */
export function takeText(text: string): number {
  const links = linksIn(text);
  for (const source of links) put(source);
  return links.length;
}

/** Takes .torrents. Others become lines with the reason why they cannot be added. */
export async function takeFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) {
    const name = cleaned(file.name);
    if (file.size > maxTorrentBytes) {
      fail({ kind: "unreadable", name }, texts.add.tooLong);
      continue;
    }
    const bytes = await file.arrayBuffer().catch(() => undefined);
    if (bytes === undefined) fail({ kind: "unreadable", name }, texts.add.notReadable);
    else takeBytes(new Uint8Array(bytes), name);
  }
}

function takeBytes(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const read = readTorrent(bytes);
  if (typeof read === "string") fail({ kind: "unreadable", name }, cleaned(read));
  else put(sourceOf(read, bytes));
}

function sourceOf(
  read: ReadTorrent,
  bytes: Uint8Array<ArrayBuffer>,
  fetched: Pick<TorrentSource, "isFetched" | "peers"> = { isFetched: false, peers: [] },
): TorrentSource {
  return { kind: "torrent", ...read, bytes, left: new Set(), ...fetched };
}

/** Changes the files of a torrent that are left out. */
export function leaveOut(key: number, left: ReadonlySet<number>): void {
  change(key, (item) =>
    item.source.kind === "torrent" ? { ...item, source: { ...item.source, left } } : item,
  );
}

/** Takes a line away, and its torrent out of the service where it is there for its metadata alone. */
export function dropItem(key: number): void {
  const source = sourceWith(key);
  current.value = current.value.filter((each) => each.key !== key);
  if (source?.kind === "torrent" && source.isFetched) remove(source.torrent);
}

/** Takes all lines away. */
export function dropAllItems(): void {
  for (const { key } of current.value) dropItem(key);
}

/** Lines that a click would add. */
export function readyItems(): readonly AddItem[] {
  return current.value.filter((item) => item.state.kind === "ready" && !isThere(item));
}

/** The torrent is in the list, other than for its metadata alone. */
export function isThere({ source, state }: AddItem): boolean {
  if (source.kind === "address" || source.kind === "unreadable") return false;
  if (state.kind === "adding" || state.kind === "metadata") return false;
  return allRows().has(source.torrent) && !(source.kind === "torrent" && source.isFetched);
}

/** Adds all ready lines. @returns How many were added. */
export async function addReady(options: AddOptions): Promise<number> {
  let count = 0;
  for (const { key } of readyItems()) if (await addItem(key, options)) count++;
  return count;
}

/** @returns Whether the torrent was added; a line that was dropped meanwhile is not. */
async function addItem(key: number, options: AddOptions): Promise<boolean> {
  const source = sourceWith(key);
  if (source === undefined || source.kind === "unreadable") return false;
  setState(key, { kind: "adding" });
  if (source.kind === "magnet" && options.choosesFirst) {
    await fetchMetadata(key, source);
    return false;
  }
  if (source.kind === "torrent" && source.isFetched) {
    const removed = await run("remove", { torrent: source.torrent });
    if (removed.kind === "failure" && removed.failure.code !== "no-torrent") {
      setFailed(key, failureText(removed.failure));
      return false;
    }
    if (sourceWith(key) === undefined) return false;
    change(key, (item) => ({ ...item, source: { ...source, isFetched: false } }));
  }
  const answer = await run("add", { ...argumentsOf(source), ...settingsOf(options) });
  if (answer.kind === "failure") {
    setFailed(key, failureText(answer.failure));
    return false;
  }
  current.value = current.value.filter((each) => each.key !== key);
  return true;
}

function argumentsOf(source: LinkSource | TorrentSource): object {
  if (source.kind !== "torrent") return { source: source.link };
  const priorities = prioritiesOf(source, source.left);
  return {
    metainfo: toBase64(source.bytes),
    ...(priorities !== undefined && { priorities }),
    ...(source.peers.length > 0 && { peers: source.peers }),
  };
}

function settingsOf({ folder, group, isStopped }: AddOptions): object {
  return {
    ...(folder !== "" && { directory: folder }),
    ...(group !== "" && { group }),
    ...(isStopped && { state: "stopped" }),
  };
}

/**
 * Adds a magnet that stops at its metadata, and makes a torrent of the line once it has come. A line that is dropped meanwhile
 * takes its torrent out of the service.
 */
async function fetchMetadata(
  key: number,
  { link, peers, torrent }: Extract<LinkSource, { readonly kind: "magnet" }>,
): Promise<void> {
  const answer = await run("add", { source: link, metadataOnly: true });
  if (answer.kind === "failure") return setFailed(key, failureText(answer.failure));
  setState(key, { kind: "metadata" });
  const hasCome = await metadataEnd(key, torrent);
  const metainfo = hasCome ? await run("metainfo", { torrent }) : undefined;
  if (sourceWith(key) === undefined) return remove(torrent);
  const bytes = metainfo?.kind === "answer" ? fromBase64(metainfo.value) : undefined;
  const read = bytes && readTorrent(bytes);
  if (bytes === undefined || read === undefined || typeof read === "string") {
    remove(torrent);
    return setFailed(key, typeof read === "string" ? cleaned(read) : texts.add.metadataFailed);
  }
  change(key, (item) => ({
    ...item,
    source: sourceOf(read, bytes, { isFetched: true, peers }),
    state: { kind: "ready" },
  }));
}

/** @returns Whether the metadata has come; else the line was dropped, or the torrent has failed. */
async function metadataEnd(key: number, torrent: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let wasSeen = false;
  const end = effect(() => {
    void rowsVersion.value;
    const row = allRows().get(torrent);
    if (sourceWith(key) === undefined) resolve(false);
    else if (row?.hasMetadata === true && row.state === "stopped") resolve(true);
    else if (row?.state === "error" || (row === undefined && wasSeen)) resolve(false);
    wasSeen ||= row !== undefined;
  });
  const hasCome = await promise;
  end();
  return hasCome;
}

/** Removes a torrent that the service has for its metadata alone. */
function remove(torrent: string): void {
  void run("remove", { torrent });
}

/** The source of a line; undefined after the line was dropped. */
function sourceWith(key: number): Source | undefined {
  return current.value.find((item) => item.key === key)?.source;
}

/** A torrent is in the dialogue once. */
function put(source: Source): void {
  const isKnown = current.value.some(
    (item) =>
      "torrent" in item.source && "torrent" in source && item.source.torrent === source.torrent,
  );
  if (!isKnown) append(source, { kind: "ready" });
}

function fail(source: Source, sentence: string): void {
  append(source, { kind: "failed", sentence });
}

function append(source: Source, state: AddItem["state"]): void {
  current.value = [...current.value, { key: ++lastKey, source, state }];
}

function setFailed(key: number, sentence: string): void {
  setState(key, { kind: "failed", sentence });
}

function setState(key: number, state: AddItem["state"]): void {
  change(key, (item) => ({ ...item, state }));
}

function change(key: number, to: (item: AddItem) => AddItem): void {
  current.value = current.value.map((item) => (item.key === key ? to(item) : item));
}
