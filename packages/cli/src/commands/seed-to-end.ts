// How a running torrent of the command ends.

import { cleanText } from "@troupe/protocol/text";
import { formatBytes, formatPercent } from "../display/units.ts";
import type { TorrentPort } from "../engine-port.ts";
import { CommandError, ExitCode, failureOf, type ExitCodeValue } from "../failure.ts";
import type { EngineRun } from "./engine-run.ts";
import {
  waitTimeout,
  whenGoalReached,
  whenStopRequested,
  whenTorrentFails,
} from "./torrent-end.ts";

/** How a torrent is seeded by the command. */
interface SeedRules {
  /** For a folder, space or a link; undefined: no limit. */
  readonly giveUpAfterMs: number | undefined;
  /** The data folder. */
  readonly directory: string;
  /** Among the torrents, from 0. */
  readonly place: number;
}

/** Seeds until a goal, an error or a stop, which it reports. */
export async function seedToEnd(
  torrent: TorrentPort,
  run: EngineRun,
  { directory, giveUpAfterMs, place }: SeedRules,
): Promise<ExitCodeValue> {
  const goalReached = whenGoalReached(torrent, run.reporter);
  run.reporter.follow(torrent, { place });
  return await waitForEnd(torrent, run, giveUpAfterMs, async (failed, stopped) => {
    return await Promise.race([goalReached, failed, stopped]).catch((error: unknown) => {
      const isIncomplete = error instanceof CommandError && error.code === "incomplete";
      throw isIncomplete ? incompleteError(torrent, directory) : error;
    });
  });
}

function incompleteError(torrent: TorrentPort, directory: string): CommandError {
  const { haveBytes, wantedBytes } = torrent.progress;
  const missing = `${formatBytes(wantedBytes - haveBytes)} of ${formatBytes(wantedBytes)}`;
  return new CommandError(
    "incomplete",
    `cannot seed ${nameOf(torrent)}: ${missing} are missing or damaged in ${directory}`,
  );
}

/** Reports the torrent's error or where it stopped. */
export async function waitForEnd(
  torrent: TorrentPort,
  { reporter, environment }: EngineRun,
  giveUpAfterMs: number | undefined,
  wait: (failed: Promise<never>, stopped: Promise<"stopped">) => Promise<"complete" | "stopped">,
): Promise<ExitCodeValue> {
  const waiting = waitTimeout(torrent, giveUpAfterMs, environment);
  using _clock = waiting.clock;
  const failed = Promise.race([whenTorrentFails(torrent), waiting.promise]);
  try {
    const end = await wait(failed, whenStopRequested(environment.stop));
    if (end === "complete") return ExitCode.done;
    if (!torrent.isComplete) reporter.note(stoppedSentence(torrent));
    return ExitCode.stopped;
  } catch (error) {
    const failure = failureOf(error);
    reporter.torrentFailed(failure, torrent);
    return failure.exitCode;
  }
}

function stoppedSentence(torrent: TorrentPort): string {
  if (!torrent.hasMetadata) {
    return `troupe: ${nameOf(torrent)}: stopped before its metadata came; the same command continues`;
  }
  const { haveBytes, wantedBytes } = torrent.progress;
  const share = wantedBytes === 0 ? 0 : haveBytes / wantedBytes;
  return `troupe: ${nameOf(torrent)}: stopped at ${formatPercent(share).trim()}; the same command resumes there`;
}

/** The name of a torrent, clean and short. */
export function nameOf(torrent: TorrentPort): string {
  return cleanText(torrent.name, 200);
}
