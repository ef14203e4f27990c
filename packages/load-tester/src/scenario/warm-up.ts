// The warm-up of a run: code is compiled, caches fill, and what is measured meanwhile counts nowhere.

/** Name of the phase; no other phase has it. */
export const warmUpPhase = "warm-up";

/** Measures of what peers do once a visit: peers that come in the warm-up are peers of the run. */
const ofVisits: ReadonlySet<string> = new Set([
  "connect",
  "utp_connect",
  "encryption",
  "handshake",
  "unchoke",
  "have_request",
  "first_piece",
  "completion",
  "arrived",
  "opened",
  "refused",
  "closed_by_target",
  "closed_by_us",
  "completed",
  "lost_peers",
]);

/** Whether a latency or a counter of a phase counts in totals over the run. */
export function countsInRun(name: string, phase: string): boolean {
  return phase !== warmUpPhase || ofVisits.has(name);
}
