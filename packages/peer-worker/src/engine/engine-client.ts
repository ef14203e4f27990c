import { type Context, PatientRef, type Ref } from "@troupe/actor-runtime";
import type { Admit, EngineProtocol, LeaseId, TorrentId } from "@troupe/messages";

import { admitDeadlineMs, maxAdmitsOut } from "../limits.ts";

/** The engine's answer to `admit`, or why there is none. */
export type Admission =
  | "admitted"
  | "self"
  | "duplicate"
  | "banned"
  | "ip-filtered"
  | "full"
  | "closed"
  | "not-answered";

/** Messages to the engine; without room they wait in order. */
export class EngineClient {
  readonly #engine: PatientRef<EngineProtocol>;
  readonly #fail: (error: unknown) => void;

  /** @param context Its `fail` ends the actor on errors of `settled` callbacks. */
  constructor(owner: Ref<EngineProtocol>, context: Pick<Context, "clock" | "fail" | "timers">) {
    this.#engine = new PatientRef(owner, context, maxAdmitsOut);
    this.#fail = (error) => context.fail(error);
  }

  /** Asks whether a connection may become a peer. @param settled Called exactly once, in a later turn. */
  admit(question: Admit, settled: (admission: Admission) => void): void {
    this.#engine
      // A connection waits for the engine as long as it likes: a question that is sent gets the whole deadline.
      .call("admit", question, { deadlineMs: admitDeadlineMs, isWaitCounted: false })
      .then(
        (reply): Admission => ("admitted" in reply ? "admitted" : reply.refused),
        (): Admission => "not-answered",
      )
      .then(settled)
      .catch(this.#fail);
  }

  reportTransferTaken(torrent: TorrentId, lease: LeaseId): void {
    this.#engine.cast("transferred-piece-taken", { torrent, lease });
  }
}
