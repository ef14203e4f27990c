// The parts of a call to a running service.

import { resolve } from "node:path";
import type { SettingRows } from "@troupe/control";
import { mapPaths, nestedSettings } from "@troupe/control/commands";
import { rowName } from "../../display/service/row-view.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, failureOf, gravestExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine, type AnyJsonLine } from "../../output/json-line.ts";
import type { CallReporter } from "../../report/lines-reporter.ts";
import type { ServicePort, TorrentRow } from "../../service-client/service-port.ts";
import { findTorrents } from "../../service-client/torrent-names.ts";

/** A running call. */
export interface ServiceRun {
  readonly service: ServicePort;
  readonly environment: Environment;
  readonly reporter: CallReporter;
  readonly json: boolean;
  /** The service is that of the state folder: its paths are those of this machine. */
  readonly isLocal: boolean;
}

/** Runs a task for each item, one after the other. A failure is reported, and does not stop the others. */
export async function forEach<Item>(
  { reporter, environment }: ServiceRun,
  items: readonly Item[],
  nameOf: (item: Item) => string,
  task: (item: Item) => Promise<void>,
): Promise<ExitCodeValue> {
  const codes: ExitCodeValue[] = [];
  for (const item of items) {
    try {
      // Each change shows before the next one begins.
      // oxlint-disable-next-line no-await-in-loop
      await task(item);
    } catch (error) {
      environment.stop.throwIfAborted();
      const failure = failureOf(error);
      reporter.failed(failure, nameOf(item));
      codes.push(failure.exitCode);
    }
  }
  return codes.length === 0 ? ExitCode.done : gravestExitCode(codes);
}

/** The torrents that words name. @throws CommandError `no-torrent`, `torrent-ambiguous` */
export async function namedTorrents(
  { service }: ServiceRun,
  words: readonly string[],
): Promise<readonly TorrentRow[]> {
  return findTorrents(words, (await service.torrents()).rows);
}

const changed = { pause: "paused", set: "set", start: "started", stop: "stopped" } as const;

/** Reports that a command has changed a torrent. */
export function reportChange(
  { reporter }: ServiceRun,
  row: TorrentRow,
  command: keyof typeof changed,
): void {
  const line = jsonLine("changed", row.torrent, { command });
  reporter.result({ text: `${rowName(row)}: ${changed[command]}`, line });
}

/** Reports a torrent with all that its row has. */
export function torrentLine({ torrent, ...fields }: TorrentRow): AnyJsonLine {
  return jsonLine("torrent", torrent, fields);
}

/** A path as the service gets it: of this machine from the current folder, elsewhere as written. */
export function placedPath({ isLocal, environment }: ServiceRun, path: string): string {
  return isLocal ? resolve(environment.currentFolder, path) : path;
}

/** Settings by their keys as arguments of a command, with their paths as {@link placedPath} gives them. */
export async function settingArguments(
  run: ServiceRun,
  rows: SettingRows,
  settings: Readonly<Record<string, unknown>>,
): Promise<object> {
  const placed: [string, unknown][] = [];
  for (const [name, value] of Object.entries(settings)) {
    const row = rows[name];
    if (row === undefined) throw new Error(`bug: no setting ${name}`);
    // oxlint-disable-next-line no-await-in-loop
    placed.push([name, await mapPaths(row.gate, value, async (path) => placedPath(run, path))]);
  }
  return nestedSettings(Object.fromEntries(placed));
}
