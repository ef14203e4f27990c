// One connection to an HTTP tracker. It carries one request at a time (no pipelining), and is kept where the tracker keeps it.

import {
  HttpResponseReader,
  ResponseFault,
  type Address,
  type Ports,
  type ResponseHead,
  type Stream,
} from "@troupe/actor-runtime";
import { answerTimeoutMs } from "../../asks/ask-table.ts";
import type { HttpRequest } from "./http-request.ts";

/** Bytes of a reply. */
export const maxReplyBytes = 1024 * 1024;

/** Why a reply gives no answer. */
export type ReplyFault = "malformed" | "too long" | "encoded";

/** The owner of lines. */
export interface HttpLineOwner {
  /** A connection is open. */
  dialled(beganMs: number): void;
  /** The reply is whole. @param body Valid during the call. */
  replied(request: HttpRequest, status: number, body: Uint8Array): void;
  faulty(request: HttpRequest, fault: ReplyFault): void;
  /** The connection ended before the reply was whole. @param reason Of the system. */
  broken(request: HttpRequest, reason: string, mayRepeat: boolean): void;
  /** The connection is open and free: the line may be asked. */
  kept(line: HttpLine): void;
  /** The connection has ended, and the line may dial again. */
  closed(line: HttpLine): void;
}

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "dialling"; readonly stream: Stream; readonly request: HttpRequest }
  | {
      readonly kind: "asking";
      readonly stream: Stream;
      readonly request: HttpRequest;
      /** The connection has carried a reply before, and none of this request so far. */
      readonly isUntouched: boolean;
    }
  /** The reply is whole. */
  | { readonly kind: "answered"; readonly stream: Stream; readonly request: HttpRequest }
  | { readonly kind: "free"; readonly stream: Stream }
  /** Its last request is over; bytes that still come count no more. */
  | { readonly kind: "closing"; readonly stream: Stream };

/** A line lives longer than its connections: its reader has memory that is too costly for one reply. */
export class HttpLine {
  /** The client whose address the connection has. */
  member = -1;
  readonly #ports: Pick<Ports, "sockets" | "clock">;
  readonly #target: Address;
  readonly #owner: HttpLineOwner;
  readonly #reader: HttpResponseReader;
  #state: State = { kind: "closed" };
  #status = 0;
  #chunks: Uint8Array[] = [];
  #bodyBytes = 0;

  constructor(ports: Pick<Ports, "sockets" | "clock">, target: Address, owner: HttpLineOwner) {
    this.#ports = ports;
    this.#target = target;
    this.#owner = owner;
    this.#reader = new HttpResponseReader({
      head: (head) => this.#readHead(head),
      body: (chunk) => this.#readBody(chunk),
      end: () => this.#endReply(),
    });
  }

  /** Opens a connection and sends a request. Only for a line that is closed. */
  dial(request: HttpRequest, localHost: string | undefined): void {
    const beganMs = this.#ports.clock.nowMs();
    this.member = request.member;
    const stream = this.#ports.sockets.dial(
      this.#target,
      {
        opened: (opened) => {
          this.#owner.dialled(beganMs);
          this.#send(opened, request, false);
        },
        bytes: (_, chunk) => this.#received(chunk),
        closed: (_, reason) => this.#closed(reason),
      },
      { timeoutMs: answerTimeoutMs, ...(localHost !== undefined && { localHost }) },
    );
    this.#state = { kind: "dialling", stream, request };
  }

  /** Sends a request. Only for a line that was kept. */
  ask(request: HttpRequest): void {
    if (this.#state.kind === "free") this.#send(this.#state.stream, request, true);
  }

  /** Ends the connection; a request under way gets no answer. */
  destroy(): void {
    if (this.#state.kind === "closed" || this.#state.kind === "closing") return;
    this.#close(this.#state.stream);
  }

  #send(stream: Stream, request: HttpRequest, isUntouched: boolean): void {
    this.#state = { kind: "asking", stream, request, isUntouched };
    this.#status = 0;
    this.#chunks = [];
    this.#bodyBytes = 0;
    this.#reader.start();
    stream.write(request.bytes);
  }

  #received(chunk: Uint8Array): void {
    const state = this.#state;
    // A tracker that speaks without a request breaks the protocol.
    if (state.kind === "free") return this.#close(state.stream);
    if (state.kind !== "asking") return;
    if (state.isUntouched) this.#state = { ...state, isUntouched: false };
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ResponseFault)) throw error;
      this.#refuse("malformed");
    }
    this.#tellReply();
  }

  #readHead({ status, headers }: ResponseHead): void {
    this.#status = status;
    const encoding = headers["content-encoding"] ?? "identity";
    if (encoding.toLowerCase() !== "identity") this.#refuse("encoded");
  }

  #readBody(chunk: Uint8Array): void {
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > maxReplyBytes) return this.#refuse("too long");
    this.#chunks.push(Uint8Array.from(chunk));
  }

  /** The owner hears of it after the chunk: bytes behind the reply must not count as the next one. */
  #endReply(): void {
    const state = this.#state;
    if (state.kind !== "asking") return;
    const { stream, request } = state;
    this.#state = { kind: "answered", stream, request };
  }

  #tellReply(): void {
    const state = this.#state;
    if (state.kind !== "answered") return;
    const { stream, request } = state;
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#chunks = [];
    if (this.#reader.mayReuse) {
      this.#state = { kind: "free", stream };
      this.#owner.kept(this);
    } else {
      this.#close(stream);
    }
    this.#owner.replied(request, this.#status, body);
  }

  #refuse(fault: ReplyFault): void {
    const state = this.#state;
    if (state.kind !== "asking") return;
    this.#close(state.stream);
    this.#owner.faulty(state.request, fault);
  }

  #close(stream: Stream): void {
    this.#state = { kind: "closing", stream };
    this.#reader.stop();
    stream.destroy();
  }

  #closed(reason: string | undefined): void {
    if (this.#state.kind === "asking" && reason === undefined) this.#reader.close();
    this.#tellReply();
    const state = this.#state;
    this.#state = { kind: "closed" };
    this.#reader.stop();
    if (state.kind === "dialling") {
      this.#owner.broken(state.request, reason ?? "closed", false);
    } else if (state.kind === "asking") {
      this.#owner.broken(state.request, reason ?? "closed", state.isUntouched);
    }
    this.#owner.closed(this);
  }
}
