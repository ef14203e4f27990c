import { type Names, refuseUnknownOptions } from "@troupe/api-base";
import { oneOf, outOfRange, spelled, within } from "@troupe/control";
import { mostGoalSeconds, mostRatio, type SeedGoals } from "@troupe/messages";

/** When a complete torrent stops by itself; without a goal it seeds until it is stopped. */
export interface SeedGoalOptions {
  /**
   * Sent bytes divided by received bytes of all runs, above 0. Files that were there before the first run count as
   * received.
   */
  readonly ratio?: number;
  /** Seconds of seeding in all runs together. */
  readonly seedSeconds?: number;
  /** Seconds of seeding without a block sent. */
  readonly idleSeconds?: number;
  /** Stops when one goal is reached, or when all are. Default `any`. */
  readonly until?: "any" | "all";
}

const names: Names<keyof SeedGoalOptions> = {
  ratio: true,
  seedSeconds: true,
  idleSeconds: true,
  until: true,
};

/** @throws TroupeError `option-unknown`, `option-out-of-range`. */
export function seedGoalsOf(options: SeedGoalOptions): SeedGoals {
  refuseUnknownOptions(options, names);
  const { ratio, seedSeconds, idleSeconds, until = "any" } = options;
  return {
    ...(ratio !== undefined && { ratio: ratioWithin(ratio) }),
    ...(seedSeconds !== undefined && { seedSeconds: secondsWithin("seedSeconds", seedSeconds) }),
    ...(idleSeconds !== undefined && { idleSeconds: secondsWithin("idleSeconds", idleSeconds) }),
    ...(oneOf("until", until, ["any", "all"]) === "all" && { until: "all" }),
  };
}

function ratioWithin(ratio: number): number {
  if (typeof ratio === "number" && ratio > 0 && ratio <= mostRatio) return ratio;
  throw outOfRange("ratio", spelled(ratio), `a number above 0, ${mostRatio} at most`);
}

function secondsWithin(name: string, seconds: number): number {
  return within(name, seconds, 1, mostGoalSeconds);
}
