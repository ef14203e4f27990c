// The settings that the settings file and the environment give; words of the command line come before them.

import { suggestion, cleanText } from "@troupe/protocol/text";
import { ContentFault } from "@troupe/yaml-file";
import { UsageError } from "../arguments/usage-error.ts";
import type { CodedMessage } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import { userFolder } from "../user-folders.ts";
import { readSetting } from "./read-setting.ts";
import {
  keyedSettings,
  settingOfVariable,
  variableStart,
  type KeyedSetting,
} from "./setting-keys.ts";
import { readSettingsFile, settingsPath } from "./settings-file.ts";

/** The place that gives a value. */
type GivenBy =
  | { readonly from: "file"; readonly line: number }
  | { readonly from: "environment"; readonly variable: string };

/** A setting with its value and the place that gives it. */
export interface GivenSetting {
  readonly setting: KeyedSetting;
  readonly value: unknown;
  readonly by: GivenBy;
}

/** Settings from outside of the command line. */
export interface GivenSettings {
  /** The path of the settings file; undefined: there is none. */
  readonly file: string | undefined;
  /** By key; the environment comes before the file. */
  readonly values: ReadonlyMap<string, GivenSetting>;
  readonly warnings: readonly CodedMessage[];
}

/** Nothing is given. */
export const nothingGiven: GivenSettings = { file: undefined, values: new Map(), warnings: [] };

/** The variable that names the settings file. */
const fileVariable = `${variableStart}SETTINGS`;

type FileEnvironment = Pick<
  Environment,
  "currentFolder" | "platform" | "readTextFile" | "variables"
>;

/**
 * Reads the settings file, if there is one, and the environment.
 *
 * @param named The path of `--settings`, as written.
 * @throws UsageError for a variable whose value is wrong; TroupeError `settings-malformed`, CommandError
 *   `settings-unreadable` for the file.
 */
export async function readGivenSettings(
  named: string | undefined,
  environment: FileEnvironment,
): Promise<GivenSettings> {
  const { variables } = environment;
  const written = named ?? (variables[fileVariable] || undefined);
  const path = settingsPath(written, environment);
  const file = path === undefined ? undefined : await readSettingsFile(path, environment);
  if (file === undefined && written !== undefined) throw noSuchFile(written);
  const all = [...(file ?? []), ...variableSettings(environment)];
  return {
    file: file === undefined ? undefined : path,
    values: new Map(all.map((given) => [given.setting.key, given])),
    warnings: unknownVariables(variables).map(unknownWarning),
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
      name !== fileVariable &&
      settingOfVariable(name) === undefined,
  );
}

function unknownWarning(name: string): CodedMessage {
  const known = keyedSettings.map(({ variable }) => variable);
  const meant = suggestion(name.slice(0, 60), known);
  const message = `there is no setting ${cleanText(name, 60)}, so this variable is left out${meant}`;
  return { code: "setting-unknown", message };
}
