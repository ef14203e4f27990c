/** First major version that runs the command. */
export const requiredMajor: number;

/** One sentence for a Node that is too old, undefined for one that will do. */
export function oldNodeSentence(version: string, otherWay?: string): string | undefined;

/** One sentence where Yarn's Plug'n'Play is at work, undefined elsewhere. */
export function plugAndPlaySentence(
  versions: Readonly<Record<string, string | undefined>>,
): string | undefined;
