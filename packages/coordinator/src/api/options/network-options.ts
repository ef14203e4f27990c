// The options that hold for everything that an engine sends.

import type { NetworkRules } from "@troupe/actor-runtime";
import type { EngineOptions } from "@troupe/messages";
import {
  anonymousIdentity,
  ownIdentity,
  type ClientIdentity,
} from "@troupe/protocol/client-identity";
import type { CoordinatorOptions } from "./generated/engine-options.ts";

/** The options that hold for HTTP requests, too. */
type NetworkOptions = Pick<CoordinatorOptions, "anonymous" | "peerIdPrefix">;

/** How an engine names itself. */
export function networkFor({
  anonymous = false,
  peerIdPrefix = ownIdentity.peerIdPrefix,
}: NetworkOptions): Pick<EngineOptions, "identity"> {
  const identity: ClientIdentity = anonymous ? anonymousIdentity : { ...ownIdentity, peerIdPrefix };
  return { identity };
}

/** The rules of HTTP requests that follow. */
export function networkRules({ identity }: Pick<EngineOptions, "identity">): NetworkRules {
  return { userAgent: identity.userAgent };
}

/** The protocols by which a gateway is asked. The messages of NAT-PMP alone hold no address of this machine. */
export function mappingProtocols({
  anonymous = false,
}: NetworkOptions): EngineOptions["portMapping"] {
  return anonymous ? ["NAT-PMP"] : ["PCP", "NAT-PMP", "UPnP"];
}
