// Options of `troupe create`.

import { bytes, endpoint, flag, list, text, whole, word } from "@troupe/control";
import { anyText, noBound, type CallOptions } from "./call-options.ts";

const calls = "create";
const texts = list(anyText, noBound);
const mebibyte = 2 ** 20;
/** Seconds of the last date that a .torrent may have. */
const lastSecond = 8.64e12;

/** In the order of the help. Other calls use some of the names differently. */
export const createRows = {
  hybrid: {
    gate: flag,
    calls,
    help: "for clients of version 1 and 2 alike; the default",
  },
  v1: { gate: flag, calls, help: "version 1 alone; the default with --private" },
  v2: { gate: flag, calls, help: "version 2 alone (BEP 52)" },
  "piece-size": {
    gate: bytes(16_384, 256 * mebibyte),
    calls,
    help: "bytes of a piece, 256KiB say; default: by the size of the content, 16 MiB at most",
  },
  align: {
    gate: flag,
    calls,
    help: "files of version 1 begin pieces, with padding between them, as the other versions have it",
  },
  tracker: {
    gate: texts,
    sign: "URLS",
    calls,
    help: "a tier of trackers, its URLs with commas between them, repeatable",
  },
  "web-seed": { gate: texts, sign: "URL", calls, help: "a web seed, repeatable" },
  node: { gate: list(endpoint, noBound), calls, help: "a node of the DHT, repeatable" },
  private: { gate: flag, calls, help: "peers come from its trackers alone (BEP 27)" },
  source: { gate: anyText, calls, help: "the tag that gives a copy a hash of its own" },
  name: {
    gate: anyText,
    sign: "NAME",
    calls,
    help: "the name in the torrent; default: that of the file or folder",
  },
  comment: { gate: anyText, calls, help: "a comment" },
  similar: {
    gate: list(text("[0-9a-fA-F]{40}", "an info-hash of 40 hexadecimal digits"), noBound),
    sign: "HASH",
    calls,
    help: "a torrent that shares files (BEP 38), repeatable",
  },
  collection: {
    gate: texts,
    sign: "NAME",
    calls,
    help: "a collection whose torrents share files (BEP 38), repeatable",
  },
  include: {
    gate: texts,
    sign: "GLOB",
    calls,
    help: "only files that a glob names, hidden ones too, repeatable",
  },
  exclude: { gate: texts, sign: "GLOB", calls, help: "no file that a glob names, repeatable" },
  symlinks: {
    gate: word("skip", "keep", "follow"),
    calls,
    help: "a symbolic link is left out, stays a link, or stands for the file that it leads to; default skip",
  },
  date: {
    gate: whole(0, lastSecond),
    sign: "SECONDS",
    calls,
    help: "the date of creation, in seconds since 1970; default: none, so that equal files give equal bytes",
  },
  output: {
    gate: anyText,
    letter: "o",
    sign: "F",
    calls,
    help: "the new .torrent; - is stdout; default: NAME.torrent in the current folder. A file that exists is not overwritten",
  },
  seed: {
    gate: flag,
    calls,
    help: "serve the files at once, without hashing them again, until Ctrl-C or a goal",
  },
  "dry-run": { gate: flag, calls, help: "show the plan, and hash nothing" },
} as const satisfies CallOptions;

/** The names of these options. */
export type CreateOptionName = keyof typeof createRows;
