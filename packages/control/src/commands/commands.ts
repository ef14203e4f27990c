// The commands of the library: what a program asks of an engine and its torrents.

import { either, flag, list, path, record, text, whole, word, type Gate } from "../gates/gate.ts";
import type { LibraryRow, SettingRow } from "../settings/setting-row.ts";
import { endpoint, folder } from "../settings/shared-gates.ts";

/** An argument of a command. */
export type ArgumentRow = Pick<SettingRow, "default" | "gate" | "type"> & {
  /** Absent: the sentence of the command says it. */
  readonly text?: string;
};

/** A command. */
export interface CommandRow {
  /** Arguments by name, besides the settings of `settings`. */
  readonly arguments: Readonly<Record<string, ArgumentRow>>;
  /** The arguments that must be given. */
  readonly required?: readonly string[];
  /** The level whose settings are arguments too. */
  readonly settings?: "engine" | "torrent";
  readonly libraryOnly?: Readonly<Record<string, LibraryRow>>;
  /** Absent: nothing. */
  readonly result?: Gate;
  /** Codes, besides those of wrong arguments. */
  readonly errors: readonly string[];
  /** The right that a caller elsewhere needs. `local`: no such caller may do it. */
  readonly right: "control" | "local" | "read";
  readonly text: string;
}

const infoHash = text("[0-9a-f]{40}", "40 hex digits");
const ofTorrent = { torrent: { gate: infoHash } } as const;
const someTorrents = {
  torrents: { gate: list(infoHash, 100_000), text: "Absent: all." },
} as const;
const priority = whole(0, 65_535);
const mostFiles = 2 ** 21;
const mostPieces = 2 ** 21;
const mostTrackers = 10_000;
const dayMs = 86_400_000;
const count = whole(0, Number.MAX_SAFE_INTEGER);
const mostBans = 10_000;
const anyText = text(String.raw`[\s\S]*`, "a text");
const addressList = list(anyText, mostBans);
const banList = list(record({ address: anyText, since: count }, ["address", "since"]), mostBans);
const totalNames = [
  ...(["downloadedBytes", "uploadedBytes", "wastedBytes"] as const),
  ...(["protocolDownBytes", "protocolUpBytes", "activeSeconds", "sessions"] as const),
];
const totals = record(Object.fromEntries(totalNames.map((name) => [name, count])), totalNames);
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
      directory: { gate: folder, text: "The data folder. By default the coordinator's." },
      peers: {
        gate: list(endpoint, 10_000),
        text: "Peers to dial: numeric addresses or host names.",
      },
      start: {
        gate: flag,
        default: true,
        text: "False adds it stopped, as the state `stopped` does.",
      },
      state: {
        gate: word("started", "paused", "stopped"),
        default: "started",
        type: "BeginState",
        text: "The state to begin with: a torrent that is `started` becomes `active`.",
      },
      priorities: {
        gate: list(priority, mostFiles),
        type: "readonly number[] | ((files: readonly TorrentFile[]) => readonly number[])",
        text: "A number a file, 0 (not wanted) to 65,535, or a function of the files, called when they are known: for a magnet before the first request. By default the files that the magnet link selects (BEP 53), or all, have 1.",
      },
      allocation: {
        gate: word("sparse", "full"),
        default: "sparse",
        text: "`full` allocates all wanted files before the download, or refuses with `disk-full`.",
      },
      checkOnly: {
        gate: flag,
        default: false,
        text: "Only hashes the files: does not announce, dial or write.",
      },
      metadataOnly: {
        gate: flag,
        default: false,
        text: "Only fetches the metadata of a magnet: opens no files and keeps no state. The torrent stops when it has come; see `Torrent.metainfo`.",
      },
      verify: {
        gate: word("none", "sample", "full"),
        default: "sample",
        text: "Trust in the record of earlier runs: `sample` hashes some pieces after a run that was cut off, `none` no piece that is recorded as durable, `full` every file.",
      },
      fromNetwork: {
        gate: flag,
        default: false,
        text: "The source came from a server: nothing may follow the torrent's data, and a magnet link may not name addresses of this machine.",
      },
    },
    settings: "torrent",
    libraryOnly: {
      modules: {
        type: "ModuleOptions",
        text: "Modules of the program that replace parts of the torrent (docs/extending.md). They are loaded at the start of each run, and never recorded. By default none.",
      },
      signal: { type: "AbortSignal", text: "Ends an `add` that is under way." },
    },
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
    arguments: { ...ofTorrent, directory: { gate: folder } },
    required: ["torrent", "directory"],
    errors: ["no-torrent", "still-open", "file-exists", "disk-full"],
    right: "local",
    text: "Moves the files of a torrent to another folder.",
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
        gate: list(
          record({ piece: whole(0, mostPieces - 1), ms: whole(0, dayMs) }, ["piece", "ms"]),
          1_024,
        ),
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
  ban: {
    arguments: { addresses: { gate: addressList } },
    required: ["addresses"],
    result: banList,
    errors: ["too-many-bans"],
    right: "control",
    text: "Bans addresses and prefixes such as `192.0.2.0/24` of all torrents.",
  },
  "lift-ban": {
    arguments: { addresses: { gate: addressList } },
    required: ["addresses"],
    result: banList,
    errors: [],
    right: "control",
    text: "Lifts bans.",
  },
  bans: {
    arguments: {},
    result: banList,
    errors: [],
    right: "read",
    text: "Lists the bans, the oldest first.",
  },
  totals: {
    arguments: {},
    result: record({ session: totals, overall: totals }, ["session"]),
    errors: [],
    right: "read",
    text: "What the torrents have moved in this session, and those of all sessions on the state folder.",
  },
  announce: {
    arguments: ofTorrent,
    required: ["torrent"],
    result: list(
      record({ url: text(String.raw`[\s\S]*`, "a URL"), inSeconds: count }, ["url", "inSeconds"]),
      mostTrackers,
    ),
    errors: ["no-torrent", "not-running", "announce-too-early"],
    right: "control",
    text: "Announces now to the trackers in use that permit it.",
  },
  "set-ip-filter": {
    arguments: { path: { gate: path("file") } },
    errors: ["ip-filter-unreadable", "ip-filter-too-large", "ip-filter-malformed"],
    right: "local",
    text: "Replaces the IP filter by a file; without a path no address is filtered.",
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

/** The gates of arguments by their names. */
export function gatesOf<const Rows extends Readonly<Record<string, ArgumentRow>>>(
  rows: Rows,
): { readonly [Name in keyof Rows]: Rows[Name]["gate"] } {
  const gates = Object.entries(rows).map(([name, { gate }]) => [name, gate] as const);
  return Object.fromEntries(gates) as { readonly [Name in keyof Rows]: Rows[Name]["gate"] };
}
