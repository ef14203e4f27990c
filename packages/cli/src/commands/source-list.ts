// The sources of a download or a seed: words of the command line, the lines of `-i`, and stdin.

import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { isMagnetText, parseMagnet } from "@troupe/protocol/magnet";
import { maxTorrentBytes } from "@troupe/protocol/metainfo";
import { spellBytes } from "@troupe/protocol/text";
import type { EnginePort, LoadOptions } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import { CommandError } from "../failure.ts";

/** A source as the user names it; the bytes of a .torrent that came on stdin. */
export interface NamedSource {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** A word of the command line, which may be a mistyped call. */
  readonly isWord: boolean;
}

/** Stdin as a source, or as a list. */
const stdinName = "-";
/** Bytes of a list, and of stdin; a longer one is refused. */
const maxListBytes: number = maxTorrentBytes;
/** The first byte of a bencoded dictionary, and a key of every .torrent. */
const dictionaryStart = 0x64;
const infoKey = "4:info";

/**
 * @param words SOURCEs; `-` is a .torrent or a list on stdin.
 * @param lists Paths of lists, as written; `-` is stdin.
 * @returns All sources in order.
 * @throws CommandError `sources-unreadable`
 */
export async function listSources(
  words: readonly string[],
  lists: readonly string[],
  environment: Environment,
): Promise<NamedSource[]> {
  const named = [
    ...words.map(async (word) =>
      word === stdinName ? await stdinSources(environment) : [{ name: word, isWord: true }],
    ),
    ...lists.map(async (path) =>
      path === stdinName ? await stdinSources(environment) : await fileSources(path, environment),
    ),
  ];
  return (await Promise.all(named)).flat();
}

/** The one source of a call. @throws CommandError `sources-unreadable` for several on stdin. */
export async function singleSource(word: string, environment: Environment): Promise<NamedSource> {
  const [source, ...others] = await listSources([word], [], environment);
  if (source !== undefined && others.length === 0) return source;
  const message = `stdin has ${others.length + 1} sources: this call takes one`;
  throw new CommandError("sources-unreadable", message);
}

/** @returns The bytes of its .torrent; undefined for a magnet link, after a look at its form. */
export async function loadSource(
  { name, bytes }: NamedSource,
  engine: EnginePort,
  load: LoadOptions,
): Promise<Uint8Array | undefined> {
  if (bytes !== undefined) return bytes;
  if (!isMagnetText(name)) return await engine.loadMetainfo(name, load);
  parseMagnet(name);
  return undefined;
}

async function stdinSources(environment: Environment): Promise<NamedSource[]> {
  const bytes = await environment.readStdin(maxListBytes);
  if (bytes === undefined) throw tooLong("stdin");
  if (isTorrent(bytes)) return [{ name: stdinName, bytes, isWord: false }];
  const sources = linesOf(bytes);
  if (sources.length > 0) return sources;
  throw new CommandError("sources-unreadable", "stdin has neither a .torrent nor a line");
}

async function fileSources(path: string, { currentFolder }: Environment): Promise<NamedSource[]> {
  const absolute = resolve(currentFolder, path);
  try {
    if ((await stat(absolute)).size > maxListBytes) throw tooLong(path);
    return linesOf(await readFile(absolute));
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const message = `cannot read the list ${path}: ${systemSentence(cause)}`;
    throw new CommandError("sources-unreadable", message, { cause });
  }
}

/** A source a line; empty lines and those that begin with # are left out. */
function linesOf(bytes: Uint8Array): NamedSource[] {
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((name) => ({ name, isWord: false }));
}

function isTorrent(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view[0] === dictionaryStart && view.includes(infoKey);
}

function tooLong(name: string): CommandError {
  const message = `cannot read the sources in ${name}: more than ${spellBytes(maxListBytes)}`;
  return new CommandError("sources-unreadable", message);
}
