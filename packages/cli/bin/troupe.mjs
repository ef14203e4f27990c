#!/usr/bin/env node
// The program in syntax that an old Node can parse: it checks that this Node can run the rest.
// `src/troupe.ts` is a link to this file. The started file is already compiled; stripping the types of a first file would
// take 30 ms.

import { existsSync } from "fs";
import { oldNodeSentence, plugAndPlaySentence } from "./required-node.cjs";

/**
 * Start files, each with a file that proves it complete: in the workspace the joined modules, whose list is written last,
 * or the sources; the package `troupe` has only joined modules.
 */
const starts = [
  ["../bundle/start.js", "../bundle/inputs.json"],
  ["../src/start.ts", "../src/start.ts"],
  ["../dist/start.js", "../dist/start.js"],
];

const at = (path) => new URL(path, import.meta.url);
const otherWay = existsSync(at("../src/start.ts"))
  ? ", or run `npx -y pnpm@12 start` in the workspace, which brings its own"
  : "";
// Calls of a disk that does not answer keep threads of the pool of the system, which has four; a login needs one.
process.env.UV_THREADPOOL_SIZE = process.env.UV_THREADPOOL_SIZE || "16";
const refusal =
  oldNodeSentence(process.versions.node, otherWay) || plugAndPlaySentence(process.versions);
if (refusal === undefined) {
  const [start] = starts.find(([, proof]) => existsSync(at(proof)));
  void import(at(start).href);
} else {
  process.stderr.write(refusal + "\n");
  process.exitCode = 1;
}
