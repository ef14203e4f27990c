// The settings `tcp_enabled`, `utp_enabled` and `preferred_transports` of the session: one setting of ours.

import type { LiveEngineSettings } from "@troupe/control";
import { RpcError } from "../rpc-error.ts";

type Mode = NonNullable<LiveEngineSettings["transport"]>;

/** The names of the transports that a mode has, those dialled first in front. */
const names: Readonly<Record<Mode, readonly string[]>> = {
  both: ["tcp", "utp"],
  tcp: ["tcp"],
  utp: ["utp"],
};

/** The transports that a mode dials, in their order. */
export function preferredTransports(mode: Mode = "both"): readonly string[] {
  return names[mode];
}

/** The flags that a call sets, and the list in their place. */
interface TransportChange {
  readonly isTcpOn: boolean | undefined;
  readonly isUtpOn: boolean | undefined;
  readonly preferred: readonly string[] | undefined;
}

/** @returns Undefined for no change. @throws RpcError for a list of other names, and when no transport would be left. */
export function transportAfter(
  now: Mode = "both",
  { isTcpOn, isUtpOn, preferred }: TransportChange,
): Mode | undefined {
  const listed = preferred === undefined ? now : modeOf(preferred);
  const tcp = isTcpOn ?? listed !== "utp";
  const utp = isUtpOn ?? listed !== "tcp";
  if (!tcp && !utp) {
    const text = "tcp_enabled and utp_enabled are both false; allowed is one of them at most";
    throw new RpcError("invalid-params", { text });
  }
  const after = tcp && utp ? "both" : tcp ? "tcp" : "utp";
  return after === now ? undefined : after;
}

/** Our order is fixed: a list with both stands for `both`, whatever comes first. */
function modeOf(preferred: readonly string[]): Mode {
  const [first, ...others] = [...new Set(preferred)].toSorted();
  if (first === "tcp" && others.length === 1 && others[0] === "utp") return "both";
  if ((first === "tcp" || first === "utp") && others.length === 0) return first;
  const text = `preferred_transports is ${JSON.stringify(preferred)}; allowed are lists of tcp and utp`;
  throw new RpcError("invalid-params", { text });
}
