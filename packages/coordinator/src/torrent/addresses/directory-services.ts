import type { Random } from "@troupe/actor-runtime";
import type { IpFilter } from "@troupe/messages";
import type { AddressBudget } from "./address-budget.ts";
import type { DialBounds } from "./dial-bounds.ts";
import type { OwnAddresses } from "./own-addresses.ts";
import type { UnverifiedDials } from "./unverified-dials.ts";

/** The parts of the engine that all directories share. */
export interface DirectoryServices {
  readonly random: Pick<Random, "next">;
  readonly budget: AddressBudget;
  readonly own: OwnAddresses;
  readonly unverifiedDials: UnverifiedDials;
  readonly dialBounds: DialBounds;
  readonly filter: Pick<IpFilter, "has">;
}
