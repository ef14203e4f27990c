// Gates that several commands share.

import { figure, list, record, text, whole, word } from "../gates/gate.ts";

/** The key of a torrent. */
export const infoHash = text("[0-9a-f]{40}", "40 hex digits");

/** The info-hash of version 2. */
export const infoHashV2 = text("[0-9a-f]{64}", "64 hex digits");

/** Any name of a torrent: its key, its other hash of 40 digits, or the whole hash of version 2. */
const torrentName = text("[0-9a-f]{40}|[0-9a-f]{64}", "40 or 64 hex digits");

/** The argument that names a torrent. */
export const ofTorrent = { torrent: { gate: torrentName } } as const;

/** Further torrents are not named by one call. */
export const mostTorrents = 100_000;

/** The argument that names torrents. */
export const someTorrents = {
  torrents: { gate: list(torrentName, mostTorrents), text: "Absent: all." },
} as const;

/** A torrent has no more files. */
export const mostFiles = 2 ** 21;

/** A torrent has no more pieces. */
export const mostPieces = 2 ** 21;

/** The index of a piece. */
export const piece = whole(0, mostPieces - 1);

/** A whole number of bytes, milliseconds or things. */
export const count = whole(0, Number.MAX_SAFE_INTEGER);

/** Milliseconds since 1970. */
export const moment = count;

/** Any text. */
export const anyText = text(String.raw`[\s\S]*`, "a text");

/** The state of a torrent. */
export const torrentState = word(
  ...(["stopped", "metadata", "starting", "checking", "queued"] as const),
  ...(["active", "paused", "stopping", "error"] as const),
);

/** An error as a result has it. */
export const fault = record({ code: anyText, message: anyText, continuesOnce: anyText }, [
  "code",
  "message",
]);

/** An address or a name, and a port, as results have them. */
export const hostAndPort = record({ host: anyText, port: whole(0, 65_535) }, ["host", "port"]);

/** Bytes a second, with a fraction. */
export const pace = figure;
