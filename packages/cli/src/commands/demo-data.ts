import { createHash, hash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { encodeTorrent } from "@troupe/protocol/metainfo";

const fileName = "troupe-demo.bin";
/** Leechers need many pieces to trade. */
const pieceLengthBytes = 256 * 1024;

/**
 * Writes `lengthBytes` of random data into `folder`.
 *
 * @returns The bytes of a .torrent for it.
 * @throws The system's error (`ENOSPC` …); the reason of `signal` when it aborts.
 */
export async function generateDemo(
  folder: string,
  lengthBytes: number,
  trackerUrl: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const hashes: Buffer[] = [];
  await using file = await open(join(folder, fileName), "w");
  for (let at = 0; at < lengthBytes; at += pieceLengthBytes) {
    signal.throwIfAborted();
    const piece = randomBytes(Math.min(pieceLengthBytes, lengthBytes - at));
    hashes.push(hash("sha1", piece, "buffer"));
    await file.writeFile(piece);
  }
  return encodeTorrent({
    name: fileName,
    pieceLengthBytes,
    pieceHashes: Buffer.concat(hashes),
    lengthBytes,
    trackers: [[trackerUrl]],
  });
}

/** SHA-256 of the demo's file: independent of the engine's hash. */
export async function demoDigest(folder: string, signal: AbortSignal): Promise<string> {
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(join(folder, fileName), { signal })) {
    digest.update(chunk as Uint8Array);
  }
  return digest.digest("hex");
}
