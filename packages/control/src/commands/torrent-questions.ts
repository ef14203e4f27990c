// Commands that show torrents, and change nothing.

import { list } from "../gates/gate.ts";
import { settingsGate } from "../settings/settings-values.ts";
import { torrentSettings } from "../settings/torrent-settings.ts";
import type { CommandRow } from "./command-row.ts";
import { mostTorrents, ofTorrent } from "./shared-gates.ts";
import {
  shownFiles,
  shownOrigins,
  shownPartFile,
  shownPeers,
  shownPieces,
  shownSwarm,
  shownTiers,
  shownTorrent,
  shownWebSeeds,
  shownWhy,
  torrentBytes,
} from "./torrent-results.ts";

/** A question about one torrent. A caller with the right `read` sees the URLs of results without secrets. */
const question = { arguments: ofTorrent, required: ["torrent"], right: "read" } as const;

/** Commands that show torrents, by name. */
export const torrentQuestions = {
  list: {
    arguments: {},
    result: list(shownTorrent, mostTorrents),
    errors: [],
    right: "read",
    text: "Lists the torrents in the order of their adding.",
  },
  status: {
    ...question,
    result: shownTorrent,
    errors: ["no-torrent"],
    text: "Shows a torrent.",
  },
  settings: {
    ...question,
    result: settingsGate(torrentSettings),
    errors: ["no-torrent"],
    text: "Shows the set settings of a torrent; of those that are `local` none to a caller elsewhere, and URLs without secrets to a caller that only reads.",
  },
  swarm: {
    ...question,
    result: shownSwarm,
    errors: ["no-torrent"],
    text: "Shows the availability of a torrent, its place in the DHT, its strip, and why it is not faster.",
  },
  why: {
    ...question,
    result: shownWhy,
    errors: ["no-torrent"],
    text: "Tells why a torrent is not faster.",
  },
  files: {
    ...question,
    result: shownFiles,
    errors: ["no-torrent"],
    text: "Lists the files of a torrent; none before its metadata is known.",
  },
  peers: {
    ...question,
    result: shownPeers,
    errors: ["no-torrent"],
    text: "Lists the connected peers of a torrent.",
  },
  tiers: {
    ...question,
    result: shownTiers,
    errors: ["no-torrent", "quarantined"],
    text: "Lists the tiers of trackers of a torrent, each with its trackers.",
  },
  "web-seeds": {
    ...question,
    result: shownWebSeeds,
    errors: ["no-torrent"],
    text: "Lists the web seeds of a torrent.",
  },
  pieces: {
    ...question,
    result: shownPieces,
    errors: ["no-torrent"],
    text: "Shows the pieces of a torrent: those that are had, and those that are wanted and missing.",
  },
  "piece-origins": {
    ...question,
    result: shownOrigins,
    errors: ["no-torrent", "quarantined"],
    text: "Lists the last pieces that were downloaded, with the peers that gave them.",
  },
  "piece-cache": {
    ...question,
    result: shownPartFile,
    errors: ["no-torrent", "not-running"],
    text: "Shows the part file of a torrent.",
  },
  metainfo: {
    ...question,
    result: torrentBytes,
    errors: ["no-torrent", "metadata-unknown"],
    right: "control",
    text: "Gives the .torrent of a torrent, which may have the passkeys of its trackers.",
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
