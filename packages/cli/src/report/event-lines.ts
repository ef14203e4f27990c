import type { TorrentEventName, TorrentPort } from "../engine-port.ts";
import type { JsonLines } from "../output/json-lines.ts";

/** Other lines carry the `state`. `progress` comes once a second. */
const lineEvents = [
  "metadata",
  "checking",
  "progress",
  "piece",
  "tracker",
  "peer",
  "why",
  "complete",
  "goal-reached",
  "warning",
  "error",
  "stopped",
] as const satisfies readonly TorrentEventName[];

/**
 * Writes a torrent's `ready` as soon as its files are known, and a line per event; no `progress` after the end.
 */
export function followAsLines(
  lines: JsonLines,
  torrent: TorrentPort,
  endsWhenComplete: boolean,
  extra: object,
): void {
  let isOver = false;
  const present = (): void => {
    if (torrent.hasMetadata)
      lines.emit("ready", torrent.infoHash, { ...readyFields(torrent), ...extra });
    for (const message of torrent.warnings) {
      lines.emit("warning", torrent.infoHash, { code: "torrent-odd", message, ...extra });
    }
  };
  present();
  for (const event of lineEvents) {
    torrent.on(event, (payload) => {
      if (event === "progress" && isOver) return;
      isOver ||= event === "stopped" || (event === "complete" && endsWhenComplete);
      // JSON has no undefined: null means that nothing arrives.
      const eta = event === "progress" ? { etaSeconds: null } : {};
      lines.emit(event, torrent.infoHash, { ...eta, ...payload, ...extra });
    });
  }
  torrent.on("metadata", present);
}

function readyFields(torrent: TorrentPort): object {
  return {
    name: torrent.name,
    lengthBytes: torrent.size,
    pieceLengthBytes: torrent.pieceLength,
    pieces: torrent.pieceCount,
    files: torrent.files,
  };
}
