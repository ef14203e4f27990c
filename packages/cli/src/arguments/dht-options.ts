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
