// Requests that no client sends: targets with backslashes and `..`, other methods, and text that is no HTTP. Each is answered
// with the fields that guard browsers, and none ends the actor `http`.

import test from "ava";
import { missingFields, rawRequest, type RawResponse } from "../../support/service/raw-request.ts";
import { httpRestarts, Served } from "../../support/service/served.ts";

const targets = [
  String.raw`/\api\v1\health`,
  String.raw`/..\..\etc\passwd`,
  String.raw`/api/v1/health\..\..\x`,
  "/%5capi%5cv1%5chealth",
  "/..%5c..%5cetc%5cpasswd",
  "/../../etc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/..%2f..%2fetc%2fpasswd",
  "/api/v1/torrents/..%2f..%2fstate",
  "/api/v1/torrents/%zz",
  "/api/v1/torrents/%00",
  "//",
  "//etc/passwd",
  "//evil.example/api/v1/health",
  "///api/v1/torrents",
  "http://[",
  "http://:x@y:z/api/v1/health",
  "https://x:99999/",
  "ftp://localhost/api/v1/health",
  "*",
  "api/v1/health",
  "/ÿ",
  "/#",
  "",
];

test("case 94: traversal in targets and targets that are no paths are 4xx with the guard's fields, and the actor http stays", async (t) => {
  await using served = await Served.open();
  const { authorization } = await served.token("control");
  const answers: [string, RawResponse][] = [];
  for (const target of targets) {
    const head = `GET ${target} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`;
    answers.push([target, await rawRequest(served.port, Buffer.from(head, "latin1"))]);
  }
  for (const [target, answer] of answers) {
    t.true(answer.status >= 400 && answer.status < 500, `${target}: ${answer.status}`);
    t.deepEqual(missingFields(answer), [], target);
    t.notRegex(answer.text, /root:|first-password/, target);
  }
  t.is(await httpRestarts(served), 0);
});

test("methods, versions and expectations that no route has are refused with the guard's fields", async (t) => {
  await using served = await Served.open();
  const rest = "host: localhost\r\nconnection: close\r\n";
  const texts: [string, number][] = [
    [`TRACE /api/v1/health HTTP/1.1\r\n${rest}\r\n`, 401],
    [`DELETE /api/v1/health HTTP/1.1\r\n${rest}\r\n`, 401],
    [`PROPFIND / HTTP/1.1\r\n${rest}\r\n`, 401],
    [`OPTIONS * HTTP/1.1\r\n${rest}\r\n`, 401],
    [`TRACK / HTTP/1.1\r\n${rest}\r\n`, 400],
    [`get /api/v1/health HTTP/1.1\r\n${rest}\r\n`, 400],
    [`GET /api/v1/health\r\n\r\n`, 421],
    [`GET /api/v1/health HTTP/1.1\r\nconnection: close\r\n\r\n`, 421],
    [`GET /api/v1/health HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n`, 421],
    [`GET /api/v1/health HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`, 421],
    [`GET /api/v1/health HTTP/1.1\r\n${rest}expect: coffee\r\n\r\n`, 417],
    [`GET /api/v1/health HTTP/1.1\r\n${rest}x: ${"y".repeat(17_000)}\r\n\r\n`, 431],
    [`POST /api/v1/health HTTP/1.1\r\n${rest}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
    ["\0\r\n\r\n", 400],
    ["\u0016\u0003\u0001\u0002\0\u0001\0", 400],
  ];
  for (const [text, status] of texts) {
    const answer = await rawRequest(served.port, Buffer.from(text, "latin1"));
    t.is(answer.status, status, text.slice(0, 60));
    t.deepEqual(missingFields(answer), [], text.slice(0, 60));
  }
  t.is(await httpRestarts(served), 0);
});
