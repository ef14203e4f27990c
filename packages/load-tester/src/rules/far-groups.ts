// Groups that load addresses of --allow-target: the limits of a group hold for all of them together.

import type { AddressRule } from "./address-rule.ts";
import { allowedAddress, type AddressRefusal } from "./allowed-address.ts";
import { kindTogether } from "./group-kind.ts";
import type { Group } from "../scenario/scenario.ts";

/** The place of a target. A tracker has a URL too, and its name may have other addresses at each look-up. */
interface TargetPlace {
  readonly name: string;
  readonly host: string;
  readonly url: string | undefined;
}

/**
 * Looks at honest groups alone: `allowedAddress` refuses the others, at each socket too.
 *
 * @returns Why a run may not load the addresses of others; undefined: it may.
 */
export function farGroupsRefusal(
  rule: AddressRule,
  groups: readonly Group[],
  targets: readonly TargetPlace[],
): AddressRefusal | undefined {
  if (rule.allowed.length === 0) return undefined;
  const far = new Set(targets.filter((place) => isFar(rule, place)).map(({ name }) => name));
  const kind = kindTogether(groups.filter(({ target }) => far.has(target)));
  if (kind === "honest") return undefined;
  const message = `cannot load ${[...far].join(", ").slice(0, 100)}: the groups at addresses outside of loopback and private ranges are a ${kind} together; such groups run only against loopback and private addresses, whatever --allow-target names`;
  return { code: "hostile-not-allowed", message };
}

function isFar(rule: AddressRule, { host, url }: TargetPlace): boolean {
  const near: AddressRule = { ...rule, allowed: [], allowHostile: true };
  const hosts = url === undefined ? [host] : [host, hostOf(url)];
  return hosts.some((each) => allowedAddress(near, each, "hostile") !== undefined);
}

function hostOf(url: string): string {
  const hostname = URL.parse(url)?.hostname ?? "";
  return hostname === "localhost" ? "127.0.0.1" : hostname.replaceAll(/[[\]]/g, "");
}
