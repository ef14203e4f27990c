// `--on-complete`: a program of the user that runs once when a torrent is complete, with the variables of Transmission's
// scripts.

import { cleanText } from "@troupe/protocol/text";
import { spellEnd, startFailure, torrentVariables } from "@troupe/service/programs";
import type { TorrentPort } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import type { Reporter } from "../report/reporter.ts";

/** The command waits this long for the program. It does not end a program that runs longer. */
const programWaitMs = 60_000;

/** A complete torrent, with its place among the SOURCEs of the command. */
interface CompleteTorrent {
  readonly torrent: TorrentPort;
  /** The place, from 1. */
  readonly id: number;
  readonly priority: "high" | "low" | "normal";
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
    warn(`cannot start ${spelled}: ${startFailure(error)}`);
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

function variablesOf(
  { torrent, id, priority }: CompleteTorrent,
  epochMs: number,
): Readonly<Record<string, string>> {
  const { directory, infoHash, labels, name, progress, trackers } = torrent;
  const { downloadedBytes } = progress.lifetime ?? progress;
  const facts = { directory, infoHash, labels, name, trackers, id, priority, downloadedBytes };
  return torrentVariables(facts, epochMs);
}
