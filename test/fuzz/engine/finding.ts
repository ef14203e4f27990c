// An input for which the oracle does not hold.

import { performance } from "node:perf_hooks";

import type { FuzzTarget } from "./target.ts";

/** An input that breaks a rule. */
export interface Finding {
  /** `wrong`: the oracle threw; `slow`: more than {@link slowMs} for an input of 64 KiB or less. */
  readonly kind: "wrong" | "slow";
  /** Signature that inputs share which fail in the same way. */
  readonly signature: string;
  readonly message: string;
}

/** An input of 64 KiB may take this long. */
export const slowMs = 50;

/** Runs one input. @returns The finding, if any. @param isTimed Whether being slow is wrong. */
export async function judge(
  target: FuzzTarget,
  given: Uint8Array,
  isTimed: boolean = true,
): Promise<Finding | undefined> {
  // Not a Buffer, whose slices share its memory.
  const input = new Uint8Array(given);
  const startedMs = performance.now();
  const error = await outcomeOf(target, input);
  if (error !== undefined) return wrong(error.thrown);
  if (!isTimed || performance.now() - startedMs <= slowMs) return undefined;
  return confirmSlow(target, input);
}

async function outcomeOf(
  target: FuzzTarget,
  input: Uint8Array,
): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    const running = target.run(input);
    // Most targets are done by now: a turn of the queue for each would halve the speed.
    if (running !== undefined) await running;
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

/** A machine at work is slow now and then: only what takes the processor for so long five times is slow by itself. */
async function confirmSlow(target: FuzzTarget, input: Uint8Array): Promise<Finding | undefined> {
  let fastestMs = Infinity;
  for (let i = 0; i < 5; i++) {
    const before = process.threadCpuUsage();
    await outcomeOf(target, input);
    const { user, system } = process.threadCpuUsage(before);
    fastestMs = Math.min(fastestMs, (user + system) / 1_000);
  }
  if (fastestMs <= slowMs) return undefined;
  return {
    kind: "slow",
    signature: "slow",
    message: `${input.length} bytes take ${Math.round(fastestMs)} ms at best, ${slowMs} are allowed`,
  };
}

function wrong(thrown: unknown): Finding {
  const stack = thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown);
  const lines = stack.split("\n");
  const place = lines.find((line) => line.trimStart().startsWith("at ")) ?? "";
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  // Not the message: it may hold parts of the input.
  return {
    kind: "wrong",
    signature: `${name} ${place.trim()}`,
    message: lines.slice(0, 8).join("\n"),
  };
}

/** @returns An input that is wrong in the same way, and as short as a few hundred tries make it. */
export async function minimiseFinding(
  target: FuzzTarget,
  input: Uint8Array,
  finding: Finding,
  beforeInput?: (input: Uint8Array) => void,
): Promise<Uint8Array> {
  // A slow one takes a second to tell.
  return minimise(input, finding.kind === "slow" ? 40 : 800, async (shorter) => {
    beforeInput?.(shorter);
    const seen = await judge(target, shorter);
    return seen?.signature === finding.signature;
  });
}

/** @returns `input` without the parts that `isAsGood` does not miss. */
export async function minimise(
  input: Uint8Array,
  tries: number,
  isAsGood: (shorter: Uint8Array) => boolean | Promise<boolean>,
): Promise<Uint8Array> {
  let best = input;
  let left = tries;
  for (let part = best.length >> 1; part >= 1 && left > 0; part >>= 1) {
    for (let at = 0; at < best.length && left > 0; left--) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + part)]);
      if (await isAsGood(shorter)) best = shorter;
      else at += part;
    }
  }
  return best;
}
