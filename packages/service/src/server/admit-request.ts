// The first look at a request: where it comes from, which host it names, and whether a page of another site sent it.

import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { addressKeyOf } from "../guard/address-key.ts";
import { checkBrowser, originOf, type RouteKind, type Sender } from "../guard/browser-rule.ts";
import { callerAddress } from "../guard/caller-address.ts";
import { checkHost } from "../guard/host-rule.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import type { ListenPlace } from "../service.messages.ts";
import { peerOf, type ConnectionId } from "./connections.ts";
import type { Guard } from "./guard.ts";

/** A request that may go on. */
export interface AdmittedRequest {
  readonly place: ListenPlace;
  readonly addressKey: string;
  readonly isFromProxy: boolean;
  readonly isSecure: boolean;
  readonly sender: Sender;
  /** Scheme and host, as the caller named them. */
  readonly origin: string;
  /** For the log, once a process. */
  readonly warning: string | undefined;
}

/** @returns The refusal `host-not-allowed` or `origin-not-allowed` where the request may not go on. */
export function admitRequest(
  incoming: IncomingMessage,
  place: ListenPlace,
  guard: Guard<ConnectionId>,
  route: RouteKind,
): AdmittedRequest | Refusal {
  const { headers, socket } = incoming;
  const way = {
    peer: peerOf(socket),
    forwardedFor: joined(headers["x-forwarded-for"]),
    forwardedProto: joined(headers["x-forwarded-proto"]),
  };
  const caller = callerAddress(way, guard.proxies);
  const isSocket = place.kind !== "tcp" && !caller.isFromProxy;
  const host = checkHost(headers.host, guard.hostRule, isSocket);
  if (isRefusal(host)) return host;
  const isTls = (socket as Partial<TLSSocket>).encrypted === true;
  const scheme = caller.scheme ?? (isTls ? "https" : "http");
  const fields = {
    origin: joined(headers.origin),
    secFetchSite: joined(headers["sec-fetch-site"]),
    secFetchMode: joined(headers["sec-fetch-mode"]),
    secFetchDest: joined(headers["sec-fetch-dest"]),
  };
  const sender = checkBrowser(fields, { route, host, scheme });
  if (isRefusal(sender)) return sender;
  return {
    ...{ place, sender },
    origin: originOf({ host, scheme }),
    addressKey: addressKeyOf(caller.address),
    isFromProxy: caller.isFromProxy,
    isSecure: scheme === "https",
    warning: guard.forwarded.next(caller),
  };
}

function joined(field: string | readonly string[] | undefined): string | undefined {
  return typeof field === "object" ? field.join(", ") : field;
}
