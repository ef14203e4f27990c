// Reads of paths where anything may lie: a FIFO, which would block the reader, or a file larger than memory.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { systemError } from "@troupe/actor-runtime";

/** Opens a FIFO without waiting for its other end. */
export const readAtOnce: number =
  constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** @throws rejects with a system error, `EFBIG` for a file above `limitBytes`, or `EFTYPE` for a path that is no file. */
export async function readBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  await using file = await open(path, readAtOnce);
  const stat = await file.stat();
  if (!stat.isFile()) throw systemError("EFTYPE", `"${path}" is not a file`);
  if (stat.size > limitBytes) {
    throw systemError("EFBIG", `"${path}" has ${stat.size} bytes, ${limitBytes} are allowed`);
  }
  return new Uint8Array(await file.readFile());
}
