import type { HttpExchange, HttpHead, Timer } from "@troupe/actor-runtime";

import { webSeedEndMs, webSeedHeadMs } from "../limits.ts";
import type { BlockCutter, BlocksUnderWay } from "./block-cutter.ts";
import {
  failureOf,
  type BodyReader,
  type SourceServices,
  type WholeAnswer,
} from "./block-source.ts";
import type { RequestedBlock } from "./requested-blocks.ts";
import { judgeAnswer, usableBody, wholeBody } from "./web-seed-answer.ts";
import type { Segment } from "./web-seed-layout.ts";

const zeros = new Uint8Array(65_536);

/** The parts of a web seed that its downloads share. */
interface DownloadServices extends Omit<SourceServices, "deliver"> {
  /** The run has ended, and another may start. */
  readonly ended: () => void;
  /** The server has answered a range with the whole file. */
  readonly whole: (answer: WholeAnswer) => BodyReader;
}

/**
 * Between two runs; padding, without a request; an exchange, with the bytes that its segment still needs; an exchange whose
 * body is a whole file, and has another reader.
 */
type State =
  | { readonly name: "given"; readonly reader: BodyReader }
  | { readonly name: "idle" | "padding" | "over" }
  | { readonly name: "exchange"; readonly exchange: HttpExchange; missingBytes: number };

/** Downloads a run of blocks, file by file, over one connection. */
export class RunDownload {
  readonly #services: DownloadServices;
  readonly #cutter: BlockCutter;
  #segments: Segment[] = [];
  #state: State = { name: "idle" };
  #isPaused = false;
  #endTimer: Timer | undefined;

  constructor(services: DownloadServices, cutter: BlockCutter) {
    this.#services = services;
    this.#cutter = cutter;
  }

  get isIdle(): boolean {
    return this.#state.name === "idle";
  }

  /** @param blocks In order, without a gap; at least one. */
  start(blocks: readonly RequestedBlock[]): void {
    const first = blocks[0]?.position ?? 0;
    const bytes = blocks.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    this.#cutter.start(blocks);
    this.#segments = this.#services.layout.segments(first, bytes);
    this.#next();
  }

  /** The block is not needed any more. @returns False for a block of no run here. */
  drop(position: number): boolean {
    if (!this.#cutter.drop(position)) return false;
    if (this.#cutter.isDone) this.#cut();
    return true;
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#state.name === "exchange") this.#state.exchange.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#state.name === "exchange") this.#state.exchange.resume();
  }

  /** For ever. An exchange that was given away goes on. */
  close(): void {
    this.#cutter.stop();
    this.#endTimer?.cancel();
    if (this.#state.name === "exchange") this.#state.exchange.destroy();
    if (this.#state.name !== "given") this.#state = { name: "over" };
  }

  /** For ever. @returns The blocks that are not delivered. */
  release(): BlocksUnderWay {
    const { rest } = this.#cutter;
    this.close();
    return rest;
  }

  /** Nothing of the run is needed any more. */
  #cut(): void {
    this.#cutter.stop();
    this.#segments = [];
    if (this.#state.name === "exchange") this.#state.exchange.destroy();
  }

  /** The next segment of the run, or its end. */
  #next(): void {
    if (this.#state.name === "over" || this.#state.name === "given") return;
    const segment = this.#segments.shift();
    if (segment === undefined) {
      this.#state = { name: "idle" };
      this.#services.ended();
    } else if (segment.url === undefined) {
      this.#state = { name: "padding" };
      this.#services.timers.soon(() => this.#pad(segment));
    } else {
      this.#request(segment, segment.url);
    }
  }

  #pad({ lengthBytes }: Segment): void {
    for (let left = lengthBytes; left > 0; left -= zeros.length)
      this.#cutter.push(left < zeros.length ? zeros.subarray(0, left) : zeros);
    this.#next();
  }

  #request(segment: Segment, url: string): void {
    const { begin, lengthBytes } = segment;
    const { http } = this.#services;
    const range = { begin, end: begin + lengthBytes };
    // A server without ranges sends the whole file.
    const options = { range, headDeadlineMs: webSeedHeadMs, maxBodyBytes: segment.fileBytes };
    const exchange = http.open(url, options, {
      head: (head) => this.#services.inStep(() => this.#judge(head, segment)),
      bytes: (chunk) => this.#take(chunk),
      closed: (error) => this.#closed(error, segment),
    });
    this.#state = { name: "exchange", exchange, missingBytes: lengthBytes };
    if (this.#isPaused) exchange.pause();
  }

  #judge(head: HttpHead, segment: Segment): void {
    const { host, epochMs } = this.#services;
    const verdict = judgeAnswer(head, { host, segment, epochMs: epochMs() });
    if (verdict === wholeBody) this.#giveAway(segment);
    else if (verdict !== usableBody) this.#services.failed(verdict);
  }

  #giveAway(segment: Segment): void {
    if (this.#state.name !== "exchange") return;
    const { exchange } = this.#state;
    const underWay = this.#cutter.rest;
    this.#cutter.stop();
    // The reader ends all downloads, but not this exchange.
    this.#state = { name: "over" };
    this.#state = { name: "given", reader: this.#services.whole({ exchange, segment, underWay }) };
  }

  #take(chunk: Uint8Array): void {
    const state = this.#state;
    if (state.name === "given") state.reader.take(chunk);
    if (state.name !== "exchange") return;
    const usedBytes = Math.min(chunk.length, state.missingBytes);
    state.missingBytes -= usedBytes;
    this.#cutter.push(usedBytes < chunk.length ? chunk.subarray(0, usedBytes) : chunk);
    if (this.#state !== state) return;
    const isRestUnneeded = state.missingBytes > 0 && this.#cutter.isDone;
    if (usedBytes < chunk.length || isRestUnneeded) state.exchange.destroy();
    else if (state.missingBytes === 0) this.#awaitEnd(state.exchange);
  }

  /** A body that ends by itself leaves its connection to the next exchange. */
  #awaitEnd(exchange: HttpExchange): void {
    this.#endTimer ??= this.#services.timers.after(webSeedEndMs, () => exchange.destroy());
  }

  #closed(error: Error | undefined, segment: Segment): void {
    const state = this.#state;
    if (state.name === "given") state.reader.closed(error);
    if (state.name !== "exchange") return;
    this.#endTimer?.cancel();
    this.#endTimer = undefined;
    if (this.#cutter.isDone) this.#segments = [];
    if (state.missingBytes === 0 || this.#cutter.isDone) this.#next();
    else this.#services.failed(failureOf(error, this.#services, segment.file));
  }
}
