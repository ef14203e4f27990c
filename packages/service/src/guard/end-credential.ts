import type { OpenUses } from "./open-uses.ts";
import type { CredentialId, LoginSessions } from "./sessions.ts";

/** Ends the login sessions of a revoked token or a replaced password, then its streams and events, in this turn. */
export function endCredential(
  credential: CredentialId,
  sessions: LoginSessions,
  uses: OpenUses,
): void {
  sessions.endOf(credential);
  uses.endOf(credential);
}
