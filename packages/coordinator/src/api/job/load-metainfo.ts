// Loads .torrent files, and recognises magnet links.

import { open } from "node:fs/promises";
import {
  codeOf,
  defaultNetworkRules,
  messageOf,
  nodePorts,
  systemSentence,
  type MayDial,
  type NetworkRules,
} from "@troupe/actor-runtime";
import { abortable, readAtOnce } from "@troupe/api-base";
import { outOfRange, spelled, TroupeError, type AddressFamilyName } from "@troupe/control";
import { ProtocolError } from "@troupe/protocol/errors";
import { haveNames, keysOf, type InfoHashes } from "@troupe/protocol/identity";
import { isMagnetText, parseMagnet, type Magnet } from "@troupe/protocol/magnet";
import { parseTorrent, type Metainfo, maxTorrentBytes } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import { networkFor, networkRules } from "../options/network-options.ts";
import { isWebAddress } from "../web-address.ts";
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
  /** True fetches an address without the name of this program, as the option of a coordinator. Default false. */
  readonly anonymous?: boolean;
  /** Families of the addresses that are fetched, as the option of a coordinator. Default: both, IPv4 first. */
  readonly addressFamilies?: AddressFamilyName | readonly AddressFamilyName[];
  /** Name servers that are asked for the host of an address, as the option of a coordinator. Default: those of the system. */
  readonly dns?: readonly string[];
  /** The proxy through which an address is fetched, as the option of a coordinator. Default: none. */
  readonly proxy?: string;
  /** The interface by which an address is fetched, as the option of a coordinator. Default: the system chooses. */
  readonly interface?: string;
  /** Fetches nothing where only the guard holds, as the option of a coordinator. Default false. */
  readonly interfaceStrict?: boolean;
  /** `trackers` fetches an address directly, as the option of a coordinator. Default `all`. */
  readonly proxyFor?: "all" | "trackers";
}

type SourceOptions = Pick<LoadOptions, "signal" | "stateDirectory">;

/** Options of `loadSource`. `network` and `mayDial`: rules of an address. */
type LoadSourceOptions = SourceOptions & {
  readonly network?: NetworkRules | undefined;
  readonly mayDial?: MayDial;
};

/** A torrent, as its source gives it. */
export type LoadedSource = LoadedMetainfo | LoadedMagnet;

/** A .torrent and its origin: a server may send more bytes than the .torrent has. */
export interface LoadedMetainfo {
  readonly kind: "metainfo";
  readonly metainfo: Uint8Array;
  readonly source: "file" | "network";
  /** The magnet link that was given instead of the .torrent, without trackers of the .torrent. */
  readonly link?: Magnet;
}

/** A magnet link of a torrent whose metadata is unknown. */
export interface LoadedMagnet {
  readonly kind: "magnet";
  /** The magnet link, as given. */
  readonly magnet: string;
  readonly source: "file" | "network";
  readonly link: Magnet;
}

/**
 * @param source A path, `http:` or `https:` address, the magnet link or info-hash (40 or 64 hex, or 32 base32 digits) of a torrent
 *   that was added before with this state folder, or the file's bytes (returned as they are).
 * @throws TroupeError `torrent-not-found`, `torrent-unreadable`, `torrent-too-large`, `torrent-not-fetched`,
 *   `metadata-unknown`, `source-not-supported`, `option-out-of-range`, `bencode-malformed` and the like for another kind of
 *   file, `magnet-malformed` and the like; the reason of `signal` when it aborts.
 */
export async function loadMetainfo(
  source: string | URL | Uint8Array,
  options: LoadOptions = {},
): Promise<Uint8Array> {
  const network = networkRules(networkFor(options));
  const loaded = await loadSource(source, { ...options, network });
  if (loaded.kind === "metainfo") return loaded.metainfo;
  throw metadataUnknown(loaded, options.stateDirectory);
}

/** The error of a magnet link where a .torrent is needed. */
export function metadataUnknown(
  { link: { infoHash } }: LoadedMagnet,
  stateDirectory?: string,
): TroupeError {
  const seen =
    stateDirectory === undefined
      ? ""
      : `: the state folder "${stateDirectory}" has no .torrent of it`;
  const message = `the files of ${infoHash} are not known yet${seen}; fetch its metadata first, or give its .torrent file`;
  return new TroupeError("metadata-unknown", message, { details: { infoHash } });
}

/** `loadMetainfo` with the origin of the bytes; a magnet link without a saved .torrent is returned. */
export async function loadSource(
  source: string | URL | Uint8Array,
  { signal, stateDirectory, network, mayDial }: LoadSourceOptions = {},
): Promise<LoadedSource> {
  if (source instanceof Uint8Array) {
    if (source.length > maxTorrentBytes) throw tooLarge("the bytes given", source.length);
    return { kind: "metainfo", metainfo: source, source: "file" };
  }
  const given: unknown = source;
  if (typeof given !== "string" && !(given instanceof URL)) {
    throw outOfRange(
      "source",
      spelled(given),
      "a path, an address, a magnet link, an info-hash or bytes",
    );
  }
  const text = String(source);
  if (isWebAddress(text)) {
    const metainfo = await fetchMetainfo(text, { signal, network, mayDial });
    return { kind: "metainfo", metainfo, source: "network" };
  }
  if (isMagnetText(text)) return await loadMagnet(text, { signal, stateDirectory });
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0].toLowerCase();
  if (scheme !== undefined && scheme !== "file://") throw notSupported(text);
  const path = /^file:\/\//i.test(text) ? fileUrl(text) : text;
  // Abortable because of disks that do not answer.
  const metainfo = await abortable(signal, () => readMetainfo(path));
  return { kind: "metainfo", metainfo, source: "file" };
}

/** @throws TroupeError with the code of the parser's refusal. */
export function readMagnet(text: string, source: LoadedMagnet["source"] = "file"): LoadedMagnet {
  try {
    return { kind: "magnet", magnet: text.trim(), source, link: parseMagnet(text) };
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new TroupeError(cause.code, cause.message, { cause });
  }
}

async function loadMagnet(
  text: string,
  {
    signal,
    stateDirectory,
  }: { readonly [Name in keyof SourceOptions]: SourceOptions[Name] | undefined },
): Promise<LoadedSource> {
  const loaded = readMagnet(text);
  const { link } = loaded;
  const saved = await abortable(signal, () => findSavedTorrent(link.infoHashes, stateDirectory));
  if (saved === undefined) return loaded;
  const { metainfo, isPrivate, trackers } = saved;
  const own = new Set(trackers.flat());
  // A private torrent has no trackers but its own (BEP 27).
  const added = isPrivate ? [] : link.trackers.filter((url) => !own.has(url));
  return { kind: "metainfo", metainfo, source: "file", link: { ...link, trackers: added } };
}

function fileUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null) return url;
  const message = `cannot read ${text}: it is not the address of a file`;
  throw new TroupeError("torrent-unreadable", message);
}

function notSupported(text: string): TroupeError {
  const message = `cannot download ${text}: only http and https addresses are allowed`;
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

/** The copy of a .torrent, which has the name of one of its hashes. */
async function findSavedTorrent(
  named: InfoHashes,
  stateDirectory: string | undefined,
): Promise<
  (Pick<Metainfo, "isPrivate" | "trackers"> & { readonly metainfo: Uint8Array }) | undefined
> {
  if (stateDirectory === undefined) return undefined;
  const copies = new SavedTorrents(stateDirectory);
  for (const key of keysOf(named)) {
    const metainfo = await copies.find(key);
    if (metainfo === undefined) continue;
    const read = readCopy(metainfo, named);
    if (read !== undefined) return { metainfo, ...read };
  }
  return undefined;
}

function readCopy(
  metainfo: Uint8Array,
  named: InfoHashes,
): Pick<Metainfo, "isPrivate" | "trackers"> | undefined {
  try {
    const { infoHashes, isPrivate, trackers } = parseTorrent(metainfo);
    return haveNames(infoHashes, named) ? { isPrivate, trackers } : undefined;
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
    if (stat.size > maxTorrentBytes) throw tooLarge(String(path), stat.size);
    const bytes = new Uint8Array(await file.readFile());
    refuseOtherFile(bytes, String(path));
    return bytes;
  } catch (cause) {
    if (cause instanceof TroupeError) throw cause;
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new TroupeError("torrent-not-found", `there is no file ${String(path)}`, { cause });
    }
    const message = `cannot read ${String(path)}: ${systemSentence(cause)}`;
    throw new TroupeError("torrent-unreadable", message, { cause });
  }
}

async function fetchMetainfo(
  url: string,
  {
    signal,
    network = defaultNetworkRules,
    mayDial,
  }: { readonly [Name in keyof LoadSourceOptions]: LoadSourceOptions[Name] | undefined },
): Promise<Uint8Array> {
  try {
    const reply = await nodePorts({ network }).http.get(url, {
      deadlineMs: fetchDeadlineMs,
      maxBodyBytes: maxTorrentBytes,
      ...(signal !== undefined && { signal }),
      ...(mayDial !== undefined && { mayDial }),
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
    const message = `cannot fetch ${url}: ${reasonOf(cause)}`;
    throw new TroupeError("torrent-not-fetched", message, { cause });
  }
}

/** The message of an HTTP error names the server too. */
function reasonOf(error: unknown): string {
  const { details } = error as { readonly details?: { readonly reason?: unknown } };
  return typeof details?.reason === "string" ? details.reason : messageOf(error);
}

function tooLarge(name: string, lengthBytes: number): TroupeError {
  return new TroupeError(
    "torrent-too-large",
    `cannot use ${name}: it has ${spellBytes(lengthBytes)}, a .torrent file may have ${spellBytes(maxTorrentBytes)}`,
  );
}
