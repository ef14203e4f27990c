// The program: `node packages/cli/src/troupe.ts ARGS`. Static imports stay few and old, so that a Node that can
// strip types but not run the engine still gets to say so.

import { oldNodeSentence } from "../bin/required-node.mjs";

const refusal = oldNodeSentence(process.versions.node);
if (refusal === undefined) {
  const { startQuickly } = await import("./quick-start.ts");
  startQuickly();
  const { freshBundle } = await import("./bundle.ts");
  const bundle = freshBundle();
  const { runProcess } =
    bundle === undefined
      ? await import("./run-process.ts")
      : ((await import(bundle.href)) as typeof import("./run-process.ts"));
  await runProcess();
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}
