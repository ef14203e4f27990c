// Small text files that a user names.

import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** Bytes of a text file; a longer one is refused. */
const mostBytes = 2 ** 20;

/** The text of a file, or why there is none. */
export type TextFile =
  | { readonly text: string }
  | { readonly refused: string; readonly isMissing: boolean; readonly cause?: unknown };

/** Reads a file in UTF-8 of 1 MiB at most. */
export async function readTextFile(path: string): Promise<TextFile> {
  try {
    // A FIFO would block the reader.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return { refused: "it is no file", isMissing: false };
    if (stat.size > mostBytes) {
      const refused = `it has ${stat.size} bytes, allowed are ${mostBytes}`;
      return { refused, isMissing: false };
    }
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(await file.readFile()) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isText = code !== undefined && !code.startsWith("ERR_");
    const refused = isText ? code : "it is no UTF-8 text";
    return { refused, isMissing: code === "ENOENT", cause };
  }
}
