// Values in the bencoded files of other clients. A value of another kind counts as absent.

import { stat } from "node:fs/promises";
import { codeOf } from "@troupe/actor-runtime";
import { readBounded } from "@troupe/api-base";
import { bencodeLimits, decode, type BencodeValue } from "@troupe/protocol/bencode";
import { maxTorrentBytes, parseTorrent, type Metainfo } from "@troupe/protocol/metainfo";
import { malformed } from "./other-torrent.ts";

/** Longer texts count as absent. */
const longestText = 16_384;

/** A dictionary of bencode. */
export type Fields = Pick<BencodeValue, "get"> | undefined;

/** A file with bencoded fields, and its modification time. */
interface ClientFile {
  readonly fields: BencodeValue;
  readonly savedAtNs: bigint;
}

/** @throws rejects with TroupeError `import-malformed`, ProtocolError; a system error. */
export async function readClientFile(path: string): Promise<ClientFile> {
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
  if (found === undefined) throw malformed(path, "it is not there");
  const bytes = await readBounded(path, bencodeLimits.file.maxBytes);
  const fields = decode(bytes, bencodeLimits.file);
  if (fields.kind !== "dictionary") throw malformed(path, "it has no dictionary");
  return { fields, savedAtNs: found.mtimeNs };
}

/** A .torrent file of another client. @throws rejects with ProtocolError; a system error. */
export async function readTorrentFile(
  path: string,
): Promise<{ readonly metainfo: Uint8Array; readonly content: Metainfo }> {
  const metainfo = await readBounded(path, maxTorrentBytes);
  return { metainfo, content: parseTorrent(metainfo) };
}

/** A text of UTF-8; undefined for a longer one than 16,384 bytes. */
export function textOf(value: BencodeValue | undefined): string | undefined {
  const bytes = value?.string;
  if (bytes === undefined || bytes.length > longestText) return undefined;
  return new TextDecoder().decode(bytes);
}

/** A text that is not empty. */
export function textIn(fields: Fields, name: string): string | undefined {
  const text = textOf(fields?.get(name));
  return text === "" ? undefined : text;
}

/** A safe whole number. */
export function numberOf(value: BencodeValue | undefined): number | undefined {
  if (value?.kind !== "integer" || value.span.end - value.span.start > 20) return undefined;
  const number = Number(value.integer);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A safe whole number of a dictionary. */
export function numberIn(fields: Fields, name: string): number | undefined {
  return numberOf(fields?.get(name));
}

/** A count; 0 for an absent or negative number. */
export function countIn(fields: Fields, name: string): number {
  return Math.max(0, numberIn(fields, name) ?? 0);
}

/** The values of a list; empty for anything else. */
export function listIn(fields: Fields, name: string): readonly BencodeValue[] {
  return [...(fields?.get(name)?.items() ?? [])];
}

/** The paths of a list of renamed files; undefined where a file has its own. A renamed torrent of one file is renamed by it. */
export function pathsIn(fields: Fields, name: string): readonly (string | undefined)[] {
  return listIn(fields, name).map((value) => textOf(value) || undefined);
}

/** A moment in seconds as milliseconds; absent for 0 and below. */
function momentIn(fields: Fields, name: string): number | undefined {
  const seconds = numberIn(fields, name) ?? 0;
  return seconds > 0 && seconds <= 8.64e12 ? seconds * 1_000 : undefined;
}

/** The dates of a torrent. @param added, completed Names of fields, in seconds. */
export function datesIn(fields: Fields, added: string, completed: string, savedAtNs: bigint) {
  const completedAt = momentIn(fields, completed);
  return {
    addedAt: momentIn(fields, added) ?? Number(savedAtNs / 1_000_000n),
    ...(completedAt !== undefined && { completedAt }),
  };
}

/** Values without those that are undefined. */
export function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Undefined where all files have the same priority above 0. */
export function unlessEqual(priorities: readonly number[]): readonly number[] | undefined {
  const [first = 0] = priorities;
  return first > 0 && priorities.every((one) => one === first) ? undefined : priorities;
}

/** The tiers of trackers as a setting; undefined where they are those of the torrent. */
export function changedTiers(
  tiers: readonly (readonly string[])[],
  { trackers }: Metainfo,
): readonly (readonly string[])[] | undefined {
  return JSON.stringify(tiers) === JSON.stringify(trackers) ? undefined : tiers;
}
