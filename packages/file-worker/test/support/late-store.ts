import type { FileRig } from "./file-rig.ts";
import type { StorageRefusal } from "@troupe/messages";
import type { PieceStore } from "../../src/store/piece-store.ts";

/** A store that answers by promises, which the test resolves: `answers` has the calls that wait, oldest first. */
export interface LateStore {
  /** Calls that wait for their answer. Calling one answers, by the folder or by the refusal given. */
  readonly answers: ((refusal?: StorageRefusal) => void)[];
  readonly closed: () => number;
}

/** Torrents that the rig opens from now on answer late, over the folder store. */
export function answerLate({ state }: FileRig): LateStore {
  const answers: ((refusal?: StorageRefusal) => void)[] = [];
  let closed = 0;
  const { openStore } = state;
  const later = async <Value>(call: () => Value): Promise<Value | StorageRefusal> =>
    await new Promise((resolve) => answers.push((refusal) => resolve(refusal ?? call())));
  Object.assign(state, {
    openStore: (...opened: Parameters<typeof openStore>): PieceStore => {
      const folder = openStore(...opened);
      return {
        expect: (piece) => folder.expect(piece),
        beginRun(first, pieces) {
          const run = folder.beginRun(first, pieces);
          return {
            get isDone() {
              return run.isDone;
            },
            get isSpoilt() {
              return run.isSpoilt;
            },
            advance: async (budgetBytes) => await later(() => run.advance(budgetBytes)),
          };
        },
        read: async (range, views) => await later(() => folder.read(range, views)),
        reportAgain: (refusal) => folder.reportAgain(refusal),
        stamp: () => folder.stamp(),
        async close() {
          closed += 1;
          await Promise.resolve();
          return await folder.close();
        },
      };
    },
  });
  return { answers, closed: () => closed };
}
