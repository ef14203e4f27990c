// Digests made outside our code, so that our own reading and hashing cannot hide a mistake of our own writing.

import { join } from "node:path";
import { runProcess } from "../programs/process.ts";

/** Paths in one call of `sha256sum`: far below the system's limit on arguments. */
const pathsPerCall = 500;

/**
 * SHA-256 of files, by the system's `sha256sum`.
 *
 * @param folder Folder that the paths are relative to.
 * @returns One `digest  path` line a file, in the order of `paths`.
 * @throws rejects when a file cannot be read.
 */
export async function sha256Lines(folder: string, paths: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (let at = 0; at < paths.length; at += pathsPerCall) {
    const some = paths.slice(at, at + pathsPerCall).map((path) => join(".", path));
    lines.push(
      ...(await runProcess(["sha256sum", "--", ...some], {
        folder,
        debianPackage: "coreutils",
      })),
    );
  }
  return lines;
}
