import test, { type ExecutionContext } from "ava";
import { WholeReplyReader, type WholeReply } from "../../../src/trackers/http/whole-reply.ts";
import { SplitReply } from "../../../src/trackers/http/split-reply.ts";

const usual =
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nde";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

function read(text: string): object | undefined {
  return plain(new WholeReplyReader().read(bytesOf(text)));
}

function plain(reply: WholeReply | undefined): object | undefined {
  return reply && { ...reply, body: Buffer.from(reply.body).toString("latin1") };
}

test("a reply in one chunk is read at once", (t) => {
  t.deepEqual(read(usual), { status: 200, mayReuse: true, body: "de" });
});

test("a reply that closes its connection says so", (t) => {
  const closing = usual.replace("keep-alive", "Close");
  t.deepEqual(read(closing), { status: 200, mayReuse: false, body: "de" });
  t.deepEqual(read(usual.replace("HTTP/1.1", "HTTP/1.0")), {
    ...{ status: 200, mayReuse: false, body: "de" },
  });
});

test("a head that comes again is not taken for another one", (t) => {
  const reader = new WholeReplyReader();
  const failing = usual.replace("200 OK", "503 No");
  const statuses = [usual, usual, failing, usual].map((text) => reader.read(bytesOf(text))?.status);
  t.deepEqual(statuses, [200, 200, 503, 200]);
  t.is(reader.read(bytesOf(`${usual}e`)), undefined);
});

test("a whole reply equals what the general reader gives, cut or changed at any byte", (t) => {
  for (let at = 0; at < usual.length; at++) {
    equalOrLeft(t, usual.slice(0, at));
    for (const character of ["\0", "\n", "\r", " ", ":", "0", "9", "A", "ÿ"]) {
      equalOrLeft(t, usual.slice(0, at) + character + usual.slice(at + 1));
      equalOrLeft(t, usual.slice(0, at) + character + usual.slice(at));
    }
  }
});

const head = "HTTP/1.1 200 OK\r\n";
const left: readonly (readonly [string, string])[] = [
  ["a body in chunks", `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n`],
  ["an encoded body", `${head}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nde`],
  ["a body up to the end of the connection", `${head}\r\nde`],
  ["two lengths", `${head}Content-Length: 2\r\nContent-Length: 2\r\n\r\nde`],
  ["an interim reply", `HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nde`],
  ["a reply that never has a body", `HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nde`],
  ["a head of three kilobytes", `${head}X: ${"x".repeat(3_000)}\r\nContent-Length: 2\r\n\r\nde`],
  ["bytes behind the reply", `${usual}e`],
];

for (const [title, text] of left) {
  test(`the general reader judges ${title}`, (t) => {
    t.is(read(text), undefined);
  });
}

function equalOrLeft(t: ExecutionContext, text: string): void {
  const quick = read(text);
  if (quick === undefined) return;
  const general = new SplitReply();
  general.start();
  const slow = general.push(bytesOf(text));
  t.deepEqual(quick, typeof slow === "string" ? slow : plain(slow), JSON.stringify(text));
}
