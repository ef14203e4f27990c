import { asFault } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { PlainError } from "../service.messages.ts";

/** An error as an answer of the program has it. */
export function plainError(error: unknown): PlainError {
  const details = error instanceof TroupeError ? error.details : {};
  return { ...asFault(error), details };
}

/** The error that an answer of the program stands for. */
export function thrownError({ code, message, details = {} }: PlainError): TroupeError {
  return new TroupeError(code, message, { details });
}

/** A call that the program has not answered. @param action The sentence about it: `cannot find the file`. */
export function unanswered(action: string, cause: unknown): TroupeError {
  const message = `${action}: the program did not answer; try again`;
  return new TroupeError("service-busy", message, { cause });
}
