// The platform's places for what a user keeps (XDG base directories on Linux and the like).

import { isAbsolute, join } from "node:path";
import type { Environment } from "./environment.ts";

type Variables = Environment["variables"];

/** The home folder, or undefined. */
export function userFolder(variables: Variables): string | undefined {
  return absolute(variables["HOME"]) ?? absolute(variables["USERPROFILE"]);
}

/** The folder in which programs keep their state or their configuration; undefined when the environment names none. */
export function platformFolder(
  purpose: "configuration" | "state",
  { variables, platform }: Pick<Environment, "variables" | "platform">,
): string | undefined {
  const isState = purpose === "state";
  const home = absolute(variables["HOME"]);
  if (platform === "win32") return variables[isState ? "LOCALAPPDATA" : "APPDATA"];
  if (platform === "darwin") return home && join(home, "Library", "Application Support");
  const named = absolute(variables[isState ? "XDG_STATE_HOME" : "XDG_CONFIG_HOME"]);
  return named ?? (home && join(home, ...(isState ? [".local", "state"] : [".config"])));
}

/** XDG ignores relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
