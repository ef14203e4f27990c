import type { HttpExchange, HttpHead, Timer } from "@troupe/actor-runtime";

import { webSeedEndMs, webSeedGatherMs, webSeedHeadMs } from "../limits.ts";
import { BlockAssembly } from "./block-assembly.ts";
import {
  failureOf,
  type BlockSource,
  type BodyReader,
  type FileReader,
  type SourceServices,
  type WholeAnswer,
} from "./block-source.ts";
import { OrderedBlocks } from "./ordered-blocks.ts";
import type { RequestedBlock } from "./requested-blocks.ts";
import type { Skip } from "./skip.ts";
import { judgeAnswer } from "./web-seed-answer.ts";
import type { Segment } from "./web-seed-layout.ts";

const zeros = new Uint8Array(65_536);
const noBytes = new Uint8Array();

/** The parts of a web seed that reading whole files takes. */
interface WholeFileServices extends SourceServices {
  /** Bytes that it does not allow are read at {@link WholeFiles.readOn}. */
  readonly skip: Pick<Skip, "take" | "close">;
}

/** A file whose bytes come, or padding. Positions are in the torrent. */
interface OpenFile {
  readonly file: number;
  /** Undefined for padding. */
  readonly exchange: HttpExchange | undefined;
  /** Position of the next byte. */
  at: number;
  readonly end: number;
  /** The body has ended: no more comes than what waits here. */
  ending: { readonly error: Error | undefined } | undefined;
}

/**
 * Asks a server without ranges for whole files, one at a time, and keeps the bytes of requested blocks. While no block that
 * lies ahead in the file is requested, nothing is read.
 */
export class WholeFiles implements BlockSource, FileReader {
  readonly #services: WholeFileServices;
  readonly #requested = new OrderedBlocks();
  readonly #assembly: BlockAssembly;
  #open: OpenFile | undefined;
  /** Bytes of the open file that have come before their blocks are requested: no more than the buffers of a connection. */
  #waiting: Uint8Array = noBytes;
  #isScheduled = false;
  #isPaused = false;
  #isClosed = false;
  #gatherTimer: Timer | undefined;
  #endTimer: Timer | undefined;

  constructor(services: WholeFileServices) {
    this.#services = services;
    this.#assembly = new BlockAssembly(services.deliver);
  }

  /** Takes over an answer. Call it before {@link request}. @param fileAt Position of the file in the torrent. */
  adopt(
    { exchange, segment, underWay: { blocks, head } }: WholeAnswer,
    fileAt: number,
  ): BodyReader {
    const [first] = blocks;
    if (first !== undefined && head.length > 0 && first.position + head.length === fileAt)
      this.#assembly.begin(first, head);
    this.#open = openFile(segment, exchange, fileAt);
    this.#setFlow();
    return this.#readerOf(() => exchange);
  }

  request(block: RequestedBlock): void {
    if (block.position === this.#assembly.block?.position) return;
    this.#requested.add(block);
    this.schedule();
  }

  cancel(position: number): void {
    if (this.#assembly.block?.position === position) this.#assembly.drop();
    else this.#requested.remove(position);
  }

  pause(): void {
    this.#isPaused = true;
    this.#setFlow();
  }

  resume(): void {
    this.#isPaused = false;
    this.schedule();
  }

  close(): void {
    this.#isClosed = true;
    this.#gatherTimer?.cancel();
    this.#endTimer?.cancel();
    this.#services.skip.close();
    this.#open?.exchange?.destroy();
  }

  get waitsForLimit(): boolean {
    const open = this.#open;
    if (open?.exchange === undefined || this.#isClosed || this.#isPaused) return false;
    const position = this.#waiting.length > 0 ? this.#nextPosition(open) : undefined;
    return position !== undefined && position > open.at;
  }

  readOn(): void {
    this.#read();
  }

  /** Reader of an exchange that may have been given up meanwhile. */
  #readerOf(exchange: () => HttpExchange): BodyReader {
    const openOf = (): OpenFile | undefined => {
      return this.#open?.exchange === exchange() && !this.#isClosed ? this.#open : undefined;
    };
    return {
      take: (chunk) => {
        const open = openOf();
        if (open !== undefined) this.#take(open, chunk);
      },
      closed: (error) => {
        const open = openOf();
        if (open === undefined) return;
        open.ending = { error };
        this.#settle();
      },
    };
  }

  #take(open: OpenFile, chunk: Uint8Array): void {
    const usedBytes = this.#waiting.length > 0 || this.#isPaused ? 0 : this.#use(open, chunk);
    if (usedBytes < chunk.length) this.#waiting = joined(this.#waiting, chunk.subarray(usedBytes));
    this.#settle();
  }

  schedule(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    this.#services.timers.soon(() => {
      this.#isScheduled = false;
      this.#read();
    });
  }

  /** Uses the bytes that wait here. */
  #read(): void {
    const open = this.#open;
    if (this.#isClosed) return;
    if (open !== undefined && !this.#isPaused && this.#waiting.length > 0)
      this.#waiting = this.#waiting.subarray(this.#use(open, this.#waiting));
    this.#settle();
  }

  /** @returns The number of bytes that were kept or skipped, from the first on. */
  #use(open: OpenFile, bytes: Uint8Array): number {
    let used = 0;
    while (used < bytes.length && open.at < open.end && !this.#isClosed) {
      const taken = this.#useSome(open, bytes.subarray(used, used + open.end - open.at));
      if (taken === 0) break;
      used += taken;
      open.at += taken;
    }
    // A body that goes on after its file says nothing.
    return open.at === open.end ? bytes.length : used;
  }

  #useSome(open: OpenFile, bytes: Uint8Array): number {
    const { block } = this.#assembly;
    const next = block ?? this.#ahead(open);
    if (next === undefined) return 0;
    const position = this.#assembly.nextPosition ?? next.position;
    if (position > open.at) {
      const aheadBytes = position - open.at;
      const skippedBytes = Math.min(aheadBytes, bytes.length);
      const { skip } = this.#services;
      return open.exchange === undefined ? skippedBytes : skip.take(skippedBytes, aheadBytes);
    }
    if (block === undefined) {
      this.#requested.remove(next.position);
      this.#assembly.begin(next);
    }
    return this.#assembly.take(bytes);
  }

  /** The next block that begins in the file. */
  #ahead({ at, end }: OpenFile): RequestedBlock | undefined {
    const block = this.#requested.firstFrom(at);
    return block !== undefined && block.position < end ? block : undefined;
  }

  /** Position of the next byte to keep. Bytes before it are skipped. */
  #nextPosition(open: OpenFile): number | undefined {
    return this.#assembly.nextPosition ?? this.#ahead(open)?.position;
  }

  /** Whether bytes of the file that are still to come are wanted. */
  #wants(open: OpenFile): boolean {
    if (open.at === open.end) return false;
    return this.#assembly.block !== undefined || this.#ahead(open) !== undefined;
  }

  /** Acts on the bytes read so far: the next file, a failure, or a wait. */
  #settle(): void {
    const open = this.#open;
    if (this.#isClosed) return;
    if (open === undefined) {
      this.#openNext();
    } else if (open.at === open.end) {
      this.#finish(open);
    } else if (open.ending !== undefined && this.#waiting.length === 0) {
      if (this.#wants(open)) {
        this.#services.failed(failureOf(open.ending.error, this.#services, open.file));
        return;
      }
      // The server did not wait for requests that come later.
      this.#forgetFile();
      this.#openNext();
    } else if (open.exchange === undefined) {
      if (!this.#isPaused) this.#pad(open);
    } else {
      this.#abandonLater(open);
    }
    this.#setFlow();
  }

  /** A body that ends by itself leaves its connection to the next file. */
  #finish(open: OpenFile): void {
    if (open.exchange === undefined || open.ending !== undefined) {
      this.#forgetFile();
      this.#openNext();
      return;
    }
    const { exchange } = open;
    this.#endTimer ??= this.#services.timers.after(webSeedEndMs, () => exchange.destroy());
  }

  /** The file has no more blocks that are requested, and another file has: after a moment for further requests. */
  #abandonLater(open: OpenFile): void {
    if (this.#wants(open) || this.#requested.size === 0) {
      this.#gatherTimer?.cancel();
      this.#gatherTimer = undefined;
      return;
    }
    this.#gatherTimer ??= this.#services.timers.after(webSeedGatherMs, () => {
      this.#gatherTimer = undefined;
      if (this.#open !== open || this.#wants(open)) return;
      this.#forgetFile();
      open.exchange?.destroy();
      this.#openNext();
    });
  }

  #forgetFile(): void {
    this.#open = undefined;
    this.#waiting = noBytes;
    this.#endTimer?.cancel();
    this.#endTimer = undefined;
    this.#gatherTimer?.cancel();
    this.#gatherTimer = undefined;
  }

  /** The rest of a block goes first, wherever it is. */
  #openNext(): void {
    const position = this.#assembly.nextPosition ?? this.#requested.firstFrom(0)?.position;
    if (position === undefined || this.#isPaused) return;
    const [segment] = this.#services.layout.segments(position, 1);
    if (segment === undefined) throw new Error("bug: a block lies behind the last file");
    const { begin, url } = segment;
    if (url === undefined) {
      const open = openFile(segment, undefined, position - begin);
      open.at = position;
      this.#open = open;
      this.schedule();
      return;
    }
    this.#open = openFile(segment, this.#request(segment, url), position - begin);
  }

  #request(segment: Segment, url: string): HttpExchange {
    const { fileBytes } = segment;
    const whole = { ...segment, begin: 0, lengthBytes: fileBytes };
    const options = { headDeadlineMs: webSeedHeadMs, maxBodyBytes: fileBytes };
    const reader = this.#readerOf(() => exchange);
    const exchange: HttpExchange = this.#services.http.open(url, options, {
      head: (head) => this.#services.inStep(() => this.#judge(head, whole)),
      bytes: reader.take,
      closed: reader.closed,
    });
    return exchange;
  }

  #judge(head: HttpHead, segment: Segment): void {
    const { host, epochMs } = this.#services;
    const verdict = judgeAnswer(head, { host, segment, epochMs: epochMs() });
    if (typeof verdict === "object") this.#services.failed(verdict);
  }

  #pad(open: OpenFile): void {
    while (open.at < open.end && this.#open === open) {
      const bytes = Math.min(zeros.length, open.end - open.at);
      if (this.#use(open, zeros.subarray(0, bytes)) < bytes) break;
    }
    if (this.#open !== open || this.#isClosed) return;
    this.#forgetFile();
    this.schedule();
  }

  #setFlow(): void {
    const open = this.#open;
    if (this.#isPaused || this.#waiting.length > 0) open?.exchange?.pause();
    else open?.exchange?.resume();
  }
}

function openFile(
  { file, fileBytes }: Segment,
  exchange: HttpExchange | undefined,
  at: number,
): OpenFile {
  return { file, exchange, at, end: at + fileBytes, ending: undefined };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
