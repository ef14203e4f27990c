import type { SeedGoal } from "@troupe/messages";

/** Goals at which a complete torrent stops by itself. */
export interface SeedGoals {
  readonly ratio?: number | undefined;
  readonly seedSeconds?: number | undefined;
  readonly idleSeconds?: number | undefined;
  /** `all`: each of the goals must be reached. Default `any`. */
  readonly until?: "all" | "any";
}

/** The figures that goals are compared with. */
export interface SeedFigures {
  /** Payload of all runs. */
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly haveBytes: number;
  /** Seconds of seeding in all runs. */
  readonly seedSeconds: number;
  readonly idleSeconds: number;
}

/** Sent divided by received bytes. Files that were there before the first run count as received. */
export function shareRatio({
  uploadedBytes,
  downloadedBytes,
  haveBytes,
}: Omit<SeedFigures, "seedSeconds" | "idleSeconds">): number {
  const receivedBytes = Math.max(downloadedBytes, haveBytes);
  return receivedBytes === 0 ? 0 : uploadedBytes / receivedBytes;
}

/** @returns The goals that are reached, if they are enough to stop; else none. */
export function reachedGoals(goals: SeedGoals, figures: SeedFigures): SeedGoal[] {
  const { ratio, seedSeconds, idleSeconds, until } = goals;
  const looks: readonly (readonly [SeedGoal, number | undefined, number])[] = [
    ["ratio", ratio, shareRatio(figures)],
    ["seed-time", seedSeconds, figures.seedSeconds],
    ["idle-time", idleSeconds, figures.idleSeconds],
  ];
  const set = looks.filter(([, goal]) => goal !== undefined);
  const reached = set.filter(([, goal = Infinity, seen]) => seen >= goal);
  const isEnough = until === "all" ? reached.length === set.length : reached.length > 0;
  return isEnough ? reached.map(([name]) => name) : [];
}
