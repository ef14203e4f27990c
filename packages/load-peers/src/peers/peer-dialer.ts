import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";

/** Options of a dial. */
export interface DialOptions {
  readonly timeoutMs: number;
  /** Numeric local address. Default: the system's choice. */
  readonly localHost?: string;
}

/** A dial, and the stream that may come of it: handlers get the stream to write to. */
export type DialedStream = Pick<Stream, "destroy">;

/** Connects over TCP, as the sockets of the ports do, or over uTP. */
export interface PeerDialer {
  /** Returns at once; `opened` or `closed` follows. */
  dial(to: Address, handlers: StreamHandlers, options: DialOptions): DialedStream;
}
