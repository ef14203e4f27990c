// The settings file: YAML whose keys are the settings.

import { dirname } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import { ContentFault, malformed, spellPath, spellSeen, type Path } from "@troupe/yaml-file";
import type { Environment } from "../environment.ts";
import { CommandError } from "../failure.ts";
import { userFolder } from "../user-folders.ts";
import type { GivenSetting } from "./given-settings.ts";
import { isMapping, readSetting, unknownKey, type PathFolders } from "./read-setting.ts";
import { keyedSettings, keysIn, settingOfKey } from "./setting-keys.ts";

const fileKind = { code: "settings-malformed" } as const;

/**
 * Reads a settings file. Relative paths in it begin in its folder. The library of YAML is loaded only for a file that
 * is there.
 *
 * @returns Undefined if there is no such file.
 * @throws TroupeError `settings-malformed`: file, line and column, the key, what was seen and what is allowed;
 *   CommandError `settings-unreadable`.
 */
export async function readSettingsFile(
  path: string,
  { variables, readTextFile }: Pick<Environment, "readTextFile" | "variables">,
): Promise<GivenSetting[] | undefined> {
  const file = await readTextFile(path);
  if ("refused" in file) {
    if (file.isMissing) return undefined;
    const message = `cannot read the settings ${cleanText(path, 200)}: ${file.refused}`;
    throw new CommandError("settings-unreadable", message, { cause: file.cause });
  }
  const { parseText } = await import("@troupe/yaml-file/text");
  const parsed = parseText(file.text, path, fileKind);
  const folders = { folder: dirname(path), home: userFolder(variables) };
  const placeOf = (place: Path) => parsed.placeOf({ path: place, isKey: true, within: 0 });
  try {
    return leavesOf(parsed.value).map(({ key, place, value }) => {
      const setting = settingOfKey(key);
      if (setting === undefined) throw unknownSetting(place);
      return readLeaf({ setting, place, value }, folders, placeOf(place).line);
    });
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw malformed(fileKind, path, parsed.placeOf(error), error.message);
  }
}

function readLeaf(
  { setting, place, value }: Pick<GivenSetting, "setting" | "value"> & { readonly place: Path },
  folders: PathFolders,
  line: number,
): GivenSetting {
  const read = readSetting(setting, value, { ...folders, path: place });
  return { setting, value: read, by: { from: "file", line } };
}

interface Leaf {
  readonly key: string;
  readonly place: Path;
  readonly value: unknown;
}

/** The values at the keys of settings, of which some lie in mappings such as `limits`. @throws ContentFault */
function leavesOf(content: unknown): Leaf[] {
  if (content === null) return [];
  if (!isMapping(content))
    throw new ContentFault(
      [],
      `the file is ${spellSeen(content)}; allowed is a mapping of settings`,
    );
  return Object.entries(content).flatMap(([name, value]): Leaf[] => {
    const inner = name.includes(".") ? [] : keysIn(name);
    if (inner.length === 0) return [{ key: name.includes(".") ? "" : name, place: [name], value }];
    if (!isMapping(value)) {
      const allowed = `a mapping with ${inner.join(", ")}`;
      throw new ContentFault([name], `${name} is ${spellSeen(value)}; allowed is ${allowed}`);
    }
    return Object.entries(value).map(([leaf, each]) => {
      const place = [name, leaf];
      if (!inner.includes(leaf)) throw unknownKey([name], leaf, inner);
      return { key: place.join("."), place, value: each };
    });
  });
}

/** An option's name, and a key with a dot, lead to the key that is meant. */
function unknownSetting(place: Path): ContentFault {
  const name = String(place[0]);
  const dashed = name.replace(/^--/, "");
  const meant = keyedSettings.find(({ key, row }) => key === name || row.option?.name === dashed);
  if (meant === undefined) return unknownKey([], name, keysIn(undefined));
  const [outer = "", inner] = meant.key.split(".");
  const how = inner === undefined ? outer : `${inner} in the mapping ${outer}`;
  return new ContentFault(place, `there is no key ${spellPath(place)}; the key is ${how}`, true);
}
