// The events of one torrent as JSON lines.

import type { TorrentEventName, TorrentPort } from "../engine-port.ts";
import type { JsonLines } from "../output/json-lines.ts";

/** Events that become lines as they come. `progress` has a clock of its own; `state` shows in other lines. */
const toldEvents = [
  "checking",
  "piece",
  "tracker",
  "peer",
  "complete",
  "warning",
  "error",
  "stopped",
] as const satisfies readonly TorrentEventName[];

/** Writes `ready` now and a line for each event from now on. @param extra Fields that every line gets. */
export function followAsLines(lines: JsonLines, torrent: TorrentPort, extra: object = {}): void {
  lines.emit("ready", torrent.infoHash, {
    name: torrent.name,
    lengthBytes: torrent.size,
    pieceLengthBytes: torrent.pieceLength,
    pieces: torrent.pieceCount,
    files: torrent.files,
    ...extra,
  });
  for (const message of torrent.warnings) {
    lines.emit("warning", torrent.infoHash, { code: "torrent-odd", message, ...extra });
  }
  for (const event of toldEvents) {
    torrent.on(event, (payload) => {
      // The last figures go before the end, so that a reader of the lines sees everything had.
      if (event === "complete") emitProgress(lines, torrent, extra);
      lines.emit(event, torrent.infoHash, { ...payload, ...extra });
    });
  }
}

/** One `progress` line with the figures of this moment. */
export function emitProgress(lines: JsonLines, torrent: TorrentPort, extra: object = {}): void {
  const { progress } = torrent;
  lines.emit("progress", torrent.infoHash, {
    haveBytes: progress.haveBytes,
    wantedBytes: progress.wantedBytes,
    downloadedBytes: progress.downloadedBytes,
    uploadedBytes: progress.uploadedBytes,
    wastedBytes: progress.wastedBytes,
    downBytesPerSecond: progress.downBytesPerSecond,
    upBytesPerSecond: progress.upBytesPerSecond,
    peers: progress.peers,
    // JSON has no undefined: null says that nothing arrives.
    etaSeconds: progress.etaSeconds ?? null,
    ...extra,
  });
}
