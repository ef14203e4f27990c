// Lines in a simulated world: minutes of misbehaviour in no time.

import type { Address, Ports, Stream } from "@troupe/actor-runtime";
import { Line, type LineOptions } from "./line.ts";

const dialTimeoutMs = 10_000;

/** Connects from a machine of the world. */
export function dialSimulatedLine(
  ports: Ports,
  to: Address,
  options: Omit<LineOptions, "after">,
): Line {
  const line = simulatedLine(ports, options);
  line.attach(ports.sockets.dial(to, handlersOf(line), { timeoutMs: dialTimeoutMs }));
  return line;
}

/** Listens on a machine of the world: each connection that comes is a line. */
export async function listenForSimulatedLines(
  ports: Ports,
  port: number,
  options: Omit<LineOptions, "after">,
  accept: (line: Line) => void,
): Promise<void> {
  await ports.sockets.listen({ host: "0.0.0.0", port }, (stream) => {
    const line = simulatedLine(ports, options);
    line.attach(stream);
    accept(line);
    return handlersOf(line);
  });
}

function simulatedLine({ timers }: Ports, options: Omit<LineOptions, "after">): Line {
  return new Line({
    ...options,
    after(delayMs, task) {
      const timer = timers.after(delayMs, task);
      return () => timer.cancel();
    },
  });
}

function handlersOf(line: Line) {
  return {
    opened: () => line.drained(),
    bytes: (_stream: Stream, chunk: Uint8Array) => line.hear(chunk),
    drained: () => line.drained(),
    closed: (_stream: Stream, reason: string | undefined) => line.hasClosed(reason),
  };
}
