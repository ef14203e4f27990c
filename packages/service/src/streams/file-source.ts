// Files of torrents, from the program that owns the engine. A file-worker fills memory with their bytes: the next part while one
// is sent.

import { resultWithin, type Ref, type Timers } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { StreamedFile, StreamedPart } from "@troupe/coordinator/commands";
import { thrownError, unanswered } from "../calls/plain-error.ts";
import type { PlainError, ServiceOwnerProtocol } from "../service.messages.ts";

/** Longer than a call of the program to the engine. */
const findMs = 15_000;
/** A stream that waits so long for a byte is closed: the player asks for the rest when it needs it. */
const silentMs = 60_000;
/** The next part is asked for before it is needed: a player may pause as long as it likes. */
const aheadMs = 24 * 3_600_000;

/** Finds and reads files. */
export interface FileSource {
  /** @throws rejects with TroupeError `no-torrent`, `no-file`, `metadata-unknown`, `file-not-wanted`, `quarantined` */
  find(torrent: string, file: number): Promise<StreamedFile>;
  /**
   * The bytes of a part, until the signal aborts. The memory of a value holds until the next value is asked for.
   *
   * @throws the iterator rejects with TroupeError: the code of the reader, and `stream-silent` after 60 s without a byte
   */
  read(part: StreamedPart, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

type Owner = () => Ref<ServiceOwnerProtocol>;

/** The files of the program. */
export class OwnedFiles implements FileSource {
  readonly #owner: Owner;
  readonly #timers: Pick<Timers, "after">;
  #lastStream = 0;

  constructor(owner: Owner, timers: Pick<Timers, "after">) {
    this.#owner = owner;
    this.#timers = timers;
  }

  async find(torrent: string, file: number): Promise<StreamedFile> {
    const answer = await this.#owner()
      .call("find-file", { torrent, file }, { deadlineMs: findMs })
      .catch((cause: unknown) => {
        throw unanswered("cannot find the file", cause);
      });
    return resultOf(answer);
  }

  async *read(part: StreamedPart, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const stream = ++this.#lastStream;
    const end = (): void => this.#owner().cast("end-stream", { stream });
    signal.addEventListener("abort", end);
    try {
      let next = this.#ask(stream, part);
      while (!signal.aborted) {
        // oxlint-disable-next-line no-await-in-loop -- one part after the other
        const { lengthBytes, memory, offset } = await this.#within(next);
        if (memory === undefined) return;
        next = this.#ask(stream, part);
        yield new Uint8Array(memory, offset, lengthBytes);
      }
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  /** @returns The next part; a rejection is seen by the read that takes it. */
  #ask(stream: number, part: StreamedPart) {
    const owner = this.#owner();
    const answer = owner.call("read-stream", { stream, ...part }, { deadlineMs: aheadMs });
    // The write of a part takes as long as its reading.
    owner.sendNow();
    answer.catch(() => undefined);
    return answer;
  }

  /** @throws rejects with TroupeError `stream-silent`, or with the code of the reader */
  async #within<Answer extends object>(next: Promise<Answer | Failed>) {
    const answer = await resultWithin(this.#timers, silentMs, next, () => new Error("late")).catch(
      (cause: unknown) => {
        const message = "the stream has got no byte for 60 s";
        throw new TroupeError("stream-silent", message, { cause });
      },
    );
    return resultOf(answer);
  }
}

interface Failed {
  readonly error: PlainError;
}

/** @throws TroupeError with the code of a failed call */
function resultOf<Answer extends object>(answer: Answer | Failed): Exclude<Answer, Failed> {
  if (!("error" in answer)) return answer as Exclude<Answer, Failed>;
  throw thrownError(answer.error);
}
