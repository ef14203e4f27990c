import type { Names } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { JudgeAddress } from "./allowed-address.ts";

/** Names with their allowed addresses; a name without any is refused. */
export function ruledNames(names: Names, judge: JudgeAddress): Names {
  return {
    resolve: async (host) => allowedOf(host, await names.resolve(host), judge),
    resolveAllowed: async (host) => allowedOf(host, await names.resolveAllowed(host), judge),
  };
}

function allowedOf(
  name: string,
  addresses: readonly string[],
  judge: JudgeAddress,
): readonly string[] {
  const refusals = addresses.map(judge);
  const allowed = addresses.filter((_, at) => refusals[at] === undefined);
  if (allowed.length > 0) return allowed;
  const [refusal] = refusals;
  if (refusal === undefined) return addresses;
  throw new TroupeError(refusal.code, refusal.message, { details: { name } });
}
