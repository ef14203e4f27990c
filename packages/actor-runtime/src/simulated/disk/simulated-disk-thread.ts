import type { Disk, DiskThread, DiskWork } from "../../ports/disk.ts";
import { ActorError, decodeFailure, encodeFailure } from "../../failure.ts";

const answerMs = 1;

/** Works at once and answers later. @param later Runs a task in virtual time. */
export function simulatedDiskThread<Input, Output>(
  disk: Disk,
  { operation, run }: DiskWork<Input, Output>,
  later: (delayMs: number, task: () => void) => void,
): DiskThread<Input, Output> {
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  let isClosed = false;
  return {
    run(input) {
      if (isClosed) return ended.promise;
      const { promise, resolve, reject } = Promise.withResolvers<Output>();
      try {
        const output = structuredClone(run(disk, structuredClone(input)));
        later(answerMs, () => resolve(output));
      } catch (error) {
        const failure = decodeFailure(encodeFailure(error));
        later(answerMs, () => reject(failure));
      }
      return Promise.race([promise, ended.promise]);
    },
    close() {
      isClosed = true;
      const message = `cannot ${operation}: the thread was ended`;
      ended.reject(new ActorError("actor-exited", { message, operation }));
      return Promise.resolve();
    },
  };
}
