// Traces of peers on the user's thread: lines that the engine sends, until the peer or the program ends.

import { abortable } from "@troupe/api-base";
import type { TracedText } from "@troupe/messages";
import { refusalError } from "../refusal-error.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";

/** A longer trace ends. */
const mostTraceLength = 64 * 2 ** 20;

/** The traces of a torrent, by their numbers. */
export class PeerTraces {
  #begun = 0;
  readonly #open = new Map<number, PeerTrace>();

  /** @throws TroupeError `peer-not-connected`, `no-torrent` */
  async begin(
    torrent: Pick<TorrentProxy, "id" | "services">,
    { host, port }: { readonly host: string; readonly port: number },
    signal: AbortSignal | undefined,
  ): Promise<AsyncIterableIterator<string, undefined>> {
    const number = this.#begun++;
    const end = (): void => {
      this.#open.delete(number);
      torrent.services.engine.cast("end-trace", { torrent: torrent.id, trace: number });
    };
    const trace = new PeerTrace(end, signal);
    this.#open.set(number, trace);
    try {
      const message = { torrent: torrent.id, trace: number, host, port };
      const answer = await abortable(signal, () =>
        torrent.services.engine.call("trace-peer", message),
      );
      if ("refused" in answer) throw refusalError(answer);
      return trace;
    } catch (error) {
      await trace.return();
      throw error;
    }
  }

  receive({ trace, text, isOver }: TracedText): void {
    this.#open.get(trace)?.receive(text, isOver);
  }

  /** The torrent, or its engine, has ended. */
  endAll(): void {
    for (const trace of [...this.#open.values()]) trace.receive("", true);
  }
}

/** The time of a line as a date. */
function withDate(line: string): string {
  return line.replace(/^\d+/, (ms) => new Date(Number(ms)).toISOString());
}

/** The lines of a trace. */
class PeerTrace implements AsyncIterableIterator<string, undefined> {
  readonly #end: () => void;
  readonly #signal: AbortSignal | undefined;
  #lines: string[] = [];
  #at = 0;
  #length = 0;
  #isOver = false;
  #wake = Promise.withResolvers<void>();

  constructor(end: () => void, signal: AbortSignal | undefined) {
    this.#end = end;
    this.#signal = signal;
  }

  receive(text: string, isOver: boolean): void {
    if (this.#isOver) return;
    const lines = text.split("\n").slice(0, -1).map(withDate);
    this.#lines = [...this.#lines.slice(this.#at), ...lines];
    this.#at = 0;
    this.#length += text.length;
    const isFull = this.#length >= mostTraceLength;
    if (isFull) this.#lines.push("the trace ends: it has 64 MiB");
    if (isOver || isFull) this.#over();
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** @throws the reason of the signal. */
  async next(): Promise<IteratorResult<string, undefined>> {
    for (;;) {
      const value = this.#lines[this.#at];
      if (value !== undefined) {
        this.#at++;
        return { done: false, value };
      }
      if (this.#isOver) return { done: true, value: undefined };
      try {
        const { promise } = this.#wake;
        // oxlint-disable-next-line no-await-in-loop
        await abortable(this.#signal, async () => await promise);
      } catch (error) {
        this.#over();
        throw error;
      }
    }
  }

  /** Ends the trace. */
  return(): Promise<IteratorResult<string, undefined>> {
    this.#lines = [];
    this.#at = 0;
    this.#over();
    this.#wake.resolve();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end();
  }
}
