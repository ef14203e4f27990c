// The JSON schema of `targets` and `torrents`.

import {
  mapping,
  named,
  quantity,
  reference,
  shortOrMapping,
  text,
  whole,
  word,
} from "./schema-parts.ts";
import type { Schema } from "./schema-parts.ts";

/** Programs that the tester starts. */
export const programNames = [
  "ours",
  "libtorrent",
  "transmission",
  "aria2",
  "rtorrent",
  "qbittorrent",
  "opentracker",
] as const;

/** Programs that are trackers. */
export const trackerPrograms: readonly string[] = ["opentracker"];

/** Clients that the tester can start as a DHT node. It starts the others without DHT. */
export const nodePrograms: readonly string[] = ["ours", "libtorrent"];

/** Clients that have TCP alone. */
export const programsWithoutUtp: readonly string[] = ["aria2", "rtorrent"];

/** Protocols of a tracker that the tester starts. */
export const trackerProtocols = ["http", "udp"] as const;

/** Connections that a client can be set to. */
const mostConnections = 50_000;

const address = text(
  "HOST:PORT, a tracker's URL, or a mapping",
  300,
  "HOST:PORT of a peer, or the announce URL of a tracker (http, https, udp).",
  {
    examples: ["127.0.0.1:6881", "udp://127.0.0.1:6969/announce"],
  },
);

const targetMapping: Schema = {
  title: "a mapping with one of peer, tracker, dht and start",
  description:
    "A program that runs already (peer, tracker or dht), or one that the tester starts (start).",
  type: "object",
  properties: {
    peer: text("HOST:PORT", 300, "A client that runs already."),
    tracker: text(
      "a URL",
      300,
      "The announce URL of a tracker that runs already: http, https or udp.",
    ),
    dht: text("HOST:PORT", 300, "A DHT node that runs already."),
    start: word(programNames, "A program that the tester starts, installed on this machine."),
    as: word(
      ["peer", "dht"],
      "With start: load goes to the client's peer port, or to its DHT node (of ours and libtorrent).",
      { default: "peer" },
    ),
    over: word(
      trackerProtocols,
      "With start of a tracker: the protocol of the load, and of clients that announce to it.",
      { default: "http" },
    ),
    torrent: reference("torrent", "With start: the torrent of the client; default: the only one."),
    has: word(["whole", "nothing"], "With start: the content that the client has at its start.", {
      default: "whole",
    }),
    "announces-to": reference("target", "With start: the tracker that the client announces to."),
    connections: whole(
      1,
      mostConnections,
      "With start: connections and upload slots of the client; default: a tenth more than the groups have peers for it.",
    ),
  },
  additionalProperties: false,
};

/** `targets` */
export const targets: Schema = {
  ...named(
    "a mapping of names to targets such as { client: 127.0.0.1:6881 }",
    20,
    "Programs that get the load.",
    shortOrMapping(address, targetMapping),
  ),
  minProperties: 1,
};

const torrent = mapping(
  "a mapping with size (a pattern torrent), or with file",
  "Content of peers and of started clients.",
  {
    size: quantity(
      "size",
      "Bytes of a pattern torrent, whose content is computed: no disk is needed.",
    ),
    piece: quantity(
      "size",
      "Piece length of a pattern torrent, a power of two; default: 256KiB, longer for more than 4GiB.",
    ),
    name: text(
      "a file name",
      100,
      "Name of the file of a pattern torrent; default: the torrent's name here.",
    ),
    version: word(
      ["v1", "v2", "hybrid"],
      "Version of a pattern torrent; v2 and hybrid have hash trees (BEP 52).",
      { default: "v1" },
    ),
    file: text("a path", 1_000, "Path of a .torrent, from the folder of this file."),
    data: text(
      "a path",
      1_000,
      "Folder with the content of `file`, from the folder of this file; without it blocks are compared by piece hashes.",
    ),
  },
);

/** `torrents` */
export const torrents: Schema = named(
  "a mapping of names to torrents such as { payload: { size: 64MiB } }",
  20,
  "Torrents of the run.",
  torrent,
);
