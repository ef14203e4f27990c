import { engineSettings, type LiveEngineSettings } from "./engine-settings.ts";
import { groupSettings, type GroupSettings } from "./group-settings.ts";
import type { SettingRows, ValueInForce } from "./setting-row.ts";
import { torrentSettings, type TorrentSetting, type TorrentSettings } from "./torrent-settings.ts";

const engineRows: SettingRows = engineSettings;
const groupRows: SettingRows = groupSettings;
const torrentRows: SettingRows = torrentSettings;

const noneSet: GroupSettings = {};

/** The settings of groups by names such as `goals.ratio`. A change replaces the object of a group. */
const leavesOfGroups = new WeakMap<object, GroupSettings>();

/**
 * The value in force of a setting of a torrent: its own, else that of its group, else that of its engine, else the
 * default. A level decides only settings whose rows are in its table too. Its rate limits, for example, are other
 * settings than those of a torrent.
 */
export function torrentValue<Name extends TorrentSetting>(
  name: Name,
  own: TorrentSettings,
  engine: LiveEngineSettings,
): ValueInForce<(typeof torrentSettings)[Name]> {
  // No object is made here: each idle torrent reads its goals once a second.
  const value =
    read(own, name) ??
    (isDecidedByGroup(name) ? read(settingsOfGroup(own.group, engine), name) : undefined) ??
    (engineRows[name] === torrentRows[name] ? read(engine, name) : undefined) ??
    torrentRows[name]?.default;
  return value as ValueInForce<(typeof torrentSettings)[Name]>;
}

function read(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return values[name];
}

/** Whether a group decides a setting of its torrents that do not set it. */
export function isDecidedByGroup(name: string): boolean {
  return Object.hasOwn(groupRows, name) && groupRows[name] === torrentRows[name];
}

/** The set values of a group by names such as `goals.ratio`; empty for a group without settings. */
export function settingsOfGroup(
  name: string | undefined,
  { groups }: Pick<LiveEngineSettings, "groups">,
): GroupSettings {
  if (name === undefined || groups === undefined || !Object.hasOwn(groups, name)) return noneSet;
  const group = groups[name] ?? noneSet;
  const known = leavesOfGroups.get(group);
  if (known !== undefined) return known;
  const leaves = Object.entries(group).flatMap(([key, value]) =>
    Object.hasOwn(groupRows, key) ? [[key, value] as const] : leavesIn(key, value),
  );
  const found: GroupSettings = Object.fromEntries(leaves);
  leavesOfGroups.set(group, found);
  return found;
}

function leavesIn(folder: string, values: unknown): (readonly [string, unknown])[] {
  return Object.entries({ ...(values as object) }).map(
    ([leaf, value]) => [`${folder}.${leaf}`, value] as const,
  );
}
