import type { PieceReport } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { AttemptOrigin } from "../smart-ban/failed-attempts.ts";

/** The addresses of the contributors for the reports of their pieces, each once. */
export function reportedAddresses({ contributors }: AttemptOrigin): PieceReport["contributors"] {
  const [only] = contributors;
  if (contributors.length === 1 && only !== undefined) {
    const { host, port } = only;
    return [{ host, port }];
  }
  const byAddress = new Map<string, PieceReport["contributors"][number]>();
  for (const peer of contributors) {
    if (peer === undefined) continue;
    const { host, port } = peer;
    byAddress.set(addressKey(host, port), { host, port });
  }
  return [...byAddress.values()];
}
