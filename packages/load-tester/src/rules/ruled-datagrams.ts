import type { Datagrams } from "@troupe/actor-runtime";
import type { JudgeAddress } from "./allowed-address.ts";

/** UDP to allowed addresses only. */
export function ruledDatagrams(datagrams: Datagrams, judge: JudgeAddress): Datagrams {
  return {
    async bind(options, handlers) {
      const socket = await datagrams.bind(options, handlers);
      return {
        address: socket.address,
        send(bytes, to) {
          const refusal = judge(to.host);
          if (refusal === undefined) socket.send(bytes, to);
          else handlers.notSent?.(to, refusal.code);
        },
        close: () => socket.close(),
      };
    },
  };
}
