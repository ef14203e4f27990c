import { nodePorts, openRoot, threadHost } from "@troupe/actor-runtime";
import test, { type ExecutionContext } from "ava";
import { feedReaderTree } from "../../../../src/automation/feeds/feed-reader-tree.ts";
import { ReaderThread } from "../../../../src/automation/feeds/look/reader-thread.ts";

/** The thread, as a service has it. */
async function openReader(t: ExecutionContext) {
  let progress = new SharedArrayBuffer(8);
  let starts = 0;
  const spec = feedReaderTree(() => {
    starts++;
    progress = new SharedArrayBuffer(8);
    return { progress };
  });
  const root = await openRoot({
    ...{ host: threadHost(), spec, noticeHandlers: {} },
    failed: (error) => t.fail(String(error)),
  });
  const { clock, timers } = nodePorts();
  const reader = new ReaderThread({ root, clock, timers, progress: () => progress });
  t.teardown(async () => {
    await reader.close();
    await root.stop();
  });
  return { reader, starts: () => starts };
}

test("patterns find titles in the thread, which serves many calls", async (t) => {
  const { reader, starts } = await openReader(t);
  const titles = Array.from({ length: 1_200 }, (_, index) => `Show ${index}`);
  const matched = await reader.match(String.raw`\b7\d*$`, titles);
  t.is("found" in matched ? matched.found.size : 0, 111);
  const [read, other] = await Promise.all([
    reader.read(
      Buffer.from(`<rss version="2.0"><channel><item><title>x</title></item></channel></rss>`),
      "http://a/",
    ),
    reader.match("(?i:SHOW)", ["a show", "none"]),
  ]);
  t.is(read.kind, "feed");
  t.deepEqual("found" in other ? [...other.found] : [], [0]);
  t.is(starts(), 1);
});

for (const pattern of ["^(a+)+$", "(a|aa)+$", "(.*)*x", String.raw`^(\w+\s?)*$`])
  test(`H05: the pattern ${pattern}, which backtracks for ever, is ended; the thread is replaced`, async (t) => {
    const { reader, starts } = await openReader(t);
    const titles = ["aaa", "ab", `${"a".repeat(60)}!`, "later"];
    t.deepEqual(await reader.match(pattern, titles), { lateAt: 2 });
    t.is(starts(), 2);
    const after = await reader.match("later", titles);
    t.deepEqual("found" in after ? [...after.found] : [], [3]);
    t.is(starts(), 3);
  });
