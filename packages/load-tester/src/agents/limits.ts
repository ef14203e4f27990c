// Times and sizes that the leader of a run and its agents agree on.

/** Both sides beat so often. */
export const beatMs = 500;
/** A leader counts an agent as dead after such a silence, while it is connected to the server itself. */
export const agentSilenceMs = 3_000;
/** An agent stops its load so long after the last beat of its leader. */
export const leaderSilenceMs = 10_000;
/** Windows that an agent keeps while the server is away; the oldest is dropped then. */
export const windowsKept = 60;
/** The server forgets the id of a message after it: much longer than an agent repeats a window. */
export const duplicateWindowMs = 10 * 60_000;
/** Windows, plans and torrents that were not removed expire at the server after it. */
export const storedMs = 60 * 60_000;
/** An agent that says nothing leaves the list of the server after it. */
export const presenceMs = 5_000;
/** Round trips to each clock; the shortest counts. */
export const clockRoundTrips = 9;
/** The leader waits so long for the agents that it was told to expect. */
export const agentsWaitMs = 10_000;
/** An agent fetches, checks and draws a plan within it. */
export const prepareMs = 60_000;
/** Agents of a run. */
export const mostAgents = 200;
/** Threads of an agent. */
export const mostThreads = 256;
/** A plan as JSON, in bytes; a scenario's file has 1 MiB at most. */
export const planBytes = 8 * 1024 * 1024;
/** A .torrent, in bytes, as for every other .torrent. */
export const torrentBytes = 32 * 1024 * 1024;
/** A message on a subject or in the stream; the server's own limit by default is 1 MiB. */
export const messageBytes = 1024 * 1024 - 4096;
/** A window as JSON; a larger one is sent in parts. */
export const windowBytes = 900 * 1024;
/** All windows that wait in the server. */
export const streamBytes = 256 * 1024 * 1024;
/** All plans and torrents in the server. */
export const objectsBytes = 256 * 1024 * 1024;
