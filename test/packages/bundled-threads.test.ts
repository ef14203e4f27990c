import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { freshBundle } from "../../packages/cli/src/bundle.ts";
import { bundledThreadsWords } from "../../scripts/tests/bundled-threads.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const printUrls = `
  import { siblingUrl } from "./packages/actor-runtime/src/index.ts";
  import { peerWorkerEntry } from "./packages/peer-worker/src/entry.ts";
  const ofFixture = siblingUrl(new URL("./test/chaos/x.ts", "file://" + process.cwd() + "/").href, "./peer.worker");
  console.log(peerWorkerEntry.url.href.split("/").slice(-2).join("/"), ofFixture.href.split("/").slice(-2).join("/"));
`;

async function urls(environment: Readonly<Record<string, string>>) {
  const words = [...bundledThreadsWords, "--input-type=module-typescript", "-e", printUrls];
  const { TROUPE_SOURCES: _, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  return await promisify(execFile)(process.execPath, words, { cwd: root, env });
}

test("threads of tests load the bundle if it is fresh; files of fixtures stay the same", async (t) => {
  const { stdout, stderr } = await urls({});
  if (freshBundle() === undefined) {
    t.is(stdout, "src/peer.worker.ts chaos/peer.worker.ts\n");
    t.regex(stderr, /threads load the sources: a source has changed/);
  } else {
    t.is(stdout, "bundle/peer.worker.js chaos/peer.worker.ts\n");
    t.is(stderr, "");
  }
});

test("threads of tests load the sources with TROUPE_SOURCES=1", async (t) => {
  const { stdout, stderr } = await urls({ TROUPE_SOURCES: "1" });
  t.is(stdout, "src/peer.worker.ts chaos/peer.worker.ts\n");
  t.is(stderr, "");
});
