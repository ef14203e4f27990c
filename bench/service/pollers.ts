// Ten remotes that ask a program, once a second each.

import { setTimeout as sleep } from "node:timers/promises";
import type { Polled } from "./polled.ts";
import { requestsOf, type RequestKind } from "./requests.ts";

const pollers = 10;
/** A call without an answer after this time counts as lost. */
const longestMs = 10_000;

/** A call of a poller. */
export interface PolledCall {
  readonly kind: RequestKind;
  readonly tookMs: number;
  readonly isAnswered: boolean;
}

/** Polls for some seconds; the pollers begin one after the other. @returns The calls of all pollers. */
export async function pollFor(program: Polled, seconds: number): Promise<readonly PolledCall[]> {
  const all = Array.from({ length: pollers }, (_, index) => poll(program, index, seconds));
  return (await Promise.all(all)).flat();
}

async function poll(program: Polled, index: number, seconds: number): Promise<PolledCall[]> {
  const calls: PolledCall[] = [];
  const requests = requestsOf(program, index);
  await sleep((index * 1_000) / pollers);
  for (let second = 0; second < seconds; second++) {
    const begunMs = performance.now();
    const request = requests[second % requests.length];
    if (request === undefined) return calls;
    const isAnswered = await Promise.race([
      request.ask().then(() => true),
      sleep(longestMs, false, { ref: false }),
    ]);
    const tookMs = performance.now() - begunMs;
    calls.push({ kind: request.kind, tookMs, isAnswered });
    await sleep(Math.max(0, 1_000 - tookMs));
  }
  return calls;
}
