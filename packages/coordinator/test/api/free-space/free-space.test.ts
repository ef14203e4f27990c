import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { FreeSpace, type VolumeSpace } from "../../../src/api/free-space/free-space.ts";

const space = { freeBytes: 7, totalBytes: 10 };

/** The questions to a system that answers when the test says so. */
function scene() {
  const time = new ManualTime();
  const asked: (PromiseWithResolvers<VolumeSpace> & { folder: string })[] = [];
  const freeSpace = new FreeSpace((folder) => {
    const question = { folder, ...Promise.withResolvers<VolumeSpace>() };
    asked.push(question);
    return question.promise;
  }, time);
  const turn = () => new Promise(setImmediate);
  const folders = () => asked.map(({ folder }) => folder);
  return { time, asked, freeSpace, turn, folders };
}

test("callers share the question about a folder, and its answer for five seconds", async (t) => {
  const { time, asked, freeSpace, folders } = scene();
  const both = [freeSpace.of("/a"), freeSpace.of("/a/b/..")];
  t.deepEqual(folders(), ["/a"]);
  asked[0]?.resolve(space);
  t.deepEqual(await Promise.all(both), [space, space]);
  time.advance(4_999);
  t.deepEqual(await freeSpace.of("/a"), space);
  t.is(asked.length, 1);
  time.advance(1);
  const again = freeSpace.of("/a");
  asked[1]?.resolve({ ...space, freeBytes: 6 });
  t.like(await again, { freeBytes: 6 });
});

test("a system that fails is asked again by the next caller", async (t) => {
  const { asked, freeSpace } = scene();
  const all = [freeSpace.of("/a"), freeSpace.of("/a")];
  asked[0]?.reject(Object.assign(new Error("EACCES"), { code: "EACCES" }));
  for (const each of all) {
    const error = await t.throwsAsync(each, { code: "free-space-unknown" });
    t.regex(error.message, /^cannot tell the free space of "\/a": /);
  }
  const again = freeSpace.of("/a");
  asked[1]?.resolve(space);
  t.deepEqual(await again, space);
});

test("disks that hang take two questions at once, and other folders wait", async (t) => {
  const { asked, freeSpace, folders, turn } = scene();
  const hung = [freeSpace.of("/a"), freeSpace.of("/b")];
  const other = freeSpace.of("/c");
  await turn();
  t.deepEqual(folders(), ["/a", "/b"]);
  asked[0]?.resolve(space);
  await hung[0];
  await turn();
  t.deepEqual(folders(), ["/a", "/b", "/c"]);
  asked[2]?.resolve(space);
  t.deepEqual(await other, space);
});

test("64 folders are remembered; the oldest answer goes first, and a question without an answer never", async (t) => {
  const { asked, freeSpace, turn } = scene();
  const hung = [freeSpace.of("/0"), freeSpace.of("/1")];
  asked[1]?.resolve(space);
  await hung[1];
  for (let folder = 2; folder < 65; folder++) {
    const answer = freeSpace.of(`/${folder}`);
    await turn();
    asked.at(-1)?.resolve(space);
    await answer;
  }
  const count = asked.length;
  t.deepEqual(await freeSpace.of("/2"), space);
  t.is(asked.length, count, "remembered");
  void freeSpace.of("/1");
  await turn();
  t.is(asked.length, count + 1, "forgotten");
});

test("a folder is refused while 64 others wait for their disks", async (t) => {
  const { asked, freeSpace, turn } = scene();
  const waiting = Array.from({ length: 64 }, (_, folder) => freeSpace.of(`/${folder}`));
  await t.throwsAsync(freeSpace.of("/64"), { code: "disk-not-answering" });
  for (let at = 0; at < 64; at++) {
    asked[at]?.resolve(space);
    await turn();
  }
  t.is((await Promise.all(waiting)).length, 64);
  void freeSpace.of("/64");
  t.is(asked.length, 65);
});
