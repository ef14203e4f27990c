import type { Failure } from "../api/result.ts";
import { cleaned } from "../text/shown.ts";
import { texts } from "../text/text.ts";

/** A failed call in a sentence; that of the service is English. */
export function failureText({ message }: Failure): string {
  return message === "" ? texts.frame.noConnection : texts.frame.failure(cleaned(message));
}
