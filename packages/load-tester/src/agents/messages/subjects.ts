// Names on the message server. Agents and runs have names without dots and spaces, so each is one part of a subject.

/** A name of an agent: letters, digits, `-` and `_`, 64 at most. */
export const agentName: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/** Requests that an agent answers. */
export type AgentRequest = "prepare" | "clock" | "begin" | "end";

/** Subject of a request to an agent. */
export function requestSubject(agent: string, request: AgentRequest): string {
  return `troupe.load.agents.${agent}.${request}`;
}

/** Beats of the leader of a run. */
export function leaderSubject(run: string): string {
  return `troupe.load.leaders.${run}`;
}

/** Beats of the agents of a run. */
export function beatsSubject(run: string): string {
  return `troupe.load.beats.${run}`;
}

/** Object with the plan of a run. */
export function planObject(run: string): string {
  return `${run}-plan`;
}

/** Object with a .torrent of a run, by its place in the plan. */
export function torrentObject(run: string, index: number): string {
  return `${run}-torrent-${index}`;
}

/** Id of a message in the stream: the server stores each id once. */
export function messageId(agent: string, run: string, number: number): string {
  return `${agent}.${run}.${number}`;
}
