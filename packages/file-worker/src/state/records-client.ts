// Calls to the actor `records` that survive its restart: unanswered calls go to the next incarnation too.

import {
  type CallName,
  codeOf,
  type Context,
  type MessageOf,
  type Ref,
  type ReplyOf,
} from "@troupe/actor-runtime";
import type { FileProtocol, RecordsProtocol } from "@troupe/messages";

/**
 * A day: a reply may take as long as a disk hangs. After an abandoned write the record would be unknown, because the
 * call may still complete later.
 */
const deadlineMs = 86_400_000;

/** A file-worker's link to the records actor. */
export class RecordsClient {
  readonly #records: Ref<RecordsProtocol>;
  #waiting: (() => void)[] = [];

  constructor(context: Context<FileProtocol>) {
    this.#records = context.ref<RecordsProtocol>("records");
  }

  /** Call it when a new incarnation is linked. */
  linked(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** @returns The reply, however long it takes. @throws rejects with a failure of the actor itself. */
  async call<Name extends CallName<RecordsProtocol>>(
    name: Name,
    message: MessageOf<RecordsProtocol, Name>,
  ): Promise<ReplyOf<RecordsProtocol, Name>> {
    for (;;) {
      if (this.#records.peer === undefined) {
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve);
        });
      }
      try {
        return await this.#records.call(name, message, { deadlineMs });
      } catch (error) {
        if (codeOf(error) !== "actor-gone") throw error;
      }
    }
  }
}
