// `length` or `files` of the `info` dictionary (BEP 3), attributes of BEP 47.

import {
  invalidField,
  optionalField,
  requireDictionary,
  requireInteger,
  requireList,
  requireText,
} from "../bencode/bencode-fields.ts";
import type { BencodeValue } from "../bencode/bencode-value.ts";
import { ProtocolError } from "../errors.ts";
import { linkTargets, readLinkPath } from "./link-targets.ts";
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
export interface Naming {
  /** Name in the torrent; the info-hash if that is empty, `.` or `..`. */
  readonly torrentName: string;
  /** It is the name in the torrent. */
  readonly isNamed: boolean;
  readonly rule: NameRule;
  readonly layout: ContentLayout;
}

/** A file before it is placed. */
export interface FileEntry extends Pick<MetainfoFile, "lengthBytes" | "isPadding"> {
  /** Names in the torrent, with the torrent's name in front; without empty names, `.` and `..`. */
  readonly names: readonly string[];
  /** Empty names, `.` or `..` are left out. */
  readonly lacksNames: boolean;
  readonly isLink: boolean;
  readonly isExecutable: boolean;
  /** Names of `symlink path`, below the torrent's folder. */
  readonly linkPath?: readonly string[];
}

const attributePadding = 0x70;

/** Attributes of a file (BEP 47) that its bytes do not have. */
export function readAttributes(
  attributes: Uint8Array,
): Pick<FileEntry, "isPadding" | "isLink" | "isExecutable"> {
  const isPadding = attributes.includes(attributePadding);
  const isLink = attributes.includes(attributeLink);
  return { isPadding, isLink, isExecutable: !isLink && attributes.includes(attributeExecutable) };
}

const attributeLink = 0x6c;
const attributeExecutable = 0x78;

/**
 * @param warnings Gets a sentence for accepted odd input.
 * @throws {ProtocolError} `field-missing`, `field-wrong-type` or `field-invalid` naming the field; `torrent-limit`.
 */
export function readFiles(info: BencodeValue, naming: Naming, warnings: string[]): FileList {
  const files = info.get("files");
  if (files === undefined) {
    const lengthBytes = requireLength(info.get("length"), "info.length");
    const names = [naming.torrentName];
    const { isExecutable } = readAttributes(attributesOf(info, warnings));
    const entry = { ...plainEntry, names, lengthBytes, isExecutable };
    const onDisk = laidOut(names, true, naming.layout);
    const { files: named, portable } = nameFiles([onDisk], naming.rule);
    const placed = named.map((place) => fileAt(entry, place, 0, naming));
    return { files: placed, isSingleFile: true, totalBytes: lengthBytes, portablePaths: portable };
  }
  if (info.get("length") !== undefined) {
    warnings.push('the torrent has both "length" and "files": "files" is used');
  }
  const entries = readEntries(requireList(files, "info.files"), naming, warnings);
  if (entries.length === 0) throw invalidField("info.files", "it is empty");
  return placeFiles(entries, false, naming, warnings);
}

function readEntries(
  files: BencodeValue,
  { torrentName }: Naming,
  warnings: string[],
): FileEntry[] {
  const entries: FileEntry[] = [];
  for (const file of files.items()) {
    const field = `info.files.${entries.length}`;
    requireDictionary(file, field);
    const { isExecutable, isLink, isPadding } = readAttributes(attributesOf(file, warnings));
    const linkPath = isLink ? readLinkPath(file.get("symlink path")) : undefined;
    const names = isPadding && !hasPath(file) ? paddingPath : readPath(file, field, warnings);
    entries.push({
      ...usableNames([torrentName], names),
      // A link has no bytes of its own.
      lengthBytes: isLink ? 0 : requireLength(file.get("length"), `${field}.length`),
      isPadding,
      isLink,
      isExecutable,
      ...(linkPath !== undefined && { linkPath }),
    });
  }
  return entries;
}

/** The names of a file in its folder, without those that name no file; `_` if none is left. */
export function usableNames(
  folder: readonly string[],
  names: readonly string[],
): Pick<FileEntry, "names" | "lacksNames"> {
  const named = names.filter(isUsable);
  return {
    names: [...folder, ...(named.length === 0 ? ["_"] : named)],
    lacksNames: named.length > 0 && named.length < names.length,
  };
}

function isUsable(name: string): boolean {
  return name !== "" && name !== "." && name !== "..";
}

const noBytes = new Uint8Array(0);
/** The properties of a file without attributes. */
export const plainEntry = {
  isPadding: false,
  isLink: false,
  isExecutable: false,
  lacksNames: false,
};

/** @returns `attr` of a file; no bytes where it is absent or no text. */
export function attributesOf(file: BencodeValue, warnings: string[]): Uint8Array {
  return optionalField(file, "attr", "string", warnings)?.string ?? noBytes;
}

/** Padding of some programs has no path. */
const paddingPath: readonly string[] = [".pad"];

function hasPath(file: BencodeValue): boolean {
  return file.get("path") !== undefined || file.get("path.utf-8")?.kind === "list";
}

function readPath(file: BencodeValue, field: string, warnings: string[]): string[] {
  const utf8Path = optionalField(file, "path.utf-8", "list", warnings);
  const key = utf8Path === undefined ? "path" : "path.utf-8";
  const pathField = `${field}.${key}`;
  const names: string[] = [];
  for (const part of requireList(utf8Path ?? file.get("path"), pathField).items()) {
    if (names.length === maxPathParts - 1) throw tooDeep(pathField);
    names.push(requireText(part, pathField));
  }
  // Without a name the file would be the torrent's folder.
  if (!names.some(isUsable)) return ["_"];
  return names;
}

/** Places files end to end, and names them. */
export function placeFiles(
  entries: readonly FileEntry[],
  isSingleFile: boolean,
  naming: Naming,
  warnings: string[],
): FileList {
  // Padding is never on disk: its names may repeat.
  const stored = entries.filter(({ isPadding }) => !isPadding);
  const names = stored.map((entry) => laidOut(entry.names, isSingleFile, naming.layout));
  const named = nameFiles(names, naming.rule);
  const links = linkTargets(entries);
  let next = 0;
  let offset = 0;
  const files = entries.map((entry, index) => {
    const start = offset;
    offset += entry.lengthBytes;
    const place = entry.isPadding ? undefined : named.files[next++];
    const link = links.get(index);
    const file = fileAt(entry, place ?? { path: safePath(entry.names) }, start, naming);
    return link === undefined ? file : { ...file, link };
  });
  if (!Number.isSafeInteger(offset)) {
    throw invalidField(
      "info.files",
      `the lengths add up to ${offset}, allowed is ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  warnings.push(...spellChanges(stored, names, named, naming.rule));
  warnings.push(...spellLinks(entries.filter(({ isLink }) => isLink).length, links.size));
  return { files, isSingleFile, totalBytes: offset, portablePaths: named.portable };
}

/** @param onDisk Their names in the layout. */
function spellChanges(
  entries: readonly FileEntry[],
  onDisk: readonly (readonly string[])[],
  { wished, files }: NamedFiles,
  rule: NameRule,
): string[] {
  let [changed, numbered] = [0, 0];
  for (const [file, { lacksNames }] of entries.entries()) {
    const names = onDisk[file] ?? [];
    const path = wished[file] ?? names;
    if (lacksNames || !names.every((name, at) => name === path[at])) changed += 1;
    if (files[file]?.path !== path) numbered += 1;
  }
  const safe = rule === "portable" ? "safe on every system" : "safe";
  const sentences = [];
  if (changed > 0)
    sentences.push(`${spell(changed, "file path was", "file paths were")} changed to be ${safe}`);
  if (numbered > 0) {
    const were = spell(numbered, "file was", "files were");
    sentences.push(`${were} numbered: another file has the same path`);
  }
  return sentences;
}

/** @param count All links. @param leading The links that lead to files of the torrent. */
function spellLinks(count: number, leading: number): string[] {
  const sentences = [];
  const lost = count - leading;
  if (leading > 0) {
    const are = spell(leading, "symbolic link is an empty file", "symbolic links are empty files");
    sentences.push(`${are} unless the setting symlinks is set`);
  }
  if (lost > 0) {
    const lead = spell(lost, "symbolic link leads", "symbolic links lead");
    const are = lost === 1 ? "is an empty file" : "are empty files";
    sentences.push(`${lead} to no file of the torrent and ${are}`);
  }
  return sentences;
}

function spell(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Most files have the same names: only the others keep them. */
function fileAt(
  { names, lengthBytes, isExecutable, isPadding }: FileEntry,
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
    ...(isExecutable && { isExecutable }),
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
