import test from "ava";
import { threadHost } from "../../src/index.ts";
import { openTestRoot } from "../support/roots.ts";
import { childSpec, supervisorSpec } from "../support/specs.ts";

const handles = () =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /Worker|MessagePort|Immediate|Timeout/.test(name))
    .toSorted();

test.serial("a stopped tree leaves no thread, port or timer", async (t) => {
  const before = handles();
  const { supervisor, happened } = await openTestRoot(
    threadHost(),
    supervisorSpec("tree", [childSpec("a"), childSpec("b", { links: { server: "a" } })]),
  );
  supervisor.kill("a");
  await happened.until("started a/2");
  await supervisor.stop();
  // Closed handles leave the loop one turn later.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(handles(), before);
});

test.serial("threads that were started early are ended when the tree does not start", async (t) => {
  const before = handles();
  const broken = childSpec("broken");
  const nowhere = new URL("./no-such.worker.ts", import.meta.url);
  const opening = openTestRoot(
    threadHost(),
    supervisorSpec("tree", [
      { ...broken, entry: { ...broken.entry, url: nowhere } },
      childSpec("never"),
    ]),
  );
  await t.throwsAsync(opening, { code: "start-failed" });
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(handles(), before);
});
