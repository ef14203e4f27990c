// The options that hold for all packets of an engine.

import type { Address, InterfaceRule, NetworkRules, ProxyRule } from "@troupe/actor-runtime";
import { checkGate, engineSettings } from "@troupe/control";
import type { EngineOptions } from "@troupe/messages";
import { canonicalHost, parseNameServer } from "@troupe/protocol/address";
import {
  anonymousIdentity,
  ownIdentity,
  type ClientIdentity,
} from "@troupe/protocol/client-identity";
import { parseProxyUrl } from "@troupe/protocol/proxy";
import type { CoordinatorOptions } from "./generated/engine-options.ts";

/** The options that hold for all packets, HTTP requests included. */
type NetworkOptions = Pick<
  CoordinatorOptions,
  | "addressFamilies"
  | "anonymous"
  | "bind"
  | "dns"
  | "interface"
  | "interfaceStrict"
  | "peerIdPrefix"
  | "proxy"
  | "proxyFor"
>;

/** The options of an engine that hold for all its packets. */
type NetworkParts = Pick<EngineOptions, "dns" | "families" | "identity" | "interface" | "proxy">;

const familyNumbers = { ipv4: 4, ipv6: 6 } as const;

/** How an engine names itself, the addresses that it uses, its interface, its name servers and its proxy. @throws ProtocolError `proxy-url-malformed`; TroupeError `option-out-of-range` for `dns` */
export function networkFor({
  addressFamilies = engineSettings.addressFamilies.default,
  anonymous = false,
  bind = engineSettings.bind.default,
  dns = engineSettings.dns.default,
  interface: name,
  interfaceStrict: isStrict = engineSettings.interfaceStrict.default,
  peerIdPrefix = ownIdentity.peerIdPrefix,
  proxy,
  proxyFor = engineSettings.proxyFor.default,
}: NetworkOptions): NetworkParts {
  const words = typeof addressFamilies === "string" ? [addressFamilies] : addressFamilies;
  const identity: ClientIdentity = anonymous ? anonymousIdentity : { ...ownIdentity, peerIdPrefix };
  return {
    families: [...new Set(words)].map((word) => familyNumbers[word]),
    identity,
    ...(dns.length > 0 && { dns: nameServers(dns) }),
    ...(proxy !== undefined && { proxy: proxyRule(proxy, proxyFor) }),
    ...(name !== undefined && { interface: interfaceRule(name, isStrict, bind) }),
  };
}

/** Everything of an engine is bound to the addresses that its peers are told of. */
function interfaceRule(name: string, isStrict: boolean, bind: readonly string[]): InterfaceRule {
  return { name, isStrict, ...(bind.length > 0 && { hosts: bind.map(canonicalHost) }) };
}

function nameServers(dns: readonly string[]): readonly Address[] {
  const checked = checkGate(engineSettings.dns.gate, "dns", dns);
  return checked.flatMap((server) => parseNameServer(server) ?? []);
}

function proxyRule(proxy: string, proxyFor: "all" | "trackers"): ProxyRule {
  return { ...parseProxyUrl(proxy), use: proxyFor === "all" ? "all" : "viaProxy" };
}

/** Whether every packet of an engine goes through a proxy. */
export function isBehindProxy({ proxy }: Pick<EngineOptions, "proxy">): boolean {
  return proxy?.use === "all";
}

/** The rules for names and HTTP requests, by the options of an engine. */
export function networkRules({
  dns,
  families,
  identity,
  interface: bound,
  proxy,
}: NetworkParts): NetworkRules {
  return {
    families,
    userAgent: identity.userAgent,
    ...(dns !== undefined && { dns }),
    ...(proxy !== undefined && { proxy }),
    ...(bound !== undefined && { interface: bound }),
  };
}

/** The protocols by which a gateway is asked. The messages of NAT-PMP alone hold no address of this machine. */
export function mappingProtocols({
  anonymous = false,
}: NetworkOptions): EngineOptions["portMapping"] {
  return anonymous ? ["NAT-PMP"] : ["PCP", "NAT-PMP", "UPnP"];
}
