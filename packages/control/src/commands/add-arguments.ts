// The options of one `add`, besides the settings of the torrent.

import { flag, list, whole, word } from "../gates/gate.ts";
import type { LibraryRow } from "../settings/setting-row.ts";
import { beginState, endpoint, folder } from "../settings/shared-gates.ts";
import type { ArgumentRow } from "./command-row.ts";
import { mostFiles } from "./shared-gates.ts";

/** Options of `add` that programs and calls have. */
export const addArguments = {
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
    gate: beginState,
    default: "started",
    type: "BeginState",
    text: "The state to begin with: a torrent that is `started` becomes `active`.",
  },
  priorities: {
    gate: list(whole(0, 65_535), mostFiles),
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
} as const satisfies Readonly<Record<string, ArgumentRow>>;

/** Options of `add` for the library alone. */
export const addLibraryOptions = {
  hashed: {
    type: "HashedFiles",
    text: "The files as `createTorrent` hashed them (`CreatedTorrent.seed`): those that are unchanged are had at the first start without another hash, the others are hashed. By default none.",
  },
  layersWithinSeconds: {
    type: "number",
    text: "With `metadataOnly`: the time of peers for the hash layers of a torrent of version 2 after its metadata, 0 to 600. `Torrent.metainfo` has the layers if all have come by then. By default 0: none are fetched.",
  },
  modules: {
    type: "ModuleOptions",
    text: "Modules of the program that replace parts of the torrent (docs/extending.md). They are loaded at the start of each run, and never recorded. By default none.",
  },
  served: {
    type: "boolean",
    text: "Marks the torrent in the state folder as that of a service: `restore({ served: true })` brings it back. A mark that is on record stays. By default false.",
  },
  signal: { type: "AbortSignal", text: "Ends an `add` that is under way." },
} as const satisfies Readonly<Record<string, LibraryRow>>;
