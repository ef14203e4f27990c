// The settings of a torrent in its record: those that are set, by their names. Records of earlier releases have other
// names, and a value for most settings.

import {
  passes,
  readValues,
  torrentSettings,
  type SettingRow,
  type SettingRows,
  type TorrentSettings,
} from "@troupe/control";

type Values = Readonly<Record<string, unknown>>;

const rows: SettingRows = torrentSettings;

/** The settings as a record has them. Values of a list that no reader takes are left out. */
export function settingsText(settings: TorrentSettings): Values {
  const entries = Object.entries(settings).map(([name, value]) => [
    name,
    fitted(Object.hasOwn(rows, name) ? rows[name] : undefined, value),
  ]);
  return Object.fromEntries(entries) as Values;
}

/** Settings that were read, and the names of those whose values are wrong. Unknown settings stay. */
interface ReadSettings {
  readonly settings: TorrentSettings;
  readonly wrong: readonly string[];
}

/** Reads the settings of a record, also of an earlier release. */
export function readSettings(text: Values): ReadSettings {
  const isEarlier = Object.hasOwn(text, "extraTrackers");
  const { values, wrong } = readValues(rows, isEarlier ? settingsOfBefore(text) : text);
  return { settings: values, wrong };
}

function fitted(row: SettingRow | undefined, value: unknown): unknown {
  if (row?.gate.kind !== "list" || !Array.isArray(value)) return value;
  const { of, most } = row.gate;
  return value.filter((item) => passes(of, item)).slice(0, most);
}

/** Earlier records do not tell whether the user set a value: a default counts as not set. */
function settingsOfBefore(text: Values): Values {
  const { extraTrackers, goals, isSeedOnly, isSequential, isSuperSeed, isUploadOff } = text;
  const { announce, limits, maxPeers, names, queuePlace, seedChoker, useTrackers, webSeeds } = text;
  const { rank, isForced }: Values = { ...(queuePlace as object | undefined) };
  const values = {
    announce,
    seedChoker,
    useTrackers,
    webSeeds,
    trackers: extraTrackers,
    seedOnly: isSeedOnly,
    sequential: isSequential,
    superSeed: isSuperSeed,
    upload: isUploadOff === true ? false : isUploadOff,
    maxPeers: maxPeers === 0 ? 1 : maxPeers,
    portableNames: names === undefined ? true : names === "own" ? false : names,
    queueRank: rank,
    forced: isForced,
    ...leaves("goals", goals),
    ...leaves("limits", limits),
  };
  const set = Object.entries(values).filter(
    ([name, value]) => value !== undefined && !isDefault(rows[name], value),
  );
  return Object.fromEntries(set);
}

function leaves(folder: string, values: unknown): Values {
  const entries = Object.entries({ ...(values as object | undefined) });
  return Object.fromEntries(entries.map(([name, value]) => [`${folder}.${name}`, value]));
}

function isDefault(row: SettingRow | undefined, value: unknown): boolean {
  return row !== undefined && JSON.stringify(row.default) === JSON.stringify(value);
}
