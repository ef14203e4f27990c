import { encode } from "@troupe/protocol/bencode";

/** A .torrent of one file of one piece. @param name Its name, as a stranger chooses it. */
export function buildTorrent(name: string, announce?: string): Buffer {
  const info = { length: 16_384, name, "piece length": 16_384, pieces: Buffer.alloc(20, 7) };
  const torrent = { ...(announce !== undefined && { announce }), info };
  return Buffer.from(encode(torrent));
}
