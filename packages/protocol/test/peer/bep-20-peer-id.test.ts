import test from "ava";
import fc from "fast-check";
import { clientName, isPeerIdPrefix, makePeerId } from "../../src/peer/index.ts";
import { bytesOf, textOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";

test("AE12: our peer ids have our prefix and 12 characters that need no escape", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (random) => {
      const id = textOf(makePeerId(random));
      t.regex(id, /^-TP0100-[0-9A-Za-z.-]{12}$/);
    }),
  );
  refuses(t, "peer-id-malformed", () => makePeerId(new Uint8Array(8)));
});

test("AE12: another prefix takes the place of ours if it has 8 printable characters", (t) => {
  const random = new Uint8Array(12);
  t.is(textOf(makePeerId(random, "-AB110S-")), "-AB110S-000000000000");
  t.is(textOf(makePeerId(random, "M7-9-2--")), "M7-9-2--000000000000");
  for (const prefix of ["", "-AB110-", "-AB1100S-", "-AB11 S-", "-AB110\n-", "-AB110é-"]) {
    t.false(isPeerIdPrefix(prefix));
    refuses(t, "peer-id-malformed", () => makePeerId(random, prefix));
  }
});

test("L12: a peer id without a prefix is random from its first character on", (t) => {
  t.is(textOf(makePeerId(new Uint8Array(20), "")), "0".repeat(20));
  t.is(textOf(makePeerId(new Uint8Array(20).fill(63), "")), ".".repeat(20));
});

for (const [id, name] of [
  ["-TP0100-", "Troupe 0.1.0"],
  ["-LT2080-", "libtorrent 2.0.8"],
  ["-LT20B0-", "libtorrent 2.0.11"],
  ["-TR3000-", "Transmission 3.00"],
  ["-TR2940-", "Transmission 2.94"],
  ["-TR4050-", "Transmission 4.0.5"],
  ["A2-1-36-0-", "aria2 1.36.0"],
  ["A2-1-37-0-", "aria2 1.37.0"],
  ["-lt0D80-", "rTorrent (libTorrent) 0.13.8"],
  ["-qB4650-", "qBittorrent 4.6.5"],
  ["-DE211s-", "Deluge 2.1.1"],
  ["-UT355W-", "µTorrent 3.5.5"],
  ["-BC0189-", "BitComet 1.89"],
  ["-WW0208-", "WebTorrent 2.8"],
  ["-AZ5760-", "Vuze 5.7.6"],
  ["M7-9-2--", "BitTorrent 7.9.2"],
  ["-LW0000-", "LimeWire"],
  ["-ZZ1234-", "-ZZ1234-"],
  ["-TR", "-TR"],
  ["TIX0288-", "TIX0288-"],
  ["\x01\x02", "unknown"],
  ["-TR\xff\xff", "-TR"],
  ["", "unknown"],
] as const) {
  test(`the peer id ${JSON.stringify(id)} is shown as ${name}`, (t) => {
    t.is(clientName(bytesOf(id.padEnd(20, "\0"))), name);
  });
}

test("case 28: any peer id gives a short name without control characters", (t) => {
  const like = fc.tuple(
    fc.constantFrom("-TR", "-LT", "A2-", "M7-", "-BC", ""),
    fc.uint8Array({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(like, ([start, rest]) => {
      const name = clientName(bytesOf(start + textOf(rest)));
      t.regex(name, /^[\x20-\x7eµ]{1,40}$/);
    }),
    { numRuns: 1_000 },
  );
});
