import type { DhtTraffic } from "@troupe/messages";

/** Counts of the packets of a socket. */
export type Traffic = { -readonly [Count in keyof DhtTraffic]: DhtTraffic[Count] };

/** No packet yet. */
export function noTraffic(): Traffic {
  return {
    queriesSent: 0,
    queriesSentBytes: 0,
    queriesReceived: 0,
    queriesReceivedBytes: 0,
    answersSent: 0,
    answersSentBytes: 0,
    answersReceived: 0,
    answersReceivedBytes: 0,
    invalidReceived: 0,
    invalidBytes: 0,
    ignored: 0,
  };
}
