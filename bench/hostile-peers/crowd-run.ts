// The crowd, in a process of its own:
//
//   crowd-run.ts PORT INFOHASH FILE PIECE_LENGTH_BYTES CONNECTIONS BYTES_PER_SECOND AGAIN_MS STORM_MS
//
// Prints `LISTENING port …` for those who wait to be dialled, then its figures as JSON once a second.

import { openSync, readSync, statSync } from "node:fs";
import type { InfoHash } from "@troupe/protocol";
import { Crowd } from "@troupe/load-peers/misbehaving";

const [infoHash = "", path = "", ...rest] = process.argv.slice(3);
const [
  pieceLengthBytes = 0,
  connections = 0,
  bytesPerSecond = 0,
  againAfterMs = 0,
  stormAfterMs = 0,
] = rest.map(Number);
const file = openSync(path, "r");

const crowd = new Crowd({
  target: {
    infoHash: infoHash as InfoHash,
    totalBytes: statSync(path).size,
    pieceLengthBytes,
    content(position, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes);
      readSync(file, bytes, 0, lengthBytes, position);
      return bytes;
    },
  },
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  connections,
  bytesPerSecond,
  againAfterMs,
  stormAfterMs,
});
const listening = await crowd.gather();
console.log(`LISTENING ${listening.map(({ port }) => port).join(" ")}`);
setInterval(() => console.log(JSON.stringify(crowd.figures)), 1_000);
