/** The right of a caller. `read` shows; `control` also changes; `local` is the program of this engine, which may do all. */
export type Right = "read" | "control" | "local";

/** The right of a credential: `read` calls change nothing; `control` calls may do everything that the password may. */
export type RemoteRight = Exclude<Right, "local">;
