// Keys of callers that still count. A caller is identified before its body is read: its key may end meanwhile.

import type { UseKey } from "./open-uses.ts";
import type { PasswordChecks } from "./password-checks.ts";
import { refuse, type Refusal } from "./refusal.ts";
import type { LoginSessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

/** The credentials that the service knows. */
export interface KnownCredentials {
  readonly tokens: Tokens;
  readonly sessions: LoginSessions;
  readonly passwords: PasswordChecks;
}

/** @returns Whether the key has neither ended nor been revoked; a login session needs the credential that opened it, too. */
export function isLiveKey(key: UseKey, known: KnownCredentials): boolean {
  const [kind] = key.split(":", 1);
  if (kind === "token") return known.tokens.list().some(({ id }) => `token:${id}` === key);
  if (kind === "password") return known.passwords.credential === key;
  const session = known.sessions.find(key.slice("session:".length));
  return session !== undefined && isLiveKey(session.credential, known);
}

/** The refusal of a key that is not live. */
export function keyEnded(): Refusal {
  const message =
    "cannot go on: the login has ended, its token was revoked, or the password was changed; log in again";
  return refuse(401, "login-needed", message);
}
