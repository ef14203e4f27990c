import test from "ava";
import { maxReplyBytes, SplitReply } from "../../../src/trackers/http/split-reply.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
const head = "HTTP/1.1 200 OK\r\n";
const inChunks = `${head}Transfer-Encoding: chunked\r\n\r\n1\r\nd\r\n1\r\ne\r\n0\r\n\r\n`;

for (const [title, text, mayReuse] of [
  ["of a length", `${head}Content-Length: 2\r\n\r\nde`, true],
  ["in chunks of HTTP", inChunks, true],
  ["that closes its connection", `${head}Content-Length: 2\r\nConnection: close\r\n\r\nde`, false],
] as const) {
  test(`a reply ${title} is whole with its last byte, wherever it is split`, (t) => {
    const reply = new SplitReply();
    for (let at = 1; at < text.length; at++) {
      reply.start();
      t.is(reply.push(bytesOf(text.slice(0, at))), undefined);
      const whole = reply.push(bytesOf(text.slice(at)));
      if (typeof whole !== "object") return t.fail(`${String(whole)} at ${at}`);
      t.is(Buffer.from(whole.body).toString(), "de");
      t.is(whole.status, 200);
      t.is(whole.mayReuse, mayReuse);
    }
  });
}

test("a reply without a length is whole when the connection ends", (t) => {
  const reply = new SplitReply();
  reply.start();
  t.is(reply.push(bytesOf(`${head}\r\nde`)), undefined);
  const whole = reply.close();
  t.is(typeof whole === "object" && Buffer.from(whole.body).toString(), "de");
});

test("a reply whose connection ends before its length is not whole", (t) => {
  const reply = new SplitReply();
  reply.start();
  t.is(reply.push(bytesOf(`${head}Content-Length: 3\r\n\r\nde`)), undefined);
  t.is(reply.close(), undefined);
});

test("a body that never ends is too long after a MiB", (t) => {
  const reply = new SplitReply();
  reply.start();
  t.is(reply.push(bytesOf(`${head}\r\n`)), undefined);
  t.is(reply.push(new Uint8Array(maxReplyBytes)), undefined);
  t.is(reply.push(new Uint8Array(1)), "too long");
  t.is(reply.push(new Uint8Array(1)), "too long");
});
