// Reads a reply that comes in parts, in chunks of HTTP, or up to the end of its connection.

import { HttpResponseReader, ResponseFault } from "@troupe/actor-runtime";
import type { WholeReply } from "./whole-reply.ts";

/** Bytes of the body of a reply. */
export const maxReplyBytes = 1024 * 1024;

/** Why a reply gives no answer. */
export type ReplyFault = "malformed" | "too long" | "encoded";

/** One reply at a time. Its reader has memory that is too costly for each reply, so that the object is used again. */
export class SplitReply {
  readonly #reader: HttpResponseReader;
  #status = 0;
  #chunks: Uint8Array[] = [];
  #bodyBytes = 0;
  #end: "none" | "whole" | ReplyFault = "none";

  constructor() {
    this.#reader = new HttpResponseReader({
      head: ({ status, headers }) => {
        this.#status = status;
        const encoding = headers["content-encoding"] ?? "identity";
        if (encoding.toLowerCase() !== "identity") this.#refuse("encoded");
      },
      body: (chunk) => this.#readBody(chunk),
      end: () => (this.#end = "whole"),
    });
  }

  /** A reply begins. */
  start(): void {
    this.#status = 0;
    this.#chunks = [];
    this.#bodyBytes = 0;
    this.#end = "none";
    this.#reader.start();
  }

  /** @param chunk Read during the call only. @returns Undefined: the reply goes on. */
  push(chunk: Uint8Array): WholeReply | ReplyFault | undefined {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ResponseFault)) throw error;
      this.#refuse("malformed");
    }
    return this.#outcome();
  }

  /** The connection has ended. @returns Undefined: the reply is not whole. */
  close(): WholeReply | ReplyFault | undefined {
    this.#reader.close();
    return this.#outcome();
  }

  #readBody(chunk: Uint8Array): void {
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > maxReplyBytes) return this.#refuse("too long");
    this.#chunks.push(chunk.slice());
  }

  #refuse(fault: ReplyFault): void {
    this.#end = fault;
    this.#chunks = [];
    this.#reader.stop();
  }

  #outcome(): WholeReply | ReplyFault | undefined {
    if (this.#end === "none") return undefined;
    if (this.#end !== "whole") return this.#end;
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return { status: this.#status, mayReuse: this.#reader.mayReuse, body };
  }
}
