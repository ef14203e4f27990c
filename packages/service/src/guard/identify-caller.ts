import type { RemoteRight } from "@troupe/control";
import type { Credential, CredentialKind } from "./credential-choice.ts";
import { isLiveKey, type KnownCredentials } from "./live-keys.ts";
import type { UseKey } from "./open-uses.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import type { LoginSession } from "./sessions.ts";

/** A caller whose credential is verified. */
export interface Caller {
  readonly kind: CredentialKind;
  readonly right: RemoteRight;
  /** Streams and events of the caller end with it. */
  readonly use: UseKey;
}

/**
 * Verifies the credentials in their order. An ended login session gives way to the next one, so that an old cookie beside a
 * password locks no browser out; a wrong token and a wrong password end the search.
 */
export async function identifyCaller(
  credentials: readonly Credential[],
  addressKey: string,
  known: KnownCredentials,
): Promise<Caller | Refusal> {
  for (const credential of credentials) {
    const result = await verify(credential, addressKey, known);
    if (result !== undefined) return result;
  }
  const message =
    credentials.length === 0
      ? "cannot answer without a credential: allowed are a token, the cookie of a login and a password"
      : "cannot answer: the login has ended; log in again";
  return refuse(401, "login-needed", message);
}

async function verify(
  credential: Credential,
  addressKey: string,
  known: KnownCredentials,
): Promise<Caller | Refusal | undefined> {
  switch (credential.kind) {
    case "token":
      return tokenCaller(credential.text, known);
    case "page-session":
    case "dialect-session":
      return sessionCaller(credential.kind, credential.texts, known);
    case "login": {
      const use = await known.passwords.check(addressKey, credential.login);
      return isRefusal(use) ? use : { kind: "login", right: "control", use };
    }
  }
}

function tokenCaller(text: string, { tokens }: KnownCredentials): Caller | Refusal {
  const token = tokens.verify(text);
  if (token !== undefined) return { kind: "token", right: token.right, use: `token:${token.id}` };
  return refuse(401, "token-unknown", "cannot answer: the token is unknown, or it was revoked");
}

function sessionCaller(
  kind: "page-session" | "dialect-session",
  texts: readonly string[],
  known: KnownCredentials,
): Caller | undefined {
  const use = kind === "page-session" ? "page" : "dialect";
  for (const text of texts) {
    const session = known.sessions.use(text, use);
    const right = session === undefined ? undefined : rightOf(session, known);
    if (session !== undefined && right !== undefined) {
      return { kind, right, use: `session:${session.id}` };
    }
  }
  return undefined;
}

/** A login session has the right of the credential that opened it. */
function rightOf({ credential }: LoginSession, known: KnownCredentials): RemoteRight | undefined {
  if (!isLiveKey(credential, known)) return undefined;
  if (credential.startsWith("password:")) return "control";
  return known.tokens.list().find(({ id }) => `token:${id}` === credential)?.right;
}
