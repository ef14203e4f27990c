import type { Address, HttpClient, Stream, Timer } from "@troupe/actor-runtime";
import type { OpenWebSeed } from "@troupe/messages";
import {
  MessageId,
  bitfieldHeaderBytes,
  keepAliveBytes,
  peerIdText,
  readUint32,
  stateMessageBytes,
  writeBitfield,
  writeUnchoke,
} from "@troupe/protocol";

import { Connection } from "../connection/connection.ts";
import {
  maxWebSeedConnections,
  maxWebSeedRunBytes,
  minWebSeedRunBytes,
  webSeedGatherMs,
  webSeedKeepAliveMs,
} from "../limits.ts";
import { startSession } from "../session/session-start.ts";
import type { Session } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";
import { BlockCutter } from "./block-cutter.ts";
import { RequestedBlocks } from "./requested-blocks.ts";
import { RunDownload } from "./run-download.ts";
import type { WebSeedFailure } from "./web-seed-answer.ts";
import { WebSeedLayout } from "./web-seed-layout.ts";

const prefixBytes = 4;
const keepAlive = new Uint8Array(keepAliveBytes);

/**
 * A web seed (BEP 19) as the stream of a session: it reads our requests and cancels, and answers with the messages of a
 * peer. So leases, rates, timeouts, parole and bans hold as for any peer.
 */
export class WebSeedPeer implements Stream {
  readonly remote: Address;
  readonly local: Address = { host: "", port: 0 };
  readonly queuedBytes = 0;
  readonly #order: OpenWebSeed;
  readonly #content: TorrentContent;
  readonly #http: HttpClient;
  readonly #layout: WebSeedLayout;
  readonly #downloads: RunDownload[] = [];
  readonly #requested = new RequestedBlocks();
  readonly #keepAlive: Timer;
  #connection: Connection | undefined;
  #session: Session | undefined;
  #failure: WebSeedFailure | undefined;
  #gatherTimer: Timer | undefined;
  /** Requests are started at the end of this turn. */
  #isScheduled = false;
  #isClosed = false;

  constructor(content: TorrentContent, order: OpenWebSeed, remote: Address, http: HttpClient) {
    const { timers } = content.worker.context;
    this.remote = remote;
    this.#content = content;
    this.#order = order;
    this.#http = http;
    this.#layout = new WebSeedLayout(order);
    if (this.#layout.totalBytes !== content.geometry.totalBytes)
      throw new Error("bug: the files of a web seed are not those of its torrent");
    for (let count = 0; count < maxWebSeedConnections; count++)
      this.#downloads.push(this.#makeDownload());
    this.#keepAlive = timers.every(webSeedKeepAliveMs, () => this.#deliver(keepAlive));
  }

  /** Asks for admission. Call it once. */
  open(): void {
    const { torrent, worker } = this.#content;
    const { peerId, seed } = this.#order;
    const outcome = startSession(torrent, this, {
      identity: { ...this.remote, isIncoming: false, webSeed: seed },
      peerId: peerIdText(peerId),
      isExtended: false,
      hasDht: false,
      hasFast: false,
      onFailed: () => {},
    });
    if ("refused" in outcome) {
      this.#failure = { code: outcome.refused, message: this.#sentenceOf(outcome.refused) };
      this.destroy();
      return;
    }
    this.#session = outcome.session;
    this.#connection = new Connection(worker, outcome.stage);
    this.#connection.attach(this);
    this.#greet();
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    for (let at = 0; at < bytes.length;) at = this.#read(bytes, at);
    written?.();
    return true;
  }

  pause(): void {
    for (const download of this.#downloads) download.pause();
  }

  resume(): void {
    for (const download of this.#downloads) download.resume();
  }

  end(): void {
    this.destroy();
  }

  reset(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keepAlive.cancel();
    this.#gatherTimer?.cancel();
    for (const download of this.#downloads) download.close();
    this.#http.close();
    this.#content.worker.context.timers.soon(() => this.#closed());
  }

  #makeDownload(): RunDownload {
    const { context } = this.#content.worker;
    const services = {
      http: this.#http,
      layout: this.#layout,
      timers: context.timers,
      epochMs: () => context.clock.epochMs(),
      host: this.remote.host,
      ended: () => this.#scheduleRuns(),
      failed: (failure: WebSeedFailure) => this.#fail(failure),
      inStep: (task: () => void) => this.#inStep(task),
    };
    return new RunDownload(services, new BlockCutter((frame) => this.#deliver(frame)));
  }

  #inStep(task: () => void): void {
    this.#session?.leaveBreadcrumb();
    task();
    this.#content.worker.context.breadcrumb.fill(0);
  }

  #greet(): void {
    const bits = this.#layout.bitfield(this.#content.geometry);
    const greeting = new Uint8Array(bitfieldHeaderBytes + bits.length + stateMessageBytes);
    writeUnchoke(greeting, writeBitfield(greeting, 0, bits));
    this.#deliver(greeting);
  }

  #deliver(frame: Uint8Array): void {
    if (!this.#isClosed) this.#connection?.bytes(this, frame);
  }

  /** A message of ours. @returns The offset after it. */
  #read(bytes: Uint8Array, at: number): number {
    const next = at + prefixBytes + readUint32(bytes, at);
    const id = next > at + prefixBytes ? bytes[at + prefixBytes] : undefined;
    if (id === MessageId.request) this.#request(bytes, at + prefixBytes + 1);
    else if (id === MessageId.cancel) this.#cancel(bytes, at + prefixBytes + 1);
    return next;
  }

  #request(bytes: Uint8Array, at: number): void {
    const piece = readUint32(bytes, at);
    const begin = readUint32(bytes, at + 4);
    const position = this.#positionOf(piece, begin);
    this.#requested.add({ piece, begin, lengthBytes: readUint32(bytes, at + 8), position });
    this.#scheduleRuns();
  }

  #cancel(bytes: Uint8Array, at: number): void {
    const position = this.#positionOf(readUint32(bytes, at), readUint32(bytes, at + 4));
    if (this.#requested.remove(position)) return;
    for (const download of this.#downloads) if (download.drop(position)) return;
  }

  #positionOf(piece: number, begin: number): number {
    return piece * this.#content.geometry.pieceLengthBytes + begin;
  }

  #scheduleRuns(): void {
    if (this.#isScheduled || this.#isClosed) return;
    this.#isScheduled = true;
    this.#content.worker.context.timers.soon(() => {
      this.#isScheduled = false;
      this.#startRuns(false);
    });
  }

  /**
   * Few blocks wait for more while other runs are under way, so that ranges are long.
   *
   * @param isLate They have waited long enough.
   */
  #startRuns(isLate: boolean): void {
    if (this.#isClosed) return;
    for (const download of this.#downloads) {
      const { bytes } = this.#requested;
      if (!download.isIdle || bytes === 0) continue;
      const isAlone = this.#downloads.every(({ isIdle }) => isIdle);
      if (bytes < minWebSeedRunBytes && !isAlone && !isLate) {
        this.#gatherTimer ??= this.#content.worker.context.timers.after(webSeedGatherMs, () => {
          this.#gatherTimer = undefined;
          this.#startRuns(true);
        });
        return;
      }
      download.start(this.#requested.takeRun(maxWebSeedRunBytes));
    }
  }

  #fail(failure: WebSeedFailure): void {
    if (this.#isClosed) return;
    this.#failure = failure;
    this.destroy();
  }

  #closed(): void {
    const { torrent, seed } = this.#order;
    this.#connection?.closed(this, this.#failure?.code);
    const code = this.#failure?.code ?? this.#session?.closeReason ?? "closed";
    const failure = this.#failure ?? { code, message: this.#sentenceOf(code) };
    this.#content.worker.notices.emit("web-seed-closed", { torrent, seed, ...failure });
  }

  #sentenceOf(reason: string): string {
    return `web seed ${this.remote.host} is closed: ${reason}`;
  }
}
