// The runs of a row: for time and switches, under strace, and with counts.

import type { Counted } from "../../test/support/counts/counted-command.ts";
import { traceCalls, type TracedCalls } from "../../test/support/counts/traced-calls.ts";
import { startProcess } from "../../test/support/programs/process.ts";
import { holdInPageCache } from "../support/hold.ts";
import { prepareMachine } from "../support/machine.ts";
import type { Amount, Counts, OpenRow, Row, Work } from "./row.ts";
import { readThreads, useBetween, type ThreadUse } from "./thread-use.ts";

/** One run without any observer but two looks at /proc. */
export interface UseRun {
  readonly threads: readonly ThreadUse[];
  readonly amount: Amount;
  readonly seconds: number;
}

/** System calls of a whole process, with its start. */
export interface CallsRun {
  readonly calls: readonly TracedCalls[];
  readonly amount: Amount;
}

/** All that was seen of a row. `floor` is empty or absent where bench/data-plane has no such work. */
export interface Profile {
  readonly row: Row;
  readonly busy: readonly number[];
  readonly ours: readonly UseRun[];
  readonly floor: readonly UseRun[];
  readonly calls: { readonly ours: CallsRun; readonly floor?: CallsRun };
  readonly messages?: Counts;
  readonly objects?: Counts;
}

/** Sizes of the runs. */
export interface ProfileOptions {
  readonly totalBytes: number;
  /** For runs under strace and with counts, which are slow. */
  readonly countedBytes: number;
  readonly runs: number;
}

/** Measures a row: ours and the floor in turns, then each kind of count in a run of its own. */
export async function profileRow(row: Row, options: ProfileOptions): Promise<Profile> {
  const ours: UseRun[] = [];
  const floor: UseRun[] = [];
  const busy: number[] = [];
  {
    await using open = await row.open(options.totalBytes);
    await using _held = await holdInPageCache(open.source);
    // Two runs fill the cache of compiled code.
    for (let run = 0; run < 2; run++) await use(open.ours());
    if (open.floor !== undefined) await use(open.floor());
    for (let run = 0; run < options.runs; run++) {
      // oxlint-disable no-await-in-loop
      busy.push(await prepareMachine(open.source));
      ours.push(await use(open.ours()));
      if (open.floor === undefined) continue;
      busy.push(await prepareMachine(open.source));
      floor.push(await use(open.floor()));
      // oxlint-enable no-await-in-loop
    }
  }
  await using open = await row.open(options.countedBytes);
  return { row, busy, ours, floor, ...(await count(open)) };
}

async function count(open: OpenRow): Promise<Pick<Profile, "calls" | "messages" | "objects">> {
  const calls = {
    ours: await trace(open.ours()),
    ...(open.floor !== undefined && { floor: await trace(open.floor()) }),
  };
  if (open.count === undefined) return { calls };
  const counted = async (...what: Counted[]): Promise<Counts | undefined> =>
    await open.count?.(what);
  const [messages, objects] = [await counted("messages", "promises"), await counted("objects")];
  return {
    calls,
    ...(messages !== undefined && { messages }),
    ...(objects !== undefined && { objects }),
  };
}

async function use(work: Work): Promise<UseRun> {
  let beganMs = performance.now();
  let before: readonly ThreadUse[] = [];
  await using running = await startProcess(work.line, { environment: work.environment });
  const begin = async (): Promise<void> => {
    before = readThreads(running.pid);
    beganMs = performance.now();
  };
  const amount = await work.act(running, begin);
  const seconds = (performance.now() - beganMs) / 1_000;
  return { threads: useBetween(before, readThreads(running.pid)), amount, seconds };
}

async function trace(work: Work): Promise<CallsRun> {
  let amount: Amount = { units: 1, pieces: 0 };
  const { line, environment, dataFolder } = work;
  const calls = await traceCalls({ line, environment, folder: dataFolder }, async (running) => {
    amount = await work.act(running, async () => {});
  });
  return { calls, amount };
}
