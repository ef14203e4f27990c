// The history for the thread of the service, from the program that owns the engine.

import type { Ref } from "@troupe/actor-runtime";
import { unanswered } from "../calls/plain-error.ts";
import type { ServiceOwnerProtocol } from "../service.messages.ts";
import type { SpanName } from "./rate-history.ts";
import type { RateColumns } from "./rate-ring.ts";

/** Longer than the program waits for its engine. */
const readMs = 5_000;

/** Reads a span of the history. */
export interface HistorySource {
  /** @throws rejects with TroupeError `service-busy` where the program does not answer. */
  read(span: SpanName): Promise<RateColumns>;
}

/** The history of the program. */
export function ownedHistory(owner: () => Ref<ServiceOwnerProtocol>): HistorySource {
  return {
    read: async (span) =>
      await owner()
        .call("read-history", { span }, { deadlineMs: readMs })
        .catch((cause: unknown) => {
          throw unanswered("cannot read the history of rates", cause);
        }),
  };
}
