// Where SOURCE comes from, and where else to look for it.

import type { LoadOptions } from "./engine-port.ts";
import { stateFolder } from "./state-folder.ts";
import type { Environment } from "./environment.ts";

/** A download must be a torrent to its last byte; a file may have trailing bytes. */
export function originOf(source: string): "file" | "network" {
  return /^https?:\/\//i.test(source) ? "network" : "file";
}

/** @param stateDirectory As written on the command line. */
export function loadOptions(
  stateDirectory: string | undefined,
  environment: Environment,
): LoadOptions {
  const folder = stateFolder(stateDirectory, environment);
  return { signal: environment.stop, ...(folder !== undefined && { stateDirectory: folder }) };
}
