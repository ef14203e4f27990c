import type { HashSink } from "@troupe/protocol/frames";
import { encodeHashReject, encodeHashes, type HashRequest } from "@troupe/protocol/peer";
import type { HashAnswers } from "./v2-torrent.ts";

/** How a scripted peer answers hash requests. */
export type HashManners = "right" | "wrong" | "rejects" | "silent";

/** The hash messages of a scripted peer, which asks for none. */
export function scriptedHashes(
  answers: HashAnswers,
  manners: HashManners,
  write: (bytes: Uint8Array) => void,
): HashSink {
  return {
    maxHashesBytes: 0,
    hashRequest(request: HashRequest): void {
      if (manners === "silent") return;
      const hashes = answers(request);
      if (manners === "rejects" || hashes === undefined) return write(encodeHashReject(request));
      if (manners === "wrong") hashes[0] = (hashes[0] ?? 0) ^ 1;
      write(encodeHashes(request, hashes));
    },
    hashes: () => undefined,
    hashReject: () => undefined,
  };
}
