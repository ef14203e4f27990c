// The record of files that are links to data of another owner: `troupe match` writes it before it makes the links, and the
// file-worker reads it whenever it opens, or removes, the files. It lies among the data, `<folder>/.troupe/<key>.links`, so
// that it holds for every user, state folder and container that has the folder.

import type { TorrentKey } from "@troupe/protocol/identity";
import { RecordError } from "./record-error.ts";

/** The folder of Troupe's own files among a job's data. */
export const ownFolder = ".troupe";
/** A longer record is refused. A million files take less. */
export const mostLinkBytes: number = 256 * 1024 * 1024;
const version = 1;
const mostFiles = 10_000_000;
const pathLength = 16_384;

/** A file that is a link: by its inode, or by the real path of the file that it leads to. */
export type LinkedFile =
  | { readonly way: "hard"; readonly inode: bigint }
  | { readonly way: "symlink"; readonly target: string };

/** Linked files by their indexes in the torrent. */
export type LinkedFiles = ReadonlyMap<number, LinkedFile>;

/** @returns The path of the record of a torrent, below its data folder, with `/` between the names. */
export function linksPath(key: TorrentKey): string {
  return `${ownFolder}/${key}.links`;
}

/** @returns The record as JSON. */
export function encodeLinkedFiles(files: LinkedFiles): Uint8Array {
  const links = [...files].map(([file, link]) =>
    link.way === "hard" ? [file, { inode: String(link.inode) }] : [file, { target: link.target }],
  );
  return new TextEncoder().encode(
    JSON.stringify({ version, links: Object.fromEntries(links) }, undefined, 1),
  );
}

/** The gate of records from a disk. @throws {RecordError} `record-damaged` */
export function decodeLinkedFiles(bytes: Uint8Array): LinkedFiles {
  const { version: found, links } = objectFrom(parse(bytes), "its text");
  if (found !== version) throw odd("version", found);
  const entries = Object.entries(objectFrom(links, "links"));
  if (entries.length > mostFiles) throw odd("the number of links", entries.length);
  return new Map(entries.map(([file, link]) => [indexFrom(file), linkFrom(link)]));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw odd("its text", "no JSON");
  }
}

function indexFrom(text: string): number {
  const index = Number(text);
  if (!/^\d{1,8}$/.test(text) || index >= mostFiles) throw odd("a file", text);
  return index;
}

function linkFrom(value: unknown): LinkedFile {
  const { inode, target } = objectFrom(value, "a link");
  if (typeof inode === "string" && /^\d{1,20}$/.test(inode))
    return { way: "hard", inode: BigInt(inode) };
  const isPath = typeof target === "string" && target.length <= pathLength;
  if (!isPath || target === "" || target.includes("\0")) throw odd("a link", value);
  return { way: "symlink", target };
}

function objectFrom(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw odd(what, value);
  return value as Readonly<Record<string, unknown>>;
}

function odd(what: string, value: unknown): RecordError {
  const shown = (JSON.stringify(value) ?? "nothing").slice(0, 100);
  return new RecordError("record-damaged", `${what} is ${shown}`);
}
