// Options that only `troupe dht` has.

import { either, flag, rate, whole } from "@troupe/control";
import { anyFile, anyText, noBound, type CallOptions } from "./call-options.ts";

const calls = "dht";
const mostSequence = 999_999_999;
const mostQueries = 999_999_999;

/** In the order of the help. */
export const dhtRows = {
  "no-routers": {
    gate: flag,
    calls,
    help: "do not ask the public routers when no other node answers",
  },
  "read-only": {
    gate: flag,
    calls,
    help: "run: answer no node, and be remembered by none (BEP 43)",
  },
  "answer-rate": {
    gate: rate(1_000, noBound),
    calls,
    help: "run: most bytes of answers a second: 64k, 1M; 0 is no limit (8000)",
  },
  "unproven-answer-rate": {
    gate: rate(1, noBound),
    calls,
    help: "run: most bytes a second that answers to addresses that may be forged have beyond four times their question; 0 is no limit (2000)",
  },
  "queries-per-address": {
    gate: either(whole(0, 0), whole(10, mostQueries)),
    calls,
    help: "run: an address that sends so many queries in ten seconds is ignored for five minutes; 0 is no limit (50)",
  },
  repeat: {
    gate: flag,
    calls,
    help: "look again every five minutes, put again every hour, until stopped (once)",
  },
  "secret-key": {
    gate: anyFile,
    calls,
    help: "put: the file of the key that may change the item, made if it is missing (a fixed item)",
  },
  salt: {
    gate: anyText,
    calls,
    help: "put, get: tells apart the items of a key (none)",
  },
  sequence: {
    gate: whole(0, mostSequence),
    calls,
    help: "put: the number of this version, higher than before (seconds since 1970)",
  },
  cas: {
    gate: whole(0, mostSequence),
    calls,
    help: "put: replace only the version with this number (any)",
  },
} as const satisfies CallOptions;
