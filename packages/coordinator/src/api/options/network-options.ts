// The options that hold for all packets of an engine.

import type { NetworkRules } from "@troupe/actor-runtime";
import { engineSettings } from "@troupe/control";
import type { EngineOptions } from "@troupe/messages";
import {
  anonymousIdentity,
  ownIdentity,
  type ClientIdentity,
} from "@troupe/protocol/client-identity";
import type { CoordinatorOptions } from "./generated/engine-options.ts";

/** The options that hold for all packets, HTTP requests included. */
type NetworkOptions = Pick<CoordinatorOptions, "addressFamilies" | "anonymous" | "peerIdPrefix">;

const familyNumbers = { ipv4: 4, ipv6: 6 } as const;

/** How an engine names itself, and the addresses that it uses. */
export function networkFor({
  addressFamilies = engineSettings.addressFamilies.default,
  anonymous = false,
  peerIdPrefix = ownIdentity.peerIdPrefix,
}: NetworkOptions): Pick<EngineOptions, "families" | "identity"> {
  const words = typeof addressFamilies === "string" ? [addressFamilies] : addressFamilies;
  const identity: ClientIdentity = anonymous ? anonymousIdentity : { ...ownIdentity, peerIdPrefix };
  return { families: [...new Set(words)].map((word) => familyNumbers[word]), identity };
}

/** The rules for names and HTTP requests, by the options of an engine. */
export function networkRules({
  families,
  identity,
}: Pick<EngineOptions, "families" | "identity">): NetworkRules {
  return { families, userAgent: identity.userAgent };
}

/** The protocols by which a gateway is asked. The messages of NAT-PMP alone hold no address of this machine. */
export function mappingProtocols({
  anonymous = false,
}: NetworkOptions): EngineOptions["portMapping"] {
  return anonymous ? ["NAT-PMP"] : ["PCP", "NAT-PMP", "UPnP"];
}
