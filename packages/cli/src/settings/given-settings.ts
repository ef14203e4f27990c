// The settings that the settings file and the environment give; words of the command line come before them.

import type { CodedMessage } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import type { KeyedSetting } from "./setting-keys.ts";
import { fileVariable, settingsPath, variableStart } from "./settings-places.ts";

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

type FileEnvironment = Pick<
  Environment,
  "currentFolder" | "platform" | "readTextFile" | "variables"
>;

/**
 * Reads the settings file, if there is one, and the environment. Their readers are loaded only if one of them is there.
 *
 * @param named The path of `--settings`, as written.
 * @throws UsageError for a variable whose value is wrong; TroupeError `settings-malformed`, CommandError
 *   `settings-unreadable` for the file.
 */
export async function readGivenSettings(
  named: string | undefined,
  environment: FileEnvironment,
): Promise<GivenSettings> {
  const written = named ?? (environment.variables[fileVariable] || undefined);
  const isGiven =
    written !== undefined || hasVariables(environment) || (await hasUsualFile(environment));
  if (!isGiven) return nothingGiven;
  return await (await import("./read-sources.ts")).readSources(written, environment);
}

function hasVariables({ variables }: FileEnvironment): boolean {
  return Object.keys(variables).some((name) => name.startsWith(variableStart));
}

/** Whether the usual place has a file, readable or not. */
async function hasUsualFile(environment: FileEnvironment): Promise<boolean> {
  const path = settingsPath(undefined, environment);
  if (path === undefined) return false;
  const file = await environment.readTextFile(path);
  return !("refused" in file && file.isMissing);
}
