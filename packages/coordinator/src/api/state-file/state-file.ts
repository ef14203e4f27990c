// A whole state folder in one file, for another machine. A program that makes none does not load its making.

import type { MappedPath } from "./path-map.ts";

/** Options of {@link exportState}. */
export interface ExportStateOptions {
  /** The state folder. */
  readonly stateDirectory: string;
  readonly signal?: AbortSignal;
}

/** An export. */
export interface ExportedState {
  /** Jobs with a record. */
  readonly jobs: number;
  /** Files beside the database. */
  readonly files: number;
  /** Bytes of the export. */
  readonly bytes: number;
}

/** Options of {@link importState}. */
export interface ImportStateOptions {
  /** The state folder: it is empty, or is made. */
  readonly stateDirectory: string;
  /** Paths of the other machine with those of this one; the longest `from` counts. Default: all paths are the same. */
  readonly paths?: readonly MappedPath[];
  readonly signal?: AbortSignal;
}

/** An import. */
export interface ImportedState {
  /** Jobs with a record. */
  readonly jobs: number;
  /** Files beside the database. */
  readonly files: number;
  /** Folders of jobs that are not there, sorted: their data are yet to come. */
  readonly missing: readonly string[];
}

/**
 * Writes the state folder into a new file, readable by its owner alone: it has passwords and tokens of the service. Torrents
 * that run meanwhile are exported as their last record has them.
 *
 * @param file A path where nothing is.
 * @throws rejects with TroupeError `service-running` while a service uses the folder, `state-not-found`, `torrent-busy` for a
 *   move that was cut off, `state-too-large`; the reason of `signal`; a system error, `EEXIST` if the path is taken.
 */
export async function exportState(
  file: string,
  options: ExportStateOptions,
): Promise<ExportedState> {
  return await (await import("./export-state.ts")).makeExport(file, options);
}

/**
 * Brings an export into a state folder. The files of its jobs are believed at their next start when length and modification
 * time are those on record, and hashed otherwise. Records in data folders of `Torrent.create` are brought along when the
 * folder, or the one above it, is a `to` of `paths`.
 *
 * @throws rejects with TroupeError `state-not-empty`, `state-file-malformed`, `option-out-of-range`; the reason of `signal`; a
 *   system error. The state folder is unchanged then.
 */
export async function importState(
  file: string,
  options: ImportStateOptions,
): Promise<ImportedState> {
  return await (await import("./import-state.ts")).bringState(file, options);
}
