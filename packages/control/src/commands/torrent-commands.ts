// Commands that change torrents.

import { base64, either, flag, list, path, record, text, whole } from "../gates/gate.ts";
import { endpoint, folder, queuePosition } from "../settings/shared-gates.ts";
import { torrentSettings } from "../settings/torrent-settings.ts";
import { addArguments } from "./add-arguments.ts";
import type { CommandRow } from "./command-row.ts";
import { infoHash, mostFiles, ofTorrent, piece, someTorrents } from "./shared-gates.ts";
import { shownCheck, shownScrapes, shownWaits, torrentBytes } from "./torrent-results.ts";

const priority = whole(0, 65_535);
const dayMs = 86_400_000;
/** Pieces and ranges of one hash check. A further one is refused: each costs time in the engine's thread. */
const mostRanges = 10_000;
const renamedPath = torrentSettings.renames.gate.of.fields.to;

const sources = {
  source: {
    gate: text(
      String.raw`[mM][aA][gG][nN][eE][tT]:[\s\S]{1,65536}|[hH][tT][tT][pP][sS]?://[\s\S]{1,8192}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}`,
      "a magnet link, an http:// or https:// address, or an info-hash of 40 or 64 hex digits",
    ),
    text: "A magnet link, the http or https address of a .torrent, or an info-hash.",
  },
  metainfo: { gate: base64(torrentBytes.most), text: "The .torrent itself, in place of `source`." },
  path: { gate: path("file"), text: "The path of a .torrent, in place of `source`." },
} as const;

/** Commands that change torrents, by name. */
export const torrentCommands = {
  add: {
    arguments: { ...sources, ...addArguments },
    settings: "torrent",
    result: infoHash,
    errors: ["torrent-not-found", "torrent-exists", "already-running", "coordinator-closed"],
    right: "control",
    text: "Adds a torrent, and starts it.",
  },
  remove: {
    arguments: { ...ofTorrent, data: { gate: flag, default: false } },
    required: ["torrent"],
    errors: ["no-torrent"],
    right: "control",
    text: "Removes a torrent, and with `data` its files.",
  },
  start: {
    arguments: someTorrents,
    errors: ["no-torrent", "coordinator-closed"],
    right: "control",
    text: "Starts torrents, or resumes them after a pause.",
  },
  pause: {
    arguments: someTorrents,
    errors: ["no-torrent"],
    right: "control",
    text: "Keeps the connections of torrents, without requests or uploads.",
  },
  stop: {
    arguments: someTorrents,
    errors: ["no-torrent"],
    right: "control",
    text: "Stops torrents: announces `stopped`, closes connections and files.",
  },
  set: {
    arguments: ofTorrent,
    required: ["torrent"],
    settings: "torrent",
    errors: ["no-torrent"],
    right: "control",
    text: "Changes settings of a torrent, all or none; `null` ends that a setting is set.",
  },
  move: {
    arguments: { ...ofTorrent, directory: { gate: folder } },
    required: ["torrent", "directory"],
    errors: ["no-torrent", "still-open", "file-exists", "disk-full"],
    right: "control",
    text: "Moves the files of a torrent to another folder.",
  },
  rename: {
    arguments: {
      ...ofTorrent,
      from: { gate: either(whole(0, mostFiles - 1), renamedPath) },
      to: { gate: renamedPath },
    },
    required: ["torrent", "from", "to"],
    errors: [
      ...([
        "no-torrent",
        "rename-unknown",
        "rename-unsafe",
        "rename-taken",
        "rename-limit",
      ] as const),
      ...(["metadata-unknown", "torrent-busy"] as const),
    ],
    right: "control",
    text: "Renames a file, or a folder with all its files, below the data folder.",
  },
  hashcheck: {
    arguments: {
      ...ofTorrent,
      pieces: {
        gate: list(either(piece, list(piece, 2, 2)), mostRanges),
        text: "Pieces, and ranges by first and last piece, 10,000 at most. Absent: all.",
      },
    },
    required: ["torrent"],
    result: shownCheck,
    errors: ["no-torrent", "not-running", "metadata-unknown", "quarantined"],
    right: "control",
    text: "Hashes pieces again; those that fail are downloaded again.",
  },
  queue: {
    arguments: { ...ofTorrent, position: { gate: queuePosition } },
    required: ["torrent", "position"],
    errors: ["no-torrent"],
    right: "control",
    text: "Moves a torrent in the queue.",
  },
  "set-priorities": {
    arguments: {
      ...ofTorrent,
      priorities: {
        gate: list(
          record({ file: whole(0, mostFiles - 1), priority }, ["file", "priority"]),
          mostFiles,
        ),
      },
    },
    required: ["torrent", "priorities"],
    errors: ["no-torrent", "metadata-unknown"],
    right: "control",
    text: "Sets the priorities of files; 0 is not wanted.",
  },
  "set-deadlines": {
    arguments: {
      ...ofTorrent,
      deadlines: {
        gate: list(record({ piece, ms: whole(0, dayMs) }, ["piece", "ms"]), 1_024),
      },
    },
    required: ["torrent", "deadlines"],
    errors: ["no-torrent", "metadata-unknown"],
    right: "control",
    text: "Replaces the times by which pieces are wanted.",
  },
  "add-peer": {
    arguments: { ...ofTorrent, peer: { gate: endpoint } },
    required: ["torrent", "peer"],
    errors: ["no-torrent"],
    right: "control",
    text: "Dials a peer.",
  },
  "disconnect-peer": {
    arguments: { ...ofTorrent, peer: { gate: endpoint } },
    required: ["torrent", "peer"],
    errors: ["no-torrent"],
    right: "control",
    text: "Closes the connections to a peer, which may come back.",
  },
  announce: {
    arguments: ofTorrent,
    required: ["torrent"],
    result: shownWaits,
    errors: ["no-torrent", "not-running", "announce-too-early", "quarantined"],
    right: "control",
    text: "Announces now to the trackers in use that permit it.",
  },
  scrape: {
    arguments: ofTorrent,
    required: ["torrent"],
    result: shownScrapes,
    errors: ["no-torrent", "quarantined"],
    right: "control",
    text: "Asks each tracker for its counts of seeds, leechers and completed downloads, and the DHT (`url` `dht`) for its estimate.",
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
