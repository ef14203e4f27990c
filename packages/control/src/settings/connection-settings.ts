// The settings of an engine for its connections over all torrents, and for the names and addresses that it tells others.

import {
  address,
  either,
  flag,
  list,
  nameServer,
  proxyAddress,
  text,
  whole,
  word,
} from "../gates/gate.ts";
import type { SettingRows } from "./setting-row.ts";

/** A family of addresses. */
export type AddressFamilyName = "ipv4" | "ipv6";

const family = word("ipv4", "ipv6");
const families = list(family, 2, 1);

/** Rows of the engine's settings. */
export const connectionSettings = {
  maxConnections: {
    gate: whole(2, 100_000),
    isLive: true,
    right: "control",
    option: {
      name: "max-connections",
      calls: "download seed",
      group: "Limits",
      help: "connections of all torrents together (500, or --max-peers if that is more)",
    },
    text: "Connections of all torrents together, dials included, 2 to 100,000, divided by the torrents' bandwidth priorities. With more torrents than connections, torrents take turns. By default 500, or as many as the largest `maxPeers` of a torrent. Fewer if the process may not have so many sockets open.",
  },
  maxDials: {
    gate: whole(1, 200),
    isLive: true,
    right: "control",
    option: {
      name: "max-dials",
      calls: "download seed",
      group: "Limits",
      help: "dials under way at a time, over all torrents (200)",
    },
    text: "Dials of all torrents that are under way at a time (half-open connections), 1 to 200. By default 200, or half of what the process may have open. A lowered bound ends no dial.",
  },
  encryption: {
    gate: word("off", "allow", "prefer", "require"),
    isLive: true,
    right: "control",
    default: "allow",
    option: {
      name: "encryption",
      sign: "MODE",
      calls: "download seed",
      group: "Peers",
      help: "encrypted connections to peers: off, allow, prefer or require (allow)",
    },
    text: "Encrypted connections to peers (Message Stream Encryption). `off`: none. `allow`: both kinds are accepted, and peers are dialled plain, then encrypted where they close without a byte. `prefer`: both kinds are accepted, and peers are dialled encrypted, then plain where they refuse or are silent for 3 s. `require`: nothing goes plain either way, and the payload is encrypted by RC4; else only the handshake is, unless the peer wants RC4 alone. Web seeds and trackers are as before.",
  },
  transport: {
    gate: word("both", "tcp", "utp"),
    isLive: true,
    right: "control",
    default: "both",
    option: {
      name: "transport",
      sign: "KIND",
      calls: "download seed",
      group: "Peers",
      help: "connections to peers over both, tcp or utp (both)",
    },
    text: "The transport of connections to peers. `both`: both are accepted; peers are dialled over TCP, and 500 ms later over uTP as well where TCP has not answered, at 30 peers a second. The first to connect is used. A peer that refuses TCP is dialled over uTP the next time. `tcp`: TCP alone. `utp`: uTP alone (BEP 29), which leaves the line to other programs. Open connections stay. Web seeds and trackers are as before. Beside `proxy`, uTP goes through a SOCKS proxy that carries UDP, and `utp` is refused with an HTTP proxy.",
  },
  mixedMode: {
    gate: word("proportional", "prefer-tcp"),
    isLive: true,
    right: "control",
    default: "proportional",
    option: {
      name: "mixed-mode",
      sign: "MODE",
      calls: "download seed",
      group: "Peers",
      help: "uploads over TCP beside uTP on a full line: proportional, or prefer-tcp (proportional)",
    },
    text: "Uploads over TCP beside those over uTP, which leaves a full line to others. `proportional`: while uploads over uTP wait for the line, those over TCP have a limit, their part of all uploads by the number of peers, 50,000 bytes a second at least. `prefer-tcp`: they have none, and take most of the line. Peers of local networks have no limit.",
  },
  localHosts: {
    gate: list(text(String.raw`[^\s/@\[\]]{1,253}`, "a name or a numeric address"), 100),
    default: [],
    text: "Hosts that a program elsewhere may name although they lie in a local network or are this machine: those of trackers, web seeds, peers and sources of torrents. Names and numeric addresses, 100 at most; a name that leads to a listed address is listed too. A public name with a local address in the DNS stays refused, as for every torrent: list and use its address. An empty list: none.",
  },
  announcePort: {
    gate: whole(1, 65_535),
    isLive: true,
    right: "control",
    option: {
      name: "announce-port",
      calls: "download seed info cat play",
      group: "Peers",
      help: "tell trackers, peers and the DHT this port instead of the one listened on",
    },
    text: "The port that trackers, peers and the DHT are told, 1 to 65,535, for a forwarded port. By default that of a router which maps the listen port, else the listen port.",
  },
  announceAddress: {
    gate: address,
    isLive: true,
    option: {
      name: "announce-address",
      takes: "a numeric address like 192.0.2.7 or 2001:db8::7",
      calls: "download seed info cat play",
      group: "Peers",
      help: "tell trackers this address; many use the one that they see",
    },
    text: "The numeric address that trackers are told, for peers that reach us by another one. Many trackers use the address that they see instead.",
  },
  addressFamilies: {
    gate: either(family, families),
    default: ["ipv4", "ipv6"],
    type: "AddressFamilyName | readonly AddressFamilyName[]",
    option: {
      name: "family",
      sign: "LIST",
      word: families,
      takes: "ipv4, ipv6, or both: ipv6,ipv4",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "use these families of addresses alone, the preferred one first (ipv4,ipv6)",
    },
    text: "Families of addresses that are used: one, or both with the preferred one first. The engine opens no socket of a family that is left out, and dials, asks and names no address of it. `bind` and `announceAddress` may have no address of it.",
  },
  anonymous: {
    gate: flag,
    default: false,
    option: {
      name: "anonymous",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "send no name of this program and no address of this machine",
    },
    text: "Sends neither the name and version of this program nor an address of this machine (BEP 37): peer ids are random, local discovery is off, and a router is asked by NAT-PMP alone. `peerIdPrefix` and `announceAddress` are refused beside it. Some private trackers refuse anonymous clients.",
  },
  proxy: {
    gate: proxyAddress,
    option: {
      name: "proxy",
      sign: "URL",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "go through this proxy: socks5://HOST:PORT or http://HOST:PORT; other users of this machine can read a password here, unlike in TROUPE_PROXY",
    },
    text: "A SOCKS 5 or HTTP proxy, `socks5://user:password@host:port` or `http://…`, through which every connection, datagram and request goes. The proxy looks names up; this machine looks up that of the proxy alone. Nothing goes past it where it cannot be reached or refuses. There are no incoming connections over TCP, no local discovery and no port mapping, and no UDP (uTP, the DHT, UDP trackers) unless it is a SOCKS proxy that carries UDP; the warning `proxy-limits` says so. User name and password are percent-encoded, and no log or event has them.",
  },
  dns: {
    gate: list(nameServer, 8),
    default: [],
    option: {
      name: "dns",
      takes: "the numeric address of a name server, like 192.0.2.53 or 192.0.2.53:5353",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "ask this name server in place of the system's, repeatable",
    },
    text: "Numeric addresses of name servers, 8 at most, each with a port or without (53): `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`. They are asked in their order, over UDP, and over TCP where a reply is too long. One of a family that `addressFamilies` leaves out is not asked, unless it is on this machine. A name of the `hosts` file needs none. An empty list: the servers of the system. With `proxy` they are asked for the name of the proxy alone.",
  },
  interface: {
    gate: text(String.raw`[^\s/%]{1,15}`, "the name of a network interface"),
    option: {
      name: "interface",
      sign: "NAME",
      takes: "the name of a network interface, like wg0",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "bind every socket and look-up to this network interface; nothing leaves by another one",
    },
    text: "The network interface, such as that of a VPN, that every socket and look-up is bound to: `wg0`. While it is absent or down nothing leaves, and torrents wait with the reason `interface-down`; they go on when it is back, with another address too. Families that it has no address of are off, and so are hosts on this machine, `localhost` and the name server at 127.0.0.53 among them. On Linux 5.7 and newer, with the optional package koffi, the system binds each socket to the device; elsewhere a guard watches the route twice a second and closes every socket when it leaves the interface. The event `listening` says which holds. A port is mapped at the gateway of the interface, or at the other end of a tunnel.",
  },
  interfaceStrict: {
    gate: flag,
    default: false,
    option: {
      name: "interface-strict",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "with --interface, refuse to start where only the guard would hold",
    },
    text: "Refuses to start where the system cannot bind sockets to the device of `interface`, so that only the guard would hold.",
  },
  proxyFor: {
    gate: word("all", "trackers"),
    default: "all",
    option: {
      name: "proxy-for",
      sign: "WHAT",
      calls: "download seed check info cat play",
      group: "Peers",
      help: "what goes through the proxy: all, or trackers alone (all)",
    },
    text: "The traffic that goes through `proxy`. `all`: everything. `trackers`: announces and scrapes alone, over HTTP and UDP; all other traffic goes directly, and the restrictions of a proxy do not hold.",
  },
} as const satisfies SettingRows;
