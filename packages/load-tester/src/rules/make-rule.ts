import { canonicalHost, parseIp } from "@troupe/protocol/address";
import { TroupeError } from "@troupe/control";
import type { AddressRule } from "./address-rule.ts";

/** Options of a command line. */
interface RuleOptions {
  /** Each `--allow-target`. */
  readonly allowTargets: readonly string[];
  /** Default true; of an agent: `--allow-hostile`. */
  readonly allowHostile?: boolean;
}

/** Bounds the work of each decision. */
const mostTargets = 100;

/**
 * @returns The rule of this process.
 * @throws TroupeError `option-out-of-range`: a target is no numeric address, or there are too many.
 */
export function makeRule(options: RuleOptions): AddressRule {
  const { allowTargets, allowHostile = true } = options;
  if (allowTargets.length > mostTargets) {
    const message = `cannot allow ${allowTargets.length} targets: at most ${mostTargets} --allow-target are allowed`;
    throw new TroupeError("option-out-of-range", message);
  }
  return { allowed: allowTargets.map(numericTarget), allowHostile };
}

function numericTarget(text: string): string {
  if (parseIp(text) !== undefined) return canonicalHost(text);
  const message = `cannot allow the target "${text.slice(0, 60)}": --allow-target takes an IPv4 or IPv6 address, without a port`;
  throw new TroupeError("option-out-of-range", message);
}
