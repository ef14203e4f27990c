/** The database of a state folder (docs/state.md). Only the actor `records` opens it. */
export const databaseFile = "state.db";
