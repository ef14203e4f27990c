import type { Address, Ports, Sockets, Stream, StreamHandlers } from "@troupe/actor-runtime";
import type { JudgeAddress } from "./allowed-address.ts";

/** TCP to and from allowed addresses only. */
export function ruledSockets(
  { sockets, timers }: Pick<Ports, "sockets" | "timers">,
  judge: JudgeAddress,
): Sockets {
  return {
    dial(to, handlers, options) {
      const refusal = judge(to.host);
      if (refusal === undefined) return sockets.dial(to, handlers, options);
      const stream = new RefusedStream(to);
      timers.soon(() => handlers.closed(stream, refusal.code));
      return stream;
    },
    listen: (options, accept) =>
      sockets.listen(options, (stream) => {
        if (judge(stream.remote.host) === undefined) return accept(stream);
        stream.destroy();
        return noHandlers;
      }),
  };
}

const noHandlers: StreamHandlers = { bytes: () => {}, closed: () => {} };

/** The stream of a dial that was never made. */
class RefusedStream implements Stream {
  readonly remote: Address;
  readonly local: Address = { host: "", port: 0 };
  readonly queuedBytes = 0;
  readonly takenBytes = 0;

  constructor(remote: Address) {
    this.remote = remote;
  }

  write(_bytes: Uint8Array, written?: () => void): boolean {
    written?.();
    return true;
  }

  pause(): void {}

  resume(): void {}

  end(): void {}

  destroy(): void {}

  reset(): void {}
}
