// The .torrent of many files, which a start reads.

import { decode, bencodeLimits } from "@troupe/protocol/bencode";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { timed, type MicroCase } from "../case.ts";

const files = 2_000;
const pieceLengthBytes = 1_048_576;

/** A torrent scanned, and parsed with all checks. */
export function bencodeCases(): MicroCase[] {
  const fileBytes = 131_072;
  const torrent = encodeTorrent({
    name: "payload",
    pieceLengthBytes,
    pieceHashes: new Uint8Array((20 * files * fileBytes) / pieceLengthBytes),
    trackers: [["http://127.0.0.1:1/announce"]],
    isPrivate: false,
    files: Array.from({ length: files }, (_, index) => ({
      path: [`${Math.floor(index / 100)}`, `${index}`],
      lengthBytes: fileBytes,
    })),
  });
  const times = 1;
  return [
    {
      part: "bencode",
      operation: `a .torrent of ${files} files scanned`,
      run: () =>
        timed(times, () => {
          for (let time = 0; time < times; time++) decode(torrent, bencodeLimits.file);
        }),
    },
    {
      part: "bencode",
      operation: `a .torrent of ${files} files parsed and checked`,
      run: () =>
        timed(times, () => {
          for (let time = 0; time < times; time++) parseTorrent(torrent);
        }),
    },
  ];
}
