// The settings of an engine for its connections over all torrents.

import { whole } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

/** Rows of the engine's settings. */
export const connectionSettings = {
  maxConnections: {
    gate: whole(2, 100_000),
    isLive: true,
    by: "control",
    option: {
      name: "max-connections",
      calls: "download seed",
      group: "Limits",
      help: "connections of all torrents together (500, or --max-peers if that is more)",
    },
    text: "Connections of all torrents together, dials included, 2 to 100,000, divided by the torrents' bandwidth priorities. With more torrents than connections, torrents take turns. By default 500, or as many as the largest `maxPeers` of a torrent. Fewer if the process may not have so many sockets open.",
  },
  maxDials: {
    gate: whole(1, 200),
    isLive: true,
    by: "control",
    option: {
      name: "max-dials",
      calls: "download seed",
      group: "Limits",
      help: "dials under way at a time, over all torrents (200)",
    },
    text: "Dials of all torrents that are under way at a time (half-open connections), 1 to 200. By default 200, or half of what the process may have open. A lowered bound ends no dial.",
  },
} as const satisfies SettingRows;
