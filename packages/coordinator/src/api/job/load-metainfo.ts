// Loads .torrent files.

import { open } from "node:fs/promises";
import { codeOf, messageOf, nodePorts } from "@troupe/actor-runtime";
import {
  parseInfoHash,
  parseTorrent,
  ProtocolError,
  spellBytes,
  type InfoHash,
} from "@troupe/protocol";
import { TroupeError } from "../../troupe-error.ts";
import { abortable } from "../events/abortable.ts";
import { outOfRange, spelled } from "../options/option-values.ts";
import { metainfoLimitBytes, readAtOnce } from "./bounded-read.ts";
import { SavedTorrents } from "./saved-torrents.ts";

const fetchDeadlineMs = 30_000;
/** The first byte of a bencoded dictionary, and a key of every .torrent. */
const dictionaryStart = 0x64;
const infoKey = "4:info";

/** Options of `loadMetainfo`. */
export interface LoadOptions {
  /** State folder with copies of earlier torrents, found by info-hash. */
  readonly stateDirectory?: string;
  readonly signal?: AbortSignal;
}

/** A .torrent and its origin: a server may send more bytes than the .torrent has. */
export interface LoadedMetainfo {
  readonly metainfo: Uint8Array;
  readonly source: "file" | "network";
}

/**
 * @param source A path, `http:` or `https:` address, the info-hash (40 hex or 32 base32 digits) of a torrent that was
 *   added before with this state folder, or the file's bytes (returned as they are).
 * @throws TroupeError `torrent-not-found`, `torrent-unreadable`, `torrent-too-large`, `torrent-not-fetched`,
 *   `source-not-supported`, `option-out-of-range`, `bencode-malformed` and the like for another kind of file; the reason
 *   of `signal` when it aborts.
 */
export async function loadMetainfo(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Uint8Array> {
  return (await loadSource(source, options)).metainfo;
}

/** `loadMetainfo` with the origin of the bytes. */
export async function loadSource(
  source: string | URL | Uint8Array,
  { signal, stateDirectory }: LoadOptions = {},
): Promise<LoadedMetainfo> {
  if (source instanceof Uint8Array) {
    if (source.length > metainfoLimitBytes) throw tooLarge("the bytes given", source.length);
    return { metainfo: source, source: "file" };
  }
  const given: unknown = source;
  if (typeof given !== "string" && !(given instanceof URL)) {
    throw outOfRange("source", spelled(given), "a path, an address, an info-hash or bytes");
  }
  const text = String(source);
  if (/^https?:\/\//i.test(text)) {
    return { metainfo: await fetchMetainfo(text, signal), source: "network" };
  }
  if (/^([0-9a-f]{40}|[a-z2-7]{32})$/i.test(text)) {
    const saved = () => findSavedTorrent(parseInfoHash(text), stateDirectory);
    const metainfo = await abortable(signal, saved);
    if (metainfo === undefined) throw unknownInfoHash(text, stateDirectory);
    return { metainfo, source: "file" };
  }
  const scheme = /^(magnet:|[a-z][a-z0-9+.-]*:\/\/)/i.exec(text)?.[0].toLowerCase();
  if (scheme !== undefined && scheme !== "file://") throw notSupported(text, scheme);
  const path = /^file:\/\//i.test(text) ? fileUrl(text) : text;
  // Abortable because of disks that do not answer.
  return { metainfo: await abortable(signal, () => readMetainfo(path)), source: "file" };
}

function fileUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null) return url;
  const message = `cannot read ${text}: it is not the address of a file`;
  throw new TroupeError("torrent-unreadable", message);
}

function notSupported(text: string, scheme: string): TroupeError {
  const allowed =
    scheme === "magnet:"
      ? "this release cannot use magnet links, only .torrent files and their http and https addresses"
      : "only http and https addresses are allowed";
  return new TroupeError("source-not-supported", `cannot download ${text}: ${allowed}`);
}

function unknownInfoHash(text: string, stateDirectory: string | undefined): TroupeError {
  const seen =
    stateDirectory === undefined
      ? "no state folder was given to look it up in"
      : `the state folder "${stateDirectory}" has no torrent of this info-hash`;
  const message = `cannot download ${text}: ${seen}; add its .torrent file first`;
  return new TroupeError("source-not-supported", message);
}

/**
 * Recognises a file of another kind; the engine checks the rest.
 *
 * @throws TroupeError with the code of the parser's refusal.
 */
function refuseOtherFile(bytes: Uint8Array, name: string): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view[0] === dictionaryStart && view.includes(infoKey)) return;
  try {
    parseTorrent(bytes);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const message = `${name} is not a .torrent file: ${cause.message}`;
    throw new TroupeError(cause.code, message, { cause });
  }
}

async function findSavedTorrent(
  infoHash: InfoHash,
  stateDirectory: string | undefined,
): Promise<Uint8Array | undefined> {
  if (stateDirectory === undefined) return undefined;
  const saved = await new SavedTorrents(stateDirectory).find(infoHash);
  try {
    return saved !== undefined && parseTorrent(saved).infoHash === infoHash ? saved : undefined;
  } catch {
    return undefined;
  }
}

async function readMetainfo(path: string | URL): Promise<Uint8Array> {
  try {
    await using file = await open(path, readAtOnce);
    const stat = await file.stat();
    if (!stat.isFile()) {
      throw new TroupeError("torrent-unreadable", `cannot read ${String(path)}: it is not a file`);
    }
    if (stat.size > metainfoLimitBytes) throw tooLarge(String(path), stat.size);
    const bytes = new Uint8Array(await file.readFile());
    refuseOtherFile(bytes, String(path));
    return bytes;
  } catch (cause) {
    if (cause instanceof TroupeError) throw cause;
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new TroupeError("torrent-not-found", `there is no file ${String(path)}`, { cause });
    }
    const message = `cannot read ${String(path)}: ${code ?? String(cause)}`;
    throw new TroupeError("torrent-unreadable", message, { cause });
  }
}

async function fetchMetainfo(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const reply = await nodePorts().http.get(url, {
      deadlineMs: fetchDeadlineMs,
      maxBodyBytes: metainfoLimitBytes,
      ...(signal !== undefined && { signal }),
    });
    if (reply.status === 200) {
      refuseOtherFile(reply.body, url);
      return reply.body;
    }
    const message = `cannot fetch ${url}: the server answered with HTTP status ${reply.status}`;
    throw new TroupeError("torrent-not-fetched", message);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof TroupeError) throw cause;
    const message = `cannot fetch ${url}: ${messageOf(cause)}`;
    throw new TroupeError("torrent-not-fetched", message, { cause });
  }
}

function tooLarge(name: string, lengthBytes: number): TroupeError {
  return new TroupeError(
    "torrent-too-large",
    `cannot use ${name}: it has ${spellBytes(lengthBytes)}, a .torrent file may have ${spellBytes(metainfoLimitBytes)}`,
  );
}
