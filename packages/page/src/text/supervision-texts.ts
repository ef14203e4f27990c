// Texts of the supervision tree.

import { plural } from "./plural.ts";

const kinds = { actor: "thread", pool: "pool of threads", supervisor: "supervisor" };

/** Words for the parts of the engine, by the names of actors without their number. */
const roles: Readonly<Record<string, string>> = {
  check: "hashes files found on disk",
  dht: "finds peers without trackers",
  engine: "decides about all torrents",
  file: "reads and writes the files of a disk",
  hash: "hashes pieces that were received",
  http: "answers this page and remotes",
  peer: "talks with peers",
  records: "keeps the state of torrents",
};

const states: Readonly<Record<string, string>> = {
  starting: "Starting",
  running: "Running",
  restarting: "Restarting",
  stopping: "Stopping",
  stopped: "Stopped",
  abandoned: "Abandoned",
  unknown: "Unknown",
};

/** Texts of the tree. */
export const supervisionTexts = {
  title: "Supervision",
  menu: "Supervision",
  intro:
    "Each part of the engine runs in a thread of its own. A supervisor restarts a thread that crashes or hangs, and transfers go on.",
  tree: "Supervision tree",
  kinds,
  roles,
  states,
  running: (running: string) => `${running} running`,
  others: (others: string) => `${others} not running`,
  restarts: (count: number, restarts: string) => plural(count, "1 restart", `${restarts} restarts`),
  lastError: (sentence: string) => `Last error: ${sentence}`,
  threads: (count: number, threads: string) => plural(count, "1 thread", `${threads} threads`),
  waiting: (count: number, messages: string) =>
    plural(count, "1 message waiting", `${messages} messages waiting`),
  cpu: (share: string) => `${share} of a processor`,
  memory: (size: string) => `${size} of objects`,
  crashed: (name: string) => `${name} has crashed and is restarted.`,
  runsAgain: (name: string) => `${name} runs again.`,
};
