import type { Address, HttpClient, Stream, Timer } from "@troupe/actor-runtime";
import type { OpenWebSeed } from "@troupe/messages";
import { readUint32 } from "@troupe/protocol/bytes";
import { pieceStart } from "@troupe/protocol/metainfo";
import {
  MessageId,
  bitfieldHeaderBytes,
  keepAliveBytes,
  peerIdText,
  stateMessageBytes,
  writeBitfield,
  writeUnchoke,
} from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { Connection } from "../connection/connection.ts";
import { webSeedKeepAliveMs } from "../limits.ts";
import { startSession } from "../session/session-start.ts";
import type { Session } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";
import type { BlockSource, BodyReader, SourceServices, WholeAnswer } from "./block-source.ts";
import { RangeRuns } from "./range-runs.ts";
import type { WebSeedFailure } from "./web-seed-answer.ts";
import { WebSeedLayout } from "./web-seed-layout.ts";
import { Skip } from "./skip.ts";
import { WholeFiles } from "./whole-files.ts";

const prefixBytes = 4;
const keepAlive = new Uint8Array(keepAliveBytes);

/**
 * A web seed (BEP 19) as the transport of a connection: it reads our requests and cancels, and answers with the messages of a
 * peer. So leases, rates, timeouts, parole and bans hold as for any peer.
 */
export class WebSeedPeer implements Stream {
  readonly remote: Address;
  readonly local: Address = { host: "", port: 0 };
  readonly queuedBytes = 0;
  readonly takenBytes = 0;
  readonly #order: OpenWebSeed;
  readonly #content: TorrentContent;
  readonly #http: HttpClient;
  readonly #layout: WebSeedLayout;
  #source: BlockSource;
  readonly #keepAlive: Timer;
  #connection: Connection | undefined;
  #session: Session | undefined;
  #failure: WebSeedFailure | undefined;
  #isClosed = false;

  constructor(content: TorrentContent, order: OpenWebSeed, remote: Address, http: HttpClient) {
    const { timers } = content.worker.context;
    this.remote = remote;
    this.#content = content;
    this.#order = order;
    this.#http = http;
    this.#layout = new WebSeedLayout(order, content.geometry);
    if (this.#layout.totalBytes !== content.geometry.totalBytes)
      throw new Error("bug: the files of a web seed are not those of its torrent");
    this.#source = new RangeRuns(this.#services(), (answer) => this.#takeWholeFiles(answer));
    this.#keepAlive = timers.every(webSeedKeepAliveMs, () => this.#deliver(keepAlive));
  }

  /** Asks for admission. Call it once. */
  open(): void {
    const { torrent, worker } = this.#content;
    const { peerId, seed } = this.#order;
    const connection = new Connection(worker);
    connection.attach(this);
    this.#connection = connection;
    const outcome = startSession(torrent, connection, {
      address: { ...this.remote, isIncoming: false, webSeed: seed },
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
    connection.stage = outcome.stage;
    this.#session = outcome.session;
    if (this.#order.givesWholeFiles) this.#useWholeFiles(outcome.session);
    this.#greet();
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    for (let at = 0; at < bytes.length;) at = this.#read(bytes, at);
    written?.();
    return true;
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
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
    this.#source.close();
    this.#http.close();
    this.#content.worker.context.timers.soon(() => this.#closed());
  }

  #services(): SourceServices {
    const { context } = this.#content.worker;
    return {
      http: this.#http,
      layout: this.#layout,
      timers: context.timers,
      epochMs: () => context.clock.epochMs(),
      host: this.remote.host,
      deliver: (frame) => this.#deliver(frame),
      failed: (failure) => this.#fail(failure),
      inStep: (task) => this.#inStep(task),
    };
  }

  #takeWholeFiles(answer: WholeAnswer): BodyReader {
    const ranges = this.#source;
    const session = this.#session;
    if (session === undefined || !(ranges instanceof RangeRuns))
      throw new Error("bug: a range was asked for before the web seed was open");
    const { torrent, seed } = this.#order;
    this.#content.worker.notices.emit("web-seed-without-ranges", { torrent, seed });
    const blocks = [...answer.underWay.blocks, ...ranges.release()];
    const files = this.#useWholeFiles(session);
    const reader = files.adopt(answer, this.#layout.startOf(answer.segment.file));
    const { reserved } = this.#content.leases;
    for (const block of blocks) {
      reserved.add(block.piece as PieceIndex, session.rowIndex);
      files.request(block);
    }
    return reader;
  }

  #useWholeFiles(session: Session): WholeFiles {
    const files = new WholeFiles({ ...this.#services(), skip: new Skip(session) });
    this.#source = files;
    if (this.#content.worker.notices.isBlocked) files.pause();
    this.#content.leases.reserved.addSeed(session.rowIndex);
    session.features.useFileReader(files);
    return files;
  }

  #inStep(task: () => void): void {
    this.#session?.leaveBreadcrumb();
    task();
    this.#content.worker.context.breadcrumb.fill(0);
  }

  #greet(): void {
    const bits = this.#layout.bitfield();
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
    this.#source.request({ piece, begin, lengthBytes: readUint32(bytes, at + 8), position });
  }

  #cancel(bytes: Uint8Array, at: number): void {
    const position = this.#positionOf(readUint32(bytes, at), readUint32(bytes, at + 4));
    this.#source.cancel(position);
  }

  #positionOf(piece: number, begin: number): number {
    return pieceStart(this.#content.geometry, piece) + begin;
  }

  #fail(failure: WebSeedFailure): void {
    if (this.#isClosed) return;
    this.#failure = failure;
    this.destroy();
  }

  #closed(): void {
    const { torrent, seed } = this.#order;
    this.#connection?.closed(this, this.#failure?.code);
    const code = this.#failure?.code ?? this.#session?.wire.closeReason ?? "closed";
    const failure = this.#failure ?? { code, message: this.#sentenceOf(code) };
    this.#content.worker.notices.emit("web-seed-closed", { torrent, seed, ...failure });
  }

  #sentenceOf(reason: string): string {
    return `web seed ${this.remote.host} is closed: ${reason}`;
  }
}
