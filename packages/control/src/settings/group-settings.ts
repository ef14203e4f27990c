// The settings of a group of torrents. A setting that torrents have too holds for each torrent of the group that does not
// set it. The other settings are those of the group alone.

import { map, whole } from "../gates/gate.ts";
import { goalSettings } from "./goal-settings.ts";
import type { SettingRow, SettingRows, SettingValues } from "./setting-row.ts";
import { settingsGate } from "./settings-values.ts";
import { folder, groupName, limitRow } from "./shared-gates.ts";
import { torrentSettings } from "./torrent-settings.ts";

/** Further groups are refused: each group with limits has buckets of its own. */
const mostGroups = 1_000;

/** The settings of a group. */
export const groupSettings = {
  directory: {
    gate: folder,
    right: "control",
    text: "The data folder of torrents that are added into the group without a `directory` of their own. By default the coordinator's.",
  },
  "limits.down": limitRow(
    "The download limit of the torrents of the group together, in bytes a second; 0 is none.",
  ),
  "limits.up": limitRow("The upload limit of the torrents of the group together."),
  "limits.peerDown": limitRow("The download limit of each peer of these torrents."),
  "limits.peerUp": limitRow("The upload limit of each peer of these torrents."),
  uploadSlots: {
    gate: whole(1, 10_000),
    isLive: true,
    right: "control",
    text: "Peers that get data at a time from all torrents of the group together, 1 to 10,000; each torrent has at least one slot. By default the group has no bound of its own.",
  },
  maxPeers: torrentSettings.maxPeers,
  bandwidthPriority: torrentSettings.bandwidthPriority,
  ...goalSettings,
} as const satisfies SettingRows;

/** Set values of a group's settings. */
export type GroupSettings = SettingValues<typeof groupSettings>;

/** The engine's setting that has the groups. */
export const groupsRow = {
  gate: map(groupName, settingsGate(groupSettings), mostGroups),
  isLive: true,
  right: "control",
  type: "Readonly<Record<string, GroupOptions>>",
  text: "The settings of groups by their names, 1,000 at most. A torrent is in the group that its `group` names. A setting that the torrent does not set is decided by its group, else by the coordinator. The rate limits of all three hold. By default no group has settings.",
} as const satisfies SettingRow;
