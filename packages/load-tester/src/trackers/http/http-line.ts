// One connection to an HTTP tracker. It carries one request at a time (no pipelining), and is kept where the tracker keeps it.

import type { Address, Ports, Stream, StreamHandlers } from "@troupe/actor-runtime";
import type { HttpRequest } from "./http-request.ts";
import { SplitReply, type ReplyFault } from "./split-reply.ts";
import type { WholeReply, WholeReplyReader } from "./whole-reply.ts";

/** The owner of lines. */
export interface HttpLineOwner {
  /** @returns The request as it is sent. */
  bytesOf(request: HttpRequest): Uint8Array;
  /** A connection is open. */
  dialled(beganMs: number): void;
  /** The reply is whole. @param body Valid during the call. */
  replied(request: HttpRequest, status: number, body: Uint8Array): void;
  faulty(request: HttpRequest, fault: ReplyFault): void;
  /** The connection ended before the reply was whole. @param reason Reason of the system. */
  broken(request: HttpRequest, reason: string, mayRepeat: boolean): void;
  /** The connection is open and free: the line may be asked. */
  kept(line: HttpLine): void;
  /** The connection has ended, and the line may dial again. */
  closed(line: HttpLine): void;
}

/** Parts that the lines to a tracker share. */
interface HttpLineParts {
  readonly ports: Pick<Ports, "sockets" | "clock">;
  readonly target: Address;
  readonly wholeReplies: WholeReplyReader;
  /** For a connection. */
  readonly timeoutMs: number;
}

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "dialling"; readonly request: HttpRequest; readonly beganMs: number }
  /** No byte of the reply has come. */
  | {
      readonly kind: "asking";
      readonly request: HttpRequest;
      /** The connection has carried a reply before. */
      readonly isKept: boolean;
    }
  /** A part of the reply has come. */
  | { readonly kind: "reading"; readonly request: HttpRequest; readonly reply: SplitReply }
  | { readonly kind: "free" }
  /** Its last request is over; bytes that still come count no more. */
  | { readonly kind: "closing" };

const closed: State = { kind: "closed" };
const free: State = { kind: "free" };
const closing: State = { kind: "closing" };

/** A line lives longer than its connections. */
export class HttpLine implements StreamHandlers {
  /** The client whose address the connection has. */
  member = -1;
  readonly #ports: Pick<Ports, "sockets" | "clock">;
  readonly #target: Address;
  readonly #wholeReplies: WholeReplyReader;
  readonly #owner: HttpLineOwner;
  readonly #timeoutMs: number;
  #splitReply: SplitReply | undefined;
  #stream: Stream | undefined;
  #state: State = closed;

  constructor({ ports, target, wholeReplies, timeoutMs }: HttpLineParts, owner: HttpLineOwner) {
    this.#timeoutMs = timeoutMs;
    this.#ports = ports;
    this.#target = target;
    this.#wholeReplies = wholeReplies;
    this.#owner = owner;
  }

  /** Opens a connection and sends a request. Only for a line that is closed. */
  dial(request: HttpRequest, localHost: string | undefined): void {
    this.member = request.member;
    this.#state = { kind: "dialling", request, beganMs: this.#ports.clock.nowMs() };
    const local = localHost === undefined ? undefined : { localHost };
    const options = { timeoutMs: this.#timeoutMs, ...local };
    this.#stream = this.#ports.sockets.dial(this.#target, this, options);
  }

  /** Sends a request. Only for a line that was kept. */
  ask(request: HttpRequest): void {
    if (this.#state.kind === "free") this.#send(request, true);
  }

  /** Ends the connection; a request under way gets no answer. */
  destroy(): void {
    if (this.#state.kind !== "closed" && this.#state.kind !== "closing") this.#close();
  }

  opened(): void {
    if (this.#state.kind !== "dialling") return;
    const { request, beganMs } = this.#state;
    this.#owner.dialled(beganMs);
    this.#send(request, false);
  }

  bytes(_: Stream, chunk: Uint8Array): void {
    const state = this.#state;
    // A tracker that speaks without a request breaks the protocol.
    if (state.kind === "free") return this.#close();
    if (state.kind === "asking") return this.#begin(state.request, chunk);
    if (state.kind === "reading") this.#end(state.request, state.reply.push(chunk));
  }

  closed(_: Stream, reason: string | undefined): void {
    if (this.#state.kind === "reading" && reason === undefined) {
      this.#end(this.#state.request, this.#state.reply.close());
    }
    const state = this.#state;
    this.#state = closed;
    this.#stream = undefined;
    if ("request" in state) {
      const mayRepeat = state.kind === "asking" && state.isKept;
      this.#owner.broken(state.request, reason ?? "closed", mayRepeat);
    }
    this.#owner.closed(this);
  }

  #send(request: HttpRequest, isKept: boolean): void {
    this.#state = { kind: "asking", request, isKept };
    this.#stream?.write(this.#owner.bytesOf(request));
  }

  /** Reads the first bytes of a reply. */
  #begin(request: HttpRequest, chunk: Uint8Array): void {
    const whole = this.#wholeReplies.read(chunk);
    if (whole !== undefined) return this.#end(request, whole);
    const reply = (this.#splitReply ??= new SplitReply());
    reply.start();
    this.#state = { kind: "reading", request, reply };
    this.#end(request, reply.push(chunk));
  }

  /** @param outcome Undefined: the reply goes on. */
  #end(request: HttpRequest, outcome: WholeReply | ReplyFault | undefined): void {
    if (outcome === undefined) return;
    if (typeof outcome === "string") {
      this.#close();
      return this.#owner.faulty(request, outcome);
    }
    // Before the owner hears of the reply: it may ask again at once.
    if (outcome.mayReuse) {
      this.#state = free;
      this.#owner.kept(this);
    } else {
      this.#close();
    }
    this.#owner.replied(request, outcome.status, outcome.body);
  }

  #close(): void {
    this.#state = closing;
    this.#stream?.destroy();
  }
}
