// Ports that reach only allowed addresses, so that no load can forget the rule.

import type { Ports } from "@troupe/actor-runtime";
import type { AddressRule } from "./address-rule.ts";
import { allowedAddress, type AddressRefusal, type JudgeAddress } from "./allowed-address.ts";
import type { GroupKind } from "./group-kind.ts";
import { ruledDatagrams } from "./ruled-datagrams.ts";
import { ruledHttp } from "./ruled-http.ts";
import { ruledNames } from "./ruled-names.ts";
import { ruledSockets } from "./ruled-sockets.ts";

/**
 * @returns The ports with the rule in front of each connect, each datagram, each hop of HTTP and each resolved name. A
 *   refused dial closes with the refusal's code, a refused datagram is reported with it, other calls reject with it.
 */
export function ruledPorts(ports: Ports, rule: AddressRule, kind: GroupKind = "honest"): Ports {
  const judge = rememberingJudge((host) => allowedAddress(rule, host, kind));
  return {
    ...ports,
    sockets: ruledSockets(ports, judge),
    datagrams: ruledDatagrams(ports.datagrams, judge),
    http: ruledHttp(ports.http, judge),
    names: ruledNames(ports.names, judge),
  };
}

/** Most loads go to the address of the call before, forty thousand times a second. */
function rememberingJudge(judge: JudgeAddress): JudgeAddress {
  let last: { readonly host: string; readonly refusal: AddressRefusal | undefined } | undefined;
  return (host) => {
    if (last?.host !== host) last = { host, refusal: judge(host) };
    return last.refusal;
  };
}
