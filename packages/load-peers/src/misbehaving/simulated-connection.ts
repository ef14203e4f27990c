// Lines in a simulated world: minutes of misbehaviour in no time.

import type { Address, Ports, Stream } from "@troupe/actor-runtime";
import { RawConnection, type RawConnectionOptions } from "./raw-connection.ts";

const dialTimeoutMs = 10_000;

/** Connects from a machine of the world. */
export function dialSimulatedConnection(
  ports: Ports,
  to: Address,
  options: Omit<RawConnectionOptions, "after">,
): RawConnection {
  const connection = simulatedConnection(ports, options);
  connection.attach(ports.sockets.dial(to, handlersOf(connection), { timeoutMs: dialTimeoutMs }));
  return connection;
}

/** Listens on a machine of the world: each connection that comes is a line. */
export async function listenForSimulatedConnections(
  ports: Ports,
  port: number,
  options: Omit<RawConnectionOptions, "after">,
  accept: (connection: RawConnection) => void,
): Promise<void> {
  await ports.sockets.listen({ host: "0.0.0.0", port }, (stream) => {
    const connection = simulatedConnection(ports, options);
    connection.attach(stream);
    accept(connection);
    return handlersOf(connection);
  });
}

function simulatedConnection(
  { timers }: Ports,
  options: Omit<RawConnectionOptions, "after">,
): RawConnection {
  return new RawConnection({
    ...options,
    after(delayMs, task) {
      const timer = timers.after(delayMs, task);
      return () => timer.cancel();
    },
  });
}

function handlersOf(connection: RawConnection) {
  return {
    opened: () => connection.drained(),
    bytes: (_stream: Stream, chunk: Uint8Array) => connection.receive(chunk),
    drained: () => connection.drained(),
    closed: (_stream: Stream, reason: string | undefined) => connection.markClosed(reason),
  };
}
