import test from "ava";
import fc from "fast-check";

import { HttpResponseReader, ResponseFault } from "../../../src/io/http/http-response-reader.ts";

interface Seen {
  readonly heads: string[];
  body: string;
  ends: number;
  mayReuse: boolean;
  fault?: string;
}

/** Reads `text` in parts of these lengths, again and again. */
function read(text: string, lengths: readonly number[] = [text.length], isClosed = false): Seen {
  const seen: Seen = { heads: [], body: "", ends: 0, mayReuse: false };
  const reader = new HttpResponseReader({
    head: ({ status, headers }) => seen.heads.push(`${status} ${JSON.stringify(headers)}`),
    body: (chunk) => (seen.body += Buffer.from(chunk).toString("latin1")),
    end: () => seen.ends++,
  });
  reader.start();
  const bytes = Buffer.from(text, "latin1");
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const end = at + (lengths[turn % lengths.length] ?? 1);
      reader.push(bytes.subarray(at, end));
      at = end;
    }
    if (isClosed && !reader.close()) seen.fault = "cut";
  } catch (error) {
    if (!(error instanceof ResponseFault)) throw error;
    seen.fault = error.message;
  }
  seen.mayReuse = reader.mayReuse;
  return seen;
}

const head = (...fields: string[]): string => ["HTTP/1.1 200 OK", ...fields, "", ""].join("\r\n");

const responses = {
  "a length": `${head("Content-Length: 5")}hello`,
  chunks: `${head("Transfer-Encoding: chunked")}2;a=b\r\nhe\r\n003\r\nllo\r\n0\r\nX: y\r\n\r\n`,
  "an interim response before it": `HTTP/1.1 103 Early\r\nA: b\r\n\r\n${head("Content-Length: 5")}hello`,
  "bare line feeds": "HTTP/1.1 200\ncontent-length:5\n\nhello",
};

for (const [name, text] of Object.entries(responses)) {
  test(`a body by ${name} is the same, however it is cut`, (t) => {
    const whole = read(text);
    t.like(whole, { body: "hello", ends: 1, mayReuse: true, fault: undefined });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lengths) => {
        t.deepEqual(read(text, lengths), whole);
      }),
    );
  });

  test(`a body by ${name} that breaks off is not whole`, (t) => {
    for (let length = 0; length < text.length; length++)
      t.is(read(text.slice(0, length), [7], true).fault, "cut");
  });
}

test("a body without a length ends with its connection, which cannot be used again", (t) => {
  t.like(read(`${head()}hello`, [3], true), { body: "hello", ends: 1, mayReuse: false });
});

test("a response without a body ends with its head", (t) => {
  t.like(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"), { body: "", ends: 1 });
  t.like(read(head("Content-Length: 0")), { body: "", ends: 1, mayReuse: true });
});

test("headers have names in lower case, and those of a name are joined", (t) => {
  const { heads } = read(head("A-B:  1 ", "a-b:2", "C:", "Content-Length: 0"));
  t.deepEqual(heads, ['200 {"a-b":"1, 2","c":"","content-length":"0"}']);
});

for (const [name, text] of [
  ["the server says so", head("Connection: Close", "Content-Length: 0")],
  ["of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
  ["bytes follow the response", `${head("Content-Length: 1")}ab`],
] as const) {
  test(`a connection is not used again: ${name}`, (t) => {
    t.like(read(text), { ends: 1, mayReuse: false, fault: undefined });
  });
}

for (const [name, text] of [
  ["not HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["HTTP/2", "HTTP/2 200\r\n\r\n"],
  ["no colon", head("Content-Length")],
  ["a folded header", head("A: b", " c")],
  ["a space before the colon", head("A : b")],
  ["no length", head("Content-Length: -1")],
  ["two lengths", head("Content-Length: 5", "Content-Length: 5")],
  ["an unknown coding", head("Transfer-Encoding: gzip, chunked")],
  ["no length of a chunk", `${head("Transfer-Encoding: chunked")}x\r\n`],
  ["a chunk beyond its length", `${head("Transfer-Encoding: chunked")}1\r\nab\r\n`],
  ["a length of a chunk over 2⁴⁸", `${head("Transfer-Encoding: chunked")}1234567890123\r\n`],
  ["another protocol", "HTTP/1.1 101 Switching\r\n\r\n"],
  ["a header over 16 KiB", head(`A: ${"b".repeat(16_384)}`)],
  ["headers over 16 KiB", head(...Array.from({ length: 3_000 }, () => "A: b"), "")],
  ["interim responses over 16 KiB", "HTTP/1.1 100 C\r\n\r\n".repeat(1_000)],
  ["empty lines over 16 KiB", "\r\n".repeat(9_000)],
  ["a chunk's line over 1 KiB", `${head("Transfer-Encoding: chunked")}1;${"a".repeat(2_000)}\r\n`],
  ["chunks of a few bytes", `${head("Transfer-Encoding: chunked")}${"2\r\nab\r\n".repeat(4_000)}`],
  ["trailers over 16 KiB", `${head("Transfer-Encoding: chunked")}0\r\n${"A: b\r\n".repeat(9_000)}`],
] as const) {
  test(`a response is refused: ${name}`, (t) => {
    for (const lengths of [[text.length], [1_000], [1]]) {
      const seen = read(text, lengths);
      t.is(typeof seen.fault, "string");
      t.is(seen.ends, 0);
    }
  });
}

test("chunks of 64 bytes are read, however many", (t) => {
  const chunks = `40\r\n${"x".repeat(64)}\r\n`.repeat(10_000);
  const seen = read(`${head("Transfer-Encoding: chunked")}${chunks}0\r\n\r\n`, [65_536]);
  t.is(seen.fault, undefined);
  t.is(seen.body.length, 640_000);
});

test("nothing is delivered after stop", (t) => {
  let body = "";
  const reader = new HttpResponseReader({
    head: () => reader.stop(),
    body: (chunk) => (body += String(chunk)),
    end: () => t.fail("the response was stopped"),
  });
  reader.start();
  reader.push(Buffer.from(`${head("Content-Length: 2")}ab`));
  t.is(body, "");
  t.false(reader.mayReuse);
});

test("any bytes are read or refused, and a body is never longer than its length", (t) => {
  const starts = fc.constantFrom(...Object.values(responses), "", "HTTP/1.1 200 OK\r\n");
  fc.assert(
    fc.property(starts, fc.nat(), fc.string({ unit: "binary-ascii" }), (start, at, noise) => {
      const place = at % (start.length + 1);
      const text = start.slice(0, place) + noise + start.slice(place);
      const { ends, body } = read(text, [5], true);
      t.true(ends <= 1);
      t.true(body.length <= text.length);
    }),
  );
});
