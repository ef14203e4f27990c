import type { MayDial } from "@troupe/actor-runtime";
import { classifyAddress } from "@troupe/protocol/address";

/** Dials hosts of the internet alone: for an address that a program elsewhere has named. */
export const internetAlone: MayDial = (host) => classifyAddress(host) === "internet";
