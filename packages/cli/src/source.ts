import { join, resolve } from "node:path";
import type { CoordinatorOptions, LoadOptions } from "./engine-port.ts";
import type { Environment } from "./environment.ts";
import { CommandError } from "./failure.ts";
import { platformFolder } from "./user-folders.ts";

/** A download must be a torrent to its last byte; a file may have trailing bytes. */
export function originOf(source: string): "file" | "network" {
  return /^https?:\/\//i.test(source) ? "network" : "file";
}

/** The options of an engine that hold for all its packets. */
const networkOptions = [
  "addressFamilies",
  "anonymous",
  "dns",
  "interface",
  "interfaceStrict",
  "proxy",
  "proxyFor",
] as const;

/** How a source is loaded, by the settings of the command line. */
export function loadOptions(options: CoordinatorOptions, environment: Environment): LoadOptions {
  const folder = stateFolder(options.stateDirectory, environment);
  const given = networkOptions.filter((name) => options[name] !== undefined);
  return {
    signal: environment.stop,
    ...(folder !== undefined && { stateDirectory: folder }),
    ...Object.fromEntries(given.map((name) => [name, options[name]])),
  };
}

/** Options of the library with the paths of the command line as whole paths; for the state folder, see {@link stateFolder}. */
export function placedOptions(
  { directory = ".", ...others }: CoordinatorOptions,
  { currentFolder }: Pick<Environment, "currentFolder">,
): CoordinatorOptions & { readonly directory: string } {
  return placedPaths({ ...others, directory }, currentFolder);
}

const pathNames = ["directory", "incompleteDirectory", "ipFilter", "moveTo"] as const;

/** Options with paths from the current folder as whole paths. */
export function placedPaths<Options extends object>(
  options: Options & Partial<Record<(typeof pathNames)[number], string>>,
  currentFolder: string,
): Options {
  const placed = pathNames.flatMap((name) => {
    const path = options[name];
    // The list of an IP filter may be the document of an address.
    if (path === undefined || originOf(path) === "network") return [];
    return [[name, resolve(currentFolder, path)] as const];
  });
  return { ...options, ...Object.fromEntries(placed) };
}

type FolderEnvironment = Pick<Environment, "variables" | "platform" | "currentFolder">;

/**
 * The given folder, or the platform's own.
 *
 * @param given Written path, relative to the current folder.
 * @returns An absolute path, or undefined when the environment names no place: then no state is kept.
 */
export function stateFolder(
  given: string | undefined,
  environment: FolderEnvironment,
): string | undefined {
  if (given !== undefined) return resolve(environment.currentFolder, given);
  const base = platformFolder("state", environment);
  return base === undefined ? undefined : join(base, "troupe");
}

/** The folder of {@link stateFolder}. @throws {CommandError} `no-state-folder` when the environment names no place. */
export function requiredStateFolder(
  given: string | undefined,
  environment: FolderEnvironment,
): string {
  const folder = stateFolder(given, environment);
  if (folder === undefined)
    throw new CommandError("no-state-folder", "there is no state folder: give --state-dir");
  return folder;
}
