#!/usr/bin/env node
// The program, in plain old syntax: it makes sure that this Node can run the rest, which an old one cannot even parse.
// `src/troupe.ts` is a link to this file: what it starts is compiled already, where Node takes 30 ms to get ready to
// strip the types of a first file.

import { existsSync } from "fs";
import { oldNodeSentence, plugAndPlaySentence } from "./required-node.cjs";

/**
 * What is started when the other file is there. In the workspace the joined modules, whose list is written last, or the
 * sources; the package `troupe` has only joined modules.
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
const refusal =
  oldNodeSentence(process.versions.node, otherWay) || plugAndPlaySentence(process.versions);
if (refusal === undefined) {
  const [start] = starts.find(([, proof]) => existsSync(at(proof)));
  void import(at(start).href);
} else {
  process.stderr.write(refusal + "\n");
  process.exitCode = 1;
}
