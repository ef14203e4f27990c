// Which Node the command and the library need. Plain old syntax: this must load, and speak, on any Node.
"use strict";

/** First major version that runs both. */
exports.requiredMajor = 24;

/**
 * @param {string} version Like `process.versions.node`.
 * @param {string} [otherWay] Ends the sentence: what can be done instead.
 * @returns {string | undefined} One sentence for a Node that is too old, undefined for one that will do.
 */
exports.oldNodeSentence = function (version, otherWay) {
  if (parseInt(version, 10) >= exports.requiredMajor) return undefined;
  return (
    "troupe: needs Node " +
    exports.requiredMajor +
    " or newer, this is Node " +
    version +
    ": install a newer one from https://nodejs.org" +
    (otherWay || "") +
    " [node-too-old]"
  );
};

/**
 * Yarn's Plug'n'Play replaces Node's file system by one of its own, whose files are not closed as Node's are.
 *
 * @param {Readonly<Record<string, string | undefined>>} versions Like `process.versions`.
 * @returns {string | undefined} One sentence where it is at work.
 */
exports.plugAndPlaySentence = function (versions) {
  if (versions.pnp === undefined) return undefined;
  return (
    "troupe: does not run with Yarn's Plug'n'Play, which replaces Node's file system: " +
    "write `nodeLinker: node-modules` into .yarnrc.yml and run `yarn install` [plug-and-play]"
  );
};
