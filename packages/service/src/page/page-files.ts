// The files of the page: a fixed table of names. No part of a request becomes a path on the disk.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { pageFolder } from "./page-folder.ts";

/** A file of the page. */
export interface PageFile {
  /** The path of its address, below the base path. */
  readonly path: string;
  /** Its name in the folder of built files. */
  readonly file: string;
  readonly type: string;
}

/** All files of the page. */
export const pageFiles: readonly PageFile[] = [
  { path: "/", file: "index.html", type: "text/html; charset=utf-8" },
  { path: "/page.js", file: "page.js", type: "text/javascript; charset=utf-8" },
  { path: "/chunk.js", file: "chunk.js", type: "text/javascript; charset=utf-8" },
  { path: "/later.js", file: "later.js", type: "text/javascript; charset=utf-8" },
  { path: "/page.css", file: "page.css", type: "text/css; charset=utf-8" },
  { path: "/stream-worker.js", file: "stream-worker.js", type: "text/javascript; charset=utf-8" },
  { path: "/icon.svg", file: "icon.svg", type: "image/svg+xml" },
];

/** The bytes of a file, plain and by gzip. */
interface BuiltFile {
  readonly plain: Uint8Array;
  readonly gzip: Uint8Array;
  /** A strong validator, in quotes. */
  readonly tag: string;
}

/** The built files by their names. */
export type BuiltPage = ReadonlyMap<string, BuiltFile>;

/** Reads all files together, so that a page never has parts of two versions. @throws rejects where a file is missing. */
export async function readBuiltPage(): Promise<BuiltPage> {
  const read = pageFiles.map(async ({ file }) => {
    const [plain, gzip] = await Promise.all([
      readFile(new URL(file, pageFolder)),
      readFile(new URL(`${file}.gz`, pageFolder)),
    ]);
    const digest = createHash("sha256").update(plain).digest("base64url");
    return [file, { plain, gzip, tag: `"${digest.slice(0, 27)}"` }] as const;
  });
  return new Map(await Promise.all(read));
}
