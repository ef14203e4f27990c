/** The database of a state folder (docs/state.md). Only the actor `records` opens it. */
export const databaseFile = "state.db";
/** The folder next to it that has the copies of .torrents. */
export const torrentsFolder = "torrents";
