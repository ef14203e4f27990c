import type { Stream, StreamHandlers } from "@troupe/actor-runtime";

import type { PeerWorker } from "../peer-worker.ts";

/** The stage of a connection: first a handshake, then a session. */
export interface ConnectionStage extends StreamHandlers {
  /** True stops reading, independent of the worker's input. */
  readonly isReadingPaused?: boolean;
}

/** Passes stream events to the current stage. */
export class Connection implements StreamHandlers {
  stage: ConnectionStage;
  readonly #worker: PeerWorker;
  #stream: Stream | undefined;

  constructor(worker: PeerWorker, stage: ConnectionStage) {
    this.#worker = worker;
    this.stage = stage;
  }

  /** The stream is read only while the worker takes input. */
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

  closed(stream: Stream, reason: string | undefined): void {
    this.#worker.connections.delete(this);
    this.stage.closed(stream, reason);
  }
}
