// The places of settings outside of the command line: the settings file and the variables of the environment.

import { join, resolve } from "node:path";
import type { Environment } from "../environment.ts";
import { platformFolder } from "../user-folders.ts";

/** Variables of settings begin with it. */
export const variableStart = "TROUPE_";

/** The variable that names the settings file. */
export const fileVariable = `${variableStart}SETTINGS`;

/** The variable of containers, whose secrets are files. */
export const passwordVariable = `${variableStart}PASSWORD_FILE`;

/** The variable with the address of the service. */
export const urlVariable = `${variableStart}URL`;

/** The variable with the token for the service. */
export const tokenVariable = `${variableStart}TOKEN`;

/** Variables that are no settings. */
export const otherVariables: ReadonlySet<string> = new Set([
  fileVariable,
  passwordVariable,
  urlVariable,
  tokenVariable,
]);

type FolderEnvironment = Pick<Environment, "variables" | "platform" | "currentFolder">;

/**
 * The path of the settings file, absolute; undefined: the platform has no place for it.
 *
 * @param named The path of the option or the variable, as written.
 */
export function settingsPath(
  named: string | undefined,
  environment: FolderEnvironment,
): string | undefined {
  if (named !== undefined) return resolve(environment.currentFolder, named);
  const base = platformFolder("configuration", environment);
  return base === undefined ? undefined : join(base, "troupe", "settings.yaml");
}
