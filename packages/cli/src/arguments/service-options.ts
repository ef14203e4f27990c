// Options of the calls that steer a running service.

import { flag, list, text, word } from "@troupe/control";
import { anyFile, anyText, type CallOptions } from "./call-options.ts";
import { serviceCalls } from "./service-calls.ts";

const calls = serviceCalls.join(" ");
/** Settings that one call no longer sets. */
const mostNames = 1_000;

/** In the order of the help. */
export const serviceRows = {
  url: {
    gate: text(
      String.raw`[hH][tT][tT][pP][sS]?://[\s\S]{1,2040}`,
      "an http:// or https:// address",
    ),
    sign: "URL",
    calls,
    isUsual: true,
    help: "the service at this address, also with a path: https://host/base (TROUPE_URL, else the service of the state folder)",
  },
  token: {
    gate: anyText,
    sign: "TOKEN",
    calls,
    group: "Output",
    help: "the token for --url; other users of this machine can read it, unlike TROUPE_TOKEN and --token-file",
  },
  "token-file": {
    gate: anyFile,
    calls,
    group: "Output",
    help: "a file with the token for --url (TROUPE_TOKEN)",
  },
  stopped: {
    gate: flag,
    calls: "add",
    isUsual: true,
    help: "add stopped (started)",
  },
  engine: {
    gate: flag,
    calls: "set",
    help: "change settings of the engine, not of a torrent",
  },
  unset: {
    gate: list(anyText, mostNames),
    sign: "NAME",
    calls: "set",
    help: "a setting that is no longer set, repeatable",
  },
  yes: {
    gate: flag,
    calls: "remove",
    help: "do not ask",
  },
  right: {
    gate: word("read", "control"),
    calls: "token",
    help: "what a new token may do: read, or control (read)",
  },
  "password-file": {
    gate: anyFile,
    calls: "password",
    help: "a file with the new password (ask on a terminal, else make one)",
  },
} as const satisfies CallOptions;

/** Options of `remove` whose names other calls use otherwise. */
export const removeRows = {
  data: {
    gate: flag,
    calls: "remove",
    help: "remove the files, too (they stay)",
  },
} as const satisfies CallOptions;
