// Reading files in whose place there may be anything: a FIFO, which nobody may wait for, or more than memory holds.

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { systemError } from "@troupe/actor-runtime";

/** Larger .torrent files are refused (docs/limits.md). */
export const metainfoLimitBytes: number = 10 * (1 << 20);

/** Opens without waiting for the other end of a FIFO. It changes nothing for a file. */
export const readAtOnce: number =
  constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** @throws rejects with a system error, or `EFBIG` for a file that is larger than `limitBytes`, `EFTYPE` for none. */
export async function readBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  await using file = await open(path, readAtOnce);
  const stat = await file.stat();
  if (!stat.isFile()) throw systemError("EFTYPE", `"${path}" is not a file`);
  if (stat.size > limitBytes) {
    throw systemError("EFBIG", `"${path}" has ${stat.size} bytes, ${limitBytes} are allowed`);
  }
  return new Uint8Array(await file.readFile());
}
