import test from "ava";
import fc from "fast-check";

import { judgeAnswer, usableBody, wholeBody } from "../../src/web-seed/web-seed-answer.ts";

const segment = { url: "http://a/f", file: 3, begin: 10, lengthBytes: 20, fileBytes: 100 };
const epochMs = Date.UTC(2024, 0, 1);

function judge(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  over: Partial<typeof segment> = {},
) {
  const head = { status, headers, url: "http://a/f" };
  return judgeAnswer(head, { host: "a.example", segment: { ...segment, ...over }, epochMs });
}

test("the range that was asked for is used, also of a file whose length is not said", (t) => {
  t.is(judge(206, { "content-range": "bytes 10-29/100" }), usableBody);
  t.is(
    judge(206, { "content-range": "Bytes 10-29/*", "content-encoding": "identity" }),
    usableBody,
  );
});

const wrongRanges = [
  "bytes 11-30/100",
  "bytes 10-28/100",
  "bytes 0-99/100",
  "bytes */100",
  "10-29",
  "",
];
for (const range of wrongRanges) {
  test(`another range than asked for is refused: "${range}"`, (t) => {
    t.like(judge(206, { "content-range": range }), {
      code: "web-seed-wrong-range",
      missingFile: undefined,
    });
  });
}

test("a file of another length is missing there", (t) => {
  const missing = { code: "web-seed-wrong-range", missingFile: 3 };
  t.like(judge(206, { "content-range": "bytes 10-29/99" }), missing);
  t.like(judge(200, { "content-length": "99" }, { begin: 0 }), missing);
});

test("a range that is refused leaves its file to be asked for later", (t) => {
  t.like(judge(416), {
    code: "web-seed-wrong-range",
    message: "web seed a.example answers wrongly for file 3: it refuses bytes 10 to 30: status 416",
    missingFile: undefined,
    restingFile: 3,
  });
});

for (const encoding of ["gzip", "x-gzip", "none", "identity", ""])
  test(`a body that fits is used although its Content-Encoding is "${encoding}"`, (t) => {
    const part = { "content-range": "bytes 10-29/100", "content-encoding": encoding };
    t.is(judge(206, part), usableBody);
    const whole = { "content-length": "100", "content-encoding": encoding };
    t.is(judge(200, whole), wholeBody);
    t.like(judge(206, { "content-encoding": encoding }), { code: "web-seed-wrong-range" });
    t.like(judge(200, { ...whole, "content-length": "99" }), { code: "web-seed-wrong-range" });
  });

test("a whole file says that the server knows no ranges, unless the whole file was asked for", (t) => {
  for (const begin of [0, 10]) t.is(judge(200, { "content-length": "100" }, { begin }), wholeBody);
  t.is(judge(200), wholeBody);
  const all = { begin: 0, lengthBytes: 100 };
  t.is(judge(200, {}, all), wholeBody);
  t.is(judge(200, { "accept-ranges": "bytes" }, all), usableBody);
  t.is(judge(200, { "accept-ranges": "bytes" }), wholeBody);
});

test("a file that is not found is missing, and the seed's other files are not", (t) => {
  for (const status of [404, 410])
    t.like(judge(status), { code: "web-seed-missing-file", missingFile: 3 });
  for (const status of [401, 403, 500])
    t.like(judge(status), { code: "web-seed-status", missingFile: undefined });
});

for (const [text, retryAfterMs] of [
  ["120", 120_000],
  ["Mon, 01 Jan 2024 00:01:00 GMT", 60_000],
  ["Sun, 31 Dec 2023 00:00:00 GMT", 0],
  ["soon", undefined],
] as const) {
  test(`Retry-After is seconds or a date: ${text}`, (t) => {
    for (const status of [429, 503])
      t.like(judge(status, { "retry-after": text }), { code: "web-seed-status", retryAfterMs });
  });
}

test("any headers give a verdict, whose sentence names the host and no path", (t) => {
  const status = fc.constantFrom(200, 204, 206, 304, 404, 416, 503);
  const texts = fc.dictionary(
    fc.constantFrom("content-range", "content-length", "content-encoding", "retry-after"),
    fc.string({ maxLength: 40 }),
  );
  fc.assert(
    fc.property(status, texts, (given, headers) => {
      const verdict = judge(given, headers);
      if (typeof verdict !== "object") return;
      t.true(verdict.message.includes("a.example"));
      t.false(verdict.message.includes("/f"));
    }),
  );
});
