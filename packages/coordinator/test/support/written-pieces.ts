import type { RecordingRef } from "@troupe/actor-runtime/testing";
import type { FileProtocol } from "@troupe/messages";

/** The pieces that a file-worker was asked to write, in order. */
export function writtenPieces(file: RecordingRef<FileProtocol>): number[] {
  return file
    .casts("write-pieces")
    .flatMap(({ places }) => places.filter((_, index) => index % 3 === 0));
}
