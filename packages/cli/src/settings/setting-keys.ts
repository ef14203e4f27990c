// The settings by the keys of the settings file and by the variables of the environment.

import {
  engineSettings,
  serviceSettings,
  torrentSettings,
  type SettingRow,
  type SettingRows,
} from "@troupe/control";
import { variableStart } from "./settings-places.ts";

/** A setting that the file and the environment may set. */
export interface KeyedSetting {
  /** `limits.down`; in the file a mapping `limits` with the key `down`. */
  readonly key: string;
  /** `TROUPE_LIMITS_DOWN`. */
  readonly variable: string;
  /** A setting of both levels is the engine's: it holds for each torrent. */
  readonly level: "engine" | "service" | "torrent";
  readonly row: SettingRow;
}

/** The settings in their order on the reference page. The order in the queue and hidden options are none. */
export const keyedSettings: readonly KeyedSetting[] = [
  ...keyed("engine", engineSettings),
  ...keyed("torrent", torrentSettings).filter(({ key }) => !Object.hasOwn(engineSettings, key)),
  ...keyed("service", serviceSettings),
];

const byKey = new Map(keyedSettings.map((setting) => [setting.key, setting]));
const byVariable = new Map(keyedSettings.map((setting) => [setting.variable, setting]));

/** The setting with this key, or undefined. */
export function settingOfKey(key: string): KeyedSetting | undefined {
  return byKey.get(key);
}

/** The setting of this variable, or undefined. */
export function settingOfVariable(variable: string): KeyedSetting | undefined {
  return byVariable.get(variable);
}

/** Keys at a place of the file: of the settings at its top, or of those in a mapping such as `limits`. */
export function keysIn(folder: string | undefined): readonly string[] {
  const start = folder === undefined ? "" : `${folder}.`;
  const keys = keyedSettings.map(({ key }) => key).filter((key) => key.startsWith(start));
  return [...new Set(keys.map((key) => key.slice(start.length).replace(/\..*$/, "")))];
}

function keyed(level: KeyedSetting["level"], rows: SettingRows): KeyedSetting[] {
  return Object.entries(rows)
    .filter(([, { right, option }]) => right !== "library" && option?.isHidden !== true)
    .map(([key, row]) => ({ key, variable: variableOf(key), level, row }));
}

/** `TROUPE_LIMITS_PEER_DOWN` of `limits.peerDown`. */
function variableOf(key: string): string {
  const words = key.replaceAll(/[A-Z]/g, "_$&").replaceAll(".", "_");
  return `${variableStart}${words.toUpperCase()}`;
}
