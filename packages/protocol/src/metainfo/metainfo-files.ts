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
import { laidOut, type ContentLayout } from "./content-layout.ts";
import type { MetainfoFile } from "./metainfo.ts";
import { nameFiles, type NamedFile, type NamedFiles, type NameRule } from "./file-names.ts";
import { maxPathParts, safePath } from "./safe-path.ts";

/** The files and their total. */
export interface FileList {
  readonly files: readonly MetainfoFile[];
  readonly isSingleFile: boolean;
  readonly totalBytes: number;
  /** @returns Portable paths of the files that are no padding. */
  readonly portablePaths: () => readonly (readonly string[])[];
}

/** How the files are named. */
interface Naming {
  /** Name in the torrent; the info-hash if that is empty, `.` or `..`. */
  readonly torrentName: string;
  /** It is the name in the torrent. */
  readonly isNamed: boolean;
  readonly rule: NameRule;
  readonly layout: ContentLayout;
}

/** A file before it is placed. */
interface FileEntry extends Pick<MetainfoFile, "lengthBytes" | "isPadding"> {
  /** Names in the torrent, with the torrent's name in front; without empty names, `.` and `..`. */
  readonly names: readonly string[];
  /** Empty names, `.` or `..` are left out. */
  readonly lacksNames: boolean;
  readonly isLink: boolean;
}

const attributePadding = 0x70;
const attributeLink = 0x6c;

/**
 * @param warnings Gets a sentence for accepted odd input.
 * @throws {ProtocolError} `field-missing`, `field-wrong-type` or `field-invalid` naming the field; `torrent-limit`.
 */
export function readFiles(info: BencodeValue, naming: Naming, warnings: string[]): FileList {
  const files = info.get("files");
  if (files === undefined) {
    const lengthBytes = requireLength(info.get("length"), "info.length");
    const names = [naming.torrentName];
    const entry = { names, lengthBytes, isPadding: false, isLink: false, lacksNames: false };
    const onDisk = laidOut(names, true, naming.layout);
    const { files: named, portable } = nameFiles([onDisk], naming.rule);
    const placed = named.map((place) => fileAt(entry, place, 0, naming));
    return { files: placed, isSingleFile: true, totalBytes: lengthBytes, portablePaths: portable };
  }
  if (info.get("length") !== undefined) {
    warnings.push('the torrent has both "length" and "files": "files" is used');
  }
  const entries = readEntries(requireList(files, "info.files"), naming);
  if (entries.length === 0) throw invalidField("info.files", "it is empty");
  return placeFiles(entries, naming, warnings);
}

function readEntries(files: BencodeValue, { torrentName }: Naming): FileEntry[] {
  const entries: FileEntry[] = [];
  for (const file of files.items()) {
    const field = `info.files.${entries.length}`;
    requireDictionary(file, field);
    const attributes = file.get("attr");
    const attributeBytes =
      attributes === undefined ? noBytes : requireBytes(attributes, `${field}.attr`);
    const isLink = attributeBytes.includes(attributeLink);
    const isPadding = attributeBytes.includes(attributePadding);
    const names = isPadding && !hasPath(file) ? paddingPath : readPath(file, field);
    const named = names.filter((name) => name !== "" && name !== "." && name !== "..");
    entries.push({
      names: [torrentName, ...(named.length === 0 ? ["_"] : named)],
      // Without its target, which could lead out of the folder.
      lengthBytes: isLink ? 0 : requireLength(file.get("length"), `${field}.length`),
      isPadding,
      isLink,
      lacksNames: named.length > 0 && named.length < names.length,
    });
  }
  return entries;
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

function placeFiles(entries: readonly FileEntry[], naming: Naming, warnings: string[]): FileList {
  // Padding is never on disk: its names may repeat.
  const stored = entries.filter(({ isPadding }) => !isPadding);
  const names = stored.map((entry) => laidOut(entry.names, false, naming.layout));
  const named = nameFiles(names, naming.rule);
  let next = 0;
  let offset = 0;
  const files = entries.map((entry) => {
    const start = offset;
    offset += entry.lengthBytes;
    const place = entry.isPadding ? undefined : named.files[next++];
    return fileAt(entry, place ?? { path: safePath(entry.names) }, start, naming);
  });
  if (!Number.isSafeInteger(offset)) {
    throw invalidField(
      "info.files",
      `the lengths add up to ${offset}, allowed is ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  warnings.push(...spellChanges(stored, names, named, naming.rule));
  return { files, isSingleFile: false, totalBytes: offset, portablePaths: named.portable };
}

/** @param onDisk Their names in the layout. */
function spellChanges(
  entries: readonly FileEntry[],
  onDisk: readonly (readonly string[])[],
  { wished, files }: NamedFiles,
  rule: NameRule,
): string[] {
  let [changed, numbered, links] = [0, 0, 0];
  for (const [file, { isLink, lacksNames }] of entries.entries()) {
    const names = onDisk[file] ?? [];
    const path = wished[file] ?? names;
    if (lacksNames || !names.every((name, at) => name === path[at])) changed += 1;
    if (files[file]?.path !== path) numbered += 1;
    if (isLink) links += 1;
  }
  const safe = rule === "portable" ? "safe on every system" : "safe";
  const sentences = [];
  if (changed > 0)
    sentences.push(`${spell(changed, "file path was", "file paths were")} changed to be ${safe}`);
  if (links > 0) {
    const are = spell(links, "symbolic link is", "symbolic links are");
    sentences.push(`${are} created as ${links === 1 ? "an empty file" : "empty files"}`);
  }
  if (numbered > 0) {
    const were = spell(numbered, "file was", "files were");
    sentences.push(`${were} numbered: another file has the same path`);
  }
  return sentences;
}

function spell(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Most files have the same names: only the others keep them. */
function fileAt(
  { names, lengthBytes, isPadding }: FileEntry,
  { path, otherPaths }: NamedFile,
  offset: number,
  { isNamed }: Naming,
): MetainfoFile {
  const file = { path, lengthBytes, offset, isPadding };
  if (isPadding) return file;
  const originalPath = isNamed ? names : names.slice(1);
  const isSame =
    originalPath.length === 0 ||
    (originalPath.length === path.length && originalPath.every((name, at) => name === path[at]));
  return {
    ...file,
    ...(!isSame && { originalPath }),
    ...(otherPaths !== undefined && { otherPaths }),
  };
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
