// The error of a failed start.

import { TroupeError } from "@troupe/control";

/** @throws TroupeError `worker-file-not-found` if any thread's file is missing; else the error itself. */
export function throwStartError(error: unknown): never {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, details } = cause as Partial<TroupeError>;
    if (code === "worker-file-not-found") {
      throw new TroupeError(code, cause.message, { ...(details && { details }), cause: error });
    }
  }
  throw error;
}
