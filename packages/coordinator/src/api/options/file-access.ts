// The permissions of new files and folders, from the settings.

import { readFileSync } from "node:fs";
import { outOfRange, spelled } from "@troupe/control";
import type { FileAccess } from "@troupe/messages";

/** Set values of the settings `files`. */
interface FileSettings {
  readonly "files.mode"?: string;
  readonly "files.folderMode"?: string;
  readonly "files.umask"?: string;
  readonly "files.group"?: number | string;
}

const everyFile = 0o666;
const everyFolder = 0o777;
const groupFile = "/etc/group";

/**
 * @param readGroups The text of `/etc/group`; undefined without one.
 * @returns Undefined when nothing is set.
 * @throws TroupeError `option-out-of-range` for an unknown group, and on Windows.
 */
export function fileAccess(
  set: FileSettings,
  platform: string = process.platform,
  readGroups: () => string | undefined = readGroupFile,
): FileAccess | undefined {
  const given = Object.entries(set).find(([name]) => name.startsWith("files."));
  if (given === undefined) return undefined;
  const [name, value] = given;
  if (platform === "win32") throw outOfRange(name, spelled(value), "no such setting on Windows");
  const { "files.umask": mask, "files.group": group } = set;
  const bits = mask === undefined ? undefined : Number.parseInt(mask, 8);
  const fileMode = modeOf(set["files.mode"], everyFile, bits);
  const folderMode = modeOf(set["files.folderMode"], everyFolder, bits);
  return {
    ...(fileMode !== undefined && { fileMode }),
    ...(folderMode !== undefined && { folderMode }),
    ...(group !== undefined && { group: groupNumber(group, readGroups) }),
  };
}

function modeOf(
  mode: string | undefined,
  all: number,
  mask: number | undefined,
): number | undefined {
  if (mode !== undefined) return Number.parseInt(mode, 8);
  return mask === undefined ? undefined : all & ~mask;
}

function groupNumber(group: number | string, readGroups: () => string | undefined): number {
  if (typeof group === "number") return group;
  const lines = readGroups()?.split("\n") ?? [];
  const [, , number = ""] =
    lines.map((line) => line.split(":")).find(([name]) => name === group) ?? [];
  if (/^\d{1,10}$/.test(number)) return Number(number);
  throw outOfRange("files.group", spelled(group), `a group in ${groupFile}, or its number`);
}

function readGroupFile(): string | undefined {
  try {
    return readFileSync(groupFile, "utf8");
  } catch {
    return undefined;
  }
}
