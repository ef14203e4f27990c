/** The right of a caller. `read` shows; `control` also changes; `local` is the program of this engine, which may do all. */
export type Right = "read" | "control" | "local";
