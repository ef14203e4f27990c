// Which Node the command needs. Plain old syntax: this must load, and speak, on any Node that knows modules.

/** First major version that runs the command. */
export const requiredMajor = 26;

/**
 * @param {string} version Like `process.versions.node`.
 * @returns {string | undefined} One sentence for a Node that is too old, undefined for one that will do.
 */
export function oldNodeSentence(version) {
  if (parseInt(version, 10) >= requiredMajor) return undefined;
  return (
    "troupe: needs Node " +
    requiredMajor +
    " or newer, this is Node " +
    version +
    ": install a newer one from https://nodejs.org, or run `npx -y pnpm@12 start` in the workspace, which brings its own [node-too-old]"
  );
}
