/** Shells supported by `troupe completion`. */
export const shellNames = ["bash", "zsh", "fish"] as const;

/** The name of a supported shell. */
export type ShellName = (typeof shellNames)[number];
