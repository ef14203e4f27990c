import { asFault, pause, type CallName, type MessageOf, type ReplyOf } from "@troupe/actor-runtime";
import { isGone } from "@troupe/api-base";
import type { RecordsProtocol, StorageRefusal } from "@troupe/messages";
import type { Engine } from "./engine-state.ts";

/** The callers' own deadlines are a little longer. */
const usualDeadlineMs = 25_000;
/** A successor starts within milliseconds. */
const retryAfterMs = 100;

/**
 * Calls the records; after a crash the successor is asked again. @returns The reply, or a refusal with the code of the
 * error, mostly `call-deadline`.
 */
export async function callRecordsForUser<Name extends CallName<RecordsProtocol>>(
  { records, context: { clock, timers } }: Pick<Engine, "records" | "context">,
  name: Name,
  message: MessageOf<RecordsProtocol, Name>,
  deadlineMs = usualDeadlineMs,
): Promise<ReplyOf<RecordsProtocol, Name> | StorageRefusal> {
  const untilMs = clock.nowMs() + deadlineMs;
  for (;;) {
    try {
      const leftMs = Math.max(1, untilMs - clock.nowMs());
      return await records.calls.call(name, message, { deadlineMs: leftMs });
    } catch (error) {
      if (!isGone(error) || clock.nowMs() >= untilMs) return refusalOf(error);
    }
    await pause(timers, retryAfterMs);
  }
}

/** The refusal with the code of a failure. */
export function refusalOf(error: unknown): StorageRefusal {
  const { code, message } = asFault(error);
  return { refused: code, message };
}
