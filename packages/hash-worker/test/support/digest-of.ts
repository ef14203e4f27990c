import { onlyDigests } from "../../src/hash/digest-group.ts";
import type { HashPool, HashTask } from "../../src/hash/hash-pool.ts";

/** The digest of one piece. @throws rejects with the error of the piece. */
export async function digestOf(pool: HashPool, task: HashTask): Promise<Uint8Array> {
  return onlyDigests(await pool.digestAll([task], { algorithm: "sha1", pieceLayer: 0 }));
}
