import { ProtocolError } from "@troupe/protocol/errors";

import { PeerFault } from "./faults.ts";
import type { Session } from "../session/session.ts";

/** @returns The code of the rule that the peer broke. @throws Any other error. */
export function faultCodeOf({ worker, identity }: Session, error: unknown): string {
  if (!(error instanceof ProtocolError || error instanceof PeerFault)) throw error;
  const { code, message } = error;
  const { host, port } = identity;
  worker.context.log("debug", "peer-fault", { host, port, code, message });
  return code;
}
