// The options that hold for everything that an engine sends.

import { ownIdentity, type ClientIdentity } from "@troupe/protocol/client-identity";
import type { CoordinatorOptions } from "./generated/engine-options.ts";

/** How an engine names itself to others. */
export function identityFor({
  peerIdPrefix = ownIdentity.peerIdPrefix,
}: Pick<CoordinatorOptions, "peerIdPrefix">): ClientIdentity {
  return { ...ownIdentity, peerIdPrefix };
}
