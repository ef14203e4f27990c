import type { OpenUses } from "./open-uses.ts";
import { runAll } from "./run-all.ts";
import type { CredentialId, LoginSessions } from "./sessions.ts";

/** Ends the login sessions of a revoked token or a replaced password, then its streams and events, in this turn. */
export function endCredential(
  credential: CredentialId,
  sessions: LoginSessions,
  uses: OpenUses,
): void {
  runAll([() => sessions.endOf(credential), () => uses.endOf(credential)]);
}
