// Questions to the actor `records` that outlive it: what it has not answered when it dies is asked again in its successor.

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
 * A day: an answer is awaited for as long as a disk keeps it. To give a write up would be to know nothing of what is on
 * record, for the call may end at any later time.
 */
const deadlineMs = 86_400_000;

/** One file-worker's way to the records. */
export class RecordsClient {
  readonly #records: Ref<RecordsProtocol>;
  #waiting: (() => void)[] = [];

  constructor(context: Context<FileProtocol>) {
    this.#records = context.ref<RecordsProtocol>("records");
  }

  /** To be called when a new incarnation is linked. */
  linked(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** @returns The answer, however long it takes. @throws rejects with a failure of the actor itself. */
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
