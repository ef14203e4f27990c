// The caller of a request, and whether it may change something.

import type { IncomingMessage } from "node:http";
import type { Right } from "@troupe/control";
import { pageCookieName } from "../guard/cookies.ts";
import { credentialsOf, refuseWrite } from "../guard/credential-choice.ts";
import { identifyCaller, type Caller } from "../guard/identify-caller.ts";
import { isRefusal, type Refusal } from "../guard/refusal.ts";
import type { StreamLink } from "../guard/stream-links.ts";
import type { AdmittedRequest } from "./admit-request.ts";
import type { Credentials } from "./guard.ts";

/** A caller whose right is known. */
export type ProvenCaller =
  /** The program of the user, by the socket in the state folder. */
  | { readonly kind: "local" }
  /** A caller of a service without passwords, on this machine. */
  | { readonly kind: "unguarded" }
  | { readonly kind: "verified"; readonly caller: Caller }
  /** The holder of a signed link, which names the path of the request. */
  | { readonly kind: "linked"; readonly expires: number }
  /** A caller of a route that needs no credential. */
  | { readonly kind: "unknown" };

/** How a request may prove its caller. */
interface Proof {
  /** The caller needs no credential. */
  readonly isOpen: boolean;
  /** A caller whose credential does not count is unknown. */
  readonly takesUnknown: boolean;
  /** The signed link that the request has. */
  readonly link: StreamLink | undefined;
}

/** Finds the caller. @returns A refusal of a request without a credential that counts. */
export async function proveCaller(
  { headers, socket }: IncomingMessage,
  { place, addressKey }: AdmittedRequest,
  credentials: Credentials | undefined,
  { isOpen, link, takesUnknown }: Proof,
): Promise<ProvenCaller | Refusal> {
  if (link !== undefined) return { kind: "linked", expires: link.expires };
  if (place.kind === "local") return { kind: "local" };
  if (credentials === undefined) return { kind: "unguarded" };
  if (isOpen) return { kind: "unknown" };
  const { authorization, cookie } = headers;
  const given = credentialsOf({ authorization, cookie }, pageCookieName(socket.localPort ?? 0));
  const caller = await identifyCaller(given, addressKey, credentials);
  if (isRefusal(caller))
    return takesUnknown && caller.status === 401 ? { kind: "unknown" } : caller;
  credentials.know(addressKey);
  return { kind: "verified", caller };
}

/** The right of a caller. */
export function rightOf(proven: ProvenCaller): Right {
  switch (proven.kind) {
    case "local":
      return "local";
    case "unguarded":
      return "control";
    case "verified":
      return proven.caller.right;
    case "linked":
    case "unknown":
      return "read";
  }
}

/** @returns The refusal of a call that changes something; undefined where the caller may. */
export function refuseChange(
  proven: ProvenCaller,
  { sender }: Pick<AdmittedRequest, "sender">,
  hasDialectSession: boolean,
): Refusal | undefined {
  if (proven.kind !== "verified") return undefined;
  return refuseWrite(proven.caller, sender, hasDialectSession);
}
