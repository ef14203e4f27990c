// The life of a client at its tracker.

/** The states, as numbers: a column has one for each client. */
export const ClientLife = {
  /** It has not arrived. */
  absent: 0,
  /** It has arrived and has announced nothing. */
  waiting: 1,
  /** `started` is sent, and has no answer. */
  joining: 2,
  /** Its tracker knows it. */
  present: 3,
  /** `stopped` is sent, and has no answer. */
  leaving: 4,
  gone: 5,
} as const;

/** A state of a client. */
export type ClientLife = (typeof ClientLife)[keyof typeof ClientLife];

/** Events of a client. */
export type ClientEvent =
  | "arrive"
  | "announce"
  | "stop"
  /** The tracker has answered an announce that is no stop. */
  | "answered"
  /** The tracker has answered the stop, or never will. */
  | "stopped"
  /** Its time is over, and it never announced. */
  | "vanish";

const { absent, waiting, joining, present, leaving, gone } = ClientLife;

const transitions: Readonly<Record<ClientEvent, readonly (readonly [ClientLife, ClientLife])[]>> = {
  arrive: [
    [absent, waiting],
    [gone, waiting],
    [leaving, waiting],
  ],
  // A client announces before its arrival or after its leave only in an open load: it comes then.
  announce: [
    [absent, joining],
    [waiting, joining],
    [leaving, joining],
    [gone, joining],
  ],
  stop: [
    [joining, leaving],
    [present, leaving],
  ],
  answered: [[joining, present]],
  stopped: [[leaving, gone]],
  vanish: [[waiting, gone]],
};

/** @returns The state after an event; the same state where the event changes nothing. */
export function nextLife(life: ClientLife, event: ClientEvent): ClientLife {
  for (const [from, to] of transitions[event]) if (from === life) return to;
  return life;
}
