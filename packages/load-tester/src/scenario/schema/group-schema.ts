// The JSON schema of `groups`: one form a behaviour.

import { diallingBehaviours } from "@troupe/load-peers";
import { quantityTexts } from "@troupe/control";
import {
  mapping,
  named,
  quantity,
  reference,
  shortOrMapping,
  whole,
  word,
} from "./schema-parts.ts";
import type { Schema } from "./schema-parts.ts";

/** Peers of a scenario, all groups together. */
export const mostPeers = 20_000;
/** Requests that a peer of a closed load keeps outstanding. */
const mostDepth = 500;

/** Behaviours that download. */
export const takers = ["leecher", "partial", "free-rider"] as const;
/** Behaviours of peers that keep the rules. */
export const honest = [...takers, "seeder", "idle"] as const;
/** All behaviours, as files name them. */
export const behaviours = [...honest, "hostile", "tracker", "dht"] as const;

const arrival = shortOrMapping(
  word(["at-once"], "All peers come at the same moment.", {
    title: "at-once, or a mapping with one of rate, ramp, poisson, crowd and times",
  }),
  mapping(
    "at-once, or a mapping with one of rate, ramp, poisson, crowd and times",
    "The times at which the peers come.",
    {
      after: quantity("duration", "Begin of the arrivals, from the start of the run.", {
        default: "0s",
      }),
      rate: quantity("rate", "So many peers a second, evenly."),
      ramp: quantity("duration", "All peers within this time, evenly."),
      poisson: quantity("rate", "So many peers a second on average, at random."),
      crowd: quantity("duration", "A crowd: its rate falls by half each time this time passes."),
      times: {
        title: "a list of times, or the path of a file with a time a line",
        description: "Times from the start of the run, one a peer.",
        type: ["array", "string"],
        minItems: 1,
        maxItems: mostPeers,
        minLength: 1,
        maxLength: 1_000,
        items: quantity("duration", "Time of an arrival."),
      },
    },
  ),
);

const stayWords: Schema = {
  title: "end, whole, a time such as 30s, or a mapping with ratio, exponential or log-normal",
  description:
    "Time from the connect to the leave: the end of the run, until all wanted pieces are there, or a time.",
  type: "string",
  pattern: `^(?:end|whole|${quantityTexts.duration})$`,
};
const drawnStay: Schema = {
  exponential: quantity("duration", "Mean of an exponential distribution."),
  "log-normal": quantity("duration", "Median of a log-normal distribution."),
  sigma: {
    title: "a number from 0.01 to 5",
    description: "Of log-normal: standard deviation of the logarithm.",
    type: "number",
    minimum: 0.01,
    maximum: 5,
    default: 1,
  },
};
const stay = shortOrMapping(
  stayWords,
  mapping(
    "a mapping with ratio, exponential or log-normal",
    "A time that is drawn for each visit, or a ratio.",
    {
      ratio: {
        title: "a number from 0.01 to 1000",
        description:
          "Leaves when it has sent so much of what it received (a seeder: of the torrent's size).",
        type: "number",
        minimum: 0.01,
        maximum: 1_000,
      },
      ...drawnStay,
    },
  ),
);

const load = mapping(
  "a mapping with rate (open load) or depth (closed load)",
  "Open load: requests at times that do not depend on answers. Closed load: each peer keeps so many outstanding.",
  {
    rate: quantity("rate", "Open load: actions a second of the whole group, its members in turns."),
    spacing: word(["constant", "poisson"], "Of rate: evenly, or at random.", {
      default: "constant",
    }),
    from: reference(
      "phase",
      "Of rate: it begins with this phase; default: when the last peer of the group has come.",
    ),
    until: reference(
      "phase",
      "Of rate: it ends before this phase; default: at the end of the run.",
    ),
    depth: whole(1, mostDepth, "Closed load: requests that each peer keeps outstanding."),
  },
);

const common: Schema = {
  target: reference("target", "Default: the only target that fits."),
  count: whole(1, mostPeers, "Peers of the group."),
  arrival,
};
/** Not of misbehaving peers: a target need not answer them. */
const waits: Schema = {
  timeout: quantity(
    "duration",
    "Requests and handshakes without an answer count as unanswered after this time; default: blocks 30s, all else 15s.",
  ),
};
const visits: Schema = {
  stay,
  "again-after": quantity(
    "duration",
    "Churn: after its stay the peer comes again after this pause; the stay must be a time.",
  ),
  "retry-after": quantity(
    "duration",
    "A peer that was refused or closed by the target tries again after this time; default: it is counted and gone.",
  ),
  torrent: reference("torrent", "Default: the target's own, or the only one."),
};
const lines: Schema = {
  down: quantity("line", "Line of each peer; default: unlimited."),
  up: quantity("line", "Line of each peer; default: unlimited."),
  delay: quantity("duration", "Added to each message that the peer sends.", { default: "0ms" }),
  extensions: {
    title: "a list of fast and extended",
    description: "Extensions that the peer offers: BEP 6, BEP 10.",
    type: "array",
    maxItems: 2,
    uniqueItems: true,
    items: word(["fast", "extended"], "BEP 6 or BEP 10."),
    default: ["fast", "extended"],
  },
  transport: word(
    ["tcp", "utp"],
    "Transport that the peer dials over. utp: one UDP socket for each source address in each generator, with up to 4096 connections.",
    { default: "tcp" },
  ),
  encryption: word(
    ["none", "handshake", "rc4"],
    "Encryption that the peer dials with: none, of the handshake (the target may choose rc4), or RC4 of everything.",
    { default: "none" },
  ),
};
const taking: Schema = {
  take: {
    title: "all, endless, or a whole number of pieces",
    description:
      "Pieces that each peer takes, at random; endless: random blocks until the end. Not with an open load, which asks for blocks at random.",
    oneOf: [{ enum: ["all", "endless"] }, { type: "integer", minimum: 1, maximum: 2 ** 21 }],
    default: "all",
  },
  load,
};

/** A form of a group: its behaviours, its keys and the keys that it needs. */
function form(
  names: readonly string[],
  description: string,
  properties: Schema,
  required: readonly string[] = [],
): Schema {
  return mapping(
    "a mapping with behaviour and count",
    description,
    { behaviour: word(names, description), ...common, ...properties },
    ["behaviour", "count", ...required],
  );
}

const forms: readonly Schema[] = [
  form(["leecher", "free-rider"], "Peers that download; a free rider gives nothing.", {
    ...waits,
    ...visits,
    ...lines,
    ...taking,
  }),
  form(["partial"], "Peers that have a part of the pieces and take the others.", {
    ...waits,
    ...visits,
    ...lines,
    ...taking,
    has: quantity("share", "Pieces that each peer has at its start.", { default: "50%" }),
  }),
  form(["seeder"], "Peers that have everything and give it.", { ...waits, ...visits, ...lines }),
  form(["idle"], "Peers that connect and ask for nothing.", { ...waits, ...visits, ...lines }),
  form(["hostile"], "Misbehaving peers of the catalogue.", {
    ...visits,
    kinds: {
      title: "a list of names of misbehaving peers",
      description: "Kinds of misbehaving peers, in turns; default: all of the catalogue.",
      type: "array",
      minItems: 1,
      maxItems: 200,
      uniqueItems: true,
      items: word(diallingBehaviours, "A kind of misbehaving peer.", {
        title: "a kind of the catalogue, such as request-flood",
      }),
    },
    up: quantity("line", "Bytes a second that each connection sends at most.", {
      default: "16KiB/s",
    }),
  }),
  form(["tracker"], "Clients of a tracker.", {
    ...waits,
    stay,
    "again-after": visits["again-after"],
    load,
    swarms: whole(1, 1_000_000, "Swarms that the clients announce to, in turns.", { default: 1 }),
    scrapes: quantity("share", "Scrapes among the requests.", { default: "0%" }),
    wanted: whole(0, 1_000, "Peers asked for (numwant).", { default: 50 }),
    seeds: quantity("share", "Seeds among the clients.", { default: "50%" }),
  }),
  form(["dht"], "Nodes that ask a DHT node.", {
    ...waits,
    load,
    queries: mapping(
      "a mapping of ping, find_node, get_peers and announce_peer to shares",
      "Shares of the queries; they add up to 100%.",
      {
        ping: quantity("share", "Share of ping."),
        find_node: quantity("share", "Share of find_node."),
        get_peers: quantity("share", "Share of get_peers."),
        announce_peer: quantity("share", "Share of announce_peer."),
      },
    ),
  }),
];

/** `groups` */
export const groups: Schema = {
  ...named(
    "a mapping of names to groups such as { leech: { behaviour: leecher, count: 10 } }",
    100,
    "Peers, or askers of a tracker or node, that behave alike.",
    {
      title: "a mapping with behaviour and count",
      type: "object",
      required: ["behaviour"],
      discriminator: { propertyName: "behaviour" },
      oneOf: forms,
    },
  ),
  minProperties: 1,
};
