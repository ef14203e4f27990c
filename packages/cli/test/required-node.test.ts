import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { oldNodeSentence, plugAndPlaySentence } from "../bin/required-node.cjs";

test("a Node that is too old gets one sentence with an advice", (t) => {
  t.regex(
    oldNodeSentence("20.20.2") ?? "",
    /needs Node 24 .* Node 20\.20\.2: install .*\[node-too-old\]$/,
  );
  t.truthy(oldNodeSentence("23.11.0"));
  t.is(oldNodeSentence("24.0.0"), undefined);
  t.is(oldNodeSentence("100.0.0"), undefined);
});

test("Yarn's Plug'n'Play is refused in one sentence", (t) => {
  t.is(plugAndPlaySentence(process.versions), undefined);
  t.regex(plugAndPlaySentence({ pnp: "3" }) ?? "", /nodeLinker: node-modules.*\[plug-and-play\]$/);
});

for (const entry of ["../bin/troupe.mjs", "../src/troupe.ts"]) {
  test(`${entry} runs the program`, (t) => {
    const path = fileURLToPath(new URL(entry, import.meta.url));
    const { status, stdout } = spawnSync(process.execPath, [path, "--version"], {
      encoding: "utf8",
    });
    t.is(status, 0);
    t.regex(stdout, /^troupe \d+\.\d+\.\d+\n$/);
  });
}
