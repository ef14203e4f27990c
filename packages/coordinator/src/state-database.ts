/** The database of a state folder (docs/state.md). The actor `records` opens it for an engine; imports and exports open it without one. */
export const databaseFile = "state.db";
/** The folder next to it that has the copies of .torrents. */
export const torrentsFolder = "torrents";
