import type { ActorError } from "../../src/index.ts";

/** The error that a promise is expected to reject with. */
export async function rejection(promise: Promise<unknown>): Promise<ActorError> {
  try {
    await promise;
  } catch (error) {
    return error as ActorError;
  }
  throw new Error("expected a rejection");
}
