// The program: `node packages/cli/src/troupe.ts ARGS`. Static imports stay few and old, so that a Node that can
// strip types but not run the engine still gets to say so.

import { oldNodeSentence } from "../bin/required-node.mjs";

const refusal = oldNodeSentence(process.versions.node);
if (refusal === undefined) {
  const { keepCompiledCode } = await import("./code-cache.ts");
  keepCompiledCode();
  const { runProcess } = await import("./run-process.ts");
  await runProcess();
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}
