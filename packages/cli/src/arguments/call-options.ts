// Options that are no settings of a torrent or an engine: what belongs to a call of the program.

import {
  addArguments,
  bytes,
  duration,
  flag,
  list,
  path,
  text,
  word,
  endpoint,
  type Gate,
  type OptionColumn,
} from "@troupe/control";
import { serviceCalls } from "./service-calls.ts";

/** An option of a call. Options whose gate is a list are repeatable. */
export interface CallOption extends OptionColumn {
  readonly gate: Gate;
}

/** Rows of options by their names. */
export type CallOptions = Readonly<Record<string, CallOption>>;

/** Words for `--log-level`. */
const logLevels = ["error", "warn", "info", "debug"] as const;

/** Severity of a log entry, highest first. */
export type LogLevel = (typeof logLevels)[number];

/** Any text, whose form the call looks at. */
export const anyText = text(String.raw`[\s\S]*`, "a text");

/** A file as the user writes it. */
export const anyFile = path("file");

/** No bound but that of exact numbers. */
export const noBound: number = Number.MAX_SAFE_INTEGER;

const transfers = "download seed";
const engines = "download seed check match demo";
const services = serviceCalls.join(" ");
const loggers = "download seed check match info create demo dht cat play serve";

/** In the order of the help. */
export const callRows = {
  "input-file": {
    gate: list(anyFile, noBound),
    letter: "i",
    calls: transfers,
    group: "Sources and files",
    help: "SOURCEs in F, one a line; a line that begins with # is a remark; - is stdin",
  },
  verify: {
    gate: addArguments.verify.gate,
    calls: `${transfers} import`,
    group: "Sources and files",
    help: "how much of the recorded pieces is hashed: full, all; sample, a few pieces after an interrupted run; none (sample)",
  },
  peer: {
    gate: list(endpoint, noBound),
    calls: "download seed info cat play",
    group: "Peers",
    help: "a peer to dial, repeatable; [address]:port for IPv6",
  },
  "dht-node": {
    gate: list(endpoint, noBound),
    calls: "download seed info dht cat play serve",
    group: "Peers",
    help: "a node of the DHT to begin with, repeatable; [address]:port for IPv6",
  },
  size: {
    gate: bytes(1, noBound),
    calls: "demo load-test",
    help: "how much data to generate (256M; load-test: 64M)",
  },
  select: {
    gate: anyText,
    letter: "s",
    sign: "LIST",
    calls: "download seed check play",
    isUsual: true,
    help: "only these files: numbers as in troupe info, or globs: 1,3-5,*.txt (all)",
  },
  priority: {
    gate: list(anyText, noBound),
    sign: "GLOB=N",
    calls: "download",
    group: "Sources and files",
    help: "files with a higher N are fetched first, 0 never, repeatable (1)",
  },
  in: {
    gate: list(path("folder"), noBound),
    calls: "match",
    isUsual: true,
    help: "look for the files in D and in all folders below it, repeatable",
  },
  link: {
    gate: word("reflink", "hard", "symlink", "copy", "rename"),
    calls: "match",
    isUsual: true,
    help: "how found files come into the folder: reflink, hard, symlink, copy or rename (reflink, or an error where the file system has none)",
  },
  map: {
    gate: list(anyText, noBound),
    sign: "OLD=NEW",
    calls: "state",
    isUsual: true,
    help: "paths of the other machine that begin with the folder OLD begin with NEW here, repeatable; the longest OLD counts",
  },
  "dry-run": {
    gate: flag,
    calls: "match import",
    isUsual: true,
    help: "show what would be linked or imported, and make nothing",
  },
  "on-complete": {
    gate: anyFile,
    sign: "PROGRAM",
    calls: "download",
    group: "Sources and files",
    help: "start this program once when a torrent is complete, with its figures in Transmission's variables TR_TORRENT_… (none)",
  },
  seed: {
    gate: flag,
    calls: "download",
    isUsual: true,
    help: "stay and seed after completion",
  },
  picker: {
    gate: anyFile,
    sign: "M",
    calls: "download",
    group: "For experts",
    help: "a module that chooses the pieces to fetch: ./file.mjs, a file: URL or a package (rarest first)",
  },
  choker: {
    gate: anyFile,
    sign: "M",
    calls: transfers,
    group: "For experts",
    help: "a module that ranks the peers that get data",
  },
  extension: {
    gate: list(anyFile, noBound),
    sign: "M",
    calls: transfers,
    group: "For experts",
    help: "a module that exchanges messages of its own with peers, repeatable",
  },
  store: {
    gate: anyFile,
    sign: "M",
    calls: transfers,
    group: "For experts",
    help: "a module that has the bytes of the torrent (files in the folder)",
  },
  hasher: {
    gate: anyFile,
    sign: "M",
    calls: "download",
    group: "For experts",
    help: "a module that hashes downloaded pieces of version 1 (our own hash)",
  },
  range: {
    gate: anyText,
    sign: "A-B",
    calls: "cat",
    isUsual: true,
    help: "these bytes of the file, from 0, both included: 0-499, 500- or the last 500: -500 (all)",
  },
  player: {
    gate: anyText,
    sign: "PROGRAM",
    calls: "play",
    isUsual: true,
    help: "start this program with the link, for example mpv, and end with it (print the link)",
  },
  adopt: {
    gate: flag,
    calls: "serve",
    isUsual: true,
    help: "take the torrents of earlier downloads in the state folder over, stopped",
  },
  settings: {
    gate: anyFile,
    calls: `download seed check match info dht settings state import cat play serve ${services}`,
    group: "Sources and files",
    help: "the settings file (the platform's configuration folder, troupe/settings.yaml)",
  },
  "give-up": {
    gate: duration(1_000, noBound, { unit: "ms" }),
    calls: transfers,
    group: "Sources and files",
    help: "end with exit 1 when nothing but a folder, space or a link is waited for that long (never)",
  },
  save: {
    gate: anyFile,
    calls: "info load-test",
    help: "write the .torrent into a new file F",
  },
  json: {
    gate: flag,
    calls: `download seed check match info create edit demo dht play load-test settings state import ${services}`,
    isUsual: true,
    help: "one JSON object a line on stdout instead of the display (docs/json.md)",
  },
  "json-events": {
    gate: anyText,
    sign: "LIST",
    calls: "download seed check match info create edit demo dht play",
    group: "Output",
    help: "--json with these events, error and end alone: progress,complete",
  },
  quiet: {
    gate: flag,
    letter: "q",
    calls: `${engines} create edit cat play load-test serve state import`,
    isUsual: true,
    help: "print errors only",
  },
  "log-level": {
    gate: word(...logLevels),
    sign: "L",
    calls: loggers,
    group: "Output",
    help: "show the log on stderr: error, warn, info or debug (off; info with --log-file)",
  },
  "log-file": {
    gate: anyFile,
    calls: loggers,
    group: "Output",
    help: "append the log to F, as JSON lines, instead",
  },
  help: {
    gate: flag,
    letter: "h",
    calls: `${loggers} edit load-test settings state import ${services}`,
    group: "Output",
    help: "what a call does, with examples",
  },
  version: { gate: flag, calls: "", help: "the version" },
} as const satisfies CallOptions;
