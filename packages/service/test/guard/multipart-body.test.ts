import test from "ava";
import fc from "fast-check";
import { parseMultipartBody, type Part } from "../../src/guard/multipart-body.ts";
import { isRefusal } from "../../src/guard/refusal.ts";
import { allowed, refused } from "../support/refused.ts";

const boundary = "----b0undary";

interface Written {
  readonly name: string;
  readonly fileName?: string;
  readonly mediaType?: string;
  readonly bytes: Uint8Array;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function headOf({ name, fileName, mediaType }: Omit<Written, "bytes">): string {
  const file = fileName === undefined ? "" : `; filename=${quoted(fileName)}`;
  const type = mediaType === undefined ? "" : `\r\nContent-Type: ${mediaType}`;
  return `Content-Disposition: form-data; name=${quoted(name)}${file}${type}`;
}

function write(parts: readonly Written[]): Buffer {
  const pieces = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n\r\n`),
    part.bytes,
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

function withHead(head: string): Buffer {
  return Buffer.from(`--${boundary}\r\n${head}\r\n\r\nx\r\n--${boundary}--`);
}

function parse(bytes: Uint8Array) {
  return parseMultipartBody(bytes, boundary);
}

function asWritten(parts: readonly Part[]): Written[] {
  return parts.map((part) => ({ ...part, bytes: Uint8Array.from(part.bytes) }));
}

const texts = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .map((text) => text.replaceAll(/[\r\n\0]/g, ""))
  .filter((text) => Buffer.byteLength(text) <= 255 && text.isWellFormed());
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .constantFrom("\r\n", "\r\n--", "--", "\r", "\r\n--x", "\r\n----b0undar")
    .map((text) => Uint8Array.from(Buffer.from(text))),
);
const written = fc.record(
  {
    name: texts,
    fileName: texts,
    mediaType: fc.constantFrom("application/x-bittorrent", "text/plain; charset=utf-8"),
    bytes: contents.map((bytes) => Uint8Array.from(bytes)),
  },
  { requiredKeys: ["name", "bytes"] },
);

test("parts are read as they were written", (t) => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 8 }), (parts) => {
      t.deepEqual(asWritten(allowed(parse(write(parts)))), parts);
    }),
  );
});

test("a name may have line separators of Unicode, which end no line of a head", (t) => {
  const part = { name: "a\u2028", fileName: "b\\\u2029c", bytes: new Uint8Array(1) };
  t.deepEqual(asWritten(allowed(parse(write([part])))), [part]);
});

test("the content of a part is a view of the body", (t) => {
  const body = write([{ name: "a", bytes: new Uint8Array(9) }]);
  const [part] = allowed(parse(body));
  t.is(part?.bytes.buffer, body.buffer);
});

test("a form in parts that is cut at any byte is refused", (t) => {
  const body = write([
    { name: "urls", bytes: Buffer.from("magnet:?xt=urn:btih:x") },
    { name: "torrents", fileName: "a.torrent", mediaType: "a/b", bytes: Buffer.from([0, 13, 10]) },
  ]);
  allowed(parse(body));
  allowed(parse(body.subarray(0, -2)));
  for (let length = 0; length < body.length - 2; length++)
    refused(t, parse(body.subarray(0, length)), "multipart-malformed", 400);
  refused(t, parse(body.subarray(0, -1)), "multipart-malformed", 400);
});

test("a body that is changed at any byte is read or refused", (t) => {
  const body = write([{ name: "a", fileName: "b", bytes: Buffer.from("content") }]);
  for (const [at, byte] of body.entries()) {
    for (const other of [byte ^ 1, 0, 0x22, 0x2d, 0xff]) {
      const changed = Buffer.from(body);
      changed[at] = other;
      const result = parse(changed);
      t.true(isRefusal(result) || result.length <= 1);
    }
  }
});

test("any bytes of a form in parts are read or refused", (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      t.true(isRefusal(parse(bytes)));
      const result = parse(Buffer.concat([Buffer.from(`--${boundary}`), bytes]));
      t.true(isRefusal(result) || result.length === 0);
    }),
  );
});

test("a line break before the first boundary and spaces after one are allowed", (t) => {
  const head = 'content-disposition: Form-Data ; NAME=a ; filename="b"';
  const body = `\r\n--${boundary} \t\r\n${head}\r\n\r\nx\r\n--${boundary}-- \r\n`;
  const [part] = allowed(parse(Buffer.from(body)));
  t.like(part, { name: "a", fileName: "b" });
});

test("bytes before the first and after the last boundary are refused", (t) => {
  const body = write([{ name: "a", bytes: new Uint8Array(1) }]).toString("latin1");
  for (const wrong of [`x${body}`, `x\r\n${body}`, `${body}x`, `${body}\r\n`])
    refused(t, parse(Buffer.from(wrong, "latin1")), "multipart-malformed", 400);
});

test("a body has at most 100 parts", (t) => {
  const part = { name: "a", bytes: new Uint8Array(1) };
  t.is(allowed(parse(write(Array<Written>(100).fill(part)))).length, 100);
  refused(t, parse(write(Array<Written>(101).fill(part))), "multipart-malformed", 400);
  t.deepEqual(parse(write([])), []);
});

test("names have at most 255 bytes, and a head 4,096", (t) => {
  const bytes = new Uint8Array(1);
  allowed(parse(write([{ name: "a".repeat(255), fileName: "b".repeat(255), bytes }])));
  for (const part of [
    { name: "é".repeat(128), bytes },
    { name: "a", fileName: "b".repeat(256), bytes },
    { name: "a", mediaType: "x".repeat(5_000), bytes },
  ])
    refused(t, parse(write([part])), "multipart-malformed", 400);
});

test("a name of a file may be percent-encoded, and stands before the plain one", (t) => {
  const body = withHead(
    `Content-Disposition: form-data; name="a"; filename="x"; filename*=UTF-8''%C3%A9%20%22`,
  );
  t.like(allowed(parse(body))[0], { name: "a", fileName: 'é "' });
});

test("a path with single backslashes stays as it is", (t) => {
  const head = String.raw`Content-Disposition: form-data; name="a"; filename="C:\new\x.torrent"`;
  t.like(allowed(parse(withHead(head)))[0], { fileName: String.raw`C:\new\x.torrent` });
});

const wrongHeads = {
  "no lines": "",
  "no name": "Content-Disposition: form-data",
  "another disposition": 'Content-Disposition: attachment; name="a"',
  "a longer word": 'Content-Disposition: form-database; name="a"',
  "a name twice": 'Content-Disposition: form-data; name="a"; name="b"',
  "a line twice":
    'Content-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"',
  "an open quote": 'Content-Disposition: form-data; name="a',
  "text after a quote": 'Content-Disposition: form-data; name="a"b',
  "a folded line": 'Content-Disposition: form-data;\r\n name="a"',
  "a line without a colon": 'Content-Disposition: form-data; name="a"\r\nx',
  "a zero byte": 'Content-Disposition: form-data; name="a\0"',
  base64: 'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
  "a wrong percent sign": `Content-Disposition: form-data; name="a"; filename*=UTF-8''%zz`,
  "another set of characters": `Content-Disposition: form-data; name="a"; filename*=latin1''a`,
  "seventeen lines": `Content-Disposition: form-data; name="a"${Array.from({ length: 16 }, (_, at) => `\r\nX-${at}: y`).join("")}`,
};

for (const [fault, head] of Object.entries(wrongHeads)) {
  test(`a part whose head has ${fault} is refused`, (t) => {
    refused(t, parse(withHead(head)), "multipart-malformed", 400);
  });
}

test("a part whose head is not UTF-8 is refused", (t) => {
  const body = withHead('Content-Disposition: form-data; name="a#"');
  body[body.indexOf("#")] = 0xff;
  refused(t, parse(body), "multipart-malformed", 400);
});

test("a head with many backslashes is refused at once", (t) => {
  const head = `Content-Disposition: form-data; name="${"\\".repeat(3_999)}`;
  refused(t, parse(withHead(head)), "multipart-malformed", 400);
});

test("many bytes after the last boundary are refused at once", (t) => {
  const body = (rest: string) => Buffer.from(`--${boundary}--${rest}`);
  t.deepEqual(parse(body(" ".repeat(1_022) + "\r\n")), []);
  const { message } = refused(t, parse(body(" ".repeat(1_025))), "multipart-malformed", 400);
  t.regex(message, /bytes follow/);
});

test("spaces and tabs around the value of a line are no part of it", (t) => {
  for (const space of ["", " ", "\t", " \t ".repeat(100)]) {
    const head = `Content-Disposition:${space}form-data; name=a${space}\r\nContent-Type:${space}text/plain${space}`;
    t.like(allowed(parse(withHead(head)))[0], { name: "a", mediaType: "text/plain" });
  }
});
