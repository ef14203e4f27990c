import type { PieceReport } from "@troupe/messages";
import { addressKey } from "@troupe/protocol";
import type { AttemptOrigin } from "../smart-ban/failed-attempts.ts";

/** The report of a piece for its event. */
export function reportOf({ contributors }: AttemptOrigin, tookMs: number): PieceReport {
  const [only] = contributors;
  if (contributors.length === 1 && only !== undefined) {
    const { host, port } = only;
    return { tookMs: Math.round(tookMs), contributors: [{ host, port }] };
  }
  const byAddress = new Map<string, PieceReport["contributors"][number]>();
  for (const peer of contributors) {
    if (peer === undefined) continue;
    const { host, port } = peer;
    byAddress.set(addressKey(host, port), { host, port });
  }
  return { tookMs: Math.round(tookMs), contributors: [...byAddress.values()] };
}
