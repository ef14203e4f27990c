import { ManualTime, RecordingRef, settle } from "@troupe/actor-runtime/testing";
import test from "ava";
import type { ServiceOwnerProtocol } from "../../src/service.messages.ts";
import { OwnedFiles } from "../../src/streams/file-source.ts";

const part = { torrent: "a".repeat(40), file: 2, start: 5, end: 15 };

function scene(answers: unknown[]) {
  const owner = new RecordingRef<ServiceOwnerProtocol>("owner");
  owner.answer = () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const time = new ManualTime();
  return { owner, time, files: new OwnedFiles(() => owner, time) };
}

function filled(...bytes: number[]) {
  const memory = new SharedArrayBuffer(20);
  new Uint8Array(memory).set(bytes);
  return { lengthBytes: bytes.length, memory, offset: 0 };
}

test("a stream reads part after part under one number, and is ended once it is over", async (t) => {
  const { files, owner } = scene([filled(1, 2, 3), filled(4), { lengthBytes: 0 }]);
  const got: number[] = [];
  for await (const bytes of files.read(part, new AbortController().signal)) got.push(...bytes);
  t.deepEqual(got, [1, 2, 3, 4]);
  const read = { kind: "call", name: "read-stream", deadlineMs: 24 * 3_600_000 };
  const message = { stream: 1, ...part };
  t.deepEqual(owner.sent, [
    ...[1, 2, 3].map(() => ({ ...read, message })),
    { kind: "cast", name: "end-stream", message: { stream: 1 } },
  ]);
});

test("a stream that waits 60 s for a byte fails with stream-silent, and is ended", async (t) => {
  const never = Promise.withResolvers<unknown>();
  const { files, owner, time } = scene([filled(1), never.promise]);
  const reading = files.read(part, new AbortController().signal)[Symbol.asyncIterator]();
  await reading.next();
  // A player that pauses waits for no byte.
  time.advance(100_000);
  const waiting = t.throwsAsync(async () => await reading.next(), { code: "stream-silent" });
  await settle();
  time.advance(59_999);
  await settle();
  t.is(owner.sent.at(-1)?.name, "read-stream");
  time.advance(1);
  await waiting;
  t.is(owner.sent.at(-1)?.name, "end-stream");
});

test("the next part is asked for while one is sent", async (t) => {
  const { files, owner } = scene([filled(1), filled(2)]);
  const reading = files.read(part, new AbortController().signal)[Symbol.asyncIterator]();
  await reading.next();
  t.deepEqual(
    owner.sent.map(({ name }) => name),
    ["read-stream", "read-stream"],
  );
});

test("a reader that goes away ends the stream while it waits, and each stream has its own number", async (t) => {
  const { files, owner } = scene([]);
  const waiting = Promise.withResolvers<unknown>();
  owner.answer = () => waiting.promise;
  const gone = new AbortController();
  const reading = files.read(part, gone.signal)[Symbol.asyncIterator]();
  const next = reading.next();
  gone.abort();
  t.deepEqual(owner.sent.at(-1), { kind: "cast", name: "end-stream", message: { stream: 1 } });
  waiting.resolve({ lengthBytes: 0 });
  t.true((await next).done);
  owner.answer = () => ({ lengthBytes: 0 });
  await files.read(part, new AbortController().signal)[Symbol.asyncIterator]().next();
  t.deepEqual(owner.sent.at(-1)?.message, { stream: 2 });
});

test("an error of the program has its code, and no answer is service-busy", async (t) => {
  const error = { code: "file-not-wanted", message: "the file is not wanted" };
  const { files } = scene([{ error }, new Error("call-deadline"), { error }]);
  await t.throwsAsync(files.find("a".repeat(40), 0), { code: "file-not-wanted" });
  await t.throwsAsync(files.find("a".repeat(40), 0), { code: "service-busy" });
  const reading = files.read(part, new AbortController().signal)[Symbol.asyncIterator]();
  await t.throwsAsync(async () => await reading.next(), { code: "file-not-wanted" });
});
