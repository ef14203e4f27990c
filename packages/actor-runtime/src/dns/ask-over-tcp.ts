// RFC 1035, section 4.2.2: each message stands behind its length, two bytes.

import { decodeDnsReply, longestDnsReplyBytes, type DnsReply } from "@troupe/protocol/dns";
import { readUint16, writeUint16 } from "@troupe/protocol/bytes";
import type { Ports } from "../ports/ports.ts";
import type { Asked } from "./asked.ts";

/** Asks over a connection of its own. @returns Undefined without a whole reply in time. */
export function askOverTcp(
  { sockets, timers }: Pick<Ports, "sockets" | "timers">,
  { server, question, bytes, limitMs }: Asked,
): Promise<DnsReply | undefined> {
  const { promise, resolve } = Promise.withResolvers<DnsReply | undefined>();
  const received = new Uint8Array(2 + longestDnsReplyBytes);
  let length = 0;
  const handlers = {
    opened: () => void stream.write(messageOf(bytes)),
    bytes(_: unknown, chunk: Uint8Array) {
      const taken = chunk.subarray(0, received.length - length);
      received.set(taken, length);
      length += taken.length;
      const end = length < 2 ? received.length : 2 + readUint16(received, 0);
      if (length >= end) resolve(decodeDnsReply(received.subarray(2, end), question));
    },
    closed: () => resolve(undefined),
  };
  const stream = sockets.dial(server, handlers, { timeoutMs: limitMs });
  const late = timers.after(limitMs, () => resolve(undefined));
  return promise.finally(() => {
    late.cancel();
    stream.destroy();
  });
}

function messageOf(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(2 + bytes.length);
  writeUint16(message, 0, bytes.length);
  message.set(bytes, 2);
  return message;
}
