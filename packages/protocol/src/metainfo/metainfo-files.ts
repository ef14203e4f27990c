// `length` or `files` of the `info` dictionary (BEP 3), attributes of BEP 47.

import {
  invalidField,
  requireBytes,
  requireDictionary,
  requireInteger,
  requireList,
  requireText,
} from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { ProtocolError } from "../errors.ts";
import type { MetainfoFile } from "./metainfo.ts";
import { maxPathParts, safePath } from "./safe-path.ts";
import { uniquePaths } from "./unique-paths.ts";

/** The files and their total. */
export interface FileList {
  readonly files: readonly MetainfoFile[];
  readonly isSingleFile: boolean;
  readonly totalBytes: number;
}

/** The torrent's name, safe and as it was written. */
export interface TorrentName {
  readonly name: string;
  readonly originalName: string;
}

/** A file before it is placed: with its wished path, and its names as they were written. */
interface FileEntry extends Pick<MetainfoFile, "lengthBytes" | "isPadding" | "path"> {
  readonly names: readonly string[];
}

const attributePadding = 0x70;
const attributeLink = 0x6c;

/**
 * @param warnings Gets a sentence for accepted odd input.
 * @throws {ProtocolError} `field-missing`, `field-wrong-type` or `field-invalid` naming the field; `torrent-limit`.
 */
export function readFiles(
  info: BencodeValue,
  torrentName: TorrentName,
  warnings: string[],
): FileList {
  const { name, originalName } = torrentName;
  const files = info.get("files");
  if (files === undefined) {
    const lengthBytes = requireLength(info.get("length"), "info.length");
    const entry = { path: [name], names: [originalName], lengthBytes, isPadding: false };
    return { files: [placed(entry, entry.path, 0)], isSingleFile: true, totalBytes: lengthBytes };
  }
  if (info.get("length") !== undefined) {
    warnings.push('the torrent has both "length" and "files": "files" is used');
  }
  const entries = readEntries(requireList(files, "info.files"), torrentName, warnings);
  if (entries.length === 0) throw invalidField("info.files", "it is empty");
  return placeFiles(entries, warnings);
}

function readEntries(
  files: BencodeValue,
  { name, originalName }: TorrentName,
  warnings: string[],
): FileEntry[] {
  const entries: FileEntry[] = [];
  let links = 0;
  let changed = 0;
  for (const file of files.items()) {
    const field = `info.files.${entries.length}`;
    requireDictionary(file, field);
    const attributes = file.get("attr");
    const attributeBytes =
      attributes === undefined ? noBytes : requireBytes(attributes, `${field}.attr`);
    const isLink = attributeBytes.includes(attributeLink);
    const isPadding = attributeBytes.includes(attributePadding);
    if (isLink) links += 1;
    const names = isPadding && !hasPath(file) ? paddingPath : readPath(file, field);
    const path = safePath([name, ...names]);
    if (!isUnchanged(names, path)) changed += 1;
    entries.push({
      path,
      names: [originalName, ...names],
      // Without its target, which could lead out of the folder.
      lengthBytes: isLink ? 0 : requireLength(file.get("length"), `${field}.length`),
      isPadding,
    });
  }
  if (changed > 0) warnings.push(`${changed} file paths were changed to be safe on every system`);
  if (links > 0) warnings.push(`${links} symbolic links are created as empty files`);
  return entries;
}

/** Ignores the torrent's name in front. */
function isUnchanged(names: readonly string[], path: readonly string[]): boolean {
  return path.length === names.length + 1 && names.every((name, i) => path[i + 1] === name);
}

const noBytes = new Uint8Array(0);

/** Padding of some programs has no path. */
const paddingPath: readonly string[] = [".pad"];

function hasPath(file: BencodeValue): boolean {
  return file.get("path") !== undefined || file.get("path.utf-8") !== undefined;
}

function readPath(file: BencodeValue, field: string): string[] {
  const utf8Path = file.get("path.utf-8");
  const key = utf8Path === undefined ? "path" : "path.utf-8";
  const pathField = `${field}.${key}`;
  const names: string[] = [];
  for (const part of requireList(utf8Path ?? file.get("path"), pathField).items()) {
    if (names.length === maxPathParts - 1) throw tooDeep(pathField);
    names.push(requireText(part, pathField));
  }
  // Without a name the file would be the torrent's folder.
  if (names.every((name) => name === "" || name === "." || name === "..")) return ["_"];
  return names;
}

function placeFiles(entries: readonly FileEntry[], warnings: string[]): FileList {
  // Padding is never on disk: its names may repeat.
  const paths = uniquePaths(entries.filter(({ isPadding }) => !isPadding).map(({ path }) => path));
  let stored = 0;
  let renamed = 0;
  let offset = 0;
  const files = entries.map((entry) => {
    const start = offset;
    offset += entry.lengthBytes;
    const path = entry.isPadding ? entry.path : (paths[stored++] ?? entry.path);
    if (path !== entry.path) renamed += 1;
    return placed(entry, path, start);
  });
  if (!Number.isSafeInteger(offset)) {
    throw invalidField(
      "info.files",
      `the lengths add up to ${offset}, allowed is ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  if (renamed > 0) warnings.push(`${renamed} files were numbered: another file has the same path`);
  return { files, isSingleFile: false, totalBytes: offset };
}

/** Most files have the same names: only the others keep them. */
function placed(
  { names, lengthBytes, isPadding }: FileEntry,
  path: readonly string[],
  offset: number,
): MetainfoFile {
  const file = { path, lengthBytes, offset, isPadding };
  if (isPadding) return file;
  const originalPath = names.filter((name) => name !== "" && name !== "." && name !== "..");
  const isSame =
    originalPath.length === 0 ||
    (originalPath.length === path.length && originalPath.every((name, at) => name === path[at]));
  return isSame ? file : { ...file, originalPath };
}

function requireLength(value: BencodeValue | undefined, field: string): number {
  return requireInteger(value, field, 0, Number.MAX_SAFE_INTEGER);
}

function tooDeep(field: string): ProtocolError {
  return new ProtocolError("torrent-limit", {
    operation: "parse-torrent",
    message: `cannot use a torrent with more than ${maxPathParts} names in the path "${field}"`,
    details: { field, maxPathParts },
  });
}
