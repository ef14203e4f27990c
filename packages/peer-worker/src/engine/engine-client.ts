// Calls to the coordinator within the link's credits.

import type { Ref } from "@troupe/actor-runtime";
import type { Admit, CoordinatorProtocol, LeaseId, TorrentId } from "@troupe/messages";

import { admitDeadlineMs, maxAdmitsOut } from "../limits.ts";

/** The coordinator's answer to `admit`, or why there is none. */
export type Admission =
  | "admitted"
  | "self"
  | "duplicate"
  | "banned"
  | "full"
  | "closed"
  | "not-answered";

/** Sends to the coordinator; messages beyond the credits wait in order. */
export class EngineClient {
  readonly #owner: Ref<CoordinatorProtocol>;
  readonly #fail: (error: unknown) => void;
  #waiting: (() => void)[] = [];
  #admitsOut = 0;
  #isAwaitingRoom = false;

  /** @param fail Ends the actor on errors of `settled` callbacks. */
  constructor(owner: Ref<CoordinatorProtocol>, fail: (error: unknown) => void) {
    this.#owner = owner;
    this.#fail = fail;
  }

  /** Asks whether a connection may become a peer. @param settled Called exactly once, in a later turn. */
  admit(question: Admit, settled: (admission: Admission) => void): void {
    this.#waiting.push(() => {
      this.#admitsOut++;
      this.#owner
        .call("admit", question, { deadlineMs: admitDeadlineMs })
        .then(
          (reply): Admission => ("admitted" in reply ? "admitted" : reply.refused),
          (): Admission => "not-answered",
        )
        .then((admission) => {
          this.#admitsOut--;
          settled(admission);
          this.#send();
        })
        .catch(this.#fail);
    });
    this.#send();
  }

  reportTransferTaken(torrent: TorrentId, lease: LeaseId): void {
    this.#waiting.push(() => this.#owner.cast("transferred-piece-taken", { torrent, lease }));
    this.#send();
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#admitsOut < maxAdmitsOut) {
      // Without a link calls are refused and casts dropped: neither needs a credit.
      if (this.#owner.peer !== undefined && this.#owner.credits === 0) {
        this.#awaitRoom();
        return;
      }
      this.#waiting.shift()?.();
    }
  }

  #awaitRoom(): void {
    if (this.#isAwaitingRoom) return;
    this.#isAwaitingRoom = true;
    this.#owner.whenRoom(() => {
      this.#isAwaitingRoom = false;
      this.#send();
    });
  }
}
