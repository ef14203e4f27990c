// The breadcrumb (`Context.breadcrumb`): the input that an actor is handling, in shared memory. Its supervisor
// reads it after a crash.
//
//   word 0   step: number of a handler, or one of those below; 0 between two inputs
//   word 1   torrent, 0 for none in particular
//   word 2   port of a peer
//   word 3   bytes of that peer's address: 0 (no peer), 4 or 16; 1 for a web seed
//   word 4–7 the address, in network order; word 4 the number of a web seed
//   word 8   step of the module that was loaded last, 0 for none; behind the words that an input has
//   word 9   torrent of that module
//
// The actor writes it before each input. A connection keeps its peer's address as the words have it.

import { breadcrumbWords, codeOf, firstOwnStep } from "@troupe/actor-runtime";
import { formatIp, ip4Number, parseIp } from "@troupe/protocol/address";
import { writeUint32 } from "@troupe/protocol/bytes";
import type { TorrentId } from "../ids.ts";

/** A peer-worker's steps besides messages. */
export const PeerStep = {
  handshake: firstOwnStep,
  messages: firstOwnStep + 1,
  tick: firstOwnStep + 2,
  /** Code of a plugin extension: not the peer is to blame. */
  extension: firstOwnStep + 3,
} as const;

/** A DHT worker's steps besides messages. */
export const DhtStep = {
  /** A packet; the peer is its sender. */
  packet: firstOwnStep,
  /** Queries that are due. */
  work: firstOwnStep + 1,
} as const;

/** A file-worker's steps besides messages. */
export const FileStep = {
  write: firstOwnStep,
  /** A call of a store of the user. */
  module: firstOwnStep + 1,
} as const;

/** The engine's steps besides messages. */
export const EngineStep = {
  tick: firstOwnStep,
  announce: firstOwnStep + 1,
  /** Rejection of a torrent's promise. */
  rejection: firstOwnStep + 2,
  neighbour: firstOwnStep + 3,
  dht: firstOwnStep + 4,
  /** A call of a module of the user. */
  module: firstOwnStep + 5,
} as const;

/** A breadcrumb, read. */
export interface Breadcrumb {
  readonly step: number;
  readonly torrent: TorrentId | undefined;
  readonly peer: { readonly host: string; readonly port: number } | undefined;
  /** Number of the torrent's web seed. */
  readonly webSeed: number | undefined;
}

/** In the word for the bytes of an address. */
const webSeedMark = 1;

/**
 * The address of a peer, as a connection keeps it for its breadcrumbs: the word of an IPv4 address, which takes no
 * array, the words of an IPv6 address, or undefined for other text.
 */
export type BreadcrumbHost = number | Int32Array | undefined;

const ip4Word = new Int32Array(1);
const ip4Bytes = new Uint8Array(ip4Word.buffer);

/** The words of an address. */
export function breadcrumbHost(host: string): BreadcrumbHost {
  const ip4 = ip4Number(host);
  if (ip4 === undefined) {
    const bytes = parseIp(host);
    return bytes && new Int32Array(bytes.buffer);
  }
  writeUint32(ip4Bytes, 0, ip4);
  return ip4Word[0];
}

/** Writes the words of a peer, all but 0 and 1. */
export function writePeerBreadcrumb(words: Int32Array, host: BreadcrumbHost, port: number): void {
  if (host === undefined) return;
  words[2] = port;
  words[3] = typeof host === "number" ? 4 : 16;
  if (typeof host === "number") words[4] = host;
  else words.set(host, 4);
}

/**
 * @returns Writes the words of a peer in place, without memory of its own: for actors whose peers change with each
 *   packet.
 */
export function peerBreadcrumbWriter(words: Int32Array): (host: string, port: number) => void {
  const address = new Uint8Array(words.buffer, words.byteOffset + 16, 16);
  return (host, port) => {
    const ip4 = ip4Number(host);
    const bytes = ip4 === undefined ? parseIp(host) : undefined;
    words[2] = port;
    words[3] = ip4 === undefined ? (bytes?.length ?? 0) : 4;
    if (ip4 === undefined) address.set(bytes ?? []);
    else writeUint32(address, 0, ip4);
  };
}

/** Writes the words of a web seed, all but 0 and 1. */
export function writeWebSeedBreadcrumb(words: Int32Array, seed: number): void {
  words[3] = webSeedMark;
  words[4] = seed;
}

/** @returns Undefined between two inputs. */
export function readBreadcrumb(words: Int32Array): Breadcrumb | undefined {
  const [step = 0, torrent = 0, port = 0, addressBytes = 0] = words;
  if (step === 0) return undefined;
  const isPeer = addressBytes === 4 || addressBytes === 16;
  const address = isPeer ? new Uint8Array(words.slice(4).buffer, 0, addressBytes) : undefined;
  return {
    step,
    torrent: torrent === 0 ? undefined : (torrent as TorrentId),
    peer: address === undefined ? undefined : { host: formatIp(address), port },
    webSeed: addressBytes === webSeedMark ? words[4] : undefined,
  };
}

/**
 * The input that a thread was handling when it crashed. If the thread hung between two inputs, it is the torrent of
 * the module that was loaded last: modules are loaded, and have timers, between inputs.
 */
export function readCrash(words: Int32Array, error: unknown): Breadcrumb | undefined {
  const found = readBreadcrumb(words);
  if (found !== undefined || codeOf(error) !== "actor-hung") return found;
  const [step = 0, torrent = 0] = words.subarray(breadcrumbWords);
  if (step === 0) return undefined;
  return { step, torrent: torrent as TorrentId, peer: undefined, webSeed: undefined };
}

/** The torrent of a message, for `Actor.subjectOf`. */
export function torrentOf(message: unknown): number {
  const { torrent } = message as { readonly torrent?: unknown };
  return typeof torrent === "number" ? torrent : 0;
}
