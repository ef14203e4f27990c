// The package runs in a browser: a page that uses it is joined for one, and run where neither `process` nor `Buffer` is.

import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import test from "ava";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("support/browser-page.ts", import.meta.url));

test("settings and commands are checked, read and described in a browser", async (t) => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
  });
  const [script] = outputFiles;
  const context = createContext({ URL, TextEncoder, TextDecoder });
  runInContext(script?.text ?? "", context);
  t.deepEqual(JSON.parse(String(runInContext("JSON.stringify(page)", context))), {
    globals: "undefined undefined",
    peers: 7,
    wrongAddress: "option-out-of-range",
    addresses: true,
    seeds: "http://a.test/",
    memory: 64 << 20,
    mostPeers: 10_000,
    announce: "parallel, strict, all",
    right: "control",
    bytes: 1_024,
    message: "option x is 1; allowed is 2",
  });
});
