import type { TorrentEventName, TorrentEventOf, TorrentPort } from "../engine-port.ts";
import type { JsonEvent } from "../output/json-events.ts";
import type { ExactFields } from "../output/json-line.ts";
import type { JsonLines } from "../output/json-lines.ts";

type SharedName = TorrentEventName & JsonEvent;
/** An event of a torrent that has the fields of its line. */
type LineEvent = {
  [Name in SharedName]: TorrentEventOf<Name> extends ExactFields<Name, TorrentEventOf<Name>>
    ? Name
    : never;
}[SharedName];

/** Lines besides `progress`. Other lines carry the `state`. */
const lineEvents = [
  "metadata",
  "checking",
  "piece",
  "tracker",
  "peer",
  "why",
  "complete",
  "moved",
  "goal-reached",
  "warning",
  "error",
  "stopped",
] as const satisfies readonly LineEvent[];

/**
 * Writes a torrent's `ready` as soon as its files are known, and a line per event; no `progress` after the end.
 */
export function followAsLines(
  lines: JsonLines,
  torrent: TorrentPort,
  endsWhenComplete: boolean,
  extra: { readonly role?: string },
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
      isOver ||= event === "stopped" || (event === "complete" && endsWhenComplete);
      lines.emit(event, torrent.infoHash, { ...payload, ...extra });
    });
  }
  torrent.on("progress", (payload) => {
    if (isOver) return;
    // JSON has no undefined: null means that nothing arrives.
    lines.emit("progress", torrent.infoHash, { etaSeconds: null, ...payload, ...extra });
  });
  torrent.on("metadata", present);
}

function readyFields(torrent: TorrentPort) {
  return {
    name: torrent.name,
    lengthBytes: torrent.size,
    pieceLengthBytes: torrent.pieceLength,
    pieces: torrent.pieceCount,
    files: torrent.files,
    ...(torrent.labels.length > 0 && { labels: torrent.labels }),
    ...(torrent.group !== undefined && { group: torrent.group }),
  };
}
