#!/usr/bin/env node
// The program, in plain old syntax: it makes sure that this Node can run the rest, which an old one cannot even parse.
// `src/troupe.ts` is a link to this file: what it starts is compiled already, where Node takes 30 ms to get ready to
// strip the types of a first file.

import { existsSync } from "fs";
import { oldNodeSentence } from "./required-node.mjs";

/** In the workspace the joined modules or the sources; a published package has only what was built. */
const starts = ["../bundle/start.js", "../src/start.ts", "../dist/start.js"];

const refusal = oldNodeSentence(process.versions.node);
if (refusal === undefined) {
  void import(
    starts.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url)).href
  );
} else {
  process.stderr.write(refusal + "\n");
  process.exitCode = 1;
}
