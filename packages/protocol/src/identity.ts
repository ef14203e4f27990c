// The identity of a torrent in this program, and its names on the wire.

import { hexadecimal } from "./bytes/hexadecimal.ts";
import type { InfoHash } from "./units.ts";

/**
 * The name of a torrent in maps, records, locks and saved copies: 40 lower-case hexadecimal digits. A torrent gets it when it
 * is added, and keeps it when its metadata shows another hash.
 */
export type TorrentKey = string & { readonly __brand: "TorrentKey" };
/** The SHA-256 of a torrent's `info` dictionary (BEP 52): 64 lower-case hexadecimal digits. */
export type InfoHashV2 = string & { readonly __brand: "InfoHashV2" };

/** The info-hashes of a torrent; a hybrid torrent has both (BEP 52). */
export type InfoHashes =
  | { readonly v1: InfoHash; readonly v2?: InfoHashV2 }
  | { readonly v1?: undefined; readonly v2: InfoHashV2 };

/** The key of a torrent and its info-hashes, as far as they are known. */
export type TorrentIdentity = InfoHashes & { readonly key: TorrentKey };

/** @param digest The SHA-256 of an `info` dictionary: 32 bytes, read during the call only. */
export function infoHashV2(digest: Uint8Array): InfoHashV2 {
  return hexadecimal(digest) as InfoHashV2;
}

const hexadecimalV2 = /^[0-9a-f]{64}$/i;

/** A text is 64 hexadecimal digits, in either case. */
export function isInfoHashV2(text: string): boolean {
  return hexadecimalV2.test(text);
}

const hexadecimalKey = /^[0-9a-f]{40}$/;
/** The 20 bytes of a name on the wire. */
const wireDigits = 40;

/** The gate of keys from outside. @returns Undefined for anything but 40 lower-case hexadecimal digits. */
export function torrentKey(text: string): TorrentKey | undefined {
  return hexadecimalKey.test(text) ? (text as TorrentKey) : undefined;
}

/**
 * The 20 bytes by which handshakes, trackers, DHT nodes and neighbours name a torrent: the hash of v1, then the beginning of
 * the hash of v2.
 */
export function wireHashes(hashes: InfoHashes): readonly [InfoHash, ...InfoHash[]] {
  if (hashes.v1 === undefined) return [beginningOf(hashes.v2)];
  return hashes.v2 === undefined ? [hashes.v1] : [hashes.v1, beginningOf(hashes.v2)];
}

function beginningOf(v2: InfoHashV2): InfoHash {
  return v2.slice(0, wireDigits) as InfoHash;
}

/** Hexadecimal digits of every name of a torrent: its hashes on the wire, then the whole hash of version 2. */
export function namesOf(hashes: InfoHashes): readonly string[] {
  return [...wireHashes(hashes), ...(hashes.v2 === undefined ? [] : [hashes.v2])];
}

/** Whether a torrent with these info-hashes has each one that a link names. */
export function haveNames(hashes: InfoHashes, named: InfoHashes): boolean {
  const names = namesOf(hashes);
  return namesOf(named).every((name) => names.includes(name));
}

/** The version whose hash names a torrent on the wire. */
export type HashVersion = "v1" | "v2";

/** @param hash A hash on the wire of a torrent with these info-hashes. */
export function versionOf({ v1 }: InfoHashes, hash: InfoHash): HashVersion {
  return hash === v1 ? "v1" : "v2";
}

/** The keys by which a torrent with these info-hashes may be on record, that of a new torrent first. */
export function keysOf(hashes: InfoHashes): readonly [TorrentKey, ...TorrentKey[]] {
  const keys: readonly [string, ...string[]] = wireHashes(hashes);
  return keys as readonly [TorrentKey, ...TorrentKey[]];
}

/** The key of a torrent that is added with these info-hashes. */
export function keyOf(hashes: InfoHashes): TorrentKey {
  return keysOf(hashes)[0];
}

/** Whether a torrent with these info-hashes may be on record by this key: the hash of v1 may have come after the key. */
export function isKeyOf(key: TorrentKey, hashes: InfoHashes): boolean {
  return keysOf(hashes).includes(key);
}

/** @param key Default: that of a new torrent. A torrent on record keeps its key. */
export function identityOf(hashes: InfoHashes, key: TorrentKey = keyOf(hashes)): TorrentIdentity {
  return { ...hashes, key };
}
