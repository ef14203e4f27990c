// Gates that several settings share.

import { either, list, path, rate, record, text, whole, word } from "../gates/gate.ts";

/** Slower limits would leave no byte to a refill. */
const leastRateLimit = 1_000;
const mostRateLimit = 1_000_000_000_000;

/** A rate limit. */
const rateLimit = rate(leastRateLimit, mostRateLimit);

/** The row of a rate limit. @param text For the reference. */
export function limitRow(text: string) {
  return { gate: rateLimit, default: 0, isLive: true, right: "control", text } as const;
}

/** Days of the week, from day 0 on. */
export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const clockTime = text(String.raw`(?:[01]\d|2[0-3]):[0-5]\d`, "a time like 08:00");
const mostPeriods = 100;

/** A part of the week in local time, by the fields of a period. */
export const weekTimes = {
  days: list(word(...weekdays), weekdays.length),
  from: clockTime,
  to: clockTime,
} as const;

/** Other rate limits for parts of the week, in local time. */
export const limitSchedule = list(
  record(
    {
      ...weekTimes,
      down: rateLimit,
      up: rateLimit,
      peerDown: rateLimit,
      peerUp: rateLimit,
    },
    ["from", "to"],
  ),
  mostPeriods,
);

/** The fields of {@link weekTimes}, for the reference. */
export const periodFields = {
  days: {
    type: "readonly Weekday[]",
    text: "Days on which the period begins. By default every day.",
  },
  from: { text: "The beginning: `08:00`." },
  to: { text: "The end: `18:00`. A time at or before `from` is on the next day." },
} as const;

/** An address or a name, and a port. Other fields of a caller's object may not be copyable to another thread. */
export const endpoint = {
  isEndpoint: true,
  ...record(
    { host: text(String.raw`[\s\S]{1,253}`, "an address or a name"), port: whole(1, 65_535) },
    ["host", "port"],
  ),
  isOpen: true,
} as const;

const mostNodes = 100;

/** Nodes of the DHT. */
export const dhtNodes = list(endpoint, mostNodes);

const endless = (least: number) => whole(least, Number.MAX_SAFE_INTEGER, { isEndless: true });

/** Limits of a DHT node. With less than 20, 1,000 or 10 a node does not work. */
export const dhtLimits = record({
  queriesPerSecond: endless(20),
  queryBurst: endless(1),
  lookUps: endless(1),
  answerBytesPerSecond: endless(1_000),
  unprovenBytesPerSecond: endless(1),
  queriesPerAddress: endless(10),
});

/** The fields of an engine's DHT node. */
export const dhtFields = {
  nodes: {
    type: "readonly DhtEndpoint[]",
    text: "Nodes that are asked first, 100 at most. By default those of earlier runs alone.",
  },
  routers: {
    type: "readonly DhtEndpoint[]",
    text: "Nodes that are asked when no other node is known, 100 at most; empty: none. By default public routers.",
  },
  limits: {
    type: "Partial<DhtLimits>",
    text: "Limits of the node. By default 100 queries a second, bursts of 200, 16 look-ups at once, 8,000 bytes of answers a second.",
  },
} as const;

/** The port, or ports tried in order. */
export const listenPorts = either(whole(0, 65_535), list(whole(0, 65_535), 65_536, 1));

/** A text of one line. @param what For the message of a refusal. */
const shortText = (what: string) =>
  text(String.raw`[^\u0000-\u001f\u007f-\u009f]{1,64}`, `${what} of 1 to 64 characters`);

/** The name of a group of torrents. */
export const groupName = shortText("a name");

/** Labels of a torrent. */
export const labels = list(shortText("a text"), 100);

/** The state that a torrent begins with. */
export const beginState = word("started", "paused", "stopped");

/** The position of a torrent in the queue. */
export const queuePosition = either(
  whole(0, Number.MAX_SAFE_INTEGER),
  word("top", "bottom", "up", "down"),
);

/** A folder of the user. */
export const folder = path("folder");

/** Fields of settings by which a service adds torrents. */
export const addedFields = {
  directory: folder,
  group: groupName,
  labels,
  state: beginState,
} as const;
