// Statuses and details as the engine tells them, for tests that show them.

import type { PeerStatus, TorrentStatus, TrackerStatus } from "../../src/engine-port.ts";
import { noProgress } from "./fake-engine.ts";

/**
 * `h` had, `f` finishing, `i` in flight, `m` missing, `!` no peer has it, `u` unwanted; several letters share a cell.
 */
export function strip(...cells: readonly string[]): Uint8Array {
  return Uint8Array.from(
    cells.flatMap((cell) =>
      Array.from("hfim!u", (kind) =>
        Math.ceil((255 * (cell.split(kind).length - 1)) / cell.length),
      ),
    ),
  );
}

/** A cell for each letter. */
export function stripOf(letters: string): Uint8Array {
  return strip(...letters.split(""));
}

/** A peer that sends 1 MiB/s. */
export function peerStatus(fields: Partial<PeerStatus> = {}): PeerStatus {
  return {
    host: "192.0.2.7",
    port: 6881,
    isIncoming: false,
    sources: ["tracker-internet"],
    client: "libtorrent 2.0.8",
    haveShare: 1,
    downloadedBytes: 0,
    uploadedBytes: 0,
    downBytesPerSecond: 1024 ** 2,
    upBytesPerSecond: 0,
    amInterested: true,
    isPeerInterested: false,
    amChokedByPeer: false,
    isPeerChoked: true,
    isSnubbed: false,
    isOptimistic: false,
    hasFast: true,
    transport: "tcp",
    encryption: "none",
    isUploadOnly: false,
    flags: fields.downBytesPerSecond === 0 || fields.amChokedByPeer === true ? "d" : "D",
    requestsOut: 12,
    requestsIn: 0,
    roundTripMs: 34,
    blockTimeMs: 34,
    ...fields,
  };
}

/** A tracker that works. */
export function trackerStatus(fields: Partial<TrackerStatus> = {}): TrackerStatus {
  return {
    url: "http://tracker.example/secret/announce",
    tier: 0,
    failures: 0,
    peers: 50,
    complete: 7,
    incomplete: 91,
    isWorking: true,
    nextInSeconds: 723,
    ...fields,
  };
}

/** The status of a download that could be faster. */
export function torrentStatus(fields: Partial<TorrentStatus> = {}): TorrentStatus {
  return {
    state: "active",
    labels: [],
    progress: noProgress,
    bitfield: new Uint8Array(2),
    strip: stripOf("hhhhfiiimmmmm!!h"),
    peers: [
      peerStatus({ host: "2001:db8::7", client: "qBittorrent 5.0.0", downBytesPerSecond: 0 }),
      peerStatus(),
    ],
    trackers: [trackerStatus()],
    webSeeds: [],
    why: { code: "peers-slow", message: "limited by the peer (1.0 MiB/s)" },
    ...fields,
  };
}
