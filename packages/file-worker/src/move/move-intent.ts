// The saved intent of a move: after a crash at any moment the next start finishes or undoes the move. A torrent has a
// single intent, stored beside the records.
//
//    0  8   "troupeMV"
//    8      version and intent as JSON text
//   −20 20  SHA-1 of all before it

import type { FileStat } from "@troupe/actor-runtime";
import { torrentKey, type TorrentKey } from "@troupe/protocol/identity";
import type { ListedMove, Sha1 } from "@troupe/messages";

const magic = new TextEncoder().encode("troupeMV");
const version = 1;
const digestBytes = 20;

const identityFields = ["device", "inode", "lengthBytes", "mtimeNs", "ctimeNs"] as const;

/** Fields that identify a file. */
export type FileIdentity = Pick<FileStat, (typeof identityFields)[number]>;

/**
 * How a file gets its new name. `copy`: to another volume. `link`: a second name on the same volume; the first name is
 * removed afterwards. `rename`: on a file system without second names, after everything else.
 */
type MoveWay = "copy" | "link" | "rename";

/** A file being moved. */
export interface MovingFile {
  readonly index: number;
  /** Its path, whatever renames come before the move is settled. Undefined in an intent of an earlier version. */
  readonly path?: readonly string[];
  /** When its copy began, or before its second name. */
  readonly before: FileIdentity;
  /** Expected at the old place while nothing else changes it. */
  readonly source: FileIdentity;
  /** Undefined: untouched as far as known. */
  readonly way?: MoveWay;
  /** The copy, under either name; for a rename the empty file under the temporary name. */
  readonly target?: FileIdentity;
  /** Inode of the empty file that reserves the new name without hard links. */
  readonly placeholder?: bigint;
}

/**
 * `begun`: only temporary names, and second names of the sources, exist. `copied`: the files that may get their new
 * names are known. `placed`: so are the empty files that reserve names. Until then the old folder is complete.
 * `switched`: the new folder is complete, and the record is there.
 */
export type MoveStage = "begun" | "copied" | "placed" | "switched";

/** A move under way. */
export interface MoveIntent {
  readonly key: TorrentKey;
  /** Absolute, without links. */
  readonly from: string;
  readonly to: string;
  /** 16 random hex digits of the temporary names. */
  readonly mark: string;
  readonly stage: MoveStage;
  readonly files: readonly MovingFile[];
}

/** The intent's name in the store: a torrent has a single intent. */
export function intentName(key: TorrentKey): string {
  return `move ${key}`;
}

/** Whether these bytes are an intent, not a job's record. */
export function isIntent(bytes: Uint8Array): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

/** @returns An intent as bytes. */
export function encodeIntent(intent: MoveIntent, sha1: Sha1): Uint8Array {
  const { key: infoHash, ...others } = intent;
  const files = intent.files.map((file) => [
    file.index,
    wordsOf(file.before),
    wordsOf(file.source),
    file.way ?? null,
    file.target === undefined ? null : wordsOf(file.target),
    file.placeholder?.toString() ?? null,
    ...(file.path === undefined ? [] : [file.path]),
  ]);
  const text = new TextEncoder().encode(JSON.stringify({ infoHash, ...others, version, files }));
  const bytes = new Uint8Array(magic.length + text.length + digestBytes);
  bytes.set(magic);
  bytes.set(text, magic.length);
  bytes.set(sha1(bytes.subarray(0, -digestBytes)), magic.length + text.length);
  return bytes;
}

/** @returns Undefined for damaged bytes or another version: then nothing is done. */
export function decodeIntent(bytes: Uint8Array, sha1: Sha1): MoveIntent | undefined {
  const body = bytes.subarray(0, -digestBytes);
  const digest = sha1(body);
  const end = bytes.subarray(-digestBytes);
  if (!isIntent(bytes) || !digest.every((byte, at) => end[at] === byte)) return undefined;
  const saved = JSON.parse(new TextDecoder().decode(body.subarray(magic.length))) as SavedIntent;
  if (saved.version !== version) return undefined;
  const key = torrentKey(saved.infoHash);
  if (key === undefined) return undefined;
  const { from, to, mark, stage } = saved;
  const files = saved.files.map(([index, before, source, way, target, placeholder, path]) => ({
    index,
    ...(path !== undefined && { path }),
    before: identityFrom(before),
    source: identityFrom(source),
    ...(way !== null && { way }),
    ...(target !== null && { target: identityFrom(target) }),
    ...(placeholder !== null && { placeholder: BigInt(placeholder) }),
  }));
  return { key, from, to, mark, stage, files };
}

/** @returns The list's entry for a move; undefined for damaged bytes. */
export function listedMove(bytes: Uint8Array, sha1: Sha1): ListedMove | undefined {
  const intent = decodeIntent(bytes, sha1);
  if (intent === undefined) return undefined;
  const { key, from, to, stage } = intent;
  const isWhole = intent.files.every(({ way }) => way !== "rename");
  return { key, from, to, isSwitched: stage === "switched", isWhole };
}

/** Whether a file is unchanged between two looks. */
export function isUnchanged(one: FileIdentity, other: FileIdentity): boolean {
  return identityFields.every((field) => one[field] === other[field]);
}

/** The identity without the other fields. */
export function identityOf(found: FileIdentity): FileIdentity {
  const { device, inode, lengthBytes, mtimeNs, ctimeNs } = found;
  return { device, inode, lengthBytes, mtimeNs, ctimeNs };
}

type Words = readonly [
  device: string,
  inode: string,
  length: number,
  mtimeNs: string,
  ctimeNs: string,
];
type SavedFile = readonly [
  index: number,
  before: Words,
  source: Words,
  way: MoveWay | null,
  target: Words | null,
  placeholder: string | null,
  path?: readonly string[],
];
/** The key has the name that it had in earlier releases. */
type SavedIntent = Omit<MoveIntent, "files" | "key"> & {
  readonly infoHash: string;
  readonly version: number;
  readonly files: readonly SavedFile[];
};

function wordsOf({ device, inode, lengthBytes, mtimeNs, ctimeNs }: FileIdentity): Words {
  return [`${device}`, `${inode}`, lengthBytes, `${mtimeNs}`, `${ctimeNs}`];
}

function identityFrom([device, inode, lengthBytes, mtimeNs, ctimeNs]: Words): FileIdentity {
  return {
    device: BigInt(device),
    inode: BigInt(inode),
    lengthBytes,
    mtimeNs: BigInt(mtimeNs),
    ctimeNs: BigInt(ctimeNs),
  };
}
