export { oneOf, outOfRange, spelled, within } from "./checked-values.ts";
export { addArguments, addLibraryOptions } from "./commands/add-arguments.ts";
export { type ArgumentRow, gatesOf } from "./commands/command-row.ts";
export { allowedText, wordText } from "./gates/allowed-text.ts";
export { checkGate, passes } from "./gates/check-gate.ts";
export {
  address,
  bytes,
  duration,
  either,
  flag,
  type Gate,
  list,
  path,
  rate,
  record,
  type RecordGate,
  text,
  type ValueOf,
  whole,
  word,
} from "./gates/gate.ts";
export { jsonSchema, type JsonSchema, mapSchema } from "./gates/json-schema.ts";
export { readWord } from "./gates/read-word.ts";
export { refuseUnknownNames } from "./known-names.ts";
export {
  durationUnitsMs,
  parseBytes,
  parseLine,
  parseRate,
  parseShare,
  parseTime,
  type QuantityKind,
  quantityTexts,
  quantityTitles,
  withUnit,
} from "./quantities.ts";
export {
  engineLibraryOptions,
  type EngineSettingChanges,
  engineSettings,
  type LiveEngineSetting,
  type LiveEngineSettings,
} from "./settings/engine-settings.ts";
export { feedRule, feedRules, feedSetting } from "./settings/feed-settings.ts";
export {
  type HookEvent,
  type HookSetting,
  type PauseSetting,
  type WatchFolderSetting,
  type WebhookSetting,
} from "./settings/automation-settings.ts";
export { groupSettings } from "./settings/group-settings.ts";
export { helpGroups, type OptionColumn } from "./settings/option-column.ts";
export { serviceSettings } from "./settings/service-settings.ts";
export type { LibraryRow, SettingRow, SettingRows, SettingValues } from "./settings/setting-row.ts";
export { checkRules, engineRules, torrentRules } from "./settings/setting-rules.ts";
export {
  changesBetween,
  changeValues,
  checkChanges,
  checkSettings,
  settingsIn,
  liveRows,
  optionNames,
  readValues,
  replaceFolder,
  settingsBeside,
  valueInForce,
} from "./settings/settings-values.ts";
export { isDecidedByGroup, settingsOfGroup, torrentValue } from "./settings/torrent-value.ts";
export { endpoint, queuePosition, weekdays } from "./settings/shared-gates.ts";
export {
  isUnderWay,
  type WeekMoment,
  type WeekPeriod,
  weekMoment,
  weekPeriodOf,
} from "./settings/week-period.ts";
export type { ContentLayout, FileRename } from "./settings/file-name-settings.ts";
export {
  type AnnounceMode,
  type LiveTorrentSetting,
  type BandwidthPriority,
  type SeedChoker,
  torrentSettings,
  type TorrentSetting,
  type TorrentSettingChanges,
  type TorrentSettings,
} from "./settings/torrent-settings.ts";
export type { RemoteRight, Right } from "./right.ts";
export { TroupeError } from "./troupe-error.ts";
export { withoutSecrets } from "./without-secrets.ts";
export type { AddressFamilyName } from "./settings/connection-settings.ts";
