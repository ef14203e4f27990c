// The settings of the file and of the environment, read and checked.

import { suggestion, cleanText } from "@troupe/protocol/text";
import { ContentFault } from "@troupe/yaml-file";
import { UsageError } from "../arguments/usage-error.ts";
import type { CodedMessage } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import { userFolder } from "../user-folders.ts";
import type { GivenSetting, GivenSettings } from "./given-settings.ts";
import { readSetting } from "./read-setting.ts";
import { keyedSettings, settingOfVariable, type KeyedSetting } from "./setting-keys.ts";
import { readSettingsFile } from "./settings-file.ts";
import { otherVariables, settingsPath, variableStart } from "./settings-places.ts";

/**
 * Reads the settings file, if there is one, and the environment.
 *
 * @param written The path of the file, as written; undefined: its usual place.
 * @throws UsageError for a variable whose value is wrong; TroupeError `settings-malformed`, CommandError
 *   `settings-unreadable` for the file.
 */
export async function readSources(
  written: string | undefined,
  environment: Pick<Environment, "currentFolder" | "platform" | "readTextFile" | "variables">,
): Promise<GivenSettings> {
  const path = settingsPath(written, environment);
  const file = path === undefined ? undefined : await readSettingsFile(path, environment);
  if (file === undefined && written !== undefined) throw noSuchFile(written);
  const all = [...(file ?? []), ...variableSettings(environment)];
  return {
    file: file === undefined ? undefined : path,
    values: new Map(all.map((given) => [given.setting.key, given])),
    warnings: unknownVariables(environment.variables).map(unknownWarning),
  };
}

function noSuchFile(written: string): UsageError {
  return new UsageError(`there is no settings file ${cleanText(written, 200)}`);
}

function variableSettings({
  variables,
  currentFolder,
}: Pick<Environment, "currentFolder" | "variables">): GivenSetting[] {
  const home = userFolder(variables);
  return keyedSettings.flatMap((setting): GivenSetting[] => {
    const { variable } = setting;
    const text = variables[variable];
    if (text === undefined || text === "") return [];
    const origin = { path: [variable], folder: currentFolder, home };
    return [
      { setting, value: readText(setting, text, origin), by: { from: "environment", variable } },
    ];
  });
}

/** @throws UsageError */
function readText(
  setting: KeyedSetting,
  text: string,
  origin: Parameters<typeof readSetting>[2],
): unknown {
  try {
    return readSetting(setting, text, origin);
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw new UsageError(`the environment is wrong: ${error.message}`);
  }
}

/** Variables that look like settings and are none. */
function unknownVariables(variables: Environment["variables"]): string[] {
  return Object.keys(variables).filter(
    (name) =>
      name.startsWith(variableStart) &&
      !otherVariables.has(name) &&
      settingOfVariable(name) === undefined,
  );
}

function unknownWarning(name: string): CodedMessage {
  const known = keyedSettings.map(({ variable }) => variable);
  const meant = suggestion(name.slice(0, 60), known);
  const message = `there is no setting ${cleanText(name, 60)}, so this variable is left out${meant}`;
  return { code: "setting-unknown", message };
}
