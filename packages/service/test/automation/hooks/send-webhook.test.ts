import { createHmac } from "node:crypto";
import type { Http } from "@troupe/actor-runtime";
import test from "ava";
import { sendWebhook } from "../../../src/automation/hooks/send-webhook.ts";
import { exampleEntry } from "../../support/example-entry.ts";

type Posted = Parameters<Http["post"]>;

const signal = new AbortController().signal;

function answering(status: number | Error) {
  const posted: Posted[] = [];
  const http: Pick<Http, "post"> = {
    post: async (...call) => {
      posted.push(call);
      if (typeof status !== "number") throw status;
      return { status, body: new Uint8Array(), url: call[0] };
    },
  };
  return { posted, ports: { http, localHttp: http, epochMs: () => 1_700_000_123_456 } };
}

test("H02: a webhook is a POST of JSON whose signature is over its time and its body", async (t) => {
  const { posted, ports } = answering(204);
  const key = Buffer.from("0123456789abcdef");
  const hook = { kind: "webhook", name: "chat" } as const;
  const entry = exampleEntry({
    hook,
    event: "error",
    error: { code: "disk-full", message: "full" },
  });
  t.is(await sendWebhook({ url: "http://127.0.0.1:1/x", key }, entry, signal, ports), "arrived");
  const [[url, { headers = {}, body, deadlineMs }] = ["", {}] as unknown as Posted] = posted;
  t.is(url, "http://127.0.0.1:1/x");
  t.is(deadlineMs, 10_000);
  const text = Buffer.from(body).toString();
  t.deepEqual(JSON.parse(text), {
    ...{ id: entry.id, event: "error", time: "2023-11-14T22:13:20.000Z", hook: "chat" },
    torrent: {
      ...{ infoHash: "ab".repeat(20), name: "debian.iso", directory: "/data" },
      ...{ labels: ["films", "1080p"], sizeBytes: 2_000, downloadedBytes: 1_000 },
    },
    error: { code: "disk-full", message: "full" },
  });
  const expected = createHmac("sha256", key).update(`1700000123.${text}`).digest("hex");
  t.deepEqual(headers, {
    "content-type": "application/json",
    "troupe-event": "error",
    "troupe-id": entry.id,
    "troupe-time": "1700000123",
    "troupe-signature": `sha256=${expected}`,
  });
});

test("a webhook without a key has no signature", async (t) => {
  const { posted, ports } = answering(200);
  await sendWebhook({ url: "http://h/" }, exampleEntry(), signal, ports);
  t.false(Object.hasOwn(posted[0]?.[1].headers ?? {}, "troupe-signature"));
});

test("another status than 2xx, and an error of the connection, are failures without the address", async (t) => {
  const entry = exampleEntry();
  const send = async (status: number | Error) =>
    await sendWebhook({ url: "http://h/secret" }, entry, signal, answering(status).ports);
  t.deepEqual(await send(500), { failed: "it answered 500" });
  t.deepEqual(await send(404), { failed: "it answered 404" });
  const error = Object.assign(new Error("cannot post to http://h/secret: refused"), {
    ...{ code: "http-failed", details: { reason: "the connection was refused" } },
  });
  t.deepEqual(await send(error), { failed: "the connection was refused" });
});

test("hosts of this machine and of local networks are reached directly, all others as the engine reaches them", async (t) => {
  const post = async (url: string): Promise<string> => {
    const ways: string[] = [];
    const by = (way: string): Pick<Http, "post"> => ({
      post: async (_, { mayDial }) => {
        ways.push(way);
        if (mayDial !== undefined) {
          t.true(mayDial("127.0.0.1", "") && mayDial("192.168.1.5", "") && mayDial("fd00::1", ""));
          t.false(mayDial("8.8.8.8", ""), "past a proxy");
        }
        return { status: 200, body: new Uint8Array(), url };
      },
    });
    const ports = { http: by("engine"), localHttp: by("directly"), epochMs: () => 0 };
    await sendWebhook({ url }, exampleEntry(), signal, ports);
    return ways.join();
  };
  for (const host of [
    "127.0.0.1",
    "[::1]",
    "192.168.1.5:8080",
    "localhost",
    "nas",
    "home.lan",
    "10.0.0.1",
  ])
    t.is(await post(`http://${host}/x`), "directly", host);
  for (const host of ["hooks.example", "8.8.8.8", "[2606:4700::1111]", "a.b.example:443"])
    t.is(await post(`https://${host}/x`), "engine", host);
});
