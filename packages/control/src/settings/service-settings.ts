// The settings of a service: where it listens, and what guards it. All are of the program of this engine alone.

import { flag, list, path, text } from "../gates/gate.ts";
import { feedFields, feedRules, feedSettings, ruleFields } from "./feed-settings.ts";
import { automationSettings } from "./automation-settings.ts";
import type { SettingRows } from "./setting-row.ts";
import { folder } from "./shared-gates.ts";

const mostPlaces = 16;
const mostNames = 100;
const name = text("[\\x21-\\x7e]{1,255}", "a name without spaces");
const calls = "serve";
const group = "Sources and files";

/** Settings of a service by their names. */
export const serviceSettings = {
  listen: {
    gate: list(text(String.raw`[^\0]{1,300}`, "HOST:PORT or unix:PATH"), mostPlaces, 1),
    default: ["127.0.0.1:9091"],
    option: {
      ...{ name: "listen", sign: "PLACE", calls, group },
      isUsual: true,
      help: "where remotes connect, repeatable: HOST:PORT or unix:PATH (127.0.0.1:9091)",
    },
    text: "Places where the service listens: `HOST:PORT`, `[address]:PORT` or `unix:PATH`. A caller at a Unix socket proves itself as one at TCP does.",
  },
  roots: {
    gate: list(folder, mostNames),
    option: {
      ...{ name: "root", calls, group },
      isUsual: true,
      help: "a folder that remotes may name paths in, repeatable (--dir)",
    },
    text: "Folders that callers elsewhere may name paths in and below. A folder that holds the state folder, the settings file or a home folder is refused. By default the data folder.",
  },
  hostNames: {
    gate: list(name, mostNames),
    default: [],
    option: {
      ...{ name: "host", sign: "NAME", calls, group },
      help: "a name of this service besides localhost and that of this machine, repeatable",
    },
    text: "Names by which browsers and programs may call the service, besides IP addresses, `localhost` and the name of this machine. A request for another name is refused: a page of another site may have bound it to this machine.",
  },
  trustedProxies: {
    gate: list(name, mostNames),
    default: [],
    option: {
      ...{ name: "trusted-proxy", sign: "ADDR", calls, group },
      help: "a proxy whose X-Forwarded-For counts, repeatable: an address, a prefix, or socket",
    },
    text: "Addresses and prefixes of proxies whose fields `X-Forwarded-For` and `X-Forwarded-Proto` count, and the word `socket` for those at a Unix socket.",
  },
  user: {
    gate: name,
    default: "troupe",
    option: {
      ...{ name: "user", sign: "NAME", calls, group },
      help: "the user of the password (troupe)",
    },
    text: "The user of the password.",
  },
  auth: {
    gate: flag,
    default: true,
    option: {
      ...{ name: "no-auth", calls, group },
      help: "no password: with loopback addresses and Unix sockets alone",
    },
    text: "Callers prove themselves by a password or a token. False is allowed with loopback addresses and Unix sockets alone.",
  },
  tlsCertificate: {
    gate: path("file"),
    option: {
      ...{ name: "tls-cert", calls, group },
      help: "the certificate chain in PEM, for https with --tls-key (http)",
    },
    text: "The file of the certificate chain in PEM; with `tlsKey` the places at TCP speak https, TLS 1.2 or later. A SIGHUP reads it again.",
  },
  tlsKey: {
    gate: path("file"),
    option: { ...{ name: "tls-key", calls, group }, help: "the key of --tls-cert in PEM" },
    text: "The file of the key of `tlsCertificate` in PEM.",
  },
  basePath: {
    gate: text("(?:/[\\w.~-]{1,100}){0,8}", "a path such as /troupe"),
    default: "",
    option: {
      ...{ name: "base-path", sign: "PATH", calls, group },
      help: "the path before all addresses, behind a proxy: /troupe (none)",
    },
    text: "The path before all addresses of the service, such as `/troupe`, for a proxy that passes it on.",
  },
  openMetrics: {
    gate: flag,
    default: false,
    option: {
      ...{ name: "metrics-open", calls, group },
      help: "answer /metrics without a password",
    },
    text: "Answers `/metrics` without a credential.",
  },
  metricsPerTorrent: {
    gate: flag,
    default: false,
    option: {
      ...{ name: "metrics-per-torrent", calls, group },
      help: "figures of each torrent in /metrics, of 1,000 at most",
    },
    text: "Adds the figures of each torrent to `/metrics`, with its info-hash and name as labels, of 1,000 torrents at most.",
  },
  feeds: {
    gate: feedSettings,
    default: [],
    fields: feedFields,
    text: "RSS and Atom feeds that the service looks at. Torrents come from them by `feedRules`. Remotes with the right `control` add others.",
  },
  feedRules: {
    gate: feedRules,
    default: [],
    fields: ruleFields,
    text: "Rules that take torrents from feeds. The first rule that takes an item adds it; it needs `words`, `pattern`, or both.",
  },
  ...automationSettings,
} as const satisfies SettingRows;
