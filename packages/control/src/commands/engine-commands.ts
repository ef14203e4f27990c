// Commands of an engine.

import { flag } from "../gates/gate.ts";
import { engineSettings } from "../settings/engine-settings.ts";
import { liveRows, settingsGate } from "../settings/settings-values.ts";
import { folder } from "../settings/shared-gates.ts";
import type { CommandRow } from "./command-row.ts";
import { someTorrents } from "./shared-gates.ts";
import {
  addressList,
  shownActors,
  shownBans,
  shownFreeSpace,
  shownIpFilter,
  shownMetrics,
  shownPorts,
  shownRates,
  shownRestored,
  shownTotals,
  shownTrackerList,
} from "./engine-results.ts";

/** Commands of an engine, by name. */
export const engineCommands = {
  "set-engine": {
    arguments: {},
    settings: "engine",
    errors: [],
    right: "control",
    text: "Changes settings of the engine, all or none; `null` gives a setting its default.",
  },
  "engine-settings": {
    arguments: {},
    result: settingsGate(liveRows(engineSettings)),
    errors: [],
    right: "read",
    text: "Shows the set settings of the engine that may change; of those that are `local` none to a caller elsewhere, and URLs without secrets to a caller that only reads.",
  },
  ban: {
    arguments: { addresses: { gate: addressList } },
    required: ["addresses"],
    result: shownBans,
    errors: ["too-many-bans"],
    right: "control",
    text: "Bans addresses and prefixes such as `192.0.2.0/24` of all torrents.",
  },
  "lift-ban": {
    arguments: { addresses: { gate: addressList } },
    required: ["addresses"],
    result: shownBans,
    errors: [],
    right: "control",
    text: "Lifts bans.",
  },
  bans: {
    arguments: {},
    result: shownBans,
    errors: [],
    right: "read",
    text: "Lists the bans, the oldest first.",
  },
  totals: {
    arguments: {},
    result: shownTotals,
    errors: ["coordinator-closed"],
    right: "read",
    text: "What the torrents have moved in this session, and those of all sessions on the state folder.",
  },
  metrics: {
    arguments: {},
    result: shownMetrics,
    errors: ["coordinator-closed"],
    right: "read",
    text: "Gives the counters, gauges and histograms of the engine.",
  },
  "rate-history": {
    arguments: {},
    result: shownRates,
    errors: ["coordinator-closed"],
    right: "read",
    text: "Gives the rates of each of the last ten minutes' seconds, over all torrents.",
  },
  actors: {
    arguments: {},
    result: shownActors,
    errors: [],
    right: "read",
    text: "Lists the actors of the engine, each with its level in the supervision tree.",
  },
  ports: {
    arguments: {},
    result: shownPorts,
    errors: [],
    right: "read",
    text: "Shows the ports that the engine listens on, and the one that peers on the internet connect to.",
  },
  "free-space": {
    arguments: { directory: { gate: folder } },
    required: ["directory"],
    result: shownFreeSpace,
    errors: ["free-space-unknown", "disk-not-answering"],
    right: "read",
    text: "Shows the free space of the volume that a folder lies on, or would lie on; up to 5 s old.",
  },
  "ip-filter": {
    arguments: {},
    result: shownIpFilter,
    errors: [],
    right: "read",
    text: "Shows the IP filter. Callers elsewhere do not see its source, nor the sentence of an error.",
  },
  "set-ip-filter": {
    arguments: { path: { gate: engineSettings.ipFilter.gate } },
    errors: ["ip-filter-unreadable", "ip-filter-too-large", "ip-filter-malformed"],
    text: "Replaces the IP filter by the list of a file or an address; without a path no address is filtered.",
  },
  "update-ip-filter": {
    arguments: {},
    result: shownIpFilter,
    errors: ["ip-filter-unreadable", "ip-filter-too-large", "ip-filter-malformed"],
    right: "control",
    text: "Reads the list of the IP filter again. Shows the filter, as `ip-filter` does.",
  },
  "tracker-list": {
    arguments: {},
    result: shownTrackerList,
    errors: [],
    text: "Shows the list of trackers for every public torrent.",
  },
  "set-tracker-list": {
    arguments: { source: { gate: engineSettings.trackerList.gate } },
    errors: ["tracker-list-unreadable", "coordinator-closed"],
    text: "Replaces the list of trackers for every public torrent; without a source there is none.",
  },
  restore: {
    arguments: {
      served: {
        gate: flag,
        default: false,
        text: "Only those that a service has added or adopted.",
      },
    },
    result: shownRestored,
    errors: [],
    text: "Brings back the torrents of the state folder.",
  },
  adopt: {
    arguments: {
      torrents: { ...someTorrents.torrents, text: "Absent: all that no service has added." },
    },
    result: shownRestored,
    errors: ["no-torrent", "already-running"],
    text: "Takes torrents of the state folder over for a service, stopped.",
  },
  close: {
    arguments: {},
    errors: ["disk-not-answering"],
    text: "Stops the engine: announces `stopped`, closes files, ends threads.",
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
