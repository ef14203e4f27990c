import { engineSettings } from "../settings/engine-settings.ts";
import type { SettingRows } from "../settings/setting-row.ts";
import { liveRows } from "../settings/settings-values.ts";
import { torrentSettings } from "../settings/torrent-settings.ts";
import type { CommandRow } from "./command-row.ts";
import { commands, type CommandName } from "./commands.ts";

const rows: Readonly<Record<string, CommandRow>> = commands;
const changeableRows = {
  engine: liveRows(engineSettings),
  torrent: liveRows(torrentSettings),
} as const;

/** The row of a command. */
export function commandRow(name: CommandName): CommandRow {
  const row = rows[name];
  if (row === undefined) throw new Error(`bug: no command ${name}`);
  return row;
}

/** The settings that a command takes; undefined: none. A torrent that is added takes also those that never change. */
export function commandSettings(name: CommandName): SettingRows | undefined {
  if (name === "add") return torrentSettings;
  const { settings } = commandRow(name);
  return settings && changeableRows[settings];
}
