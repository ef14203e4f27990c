// Maps names to names that lead nowhere else. Own names change only what no system accepts, as libtorrent does, so that
// clients find each other's files. Portable names are accepted by every system.

import { isControlCharacter, isInvisibleCharacter } from "../text/clean-text.ts";

/** In UTF-8: the limit of file systems. */
export const maxNameBytes = 255;
/** In UTF-8: of the 4,096 that systems allow, 1,024 are left for the download folder. */
export const maxRelativePathBytes = 3_072;
/** Parts of a path. */
export const maxPathParts = 100;

/** Bytes of the stem of a long name. */
const maxCutStemBytes = 240;
/** libtorrent cuts longer names. */
export const maxFoldedNameBytes: number = maxCutStemBytes;
/** Bytes of its extension, with the dot. */
const maxExtensionBytes = 15;
/** Read at each end of a name, which may have megabytes. */
const readStartLength = 2_048;
const readEndLength = 64;

/** Windows reserves these, with any extension, in any case. */
const deviceNames: ReadonlySet<string> = new Set([
  ...["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"],
  ...["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"].flatMap((digit) => [
    `COM${digit}`,
    `LPT${digit}`,
  ]),
]);

/** In Windows; the first two separate names. */
const forbiddenCharacters = '/\\<>:"|?*';

/** How a character of a name is changed. */
type Spelling = (character: string, codePoint: number) => string;

/** Makes a part of a path from a name; undefined for a name without a meaning. */
type PathPartRule = (name: string, maxBytes?: number) => string | undefined;

/**
 * Makes a part of a path safe and changes nothing else: separators, NUL and direction marks are dropped; other control
 * characters and broken UTF-8 become `_`; a long name is cut and keeps its extension.
 *
 * @param maxBytes UTF-8 bytes of the result, 32 to {@link maxNameBytes}.
 * @returns A name that is not empty, `.` or `..`; undefined for these three.
 */
export function ownPathPart(name: string, maxBytes: number = maxNameBytes): string | undefined {
  if (isNoName(name)) return undefined;
  const safe = cutName(spell(readable(name), ownSpelling), maxBytes);
  return isNoName(safe) ? "_" : safe;
}

/**
 * Makes a part of a path as {@link ownPathPart} does, and cuts it as libtorrent does: after 240 bytes, and before its
 * extension.
 */
export function foldedPathPart(name: string, maxBytes: number = maxNameBytes): string | undefined {
  const part = ownPathPart(name, maxBytes);
  if (part === undefined || utf8Length(part) <= maxFoldedNameBytes) return part;
  const extension = extensionOf(part);
  return cutText(part.slice(0, part.length - extension.length), maxFoldedNameBytes) + extension;
}

/**
 * Makes a part of a path safe on every system: separators, characters that Windows forbids, control characters and broken UTF-8 become
 * `_`; direction marks, zero-width characters, and dots and spaces at the end are dropped; device names get a `_` in
 * front; a long name is cut and keeps its extension.
 *
 * @param maxBytes UTF-8 bytes of the result, 32 to {@link maxNameBytes}.
 * @returns A name that is not empty, `.` or `..`; undefined for these three.
 */
export function safePathPart(name: string, maxBytes: number = maxNameBytes): string | undefined {
  if (isNoName(name)) return undefined;
  const safe = trimEnd(cutName(spell(readable(name), portableSpelling), maxBytes));
  if (safe === "") return "_";
  return isDeviceName(safe) ? trimEnd(cutName(`_${safe}`, maxBytes)) : safe;
}

/**
 * @param names At most {@link maxPathParts}. Empty names, `.` and `..` are dropped.
 * @param partOf Default: names that are safe on every system.
 * @returns At least one safe name, {@link maxRelativePathBytes} in all with a byte between them: `_` without any.
 */
export function safePath(names: readonly string[], partOf: PathPartRule = safePathPart): string[] {
  const parts = safeParts(names, partOf, maxNameBytes);
  let pathBytes = parts.length;
  for (const part of parts) pathBytes += utf8Length(part);
  if (pathBytes <= maxRelativePathBytes) return parts;
  // 29 bytes or more, even with 100 parts: an extension and a few letters.
  return safeParts(names, partOf, Math.floor(maxRelativePathBytes / parts.length) - 1);
}

/**
 * @param name Safe.
 * @param number 1 or more: `a.txt` becomes `a.1.txt`.
 * @returns A safe name, its stem cut where needed.
 */
export function numberedName(name: string, number: number): string {
  const extension = extensionOf(name);
  const suffix = `.${number}${extension}`;
  const stem = name.slice(0, name.length - extension.length);
  return cutText(stem, maxCutStemBytes - suffix.length + extension.length) + suffix;
}

/** @returns A name without its extension, as {@link numberedName} finds it. */
export function stemOf(name: string): string {
  return name.slice(0, name.length - extensionOf(name).length);
}

/** @returns Bytes of `text` in UTF-8. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text);
}

function safeParts(names: readonly string[], partOf: PathPartRule, maxBytes: number): string[] {
  const parts: string[] = [];
  for (const name of names) {
    const part = partOf(name, maxBytes);
    if (part !== undefined) parts.push(part);
  }
  // A copy, since an array that grew keeps room for 17 names.
  return parts.length > 0 ? parts.slice() : ["_"];
}

function isNoName(name: string): boolean {
  return name === "" || name === "." || name === "..";
}

/** Both ends of a huge name. */
function readable(name: string): string {
  const isHuge = name.length > readStartLength + readEndLength;
  return isHuge ? name.slice(0, readStartLength) + name.slice(-readEndLength) : name;
}

function spell(name: string, spelling: Spelling): string {
  if (plainName.test(name)) return name;
  let safe = "";
  for (const character of name) safe += spelling(character, character.codePointAt(0) ?? 0);
  return safe;
}

const portableSpelling: Spelling = (character, codePoint) => {
  if (isInvisibleCharacter(codePoint)) return "";
  return isUnfit(codePoint) || forbiddenCharacters.includes(character) ? "_" : character;
};

/** Joiners stay: emoji and some scripts need them. */
const ownSpelling: Spelling = (character, codePoint) => {
  if (droppedCharacters.test(character)) return "";
  return isUnfit(codePoint) ? "_" : character;
};

/** Separators, NUL and direction marks, which make a name look like another one. */
const droppedCharacters = /[/\\\0\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Nearly all names. */
const plainName = /^[\w. -]*$/;

/** Control characters, broken UTF-8 (U+FFFD), lone surrogates, noncharacters. */
function isUnfit(codePoint: number): boolean {
  return (
    isControlCharacter(codePoint) ||
    codePoint === 0xfffd ||
    (codePoint >= 0xd800 && codePoint <= 0xdfff) ||
    (codePoint & 0xfffe) === 0xfffe
  );
}

function isDeviceName(name: string): boolean {
  const dot = name.indexOf(".");
  const stem = trimEnd(dot < 0 ? name : name.slice(0, dot));
  return stem.length <= 7 && deviceNames.has(stem.toUpperCase());
}

/** Windows drops these: two names would become equal. */
function trimEnd(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === "." || name[end - 1] === " ")) end -= 1;
  return name.slice(0, end);
}

function cutName(name: string, maxBytes: number): string {
  if (utf8Length(name) <= maxBytes) return name;
  const extension = extensionOf(name);
  const stemBytes = Math.min(maxCutStemBytes, maxBytes - utf8Length(extension));
  return cutText(name.slice(0, name.length - extension.length), stemBytes) + extension;
}

/** @returns Empty when the extension is long or the whole name. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot) : "";
  return utf8Length(extension) <= maxExtensionBytes ? extension : "";
}

/** @returns At most `maxBytes` bytes, no character cut in two. */
function cutText(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
