// The credential that counts when a request has several, and the requests that it may make.

import type { RemoteRight } from "@troupe/control";
import type { Sender } from "./browser-rule.ts";
import { cookieValues, dialectCookieName } from "./cookies.ts";
import type { Login } from "./password-checks.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** A longer field `Authorization` counts as absent. */
const longestAuthorization = 4_096;

/** A part of a request that may prove its caller. It is not verified yet. */
export type Credential =
  | { readonly kind: "token"; readonly text: string }
  | { readonly kind: "page-session" | "dialect-session"; readonly texts: readonly string[] }
  | { readonly kind: "login"; readonly login: Login };

/** The kind of a verified credential. */
export type CredentialKind = Credential["kind"];

/** The fields of a request that may have credentials. */
interface CredentialFields {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

/**
 * @param pageCookie Name of the page's cookie.
 * @returns Credentials in their order: token, cookie, Basic. The first that is verified counts; after a wrong token none is
 *   tried.
 */
export function credentialsOf(
  { authorization, cookie }: CredentialFields,
  pageCookie: string,
): readonly Credential[] {
  const credentials: Credential[] = [];
  const [scheme, value] = authorizationParts(authorization);
  if (scheme === "bearer") credentials.push({ kind: "token", text: value });
  const page = cookieValues(cookie, pageCookie);
  if (page.length > 0) credentials.push({ kind: "page-session", texts: page });
  const dialect = cookieValues(cookie, dialectCookieName);
  if (dialect.length > 0) credentials.push({ kind: "dialect-session", texts: dialect });
  const login = scheme === "basic" ? parseBasic(value) : undefined;
  if (login !== undefined) credentials.push({ kind: "login", login });
  return credentials;
}

/**
 * @param hasDialectSession The request has a valid session id of its dialect, which a page of another site cannot read.
 * @returns The refusal `read-only-credential` of a call that changes something; undefined where it may.
 */
export function refuseWrite(
  { kind, right }: { readonly kind: CredentialKind; readonly right: RemoteRight },
  sender: Sender,
  hasDialectSession: boolean,
): Refusal | undefined {
  if (right === "read")
    return readOnly("a token that may only read, or its login session", "a token that may control");
  switch (kind) {
    case "token":
    case "dialect-session":
      return undefined;
    case "page-session":
      return sender === "page"
        ? undefined
        : readOnly("the cookie of the page without an Origin", "the Origin of the page beside it");
    case "login":
      return hasDialectSession
        ? undefined
        : readOnly(
            "a password without a session id",
            "a token, or the session id of the dialect beside the password",
          );
  }
}

/** Reads `user:password` in base64 of UTF-8 (RFC 7617). @returns Undefined for other text. */
function parseBasic(value: string): Login | undefined {
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(value)) return undefined;
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function authorizationParts(field: string | undefined): readonly [scheme: string, value: string] {
  if (field === undefined || field.length > longestAuthorization) return ["", ""];
  const [, scheme = "", value = ""] = /^([A-Za-z]+) +(\S+) *$/.exec(field) ?? [];
  return [scheme.toLowerCase(), value];
}

function readOnly(seen: string, allowed: string): Refusal {
  const message = `cannot change anything with ${seen}; allowed is ${allowed}`;
  return refuse(403, "read-only-credential", message);
}
