import type { Timers } from "@troupe/actor-runtime";
import type { StorageRefusal } from "@troupe/messages";

/**
 * Calls `step` for 0 to `count − 1`, `perTurn` a turn, the first at once, so that reads for peers are answered in
 * between.
 *
 * @param step Ends the work early by a refusal.
 * @returns That refusal.
 * @throws rejects with the error of `step`.
 */
export function inBatches(
  timers: Pick<Timers, "soon">,
  count: number,
  perTurn: number,
  step: (index: number) => StorageRefusal | undefined,
): Promise<StorageRefusal | undefined> {
  return new Promise((resolve, reject) => {
    let index = 0;
    const turn = (): void => {
      try {
        for (const end = Math.min(index + perTurn, count); index < end; index += 1) {
          const refusal = step(index);
          if (refusal !== undefined) return resolve(refusal);
        }
        if (index >= count) return resolve(undefined);
        timers.soon(turn);
      } catch (error) {
        reject(error);
      }
    };
    turn();
  });
}
