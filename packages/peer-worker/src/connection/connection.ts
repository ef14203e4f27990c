// One TCP connection over its whole life: first a handshake, then a session.

import type { Stream, StreamHandlers } from "@troupe/actor-runtime";

import type { PeerWorker } from "../peer-worker.ts";

/** What a connection is at. */
export interface ConnectionStage extends StreamHandlers {
  /** It is not read, whatever the others do. */
  readonly isReadingPaused?: boolean;
}

/** Passes what happens to a stream to the stage that the connection is in. Counted among the worker's connections. */
export class Connection implements StreamHandlers {
  stage: ConnectionStage;
  readonly #worker: PeerWorker;
  #stream: Stream | undefined;

  constructor(worker: PeerWorker, stage: ConnectionStage) {
    this.#worker = worker;
    this.stage = stage;
  }

  /** The stream exists. While no input may be taken it is not read. */
  attach(stream: Stream): void {
    this.#stream = stream;
    this.#worker.connections.add(this);
    if (this.#worker.notices.isBlocked) stream.pause();
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    if (this.stage.isReadingPaused !== true) this.#stream?.resume();
  }

  destroy(): void {
    this.#stream?.destroy();
  }

  opened(stream: Stream): void {
    this.stage.opened?.(stream);
  }

  bytes(stream: Stream, chunk: Uint8Array): void {
    this.stage.bytes(stream, chunk);
  }

  drained(stream: Stream): void {
    this.stage.drained?.(stream);
  }

  closed(stream: Stream, reason: string | undefined): void {
    this.#worker.connections.delete(this);
    this.stage.closed(stream, reason);
  }
}
