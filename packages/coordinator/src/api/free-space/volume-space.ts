import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import type { VolumeSpace } from "./free-space.ts";

/** The space of the volume that a folder lies on, or would lie on. @throws rejects with a system error. */
export async function volumeSpace(folder: string): Promise<VolumeSpace> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder, { bigint: true });
    return { freeBytes: bytesIn(bavail * bsize), totalBytes: bytesIn(blocks * bsize) };
  } catch (error) {
    const parent = dirname(folder);
    if (codeOf(error) !== "ENOENT" || parent === folder) throw error;
    return await volumeSpace(parent);
  }
}

/** Some network volumes report the largest number that they have. */
function bytesIn(bytes: bigint): number {
  return Math.min(Number(bytes), Number.MAX_SAFE_INTEGER);
}
