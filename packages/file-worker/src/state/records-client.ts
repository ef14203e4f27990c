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
 * A day, or as long as a disk hangs. After an abandoned write the record would be unknown, because the call may
 * complete later.
 */
const deadlineMs = 86_400_000;

/** Calls to the actor `records`: unanswered calls go to its next incarnation too. */
export class RecordsClient {
  readonly #records: Ref<RecordsProtocol>;
  #linked = Promise.withResolvers<void>();

  constructor(context: Context<FileProtocol>) {
    this.#records = context.ref<RecordsProtocol>("records");
  }

  /** For a new incarnation. */
  linked(): void {
    this.#linked.resolve();
    this.#linked = Promise.withResolvers();
  }

  /** Waits without a limit. @throws rejects with a failure of the actor itself. */
  async call<Name extends CallName<RecordsProtocol>>(
    name: Name,
    message: MessageOf<RecordsProtocol, Name>,
  ): Promise<ReplyOf<RecordsProtocol, Name>> {
    for (;;) {
      if (this.#records.peer === undefined) await this.#linked.promise;
      try {
        return await this.#records.call(name, message, { deadlineMs });
      } catch (error) {
        if (codeOf(error) !== "actor-gone") throw error;
      }
    }
  }
}
