/** Shells that `troupe completion` writes for. */
export const shellNames = ["bash", "zsh", "fish"] as const;

/** One of them. */
export type ShellName = (typeof shellNames)[number];
