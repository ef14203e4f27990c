import type { Group } from "../../../packages/load-tester/src/scenario/scenario.ts";

/** A group whose members come at once and stay. */
export function groupOf(name: string, count: number, load: Group["load"]): Group {
  return {
    ...{ name, target: "target", count, load },
    arrival: { kind: "at-once", afterMs: 0 },
    stay: { kind: "end" },
    againAfterMs: undefined,
    retryAfterMs: undefined,
    timeoutMs: 15_000,
    handshakeTimeoutMs: 15_000,
  };
}
