// Raw connections over any sockets port: real ones, or those of a simulated world with minutes of misbehaviour in no time.

import type { Address, Listener, Ports, Stream, StreamHandlers } from "@troupe/actor-runtime";
import {
  RawConnection,
  type RawConnectionOptions,
  type Target,
} from "@troupe/load-peers/misbehaving";
import type { InfoHash } from "@troupe/protocol/units";

const dialTimeoutMs = 10_000;

/** Ports of a thread or machine that raw connections use. */
type ConnectionPorts = Pick<Ports, "random" | "sockets" | "timers">;

/** How one connection is made and driven. */
export interface ConnectionOptions extends Omit<RawConnectionOptions, "ports"> {
  /** One of our addresses, to look like another host. */
  readonly localHost?: string;
}

/** Connects. The connection is open at once: messages sent before it stands wait for it. */
export function dialConnection(
  ports: ConnectionPorts,
  to: Address,
  options: ConnectionOptions,
): RawConnection {
  const connection = new RawConnection({ ...options, ports });
  const { localHost } = options;
  const dialling = { timeoutMs: dialTimeoutMs, ...(localHost !== undefined && { localHost }) };
  connection.attach(ports.sockets.dial(to, handlersOf(connection), dialling));
  return connection;
}

/** Listens; each connection that comes is handed to `accept`. */
export function listenForConnections(
  ports: ConnectionPorts,
  at: Address,
  options: Omit<RawConnectionOptions, "ports">,
  accept: (connection: RawConnection) => void,
): Promise<Listener> {
  return ports.sockets.listen(at, (stream) => {
    const connection = new RawConnection({ ...options, ports });
    connection.attach(stream);
    accept(connection);
    return handlersOf(connection);
  });
}

function handlersOf(connection: RawConnection): StreamHandlers {
  return {
    opened: () => connection.drained(),
    bytes: (_stream: Stream, chunk: Uint8Array) => connection.receive(chunk),
    drained: () => connection.drained(),
    closed: (_stream: Stream, reason: string | undefined) => connection.markClosed(reason),
  };
}

/** The torrent of a content that is held in memory. */
export function targetOf(
  infoHash: InfoHash,
  content: Uint8Array,
  pieceLengthBytes: number,
): Target {
  return {
    infoHash,
    totalBytes: content.length,
    pieceLengthBytes,
    content: (position, lengthBytes) => content.subarray(position, position + lengthBytes),
  };
}
