// From what a user names to the bytes of a .torrent file: a path, an http(s) address, or the bytes themselves.

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
import { outOfRange, spelled } from "../options/option-values.ts";
import { metainfoLimitBytes, readAtOnce } from "./bounded-read.ts";
import { SavedTorrents } from "./saved-torrents.ts";
import { abortable } from "../events/abortable.ts";

const fetchDeadlineMs = 30_000;
/** How a bencoded dictionary begins, and the key that a .torrent must have. */
const dictionaryStart = 0x64;
const infoKey = "4:info";

/** Where to look, and for how long. */
export interface LoadOptions {
  /** State folder in which copies of earlier torrents are found by info-hash. */
  readonly stateDirectory?: string;
  readonly signal?: AbortSignal;
}

/** The bytes of a .torrent file and who vouches for their end: a server may send more than it has. */
export interface LoadedMetainfo {
  readonly metainfo: Uint8Array;
  readonly source: "file" | "network";
}

/**
 * @param source A path, `http:` or `https:` address, the info-hash (40 hex or 32 base32 digits) of a torrent that was
 *   added before with this state folder, or the file's bytes (returned as they are).
 * @throws TroupeError `torrent-not-found`, `torrent-unreadable`, `torrent-too-large`, `torrent-not-fetched`,
 *   `source-not-supported`, `option-out-of-range`, `bencode-malformed` and the like for a file of another kind; the reason of `signal` when it aborts.
 */
export async function loadMetainfo(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Uint8Array> {
  return (await loadSource(source, options)).metainfo;
}

/** The same, with where the bytes came from. */
export async function loadSource(
  source: string | URL | Uint8Array,
  { signal, stateDirectory }: LoadOptions = {},
): Promise<LoadedMetainfo> {
  if (source instanceof Uint8Array) {
    return { metainfo: bounded(source, "the bytes given"), source: "file" };
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
    const known = await abortable(signal, () =>
      findSavedTorrent(parseInfoHash(text), stateDirectory),
    );
    if (known === undefined) throw unknownInfoHash(text, stateDirectory);
    return { metainfo: known, source: "file" };
  }
  const scheme = /^(magnet:|[a-z][a-z0-9+.-]*:\/\/)/i.exec(text)?.[0].toLowerCase();
  if (scheme !== undefined && scheme !== "file://") throw notSupported(text, scheme);
  const path = /^file:\/\//i.test(text) ? fileUrl(text) : text;
  // A disk that does not answer must not keep a caller who has given up.
  return { metainfo: await abortable(signal, () => readMetainfo(path)), source: "file" };
}

function fileUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null) return url;
  throw new TroupeError(
    "torrent-unreadable",
    `cannot read ${text}: it is not the address of a file`,
  );
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
  return new TroupeError(
    "source-not-supported",
    `cannot download ${text}: ${seen}; add its .torrent file first`,
  );
}

/**
 * Tells a file of another kind by a look for what every .torrent has; all else is the engine's to refuse.
 *
 * @throws TroupeError with the code of the parser's refusal.
 */
function refuseOtherFile(bytes: Uint8Array, name: string): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view[0] === dictionaryStart && view.includes(infoKey)) return;
  try {
    parseTorrent(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new TroupeError(error.code, `${name} is not a .torrent file: ${error.message}`, {
      cause: error,
    });
  }
}

/** A copy that is damaged, or another torrent's, is none. */
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
  } catch (error) {
    if (error instanceof TroupeError) throw error;
    const code = codeOf(error);
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new TroupeError(
      isMissing ? "torrent-not-found" : "torrent-unreadable",
      isMissing
        ? `there is no file ${String(path)}`
        : `cannot read ${String(path)}: ${code ?? String(error)}`,
      { cause: error },
    );
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
    throw new TroupeError(
      "torrent-not-fetched",
      `cannot fetch ${url}: the server answered with HTTP status ${reply.status}`,
    );
  } catch (error) {
    // Given up by the caller: no fault of the address.
    signal?.throwIfAborted();
    if (error instanceof TroupeError) throw error;
    throw new TroupeError("torrent-not-fetched", `cannot fetch ${url}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function bounded(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes.length > metainfoLimitBytes) throw tooLarge(name, bytes.length);
  return bytes;
}

function tooLarge(name: string, lengthBytes: number): TroupeError {
  return new TroupeError(
    "torrent-too-large",
    `cannot use ${name}: it has ${spellBytes(lengthBytes)}, a .torrent file may have ${spellBytes(metainfoLimitBytes)}`,
  );
}
