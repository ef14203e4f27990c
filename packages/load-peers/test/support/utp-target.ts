// Targets over uTP in virtual time.

import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";
import { UtpSockets } from "@troupe/transport";
import { type PeerWorld, targetHost } from "./peer-world.ts";

const port = 6_881;

/** The address of a target over uTP, and the addresses of the sockets that dialled it. */
export interface UtpTarget {
  readonly address: Address;
  readonly dialers: Set<string>;
}

/** Takes uTP on the machine of the target. @param accept Undefined: dials are refused with a reset. */
export async function utpTarget(
  { target }: PeerWorld,
  accept: ((stream: Stream) => StreamHandlers) | undefined,
): Promise<UtpTarget> {
  const ports = target.ports("utp");
  const dialers = new Set<string>();
  const socket = await ports.datagrams.bind(
    { host: targetHost, port },
    {
      received: (bytes, from) => {
        dialers.add(`${from.host}:${from.port}`);
        utp.received(bytes, from);
        utp.batchEnded();
      },
    },
  );
  const utp = new UtpSockets(ports, (bytes, to) => socket.send(bytes, to));
  utp.accept = accept;
  return { address: { host: targetHost, port }, dialers };
}

/** Passes the bytes of each connection on to a listener over TCP on the same machine, and back. */
export function bridgeTo({ target }: PeerWorld, to: Address): (stream: Stream) => StreamHandlers {
  const { sockets } = target.ports("bridge");
  return (outer) => {
    const waiting: Uint8Array[] = [];
    let inner: Stream | undefined;
    const dialled = sockets.dial(
      to,
      {
        opened: (stream) => {
          inner = stream;
          for (const bytes of waiting) stream.write(bytes);
        },
        bytes: (_stream, chunk) => void outer.write(chunk.slice()),
        closed: () => outer.end(),
      },
      { timeoutMs: 5_000 },
    );
    return {
      bytes: (_stream, chunk) => {
        if (inner === undefined) waiting.push(chunk.slice());
        else inner.write(chunk.slice());
      },
      closed: () => dialled.destroy(),
    };
  };
}
