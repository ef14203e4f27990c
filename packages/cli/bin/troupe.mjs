#!/usr/bin/env node
// The installed command. It only makes sure that this Node can run the program: an old one cannot even parse it.

import { existsSync } from "fs";
import { oldNodeSentence } from "./required-node.mjs";

const refusal = oldNodeSentence(process.versions.node);
if (refusal === undefined) {
  // In the workspace the sources run as they are; a published package has only what was built.
  const source = new URL("../src/troupe.ts", import.meta.url);
  void import(
    existsSync(source) ? source.href : new URL("../dist/troupe.js", import.meta.url).href
  );
} else {
  process.stderr.write(refusal + "\n");
  process.exitCode = 1;
}
