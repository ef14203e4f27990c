// Options of `troupe edit`.

import { endpoint, flag, list, text, word } from "@troupe/control";
import { anyText, noBound, type CallOptions } from "./call-options.ts";

const calls = "edit";
const texts = list(anyText, noBound);
const infoHashes = list(text("[0-9a-fA-F]{40}", "an info-hash of 40 hexadecimal digits"), noBound);
const nodes = list(endpoint, noBound);
const url = "URL";
const hash = "HASH";

/** The fields that `--clear` removes. */
const clearable = [
  "trackers",
  "web-seeds",
  "nodes",
  "comment",
  "similar",
  "collections",
  "source",
] as const;

/** In the order of the help. Other calls use some of the names differently. */
export const editRows = {
  tracker: {
    gate: texts,
    sign: "URLS",
    calls,
    help: "a tier of trackers, its URLs with commas between them, repeatable; in place of all trackers",
  },
  "add-tracker": {
    gate: texts,
    sign: "URLS",
    calls,
    help: "one more tier of trackers, repeatable",
  },
  "remove-tracker": { gate: texts, sign: url, calls, help: "a tracker that goes, repeatable" },
  "web-seed": {
    gate: texts,
    sign: url,
    calls,
    help: "a web seed, repeatable; in place of all web seeds",
  },
  "add-web-seed": { gate: texts, sign: url, calls, help: "one more web seed, repeatable" },
  "remove-web-seed": { gate: texts, sign: url, calls, help: "a web seed that goes, repeatable" },
  node: {
    gate: nodes,
    calls,
    help: "a node of the DHT, repeatable; in place of all nodes",
  },
  "add-node": { gate: nodes, calls, help: "one more node, repeatable" },
  "remove-node": { gate: nodes, calls, help: "a node that goes, repeatable" },
  comment: { gate: anyText, calls, help: "the comment" },
  similar: {
    gate: infoHashes,
    sign: hash,
    calls,
    help: "a torrent that shares files (BEP 38), repeatable; in place of all",
  },
  "add-similar": { gate: infoHashes, sign: hash, calls, help: "one more such torrent, repeatable" },
  "remove-similar": {
    gate: infoHashes,
    sign: hash,
    calls,
    help: "a torrent that goes, repeatable",
  },
  collection: {
    gate: texts,
    sign: "NAME",
    calls,
    help: "a collection whose torrents share files (BEP 38), repeatable; in place of all",
  },
  "add-collection": { gate: texts, sign: "NAME", calls, help: "one more collection, repeatable" },
  "remove-collection": {
    gate: texts,
    sign: "NAME",
    calls,
    help: "a collection that goes, repeatable",
  },
  clear: {
    gate: list(word(...clearable), noBound),
    sign: "FIELD",
    calls,
    help: `all of a field goes, repeatable: ${clearable.join(", ")}`,
  },
  "in-info": {
    gate: flag,
    calls,
    help: "the torrents and collections that share files are those inside info; wants --new-hash",
  },
  private: {
    gate: flag,
    calls,
    help: "peers come from its trackers alone (BEP 27); wants --new-hash",
  },
  public: { gate: flag, calls, help: "peers come from every source; wants --new-hash" },
  source: {
    gate: anyText,
    calls,
    help: "the tag that gives a copy a hash of its own; wants --new-hash",
  },
  name: {
    gate: anyText,
    sign: "NAME",
    calls,
    help: "the name of the file or folder; wants --new-hash",
  },
  "new-hash": {
    gate: flag,
    calls,
    help: "the torrent may get another info-hash, and so another swarm",
  },
  "dry-run": { gate: flag, calls, help: "show the changes and write nothing" },
} as const satisfies CallOptions;

/** The names of these options. */
export type EditOptionName = keyof typeof editRows;
