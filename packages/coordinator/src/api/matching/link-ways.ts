/** The ways to make a file of a torrent from a found file. */
export const linkWays = ["reflink", "hard", "symlink", "copy", "rename"] as const;

/** A way to make a file of a torrent from a found file. */
export type LinkWay = (typeof linkWays)[number];
