// Where session state lives when nobody says otherwise.

import { isAbsolute, join, resolve } from "node:path";
import type { Surroundings } from "./surroundings.ts";

type Place = Pick<Surroundings, "environment" | "platform" | "currentFolder">;

/**
 * The state folder: the one given, or the platform's own (XDG base directories on Linux and the like).
 *
 * @param given As written on the command line; relative to the current folder.
 * @returns An absolute path, or undefined when the environment names no place: then nothing is kept.
 */
export function stateFolder(given: string | undefined, place: Place): string | undefined {
  if (given !== undefined) return resolve(place.currentFolder, given);
  const base = platformFolder(place);
  return base === undefined ? undefined : join(base, "troupe");
}

function platformFolder({ environment, platform }: Place): string | undefined {
  const home = absolute(environment["HOME"]);
  if (platform === "win32") return environment["LOCALAPPDATA"];
  if (platform === "darwin") return home && join(home, "Library", "Application Support");
  return absolute(environment["XDG_STATE_HOME"]) ?? (home && join(home, ".local", "state"));
}

/** The specification has relative paths ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
