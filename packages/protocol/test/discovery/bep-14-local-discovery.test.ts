import test from "ava";
import fc from "fast-check";
import {
  decodeLocalAnnounce,
  encodeLocalAnnounce,
  localGroups,
  maxLocalAnnounceBytes,
} from "../../src/discovery/index.ts";
import { infoHashFromBytes } from "../../src/units.ts";
import { bytesOf } from "../support/bytes.ts";
import { acceptsOrRefuses, refuses, survivesDamage } from "../support/refusals.ts";

const infoHash = infoHashFromBytes(bytesOf("h".repeat(20)));
const other = infoHashFromBytes(bytesOf("o".repeat(20)));
const own = { port: 6_881, infoHash, cookie: "00c0ffee" };

const announce = (...headers: readonly string[]): Uint8Array =>
  bytesOf(["BT-SEARCH * HTTP/1.1", ...headers, "", "", ""].join("\r\n"));

test("an announce is spelled as BEP 14 spells it", (t) => {
  t.is(
    Buffer.from(encodeLocalAnnounce(4, own)).toString(),
    `BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: ${"68".repeat(20)}\r\ncookie: 00c0ffee\r\n\r\n\r\n`,
  );
  t.regex(
    Buffer.from(encodeLocalAnnounce(6, own)).toString(),
    /\r\nHost: \[ff15::efc0:988f\]:6771\r/,
  );
});

test("an announce is no longer than the 200 bytes that some clients read", (t) => {
  const longest = { ...own, port: 65_535, cookie: "f".repeat(16) };
  for (const family of [4, 6] as const) {
    t.true(encodeLocalAnnounce(family, longest).length <= 200);
  }
});

test("the groups are those of BEP 14", (t) => {
  t.deepEqual(localGroups, {
    4: { host: "239.192.152.143", port: 6771 },
    6: { host: "ff15::efc0:988f", port: 6771 },
  });
});

test("an announce of ours is read back", (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 6 as const),
      fc.integer({ min: 1, max: 65_535 }),
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.stringMatching(/^[0-9a-f]{1,16}$/),
      (family, port, hash, cookie) => {
        const sent = { port, infoHash: infoHashFromBytes(hash), cookie };
        t.deepEqual(decodeLocalAnnounce(encodeLocalAnnounce(family, sent)), {
          port,
          infoHashes: [sent.infoHash],
          cookie,
        });
      },
    ),
  );
});

test("several info-hashes are read, each once, in either case", (t) => {
  const bytes = announce(
    "Port: 1",
    `Infohash: ${infoHash.toUpperCase()}`,
    `Infohash: ${other}`,
    `Infohash: ${infoHash}`,
  );
  t.deepEqual(decodeLocalAnnounce(bytes).infoHashes, [infoHash, other]);
});

test("names of headers have any case, values any spaces, and lines may end without CR", (t) => {
  const text = `BT-SEARCH * HTTP/1.1\nHOST:x\npOrT:  7 \nX-More: y\ninfohash:${infoHash}\nCookie: c`;
  t.deepEqual(decodeLocalAnnounce(bytesOf(text)), { port: 7, infoHashes: [infoHash], cookie: "c" });
});

test("info-hashes that are none are left out", (t) => {
  const bytes = announce("Port: 1", "Infohash: xyz", `Infohash: ${other}`, "Infohash:");
  t.deepEqual(decodeLocalAnnounce(bytes).infoHashes, [other]);
});

const refused = test.macro((t, bytes: Uint8Array) => {
  refuses(t, "datagram-malformed", () => decodeLocalAnnounce(bytes));
});

const hashLine = `Infohash: ${infoHash}`;
test("an empty datagram is refused", refused, new Uint8Array());
test("another request is refused", refused, bytesOf("M-SEARCH * HTTP/1.1\r\nPort: 1\r\n\r\n"));
test("an announce without a port is refused", refused, announce(hashLine));
test("port 0 is refused", refused, announce("Port: 0", hashLine));
test("a port over 65,535 is refused", refused, announce("Port: 65536", hashLine));
test("a negative port is refused", refused, announce("Port: -1", hashLine));
test("a port of other digits is refused", refused, announce("Port: 0x50", hashLine));
test("an announce without an info-hash is refused", refused, announce("Port: 1"));
test("a base32 info-hash is none", refused, announce("Port: 1", `Infohash: ${"a".repeat(32)}`));
test(
  "more than 1,400 bytes are refused",
  refused,
  announce("Port: 1", hashLine, `X: ${"x".repeat(maxLocalAnnounceBytes)}`),
);

test("an announce cut or changed anywhere is read or refused", (t) => {
  survivesDamage(t, encodeLocalAnnounce(4, own), decodeLocalAnnounce);
});

test("every text is read or refused", (t) => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom("BT-SEARCH * HTTP/1.1", "Port: 1", hashLine, "cookie: c", ":", ""),
  );
  fc.assert(
    fc.property(fc.array(line), fc.uint8Array(), (lines, tail) => {
      const bytes = Buffer.concat([Buffer.from(lines.join("\r\n")), tail]);
      acceptsOrRefuses(t, () => decodeLocalAnnounce(bytes), bytes.toString("latin1"));
    }),
  );
  t.pass();
});
