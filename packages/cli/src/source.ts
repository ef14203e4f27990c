// What the user names as SOURCE: where it comes from, and where else to look for it.

import type { LoadOptions } from "./engine-port.ts";
import { stateFolder } from "./state-folder.ts";
import type { Environment } from "./environment.ts";

/** What a server sends must be a torrent to its last byte; a file may have something behind it. */
export function originOf(source: string): "file" | "network" {
  return /^https?:\/\//i.test(source) ? "network" : "file";
}

/** How a source is loaded. @param stateDirectory As written on the command line. */
export function loadOptions(
  stateDirectory: string | undefined,
  environment: Environment,
): LoadOptions {
  const folder = stateFolder(stateDirectory, environment);
  return { signal: environment.stop, ...(folder !== undefined && { stateDirectory: folder }) };
}
