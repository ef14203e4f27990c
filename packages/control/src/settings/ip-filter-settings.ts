// The settings of an engine for the IP filter.

import { list, text, whole } from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

/** Hours of a year. */
const mostHours = 8_760;
/** The shape of an address or a prefix; the engine checks its numbers. */
const prefix = text(
  String.raw`[\dA-Fa-f.:]{2,45}(\/\d{1,3})?`,
  "an IPv4 or IPv6 address, or a prefix like 192.0.2.0/24",
);

/** Rows of the engine's settings. */
export const ipFilterSettings = {
  ipFilter: {
    gate: text(String.raw`[^\0]{1,4096}`, "a path, or an http:// or https:// address"),
    option: {
      name: "ip-filter",
      sign: "F",
      calls: "download seed info dht cat play",
      group: "Peers",
      help: "refuse the addresses in F, a file or an address: p2p, P2B, ipfilter.dat, or addresses, ranges and CIDR prefixes, also with gzip (none)",
    },
    text: "The list of addresses that are neither dialled nor accepted, a file or an http or https address: p2p, P2B, `ipfilter.dat`, or addresses, ranges and CIDR prefixes a line; each may be compressed by gzip. The state folder keeps the list of an address for starts without the network. Without a list no address is refused.",
  },
  ipFilterHours: {
    gate: whole(1, mostHours),
    option: {
      name: "ip-filter-hours",
      calls: "download seed cat play",
      group: "Peers",
      help: "read the list of --ip-filter again each N hours (never)",
    },
    text: "Hours until the list of `ipFilter` is read again, 1 to 8,760; a list that cannot be read changes nothing. By default it is read at the start alone.",
  },
  ipFilterAllow: {
    gate: list(prefix, 1_000),
    default: [],
    option: {
      name: "ip-filter-allow",
      takes: "an address or a prefix like 192.0.2.0/24",
      calls: "download seed cat play",
      group: "Peers",
      help: "address or prefix that --ip-filter does not refuse, repeatable (none)",
    },
    text: "Addresses and prefixes that the list of `ipFilter` does not refuse, 1,000 at most. Bans hold for them too.",
  },
} as const satisfies SettingRows;
