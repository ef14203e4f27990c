// The commands of the library: what a program asks of an engine and its torrents.

import { either, flag, list, path, record, text, whole, word, type Gate } from "../gates/gate.ts";
import { endpoint, folder } from "../settings/shared-gates.ts";

/** A command. */
interface CommandRow {
  /** Arguments by name, besides the settings of `settings`. */
  readonly arguments: Readonly<Record<string, Gate>>;
  /** The arguments that must be given. */
  readonly required?: readonly string[];
  /** The level whose settings are arguments too. */
  readonly settings?: "engine" | "torrent";
  /** Arguments of the library alone: functions, code, and what belongs to a call. */
  readonly libraryOnly?: Readonly<Record<string, string>>;
  /** Absent: nothing. */
  readonly result?: Gate;
  /** Codes, besides those of wrong arguments. */
  readonly errors: readonly string[];
  /** The right that a caller elsewhere needs. `local`: no such caller may do it. */
  readonly right: "control" | "local" | "read";
  readonly text: string;
}

const infoHash = text("[0-9a-f]{40}", "40 hex digits");
const ofTorrent = { torrent: infoHash } as const;
const priority = whole(0, 65_535);
const mostFiles = 2 ** 21;
const mostPieces = 2 ** 21;
const dayMs = 86_400_000;
const count = whole(0, Number.MAX_SAFE_INTEGER);
const shownTorrent = record(
  {
    torrent: infoHash,
    name: text(String.raw`[\s\S]*`, "a name"),
    state: word(
      ...(["stopped", "metadata", "starting", "checking", "queued"] as const),
      ...(["active", "paused", "stopping", "error"] as const),
    ),
    haveBytes: count,
    wantedBytes: count,
    peers: count,
  },
  ["torrent", "name", "state"],
);

/** The position of a torrent in the queue. */
export const queuePosition = either(
  whole(0, Number.MAX_SAFE_INTEGER),
  word("top", "bottom", "up", "down"),
);

/** The commands by name. */
export const commands = {
  add: {
    arguments: {
      directory: folder,
      peers: list(endpoint, 10_000),
      start: flag,
      state: word("started", "paused", "stopped"),
      priorities: list(priority, mostFiles),
      allocation: word("sparse", "full"),
      checkOnly: flag,
      metadataOnly: flag,
      verify: word("none", "sample", "full"),
      fromNetwork: flag,
    },
    settings: "torrent",
    libraryOnly: {
      modules: "modules of the program (docs/extending.md)",
      signal: "ends an `add` that is under way",
    },
    result: infoHash,
    errors: ["torrent-not-found", "torrent-exists", "already-running", "coordinator-closed"],
    right: "control",
    text: "Adds a torrent, and starts it.",
  },
  remove: {
    arguments: { ...ofTorrent, data: flag },
    required: ["torrent"],
    errors: ["no-torrent"],
    right: "control",
    text: "Removes a torrent, and with `data` its files.",
  },
  start: {
    arguments: ofTorrent,
    required: ["torrent"],
    errors: ["no-torrent", "coordinator-closed"],
    right: "control",
    text: "Starts a torrent.",
  },
  pause: {
    arguments: ofTorrent,
    required: ["torrent"],
    errors: ["no-torrent"],
    right: "control",
    text: "Keeps the connections of a torrent, without requests or uploads.",
  },
  stop: {
    arguments: ofTorrent,
    required: ["torrent"],
    errors: ["no-torrent"],
    right: "control",
    text: "Stops a torrent: announces `stopped`, closes connections and files.",
  },
  set: {
    arguments: ofTorrent,
    required: ["torrent"],
    settings: "torrent",
    errors: ["no-torrent"],
    right: "control",
    text: "Changes settings of a torrent, all or none; `null` ends that a setting is set.",
  },
  "set-engine": {
    arguments: {},
    settings: "engine",
    errors: [],
    right: "control",
    text: "Changes settings of the engine, all or none; `null` gives a setting its default.",
  },
  list: {
    arguments: {},
    result: list(shownTorrent, 100_000),
    errors: [],
    right: "read",
    text: "Lists the torrents in the order of their adding.",
  },
  status: {
    arguments: ofTorrent,
    required: ["torrent"],
    result: shownTorrent,
    errors: ["no-torrent"],
    right: "read",
    text: "Shows a torrent.",
  },
  move: {
    arguments: { ...ofTorrent, directory: folder },
    required: ["torrent", "directory"],
    errors: ["no-torrent", "still-open", "file-exists", "disk-full"],
    right: "local",
    text: "Moves the files of a torrent to another folder.",
  },
  queue: {
    arguments: { ...ofTorrent, position: queuePosition },
    required: ["torrent", "position"],
    errors: ["no-torrent"],
    right: "control",
    text: "Moves a torrent in the queue.",
  },
  "set-priorities": {
    arguments: {
      ...ofTorrent,
      priorities: list(
        record({ file: whole(0, mostFiles - 1), priority }, ["file", "priority"]),
        mostFiles,
      ),
    },
    required: ["torrent", "priorities"],
    errors: ["no-torrent", "metadata-unknown"],
    right: "control",
    text: "Sets the priorities of files; 0 is not wanted.",
  },
  "set-deadlines": {
    arguments: {
      ...ofTorrent,
      deadlines: list(
        record({ piece: whole(0, mostPieces - 1), ms: whole(0, dayMs) }, ["piece", "ms"]),
        1_024,
      ),
    },
    required: ["torrent", "deadlines"],
    errors: ["no-torrent", "metadata-unknown"],
    right: "control",
    text: "Replaces the times by which pieces are wanted.",
  },
  "add-peer": {
    arguments: { ...ofTorrent, peer: endpoint },
    required: ["torrent", "peer"],
    errors: ["no-torrent"],
    right: "control",
    text: "Dials a peer.",
  },
  "set-ip-filter": {
    arguments: { path: path("file") },
    errors: ["ip-filter-unreadable", "ip-filter-too-large", "ip-filter-malformed"],
    right: "local",
    text: "Replaces the IP filter by a file; without a path no address is filtered.",
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
