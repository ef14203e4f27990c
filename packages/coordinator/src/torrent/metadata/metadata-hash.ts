// Whether metadata has the hashes of a magnet link: SHA-1 of version 1 (BEP 9), SHA-256 of version 2 (BEP 52).

import { hexadecimal, sha1, sha256, startSha1, startSha256 } from "@troupe/protocol/bytes";
import type { InfoHashes } from "@troupe/protocol/identity";

/**
 * Metadata with one of two hashes ends the fetch, because no peer has metadata with both.
 *
 * @returns Whether the metadata has a hash of the link.
 */
export function isMetadataOf({ v1, v2 }: InfoHashes, metadata: Uint8Array): boolean {
  return (
    (v1 !== undefined && hexadecimal(sha1(metadata)) === v1) ||
    (v2 !== undefined && hexadecimal(sha256(metadata)) === v2)
  );
}

/** The hashes of metadata that comes block by block. */
export class MetadataHash {
  readonly #hashes: readonly (readonly [wanted: string, hash: ReturnType<typeof startSha1>])[];

  constructor({ v1, v2 }: InfoHashes) {
    this.#hashes = [
      ...(v1 === undefined ? [] : [[v1, startSha1()] as const]),
      ...(v2 === undefined ? [] : [[v2, startSha256()] as const]),
    ];
  }

  update(bytes: Uint8Array): void {
    for (const [, hash] of this.#hashes) hash.update(bytes);
  }

  /** Ends the hashes. @returns Judges as {@link isMetadataOf} does. */
  isRight(): boolean {
    return this.#hashes.some(([wanted, hash]) => hexadecimal(hash.digest()) === wanted);
  }
}
