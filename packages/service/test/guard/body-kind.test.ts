import test from "ava";
import fc from "fast-check";
import { bodyKindOf } from "../../src/guard/body-kind.ts";
import { refused } from "../support/refused.ts";

test("JSON, forms and forms with files are read", (t) => {
  for (const type of [
    "application/json",
    "Application/JSON; charset=UTF-8",
    " application/json ;x=y",
    'application/json; x="; charset=utf-16"; charset="utf-8"',
    "application/json;",
  ])
    t.deepEqual(bodyKindOf(type, undefined), { kind: "json" });
  t.deepEqual(bodyKindOf("application/x-www-form-urlencoded", "identity"), { kind: "form" });
  for (const [parameters, boundary] of [
    ["boundary=abc", "abc"],
    ['charset=utf-8; boundary="a b"', undefined],
    ['boundary="a:b"', "a:b"],
    [
      "BOUNDARY=----WebKitFormBoundary7MA4YWxkTrZu0gW; x=y",
      "----WebKitFormBoundary7MA4YWxkTrZu0gW",
    ],
    [`boundary=${"a".repeat(70)}`, "a".repeat(70)],
    [`boundary=${"a".repeat(71)}`, undefined],
    ["boundary=", undefined],
    ['boundary=""', undefined],
    ["xboundary=abc", undefined],
    ['x="; boundary=evil; "; boundary=abc', "abc"],
    ['x="; boundary=evil"', undefined],
    ["boundary=abc; boundary=abd", undefined],
    ["boundary=abc; Boundary=abc", undefined],
    ["boundary=abc;", "abc"],
    ["boundary=abc x", undefined],
  ] as const) {
    const kind = bodyKindOf(`multipart/form-data; ${parameters}`, undefined);
    if (boundary === undefined) refused(t, kind, "body-kind-not-allowed", 415);
    else t.deepEqual(kind, { kind: "multipart", boundary });
  }
});

test("other types, other encodings of text and no type are refused", (t) => {
  for (const type of [
    undefined,
    "",
    "text/plain",
    "application/json, text/plain",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded;charset=latin1",
    "multipart/mixed; boundary=a",
    "application/json; charset=utf-8; charset=utf-16",
    'application/json; x="; charset=utf-8',
    "application/jsonx",
  ])
    refused(t, bodyKindOf(type, undefined), "body-kind-not-allowed", 415);
});

test("a compressed body is refused", (t) => {
  for (const encoding of ["gzip", "br", "deflate", "identity, gzip", ""])
    refused(t, bodyKindOf("application/json", encoding), "body-compressed", 415);
});

test("any content type is read or refused", (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      refused(t, bodyKindOf(`${text}/x`, undefined), "body-kind-not-allowed", 415);
      t.notThrows(() => bodyKindOf(`multipart/form-data;${text}`, undefined));
    }),
  );
});
