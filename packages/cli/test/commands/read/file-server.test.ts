import { request } from "node:http";
import test, { type ExecutionContext } from "ava";
import { serveFile } from "../../../src/commands/read/file-server.ts";

async function serve(t: ExecutionContext): Promise<URL> {
  const server = await serveFile({
    name: "ä film?.mkv",
    lengthBytes: 4,
    tag: "a-0",
    read: async function* bytes({ start, end }) {
      yield Uint8Array.of(1, 2, 3, 4).subarray(start, end);
    },
  });
  t.teardown(async () => await server[Symbol.asyncDispose]());
  return new URL(server.url);
}

/** The status of an answer to a request with this field `Host`. */
async function statusOf(url: URL, host: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const asking = request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on("error", reject).end();
  });
}

test("L28: the link is on loopback, has 128 random bits and the name of the file", async (t) => {
  const [one, other] = [await serve(t), await serve(t)];
  t.is(one.hostname, "127.0.0.1");
  t.regex(one.pathname, /^\/[0-9a-f]{32}\/%C3%A4%20film%3F\.mkv$/);
  t.not(one.pathname, other.pathname);
  t.deepEqual(new Uint8Array(await (await fetch(one)).arrayBuffer()), Uint8Array.of(1, 2, 3, 4));
});

test("L28: another path gets nothing", async (t) => {
  const url = await serve(t);
  for (const path of ["/", "/0", `/${"0".repeat(32)}/a`])
    t.is((await fetch(new URL(path, url))).status, 404, path);
});

test("L28: a request by the name of another host gets nothing", async (t) => {
  const url = await serve(t);
  t.is(await statusOf(url, "example.org"), 421);
  t.is(await statusOf(url, "127.0.0.1"), 421);
  t.is(await statusOf(url, `localhost:${url.port}`), 200);
});
