// Answers of the engine about a torrent, for tests of the fields that show them.

import type { CommandResults } from "@troupe/control/commands";
import { encodeTorrent } from "@troupe/protocol/metainfo";

type File = CommandResults["files"][number];
type Peer = CommandResults["peers"][number];
type Tracker = CommandResults["tiers"][number]["trackers"][number];

/** A file of two pieces that is half done. */
export function exampleFile(file: Partial<File> = {}): File {
  return {
    path: "/data/album/one.mp3",
    torrentPath: "album/one.mp3",
    lengthBytes: 32_768,
    offset: 0,
    pieceRange: [0, 1],
    priority: 1,
    haveBytes: 16_384,
    isPadding: false,
    isInPartFile: false,
    ...file,
  };
}

/** A peer at rest. */
export function examplePeer(peer: Partial<Peer> = {}): Peer {
  return {
    host: "192.0.2.7",
    port: 6881,
    isIncoming: false,
    sources: ["tracker-internet"],
    client: "Example 1.0",
    haveShare: 0.5,
    downloadedBytes: 100,
    uploadedBytes: 200,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    amInterested: false,
    isPeerInterested: false,
    amChokedByPeer: true,
    isPeerChoked: true,
    isSnubbed: false,
    isOptimistic: false,
    hasFast: true,
    transport: "tcp",
    encryption: "none",
    isUploadOnly: false,
    flags: "",
    requestsOut: 0,
    requestsIn: 0,
    roundTripMs: 20,
    blockTimeMs: 30,
    ...peer,
  };
}

/** A tracker that has answered. */
export function exampleTracker(tracker: Partial<Tracker> = {}): Tracker {
  return {
    url: "http://tracker.example/announce",
    tier: 0,
    failures: 0,
    complete: 12,
    incomplete: 5,
    peers: 17,
    isWorking: true,
    nextInSeconds: 60,
    ...tracker,
  };
}

/** A .torrent in base64. */
export function exampleMetainfo(files = 2): string {
  const bytes = encodeTorrent({
    name: "album",
    files: Array.from({ length: files }, (_, index) => ({
      path: [`${index}.mp3`],
      lengthBytes: 10,
    })),
    pieceLengthBytes: 16_384,
    pieceHashes: new Uint8Array(20),
    comment: "a comment",
    createdBy: "a program",
    creationDate: 1_600_000_000,
  });
  return Buffer.from(bytes).toString("base64");
}
