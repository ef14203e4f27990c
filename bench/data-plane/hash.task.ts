// In the hash pool: is the piece in this slot the right one?

import { hash } from "node:crypto";
import { workerData } from "node:worker_threads";

/** One sealed slot. */
export interface HashTask {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly expected: string;
}

const slab = new Uint8Array((workerData as { slab: SharedArrayBuffer }).slab);

export default ({ offset, lengthBytes, expected }: HashTask): boolean =>
  hash("sha1", slab.subarray(offset, offset + lengthBytes), "hex") === expected;
