import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type ExecutionContext } from "ava";
import { answerRequest, type ServedFile } from "@troupe/file-http";

const content = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);

function fileOf(read: ServedFile["read"] = readContent): ServedFile {
  return { name: "a film.mp4", lengthBytes: content.length, tag: "abc-1", read };
}

async function* readContent({ start, end }: { start: number; end: number }) {
  for (let at = start; at < end; at += 1_000) yield content.slice(at, Math.min(end, at + 1_000));
}

async function serve(t: ExecutionContext, file: ServedFile): Promise<string> {
  const server = createServer((request, response) => void answerRequest(request, response, file));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("a request without a range gets the whole file and its type", async (t) => {
  const answer = await fetch(await serve(t, fileOf()));
  t.is(answer.status, 200);
  t.is(answer.headers.get("content-type"), "video/mp4");
  t.is(answer.headers.get("accept-ranges"), "bytes");
  t.is(
    answer.headers.get("content-security-policy"),
    "sandbox; default-src 'none'; media-src 'self'",
  );
  t.deepEqual(new Uint8Array(await answer.arrayBuffer()), content);
});

const ranges: readonly (readonly [header: string, start: number, end: number])[] = [
  ["bytes=0-0", 0, 1],
  ["bytes=10-19", 10, 20],
  ["bytes=99990-", 99_990, 100_000],
  ["bytes=-5", 99_995, 100_000],
  ["bytes=99990-200000", 99_990, 100_000],
];
for (const [header, start, end] of ranges) {
  test(`${header} gets the bytes from ${start} to before ${end}`, async (t) => {
    const answer = await fetch(await serve(t, fileOf()), { headers: { range: header } });
    t.is(answer.status, 206);
    t.is(answer.headers.get("content-range"), `bytes ${start}-${end - 1}/100000`);
    t.deepEqual(new Uint8Array(await answer.arrayBuffer()), content.slice(start, end));
  });
}

for (const header of [
  "bytes=0-1,5-6",
  "pages=1-2",
  "bytes",
  "bytes=x-y",
  `bytes=${"0-1,".repeat(500)}`,
])
  test(`a Range of ${header.slice(0, 20)} is answered by the whole file`, async (t) => {
    const answer = await fetch(await serve(t, fileOf()), { headers: { range: header } });
    t.is(answer.status, 200);
    t.is((await answer.arrayBuffer()).byteLength, 100_000);
  });

test("a range behind the end is refused with the length", async (t) => {
  const answer = await fetch(await serve(t, fileOf()), { headers: { range: "bytes=100000-" } });
  t.is(answer.status, 416);
  t.is(answer.headers.get("content-range"), "bytes */100000");
});

test("a range of another content gets the whole file", async (t) => {
  const url = await serve(t, fileOf());
  const other = await fetch(url, { headers: { range: "bytes=0-9", "if-range": '"other"' } });
  t.is(other.status, 200);
  const same = await fetch(url, { headers: { range: "bytes=0-9", "if-range": '"abc-1"' } });
  t.is(same.status, 206);
});

test("HEAD gets the length and reads nothing", async (t) => {
  let reads = 0;
  const file = fileOf((part) => {
    reads++;
    return readContent(part);
  });
  const answer = await fetch(await serve(t, file), { method: "HEAD" });
  t.is(answer.headers.get("content-length"), "100000");
  t.is(reads, 0);
});

test("another method is refused", async (t) => {
  const answer = await fetch(await serve(t, fileOf()), { method: "POST", body: "a" });
  t.is(answer.status, 405);
  t.is(answer.headers.get("allow"), "GET, HEAD");
});

test("a reader that goes away ends the reading", async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const file = fileOf(async function* endless({ signal }) {
    const gone = once(signal, "abort");
    yield content.slice(0, 10);
    await gone;
    resolve();
    signal.throwIfAborted();
  });
  const reader = new AbortController();
  const answer = await fetch(await serve(t, file), { signal: reader.signal });
  t.is(answer.status, 200);
  reader.abort();
  await promise;
  t.pass();
});

test("a reading that fails cuts the answer, so that it is not taken for a whole file", async (t) => {
  const file = fileOf(async function* failing() {
    yield content.slice(0, 10);
    throw new Error("the torrent is stopped");
  });
  const answer = await fetch(await serve(t, file));
  await t.throwsAsync(answer.arrayBuffer());
});

test("the next bytes are asked for when the system has those before, so that their memory may be used again", async (t) => {
  const memory = new Uint8Array(new SharedArrayBuffer(10_000));
  const file = fileOf(async function* shared({ start, end }) {
    for (let at = start; at < end; at += memory.length) {
      memory.set(content.subarray(at, at + memory.length));
      yield memory;
      memory.fill(0);
    }
  });
  const answer = await fetch(await serve(t, file));
  t.deepEqual(new Uint8Array(await answer.arrayBuffer()), content);
});

test("a reading that fails before its first byte is answered by the file, to HEAD too", async (t) => {
  const failing: ServedFile = {
    ...fileOf(() => {
      throw new Error("the torrent is stopped");
    }),
    refused: (response, error) => {
      response.writeHead(409, { "x-error": (error as Error).message }).end();
    },
  };
  const url = await serve(t, failing);
  for (const method of ["GET", "HEAD"]) {
    const answer = await fetch(url, { method });
    t.is(answer.status, 409);
    t.is(answer.headers.get("x-error"), "the torrent is stopped");
  }
});

test("a file that may be refused, and is not, is answered as any other", async (t) => {
  const file: ServedFile = { ...fileOf(), refused: (response) => void response.destroy() };
  const url = await serve(t, file);
  const head = await fetch(url, { method: "HEAD" });
  t.is(head.headers.get("content-length"), "100000");
  const part = await fetch(url, { headers: { range: "bytes=5-9" } });
  t.is(part.status, 206);
  t.deepEqual(new Uint8Array(await part.arrayBuffer()), content.slice(5, 10));
});

test("a file without bytes is answered without a reading", async (t) => {
  const file = fileOf(() => {
    throw new Error("nothing is to be read");
  });
  const empty = { ...file, lengthBytes: 0 };
  const answer = await fetch(await serve(t, empty));
  t.is(answer.status, 200);
  t.is((await answer.arrayBuffer()).byteLength, 0);
});
