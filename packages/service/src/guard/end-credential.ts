import type { OpenUses } from "./open-uses.ts";
import type { CredentialId, LoginSessions } from "./sessions.ts";

/** Ends what a revoked token or a changed password has proved: login sessions, then streams and events, in this turn. */
export function endCredential(
  credential: CredentialId,
  sessions: LoginSessions,
  uses: OpenUses,
): void {
  sessions.endOf(credential);
  uses.endOf(credential);
}
