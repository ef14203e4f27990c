import { LazyMap, LazySet, type Clock, type Disk } from "@troupe/actor-runtime";
import { unpackFiles, unpackOtherPaths } from "@troupe/messages";
import type {
  LinkedFile,
  Symlink,
  ListedFile,
  OpenStorage,
  PlacedFile,
  StorageRefusal,
  StoredFile,
  TorrentId,
} from "@troupe/messages";
import { FileMap } from "@troupe/protocol/metainfo";
import { findRealRoot, Folders, pathIn } from "./files/folders.ts";
import { unknownIdentities, noteIdentity, type FileIdentities } from "./files/file-identity.ts";
import { otherPathsOf, type OtherPaths } from "./files/file-places.ts";
import { readingPath } from "./files/linked-files.ts";
import { PartFile } from "./files/part-file.ts";
import { noBoundBytes, suffixOf, type Suffix } from "./files/part-suffix.ts";
import { isRefusal, refusalFrom, unknownTorrent, type Answer } from "./refusals.ts";
import { absentFacts, setFacts } from "./state/file-facts.ts";
import type { PieceStore } from "./store/piece-store.ts";

const noFiles: ReadonlySet<number> = new Set();
const noRename: Promise<unknown> = Promise.resolve();

/** A torrent on the disk. Made by {@link makeStorage}; its handles belong to the open files. */
export interface Storage {
  readonly torrent: TorrentId;
  /** A module of the user has the bytes: nothing lies in the folder. */
  readonly isModule: boolean;
  readonly pieceLengthBytes: number;
  /** With the part file last, if needed. Their paths change while the storage is opened, and by files/rename-files.ts. */
  readonly files: StoredFile[];
  readonly others: OtherPaths;
  /** The suffix of unfinished files. */
  readonly suffix: Suffix | undefined;
  /** Symbolic links of the torrent. */
  readonly symlinks: readonly Symlink[];
  /** The files that have the suffix, each with a piece that was missing at the last look. */
  readonly unfinished: LazyMap<number, number>;
  /** Without the part file. */
  readonly map: FileMap;
  /** Undefined if not needed. */
  readonly partFile: PartFile | undefined;
  /** Indexes of unwanted files. */
  unwanted: ReadonlySet<number>;
  readonly folders: Folders;
  /** At the last look, −1 for none. Never shrinks while the storage is open. */
  readonly knownBytes: number[];
  /** Indexes of foreign files, see files/foreign-files.ts. Undefined: the folder is not shared. */
  readonly foreign: LazySet<number> | undefined;
  /** The files that are recorded links, and are not written to: see files/linked-files.ts. */
  readonly linked: LazyMap<number, LinkedFile>;
  /** Foreign files that open torrents have. */
  readonly inUse: LazySet<number>;
  /** When the storage was opened: see state/file-facts.ts. */
  readonly facts: BigUint64Array;
  readonly identities: FileIdentities;
  /** Written to since their last sync. */
  readonly unsynced: LazySet<number>;
  /** After which the system has dropped unwritten bytes. */
  lostSyncs: number;
  /** By index in `files`. Written by files/open-files.ts. */
  readonly handles: LazyMap<number, OpenFile>;
  /** The first failed `close`: bytes may be lost. */
  closeFailure: StorageRefusal | undefined;
  /** Nothing more is accepted. */
  closing: Answer | undefined;
  /** Renames, one at a time. The end of the storage waits for them. */
  renaming: Promise<unknown>;
}

/** A torrent whose pieces are written and read. */
export interface OpenTorrent extends Storage {
  readonly store: PieceStore;
}

/** An open file. Valid until another file is requested. */
export interface OpenFile {
  readonly storage: Storage;
  /** Its index in the torrent. */
  readonly file: number;
  readonly descriptor: number;
  readonly path: string;
  /** For reading and writing, at full length. */
  readonly canWrite: boolean;
  /** Last seen under its name. */
  provenAtMs: number;
}

/**
 * Checks the paths and finds the root. Reads no file.
 *
 * @returns A storage without known files, `path-outside-root`, or the system's code for the root.
 */
export function makeStorage(
  disk: Disk,
  clock: Clock,
  message: OpenStorage,
): Storage | StorageRefusal {
  const { isShared = false, partFile, unwanted = [] } = message;
  const all = storedFiles(message);
  if (isRefusal(all)) return all;
  const files = partFile === undefined ? all : all.slice(0, -1);
  const others = unpackOtherPaths(message.files);
  const map = new FileMap(
    files.map((file) => file.lengthBytes),
    message.pieceLengthBytes,
  );
  if (map.totalBytes !== message.totalBytes) {
    throw new RangeError(
      `bug: the files of torrent ${message.torrent} have ${map.totalBytes} bytes, not ${message.totalBytes}`,
    );
  }
  const root = findRealRoot(disk, message.root);
  if (isRefusal(root)) return root;
  return {
    torrent: message.torrent,
    isModule: message.store !== undefined,
    pieceLengthBytes: message.pieceLengthBytes,
    files: all,
    others: otherPathsOf(others),
    suffix: suffixOf(message.partSuffix, all, others),
    symlinks: message.symlinks ?? [],
    unfinished: new LazyMap(),
    map,
    partFile: partFile === undefined ? undefined : new PartFile(files.length),
    unwanted: unwanted.length === 0 ? noFiles : new Set(unwanted),
    folders: new Folders(disk, clock, root),
    knownBytes: Array<number>(files.length + 1).fill(-1),
    foreign: isShared ? new LazySet() : undefined,
    linked: new LazyMap(),
    inUse: new LazySet(),
    facts: absentFacts(files.length),
    identities: unknownIdentities(files.length + 1),
    unsynced: new LazySet(),
    lostSyncs: 0,
    handles: new LazyMap(),
    closeFailure: undefined,
    closing: undefined,
    renaming: noRename,
  };
}

/** @returns The torrent's files, then its part file, if needed; or `path-outside-root`. */
export function storedFiles({
  files,
  partFile,
}: Pick<OpenStorage, "files" | "partFile">): StoredFile[] | StorageRefusal {
  const stored = unpackFiles(files).map(storedFile);
  if (partFile !== undefined) stored.push({ path: [partFile], lengthBytes: noBoundBytes });
  const others = unpackOtherPaths(files).map(({ path }) => path.split("/"));
  for (const path of [...stored.map((file) => file.path), ...others]) {
    const refusal = refusedPath(path);
    if (refusal !== undefined) return refusal;
  }
  return stored;
}

function storedFile({ path, lengthBytes, isPadding }: ListedFile): StoredFile {
  return { path: path.split("/"), lengthBytes, isPadding };
}

/** @returns A refusal when the torrent is closing or not open. */
export function acceptingStorage(
  { storages }: { readonly storages: ReadonlyMap<TorrentId, OpenTorrent> },
  torrent: TorrentId,
): OpenTorrent | StorageRefusal {
  const storage = storages.get(torrent);
  return storage === undefined || storage.closing !== undefined ? unknownTorrent(torrent) : storage;
}

/** @returns Why work over several turns must stop: its storage is closing or closed. */
export function closingRefusal({ torrent, closing }: Storage): StorageRefusal | undefined {
  return closing === undefined ? undefined : unknownTorrent(torrent);
}

/** @returns The absolute path of a file. */
export function filePath(storage: Storage, file: number): string {
  return pathIn(storage.folders, fileOf(storage, file).path);
}

/** @returns The file with this index. */
export function fileOf(storage: Storage, file: number): StoredFile {
  const found = storage.files[file];
  if (found === undefined) throw new RangeError(`bug: the torrent has no file ${file}`);
  return found;
}

/**
 * Records the length of a file without opening it. Whatever lies at the place of a file without bytes is left alone.
 *
 * @param absent Missing folders, as in {@link Folders.prove}.
 * @returns A refusal: `not-a-file`, `file-too-long`, `path-outside-root` or the system's code.
 */
export function lookAtFile(
  disk: Disk,
  storage: Storage,
  file: number,
  absent?: Set<string>,
): StorageRefusal | undefined {
  const { path: names, lengthBytes, isPadding } = fileOf(storage, file);
  if (isPadding === true || lengthBytes === 0) return undefined;
  const folder = storage.folders.prove(names, absent);
  if (isRefusal(folder)) return folder;
  if (folder === "absent") return undefined;
  const path = readingPath(storage, file);
  try {
    const found = disk.stat(path);
    if (found === undefined) return undefined;
    if (found.kind !== "file") return notAFile(path, found.kind);
    if (found.lengthBytes > lengthBytes) return fileTooLong(path, found.lengthBytes, lengthBytes);
    storage.knownBytes[file] = found.lengthBytes;
    setFacts(storage.facts, file, found);
    noteIdentity(storage, file, found, false);
    return undefined;
  } catch (error) {
    return refusalFrom(error, "look at", path);
  }
}

/** @returns The files that do not lie at the paths of the message. */
export function placedFiles({ files }: OpenStorage, storage: Storage): PlacedFile[] {
  const { others, unfinished } = storage;
  if (others.size === 0 && unfinished.size === 0) return [];
  const asked = files.paths.split("\0");
  const mayDiffer = new Set([...others.keys(), ...unfinished.keys()]);
  return [...mayDiffer]
    .map((file) => placeOf(storage, file))
    .filter(({ file, path }) => path !== asked[file]);
}

/** The present path of a file, with its index. */
export function placeOf(storage: Storage, file: number): PlacedFile {
  return { file, path: fileOf(storage, file).path.join("/") };
}

/** The refusal of a file longer than the torrent says; it is never truncated. */
export function fileTooLong(path: string, foundBytes: number, lengthBytes: number): StorageRefusal {
  return {
    refused: "file-too-long",
    message: `cannot use "${path}": it has ${foundBytes} bytes, the torrent says ${lengthBytes}`,
    path,
  };
}

function notAFile(path: string, kind: string): StorageRefusal {
  return {
    refused: "not-a-file",
    message: `cannot use "${path}": it is a ${kind === "other" ? "device or FIFO" : kind}, not a file`,
    path,
  };
}

/** The last gate: each part leads down. */
export function refusedPath(path: readonly string[]): StorageRefusal | undefined {
  if (path.length > 0 && path.every(isSafeName)) return undefined;
  const shown = JSON.stringify(path.join("/"));
  return {
    refused: "path-outside-root",
    message: `cannot use the path ${shown}: a part of it is empty, ".", ".." or holds a separator`,
  };
}

function isSafeName(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && !/[/\\\0]/.test(part);
}
