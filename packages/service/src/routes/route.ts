// Routes: what a dialect answers, without the server and the guard around it.

import type { RemoteRight } from "@troupe/control";
import type { ServedFile } from "@troupe/file-http";
import type { FormField } from "../guard/form-body.ts";
import type { Refusal } from "../guard/refusal.ts";
import type { TokenRecord } from "../guard/tokens.ts";
import type { Part } from "../guard/multipart-body.ts";
import type { ServiceCalls } from "./service-calls.ts";

/** The body of a request, by its type. */
export type RequestBody =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "form"; readonly fields: readonly FormField[] }
  | { readonly kind: "multipart"; readonly parts: readonly Part[] };

/** A request whose caller is verified. */
export interface ServiceRequest {
  readonly method: string;
  /** The path of the URL, without the base path and the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Scheme, host and base path, as the caller named them and the guard has checked them: `http://192.0.2.7:9091/troupe`. */
  readonly base: string;
  /** The end of the signed link that proved the caller, in seconds since 1970. Undefined: something else did. */
  readonly linkExpires: number | undefined;
  /** @param name Lower case. */
  header(name: string): string | undefined;
  readonly body: RequestBody;
  readonly calls: ServiceCalls;
  readonly logins: RequestLogins;
  readonly secrets: RequestSecrets;
}

/** A token without what proves it. */
export type ShownToken = Omit<TokenRecord, "digest">;

/**
 * The tokens and the password of the service. Every member throws or rejects with TroupeError `not-permitted` for a caller
 * that is not local, and `no-passwords` where callers need no credential.
 */
export interface RequestSecrets {
  /** In the order of their creation. */
  tokens(): readonly ShownToken[];
  /** Settles when it is saved. `token` cannot be shown again. @throws TroupeError `token-not-allowed`, `too-many-tokens` */
  createToken(name: string, right: RemoteRight): Promise<ShownToken & { readonly token: string }>;
  /** Ends its login sessions, streams and events too. @throws TroupeError `token-unknown` */
  revokeToken(id: string): Promise<void>;
  /**
   * Ends the login sessions, streams and events of the old password.
   *
   * @param password Undefined: a random one. @returns The random one.
   * @throws TroupeError `password-not-allowed`
   */
  setPassword(password: string | undefined): Promise<string | undefined>;
}

/** Logins and login sessions: of the dialect that has the cookie `SID`, and of the page. */
export interface RequestLogins {
  /**
   * Checks a password and opens a login session.
   *
   * @returns The field `Set-Cookie`; undefined for a wrong password. @throws TroupeError `too-many-guesses`
   */
  login(user: string, password: string): Promise<string | undefined>;
  /** Ends the login session of this request. @returns The field `Set-Cookie` that drops the cookie. */
  logout(): string;
  /** Callers need a credential. */
  readonly isGuarded: boolean;
  /** The caller has proved that it may call. */
  readonly isKnown: boolean;
  /**
   * Opens a login session of the page.
   *
   * @param secret The password of the service, or a token.
   * @returns The field `Set-Cookie`. @throws TroupeError `login-failed`, `too-many-guesses`, `too-many-logins`
   */
  openPage(secret: string): Promise<string>;
  /** Ends the page's login session of this request. @returns The field `Set-Cookie` that drops the cookie. */
  closePage(): string;
}

/** The response to a request. The server adds the fields that guard browsers. */
export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Absent: empty. The parts of a long body are written one after the other: to join them would take longer. A function is
   * called once, and writes until the client or the credential is gone. Of a file the server gives the range that the request
   * asks for, with a status and fields of its own.
   */
  readonly body?:
    | string
    | Uint8Array
    | readonly Uint8Array[]
    | ((sink: ResponseSink) => void)
    | FileBody;
}

/** A file as a body. */
export interface FileBody {
  readonly file: ServedFile;
  /** Called once, when the response has ended. */
  readonly closed: () => void;
}

/** The body of a response that goes on, such as a stream of events. */
export interface ResponseSink {
  /** Bytes that the client has not taken yet. */
  readonly waitingBytes: number;
  write(text: string): void;
  end(): void;
  /** Calls `listener` once the client has taken all. */
  whenDrained(listener: () => void): void;
  /** Calls `listener` when nothing more can be written. */
  whenClosed(listener: () => void): void;
}

/** A route of a dialect. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Exact, or with segments such as `:torrent` that stand for any one segment; the route reads them in the request's path. */
  readonly path: string;
  /** The largest body: of a call, of a call that adds torrents, of a login, or none. */
  readonly body: "add" | "call" | "login" | "none";
  /** Its body is JSON whatever the field `Content-Type` says: some programs leave out the type, or name another. */
  readonly reads?: "json";
  /** The caller needs no credential. Default false. */
  readonly isOpen?: true;
  /** A caller without a credential that counts is answered, too: as one that is not known. Default false. */
  readonly takesUnknown?: true;
  /** A file of the page, to which other sites may link. Default false. */
  readonly isPage?: true;
  /** A signed link proves the caller too. Default false. */
  readonly takesLinks?: true;
  /** Whether the request has the session id of its dialect. Default: the dialect has none. */
  readonly hasSession?: (request: Pick<ServiceRequest, "header">) => boolean;
  /** The dialect's own form of a refusal that came before the route. Default: JSON with `error`. */
  readonly refused?: (refusal: Refusal) => ServiceResponse;
  readonly answer: (request: ServiceRequest) => Promise<ServiceResponse> | ServiceResponse;
}

/** A response with JSON. */
export function jsonResponse(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ServiceResponse {
  const type = { "Content-Type": "application/json; charset=utf-8" };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

/** A response with JSON that is written already, in parts. */
export function jsonOfParts(
  begin: string,
  parts: readonly Uint8Array[],
  end: string,
): ServiceResponse {
  const headers = { "Content-Type": "application/json; charset=utf-8" };
  return { status: 200, headers, body: [Buffer.from(begin), ...parts, Buffer.from(end)] };
}

/** A response with text. */
export function textResponse(
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ServiceResponse {
  const type = { "Content-Type": "text/plain; charset=utf-8" };
  return { status, headers: { ...type, ...headers }, body };
}
