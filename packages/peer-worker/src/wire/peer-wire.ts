import type { Stream } from "@troupe/actor-runtime";
import { FrameReader, FrameRules, type FrameSink } from "@troupe/protocol/frames";

import { ControlWriter } from "../connection/control-writer.ts";
import { maxExtendedBytes } from "../limits.ts";
import { OffenceCounters } from "./offence-counters.ts";
import { WireBytes } from "./wire-bytes.ts";

/** Rules of all peers whose torrent's metadata is unknown. */
const earlyRules = new FrameRules({ maxExtendedBytes });

/** `admitting`: until the engine answers, messages are read, nothing is requested or served. */
type WirePhase = "admitting" | "open" | "closed";

/** The reading side of a connection. */
interface ReadingStage {
  /** Inside `bytes`: gathered messages go out at its end. */
  readonly isReading: boolean;
  /** At the bound of the peer's requests: not read until half are served. */
  readonly isReadingPaused: boolean;
  /** Input that arrived behind these requests. */
  readonly pendingBytes: number;
  pauseReading(): void;
  resumeReading(): void;
}

/** The connection to a peer: its messages each way, and its end. */
export class PeerWire {
  /** Whatever the transport. */
  readonly connection: Stream;
  readonly control: ControlWriter;
  readonly reader: FrameReader;
  readonly offences: OffenceCounters;
  phase: WirePhase = "admitting";
  /** A close requested while reading; after the close, its reason. */
  closeReason: string | undefined;
  isFaulty = false;
  /** When the input that is read arrived. */
  inputAtMs: number;
  readonly bytes: WireBytes = new WireBytes();
  /** Reads the connection; undefined before. */
  input: ReadingStage | undefined;

  /** @param handler Handles its messages until the content is known. */
  constructor(
    connection: Stream,
    output: ConstructorParameters<typeof ControlWriter>[0],
    handler: FrameSink,
    nowMs: number,
  ) {
    this.connection = connection;
    this.control = new ControlWriter(output);
    this.offences = new OffenceCounters(nowMs);
    this.reader = new FrameReader(handler, earlyRules);
    this.inputAtMs = nowMs;
  }

  get isReading(): boolean {
    return this.input?.isReading === true;
  }

  get isReadingPaused(): boolean {
    return this.input?.isReadingPaused === true;
  }

  /** The engine has admitted the peer. */
  open(): void {
    this.phase = "open";
  }

  /** Asks for a close after the current message. */
  requestClose(reason: string): void {
    this.closeReason = reason;
  }

  /** Asks for a close, unless one was asked for before. */
  requestCloseOnce(reason: string): void {
    this.closeReason ??= reason;
  }

  /** Nothing is read or written any more. @param isFault The peer broke a rule. */
  close(reason: string, isFault: boolean): void {
    this.phase = "closed";
    this.closeReason = reason;
    this.isFaulty = isFault;
    this.reader.stop();
    this.connection.destroy();
  }

  /** Stops reading after the current message. */
  pauseReading(): void {
    this.input?.pauseReading();
    this.reader.hold();
    this.connection.pause();
  }

  /** Discards the rest of the arriving block, which counts as payload when it comes. */
  skipRestOfBlock(restBytes: number): void {
    this.bytes.abandoned += restBytes;
    this.reader.skipRestOfBlock();
  }
}
