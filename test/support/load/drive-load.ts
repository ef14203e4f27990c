// A generator of one group in this thread: arrivals, and the intents of an open load at a constant rate.

import { setTimeout as delay } from "node:timers/promises";
import { nodePorts } from "@troupe/actor-runtime";
import type { RunningLoad, StartLoad } from "../../../packages/load-tester/src/generator/load.ts";
import type { ReadyTarget } from "../../../packages/load-tester/src/generator/generator.messages.ts";
import type { RateIntents } from "../../../packages/load-tester/src/plan/plan.ts";
import type { Group } from "../../../packages/load-tester/src/scenario/scenario.ts";
import { mixBits } from "../../../packages/load-tester/src/requests/mix-bits.ts";
import { until } from "../time/until.ts";
import { PlainRecorder } from "./plain-recorder.ts";

const actsATurn = 64;

/** A run of one load. */
export interface Run {
  readonly start: StartLoad;
  readonly group: Group;
  readonly target: ReadyTarget;
  readonly seed: number;
  readonly seconds: number;
  /** Default: the system's choice. */
  readonly sourceOf?: (peer: number) => string;
}

/** Results of a run. */
export interface RunResult {
  readonly recorder: PlainRecorder;
  readonly seconds: number;
  /** CPU of this process by its time. */
  readonly cpu: number;
}

/** Runs a load, and closes it. */
export async function driveLoad({
  start,
  group,
  target,
  seed,
  seconds,
  sourceOf,
}: Run): Promise<RunResult> {
  const ports = nodePorts();
  const recorder = new PlainRecorder();
  const load = await start({
    ...{ ports, group, target, recorder, seed, torrent: undefined, share: { index: 0, of: 1 } },
    rule: { allowed: [], allowHostile: false },
    sourceOf: sourceOf ?? (() => undefined),
  });
  const cpuBefore = process.cpuUsage();
  const beganMs = ports.clock.nowMs();
  for (let member = 0; member < group.count; member++) {
    const seedOfVisit = mixBits(seed + member);
    const visit = { peer: member, group: 0, member, visit: 0, arriveMs: 0, stayMs: Infinity };
    load.arrive({ ...visit, seed: seedOfVisit }, beganMs);
  }
  const { pace } = group.load as { pace: { kind: string; perSecond?: number } };
  if (pace.kind === "rate") await actAll(load, group.count, pace.perSecond ?? 1, seconds);
  else await delay(seconds * 1_000);
  const tookMs = ports.clock.nowMs() - beganMs;
  const cpu = process.cpuUsage(cpuBefore);
  // The last answers are under way.
  load.drain();
  await until("the last answers", () => !load.isWaiting);
  await load.end("drained");
  return { recorder, seconds: tookMs / 1_000, cpu: (cpu.user + cpu.system) / 1_000 / tookMs };
}

function actAll(
  load: RunningLoad,
  members: number,
  perSecond: number,
  seconds: number,
): Promise<void> {
  const intents = intentsOf(members, perSecond, seconds);
  const beganMs = performance.now() + 50;
  let next = 0;
  return new Promise((resolve) => {
    const step = (): void => {
      const nowMs = performance.now() - beganMs;
      const isDue = (): boolean => next < intents.count && (intents.atMs[next] ?? 0) <= nowMs;
      // The target may be in this thread, and the buffer of its socket is short.
      for (let acts = 0; acts < actsATurn && isDue(); acts++) {
        load.act(intents, next, beganMs + (intents.atMs[next] ?? 0));
        next++;
      }
      if (isDue()) setImmediate(step);
      else if (next < intents.count) setTimeout(step, 1);
      else resolve();
    };
    step();
  });
}

function intentsOf(members: number, perSecond: number, seconds: number): RateIntents {
  const count = Math.floor(perSecond * seconds);
  const atMs = Float64Array.from({ length: count }, (_, i) => (i * 1_000) / perSecond);
  const member = Uint32Array.from({ length: count }, (_, i) => mixBits(i) % members);
  const seed = Uint32Array.from({ length: count }, (_, i) => mixBits(i + 1));
  return { group: 0, perSecond, count, atMs, member, seed };
}
