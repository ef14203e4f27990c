import type { CheckPieces, PiecesChecked, StorageRefusal } from "@troupe/messages";
import { startSha1 } from "@troupe/protocol/bytes";
import { digestLength, startDigest } from "@troupe/protocol/piece-digest";
import { isRefusal, type Answer } from "../refusals.ts";
import { isRange } from "../slabs.ts";
import type { FileState } from "../storage-lifecycle.ts";
import { acceptingStorage, type OpenTorrent } from "../storage.ts";
import { mostCallBytes } from "./store-guard.ts";

/** The most pieces of a call: the engine asks for less. */
const mostPieces = 4_096;

/** Bytes of a piece without padding at its end, and its place. */
interface PieceRange {
  readonly position: number;
  readonly lengthBytes: number;
  readonly dataBytes: number;
}

/** Reads and digests neighbouring pieces, one after the other. */
export async function checkPieces(state: FileState, message: CheckPieces): Answer<PiecesChecked> {
  const { torrent, first, count, algorithm, dataBytes } = message;
  const open = acceptingStorage(state, torrent);
  if (isRefusal(open)) return open;
  const { map, pieceLengthBytes } = open;
  if (count > mostPieces || !isRange(first, count, map.pieceCount)) {
    const allowed = `the torrent has ${map.pieceCount}, and a call takes ${mostPieces}`;
    return {
      refused: "out-of-range",
      message: `cannot check ${count} pieces at ${first}: ${allowed}`,
    };
  }
  const digestBytes = digestLength(algorithm);
  const digests = new Uint8Array(count * digestBytes);
  const isThere = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) {
    const lengthBytes = map.pieceLength(first + at);
    const position = (first + at) * pieceLengthBytes;
    const range = { position, lengthBytes, dataBytes: dataBytes?.[at] ?? lengthBytes };
    // Pieces share the memory of one call. oxlint-disable-next-line no-await-in-loop
    const digest = await digestOf(open, message, range);
    if (isRefusal(digest)) return digest;
    if (digest === undefined) continue;
    digests.set(digest, at * digestBytes);
    isThere[at] = 1;
  }
  return { digests, isThere };
}

/** @returns The digest; undefined for a piece that the store does not have. */
async function digestOf(
  { store }: Pick<OpenTorrent, "store">,
  rule: CheckPieces,
  { position, lengthBytes, dataBytes }: PieceRange,
): Promise<Uint8Array | StorageRefusal | undefined> {
  const digest = startDigest(rule, dataBytes, startSha1);
  for (let done = 0; done < lengthBytes;) {
    const bytes = new Uint8Array(Math.min(mostCallBytes, lengthBytes - done));
    const range = { position: position + done, lengthBytes: bytes.length };
    // Bytes are digested in order. oxlint-disable-next-line no-await-in-loop
    const refusal = await store.read(range, [bytes]);
    if (refusal?.refused === "store-short-read") return undefined;
    if (refusal !== undefined) return refusal;
    digest.update(bytes);
    done += bytes.length;
  }
  return digest.digest();
}
