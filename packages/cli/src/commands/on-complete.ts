// `--on-complete`: a program of the user that runs once when a torrent is complete, with the variables of Transmission's
// scripts.

import { cleanText } from "@troupe/protocol/text";
import type { TorrentPort } from "../engine-port.ts";
import type { Environment, ProgramEnd } from "../environment.ts";
import type { Reporter } from "../report/reporter.ts";
import { troupeVersion } from "../version.ts";

/** The command waits this long for the program. It does not end a program that runs longer. */
const programWaitMs = 60_000;
const longestValue = 4_096;
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
/** Priorities as Transmission numbers them. */
const priorities = { low: -1, normal: 0, high: 1 } as const;

/** A complete torrent, with its place among the SOURCEs of the command. */
interface CompleteTorrent {
  readonly torrent: TorrentPort;
  /** The place, from 1. */
  readonly id: number;
  readonly priority: keyof typeof priorities;
}

/** Runs the program, and waits for it for a minute, or until the user asks to stop. A failure is a warning. */
export async function runOnComplete(
  program: string,
  complete: CompleteTorrent,
  { environment, reporter }: { readonly environment: Environment; readonly reporter: Reporter },
): Promise<void> {
  const spelled = cleanText(program, 200);
  const warn = (message: string): void =>
    reporter.warned({ code: "on-complete-failed", message }, cleanText(complete.torrent.name, 200));
  const variables = { ...environment.variables, ...variablesOf(complete, environment.epochMs()) };
  using late = whenLate(environment);
  try {
    const running = environment.runProgram(program, [], { variables });
    running.catch(() => undefined);
    const end = await Promise.race([running, late.promise]);
    if (end === "late")
      warn(
        `${spelled} still runs after ${programWaitMs / 1000} s; the command does not wait longer`,
      );
    else if (end !== "stopped" && end.exitCode !== 0) warn(`${spelled} ${spellEnd(end)}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such program" : (code ?? "it failed");
    warn(`cannot start ${spelled}: ${why}`);
  }
}

function whenLate(
  environment: Pick<Environment, "every" | "nowMs" | "stop">,
): Disposable & { readonly promise: Promise<"late" | "stopped"> } {
  const { stop } = environment;
  const { promise, resolve } = Promise.withResolvers<"late" | "stopped">();
  const sinceMs = environment.nowMs();
  const onStop = (): void => resolve("stopped");
  stop.addEventListener("abort", onStop, { once: true });
  const clock = environment.every(1_000, () => {
    if (environment.nowMs() - sinceMs >= programWaitMs) resolve("late");
  });
  const dispose = (): void => {
    clock[Symbol.dispose]();
    stop.removeEventListener("abort", onStop);
  };
  return { promise, [Symbol.dispose]: dispose };
}

function spellEnd({ exitCode, signal }: ProgramEnd): string {
  return exitCode === null ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
}

function variablesOf(
  { torrent, id, priority }: CompleteTorrent,
  epochMs: number,
): Readonly<Record<string, string>> {
  const { directory, infoHash, labels, name, progress, trackers } = torrent;
  const { downloadedBytes } = progress.lifetime ?? progress;
  return {
    TR_APP_VERSION: troupeVersion().replace("troupe ", ""),
    TR_TIME_LOCALTIME: localTime(new Date(epochMs)),
    TR_TORRENT_BYTES_DOWNLOADED: String(downloadedBytes),
    TR_TORRENT_DIR: directory,
    TR_TORRENT_HASH: infoHash,
    TR_TORRENT_ID: String(id),
    TR_TORRENT_LABELS: cleanText(labels.join(","), longestValue),
    TR_TORRENT_NAME: cleanText(name, longestValue),
    TR_TORRENT_PRIORITY: String(priorities[priority]),
    TR_TORRENT_TRACKERS: cleanText(trackers.flat().join(","), longestValue),
  };
}

/** Writes a time like `Thu Nov 26 01:30:27 2026`. */
function localTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  const day = `${days[time.getDay()]} ${months[time.getMonth()]} ${two(time.getDate())}`;
  return `${day} ${clock} ${time.getFullYear()}`;
}
