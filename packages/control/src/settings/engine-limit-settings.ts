// The rate limits of all torrents together.

import { flag } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";
import { limitRow, limitSchedule, periodFields } from "./shared-gates.ts";

/** Rows of the engine's settings. */
export const engineLimitSettings = {
  "limits.down": {
    ...limitRow("The download limit of all torrents together in bytes a second; 0 is none."),
    option: {
      name: "down",
      calls: "download seed cat play",
      isUsual: true,
      help: "most payload from all peers; 0 is no limit (0)",
    },
  },
  "limits.up": {
    ...limitRow("The upload limit of all torrents together."),
    option: {
      name: "up",
      calls: "download seed cat play",
      isUsual: true,
      help: "most payload to all peers; 0 is no limit (0)",
    },
  },
  "limits.peerDown": limitRow("The download limit of each peer."),
  "limits.peerUp": limitRow("The upload limit of each peer."),
  "limits.localNetworks": {
    gate: flag,
    default: false,
    isLive: true,
    right: "control",
    text: "The rate limits hold for peers of local networks too: private and link-local addresses. Those of this machine are always limited.",
  },
  "limits.protocol": {
    gate: flag,
    default: true,
    isLive: true,
    right: "control",
    text: "The bytes of protocol messages count under the rate limits, beside payload.",
  },
  "limits.schedule": {
    gate: limitSchedule,
    default: [],
    isLive: true,
    right: "control",
    type: "readonly LimitPeriodOptions[]",
    fields: periodFields,
    option: {
      name: "schedule",
      sign: "TIMES=DOWN/UP",
      calls: "download seed cat play",
      group: "Limits",
      help: "other limits for a part of the day: 08:00-18:00=500k/100k, mon-fri@22:00-06:00=0/2M; repeatable, the first that fits holds",
    },
    text: "Other limits for parts of the week, in local time, 100 at most. The first period that is under way replaces the other limits.",
  },
} as const satisfies SettingRows;
