import test from "ava";
import fc from "fast-check";
import { announceUrl, decodeAnnounceQuery } from "../../src/tracker/index.ts";
import { infoHashFromBytes } from "../../src/units.ts";
import { bytesOf } from "../support/bytes.ts";
import { acceptsOrRefuses, refuses } from "../support/refusals.ts";

const request = {
  infoHash: infoHashFromBytes(bytesOf("\x00\xff aaaaaaaaaaaaaaaaa")),
  peerId: bytesOf("-TP0100-bbbbbbbbbbb&"),
  port: 6_881,
  uploaded: 1,
  downloaded: 2,
  left: Number.MAX_SAFE_INTEGER,
  numWant: 200,
  key: "0a1b2c3d",
} as const;

const query =
  "info_hash=%00%FF%20aaaaaaaaaaaaaaaaa&peer_id=-TP0100-bbbbbbbbbbb%26&port=6881&uploaded=1&downloaded=2" +
  "&left=9007199254740991&compact=1&numwant=200&key=0a1b2c3d";

test("an announce is the tracker's URL with a query", (t) => {
  t.is(announceUrl("http://a.example/announce", request), `http://a.example/announce?${query}`);
  t.is(
    announceUrl("http://a.example/announce", { ...request, event: "started", trackerId: "x&y" }),
    `http://a.example/announce?${query}&event=started&trackerid=x%26y`,
  );
  t.is(
    announceUrl("http://a.example/announce", { ...request, address: "2001:db8::7" }),
    `http://a.example/announce?${query}&ip=2001%3Adb8%3A%3A7`,
  );
});

test("C01: a tracker is told that encryption is supported, or required", (t) => {
  const urlOf = (encryption: "required" | "supported") =>
    announceUrl("http://a.example/announce", { ...request, encryption });
  t.is(urlOf("supported"), `http://a.example/announce?${query}&supportcrypto=1`);
  t.is(urlOf("required"), `http://a.example/announce?${query}&supportcrypto=1&requirecrypto=1`);
});

for (const [base, start] of [
  ["http://a.example/announce?passkey=a|b", "http://a.example/announce?passkey=a|b&info_hash="],
  ["http://a.example/announce?", "http://a.example/announce?info_hash="],
  ["http://a.example/announce?a=1&", "http://a.example/announce?a=1&info_hash="],
  ["http://a.example/announce#top", "http://a.example/announce?info_hash="],
  ["http://a.example", "http://a.example?info_hash="],
] as const) {
  test(`the query follows ${base}`, (t) => {
    t.true(announceUrl(base, request).startsWith(start));
  });
}

test("an announce is read as it was written", (t) => {
  const bytes20 = fc.uint8Array({ minLength: 20, maxLength: 20 });
  const announce = fc.record({
    infoHash: bytes20.map(infoHashFromBytes),
    peerId: bytes20,
    port: fc.nat(65_535),
    uploaded: fc.maxSafeNat(),
    downloaded: fc.maxSafeNat(),
    left: fc.maxSafeNat(),
    numWant: fc.nat(1_000),
    key: fc.string({ unit: "grapheme", maxLength: 10 }),
    trackerId: fc.string({ unit: "grapheme", maxLength: 10 }),
    event: fc.constantFrom("started", "completed", "stopped"),
  });
  fc.assert(
    fc.property(announce, (own) => {
      const url = announceUrl("http://a.example/announce?x=1", own);
      t.deepEqual(decodeAnnounceQuery(new URL(url).search.slice(1)), {
        ...own,
        compact: true,
        noPeerId: false,
      });
    }),
    { numRuns: 200 },
  );
});

test("fields that a peer leaves out have their defaults", (t) => {
  const short = `info_hash=${"a".repeat(20)}&peer_id=${"b".repeat(20)}&port=1&left=0`;
  t.deepEqual(decodeAnnounceQuery(short), {
    infoHash: infoHashFromBytes(bytesOf("a".repeat(20))),
    peerId: bytesOf("b".repeat(20)),
    port: 1,
    uploaded: 0,
    downloaded: 0,
    left: 0,
    compact: true,
    noPeerId: false,
  });
  const { event, numWant, compact, noPeerId, ip } = decodeAnnounceQuery(
    `${short}&event=paused&numwant=-1&compact=0&no_peer_id=1&ip=192.0.2.1&left=7&junk&=x`,
  );
  t.deepEqual(
    [event, numWant, compact, noPeerId, ip],
    [undefined, undefined, false, true, "192.0.2.1"],
  );
});

for (const [name, from, to] of [
  ["info_hash", "info_hash=", "x="],
  ["info_hash", "aaaaaaaaaaaaaaaaa&", "aaaaaaaaaaaaaaaa&"],
  ["info_hash", "%00", "%0g"],
  ["peer_id", "peer_id=", "peer_id=b"],
  ["port", "port=6881", "port=65536"],
  ["port", "port=6881", "port="],
  ["port", "port=6881", "port=-1"],
  ["port", "port=6881&", ""],
  ["left", "left=9007199254740991", "left=9007199254740992"],
  ["left", "left=9007199254740991", "left=1e3"],
  ["uploaded", "uploaded=1", "uploaded=-1"],
] as const) {
  test(`an announce with ${to === "" ? "no" : `"${to}" in place of`} "${from}" is refused by the name of ${name}`, (t) => {
    const error = refuses(t, "announce-query-malformed", () =>
      decodeAnnounceQuery(query.replace(from, to)),
    );
    t.is(error.details["field"], name);
  });
}

test("a query over 8,192 characters is refused", (t) => {
  refuses(t, "announce-query-malformed", () => decodeAnnounceQuery("a".repeat(8_193)));
});

test("case 11: a query cut or changed anywhere is accepted or refused", (t) => {
  for (let at = 0; at < query.length; at++) {
    acceptsOrRefuses(t, () => decodeAnnounceQuery(query.slice(0, at)), `cut at ${at}`);
    for (const character of "%&=+\u00ff日") {
      acceptsOrRefuses(
        t,
        () => decodeAnnounceQuery(query.slice(0, at) + character + query.slice(at + 1)),
        `${at}`,
      );
    }
  }
  t.pass();
});
