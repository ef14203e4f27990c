// Files of torrents, from the program that owns the engine. Their bytes are in memory that a file-worker fills.

import type { Ref } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { StreamedFile, StreamedPart } from "@troupe/coordinator/commands";
import { thrownError, unanswered } from "../calls/plain-error.ts";
import type { PlainError, ServiceOwnerProtocol } from "../service.messages.ts";

/** Longer than a call of the program to the engine. */
const findMs = 15_000;
/** A stream that gets no byte in this time is closed: the player asks for the rest when it needs it. */
const silentMs = 60_000;

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

/** The files of the program. */
export class OwnedFiles implements FileSource {
  readonly #owner: () => Ref<ServiceOwnerProtocol>;
  #lastStream = 0;

  constructor(owner: () => Ref<ServiceOwnerProtocol>) {
    this.#owner = owner;
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
      while (!signal.aborted) {
        // oxlint-disable-next-line no-await-in-loop -- one part after the other
        const { lengthBytes, memory } = await this.#next(stream, part);
        if (memory === undefined) return;
        yield new Uint8Array(memory, 0, lengthBytes);
      }
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async #next(stream: number, part: StreamedPart) {
    const answer = await this.#owner()
      .call("read-stream", { stream, ...part }, { deadlineMs: silentMs })
      .catch((cause: unknown) => {
        const message = "the stream has got no byte for 60 s";
        throw new TroupeError("stream-silent", message, { cause });
      });
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
