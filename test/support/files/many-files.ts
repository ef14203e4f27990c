// Payloads in many files, and the same bytes in one.

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Payload, PayloadFile } from "./payload.ts";

/** Files of nearly one length, a hundred in a folder; 1 gives the length of a single file. */
export function equalFiles(totalBytes: number, count: number): number | PayloadFile[] {
  if (count === 1) return totalBytes;
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * totalBytes) / count);
    const lengthBytes = Math.floor(((index + 1) * totalBytes) / count) - start;
    return { path: [`${Math.floor(index / 100)}`, `${index}`], lengthBytes };
  });
}

/** @returns The path of one file with all bytes: that of the payload, or `file`, which is written. */
export function joinedFile(payload: Payload, file: string): string {
  if (typeof payload.files === "number") return join(payload.folder, payload.name);
  for (const path of payload.paths) appendFileSync(file, readFileSync(join(payload.folder, path)));
  return file;
}
