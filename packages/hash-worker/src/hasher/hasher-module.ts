// The interface of a hasher of the user's program (docs/extending.md).

import type { Soon } from "@troupe/actor-runtime";

/** The default export of a module with a hasher. Called once in the thread of the module. */
export type HasherModule = () => Soon<PieceHasher>;

/**
 * Hashes the pieces that torrents of version 1 download. A promise that rejects, an error, a wrong hash, and an answer that
 * comes late give the torrent the error `hasher-wrong`, and the hasher is not asked again.
 */
export interface PieceHasher {
  /**
   * @param bytes A whole piece. Memory for this call alone.
   * @returns Its SHA-1: 20 bytes.
   */
  hash(bytes: Uint8Array<ArrayBuffer>): Soon<Uint8Array>;
}
