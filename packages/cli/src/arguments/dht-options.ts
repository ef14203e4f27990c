// Options that only `troupe dht` has, for the table of options.

import type { OptionRow } from "./option-table.ts";

const commands = ["dht"] as const;

/** In the order of the help. */
export const dhtRows = {
  "no-routers": {
    commands,
    meaning: "do not ask the public routers when no other node answers",
  },
  "read-only": {
    commands,
    meaning: "run: answer no node, and be remembered by none (BEP 43)",
  },
  "answer-rate": {
    value: "RATE",
    commands,
    meaning: "run: most bytes of answers a second: 64k, 1M; 0 is no limit (8000)",
  },
  "unproven-answer-rate": {
    value: "RATE",
    commands,
    meaning:
      "run: most bytes a second that answers to addresses that may be forged have beyond four times their question; 0 is no limit (2000)",
  },
  "queries-per-address": {
    value: "N",
    commands,
    meaning:
      "run: an address that sends so many queries in ten seconds is ignored for five minutes; 0 is no limit (50)",
  },
  repeat: {
    commands,
    meaning: "look again every five minutes, put again every hour, until stopped (once)",
  },
  "secret-key": {
    value: "F",
    commands,
    meaning:
      "put: the file of the key that may change the item, made if it is missing (a fixed item)",
  },
  salt: {
    value: "TEXT",
    commands,
    meaning: "put, get: tells apart the items of a key (none)",
  },
  sequence: {
    value: "N",
    commands,
    meaning: "put: the number of this version, higher than before (seconds since 1970)",
  },
  cas: {
    value: "N",
    commands,
    meaning: "put: replace only the version with this number (any)",
  },
} as const satisfies Record<string, OptionRow>;
