// The supervision tree, from its lines.

import type { CommandResults } from "@troupe/control/commands";

/** A line, as `actors` of the service gives it. */
export type ActorLine = Pick<
  CommandResults["actors"][number],
  | ("level" | "name" | "kind" | "state" | "restarts" | "mailbox")
  | ("lastError" | "threads" | "cpuSeconds" | "heapBytes")
>;

/** A line with those below it. */
export interface ActorNode {
  readonly line: ActorLine;
  readonly children: readonly ActorNode[];
}

/** The tree of lines. A line belongs to the last one above it whose level is lower. */
export function actorTree(lines: readonly ActorLine[]): readonly ActorNode[] {
  const roots: ActorNode[] = [];
  const path: { readonly level: number; readonly children: ActorNode[] }[] = [];
  for (const line of lines) {
    while ((path.at(-1)?.level ?? -1) >= line.level) path.pop();
    const children: ActorNode[] = [];
    (path.at(-1)?.children ?? roots).push({ line, children });
    path.push({ level: line.level, children });
  }
  return roots;
}

/** Counts of a tree, for a sentence above it. */
interface ActorCounts {
  readonly running: number;
  /** Actors and pools that do not run: they start, stop, are stopped, abandoned or unknown. */
  readonly others: number;
  readonly restarts: number;
}

/** Counts the actors and pools. */
export function actorCounts(lines: readonly ActorLine[]): ActorCounts {
  const actors = lines.filter(({ kind }) => kind !== "supervisor");
  const running = actors.filter(({ state }) => state === "running").length;
  const restarts = actors.reduce((sum, line) => sum + line.restarts, 0);
  return { running, others: actors.length - running, restarts };
}

/** Processor time at a moment, by the names of actors. */
export interface CpuSample {
  readonly atMs: number;
  readonly seconds: ReadonlyMap<string, number>;
}

/** The sample of lines. */
export function cpuSample(lines: readonly ActorLine[], atMs: number): CpuSample {
  const seconds = lines.flatMap(({ cpuSeconds, name }) =>
    cpuSeconds === undefined ? [] : [[name, cpuSeconds] as const],
  );
  return { atMs, seconds: new Map(seconds) };
}

/** The share of a processor that an actor took between two samples; undefined where that is not known. */
export function cpuShare(
  name: string,
  before: CpuSample | undefined,
  now: CpuSample,
): number | undefined {
  const [old, current] = [before?.seconds.get(name), now.seconds.get(name)];
  const passedMs = now.atMs - (before?.atMs ?? now.atMs);
  if (old === undefined || current === undefined || passedMs <= 0) return undefined;
  // A thread that was started again counts from 0.
  return Math.max(0, current - old) / (passedMs / 1_000);
}
