import { CommandError } from "../failure.ts";
import { cleanText } from "@troupe/protocol/text";
import { formatBytes, formatDuration } from "../display/units.ts";
import type { TorrentEventOf, TorrentPort } from "../engine-port.ts";
import type { Environment } from "../environment.ts";
import type { Reporter } from "../report/reporter.ts";

type GoalReached = TorrentEventOf<"goal-reached">;

/** Resolves when the user asks to stop. */
export function whenStopRequested(stop: AbortSignal): Promise<"stopped"> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve("stopped");
    stop.addEventListener("abort", () => resolve("stopped"), { once: true });
  });
}

const pollPeriodMs = 1_000;

/**
 * Rejects with the torrent's fault after it has waited for its disk for `afterMs` without a break; never resolves.
 * Callers need not await it.
 *
 * @param afterMs Undefined: no limit.
 */
export function waitTimeout(
  torrent: TorrentPort,
  afterMs: number | undefined,
  time: Pick<Environment, "every" | "nowMs">,
): { readonly promise: Promise<never>; readonly clock: Disposable } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  if (afterMs === undefined) return { promise, clock: { [Symbol.dispose]: () => undefined } };
  let sinceMs: number | undefined;
  const clock = time.every(pollPeriodMs, () => {
    const { fault } = torrent;
    if (torrent.state !== "error" || fault === undefined) sinceMs = undefined;
    else if (time.nowMs() - (sinceMs ??= time.nowMs()) >= afterMs) {
      const waited = formatDuration(afterMs / 1000);
      reject(new CommandError(fault.code, `gave up after ${waited}: ${fault.message}`));
    }
  });
  return { promise, clock };
}

/** Resolves, and prints a line, when the torrent ends at its goals of seeding; with `pause` and `super-seed` it goes on. */
export function whenGoalReached(
  torrent: TorrentPort,
  reporter: Pick<Reporter, "note">,
): Promise<"complete"> {
  return new Promise((resolve) => {
    torrent.on("goal-reached", (event) => {
      reporter.note(goalSentence(torrent, event));
      if (event.action !== "pause" && event.action !== "super-seed") resolve("complete");
    });
  });
}

function goalSentence(
  { name, progress }: TorrentPort,
  { goals, reached }: Pick<GoalReached, "goals" | "reached">,
): string {
  const sent = formatBytes((progress.lifetime ?? progress).uploadedBytes);
  const asked = reached.map((goal) => spellGoal(goal, goals)).join(" and ");
  return `troupe: ${cleanText(name, 200)}: seeded ${asked}, as asked: sent ${sent} over all runs`;
}

function spellGoal(goal: GoalReached["reached"][number], goals: GoalReached["goals"]): string {
  if (goal === "ratio") return `to a ratio of ${goals.ratio}`;
  if (goal === "seed-time") return `for ${formatDuration(goals.seedSeconds)}`;
  return "until no peer wanted more";
}

/** Rejects with the torrent's first error; never resolves. Callers need not await it. */
export function whenTorrentFails(torrent: TorrentPort): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    torrent.on("error", ({ code, message }) => reject(new CommandError(code, message)));
  });
  failed.catch(() => undefined);
  return failed;
}
