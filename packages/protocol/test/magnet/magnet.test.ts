import test from "ava";
import fc from "fast-check";
import { anyUrl } from "../../../../test/support/any-text.ts";
import {
  formatMagnet,
  isMagnetText,
  maxMagnetLength,
  parseMagnet,
} from "../../src/magnet/index.ts";
import { infoHashV2 } from "../../src/identity.ts";
import { rangesOf } from "../../src/metainfo/index.ts";
import { parseInfoHash, type InfoHash } from "../../src/units.ts";
import { acceptsOrRefuses, refuses } from "../support/refusals.ts";

const hash = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const base32 = "AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH";
const link = (rest: string): string => `magnet:?xt=urn:btih:${hash}${rest}`;

test("an info-hash is read in hexadecimal and base32, in either case, alone or in a link", (t) => {
  for (const text of [hash, hash.toUpperCase(), base32, base32.toLowerCase()]) {
    t.is(parseMagnet(text).infoHash, hash, text);
    t.is(parseMagnet(` magnet:?xt=urn:btih:${text}\n`).infoHash, hash, text);
    t.true(isMagnetText(text));
  }
  t.is(parseMagnet(`MAGNET:?XT.1=URN:BTIH:${hash}`).infoHash, hash);
});

test("name, trackers, web seeds and peers are read, each tracker in the order of the link", (t) => {
  const { warnings, ...magnet } = parseMagnet(
    link(
      "&dn=A+name%20of%20%C3%A9&tr=udp%3A%2F%2Fa.example%3A80%2Fannounce&tr.2=http://b.example/x%3Fkey%3D1%2B1" +
        "&ws=https%3A%2F%2Fseed.example%2Ffiles%2F&x.pe=203.0.113.1:6881&x.pe=[2001:db8::1]:6882&x.pe=host.example:1&xl=5",
    ),
  );
  t.deepEqual(warnings, []);
  t.deepEqual(magnet, {
    infoHash: hash,
    infoHashes: { v1: hash },
    name: "A name of é",
    trackers: ["udp://a.example:80/announce", "http://b.example/x?key=1+1"],
    webSeeds: ["https://seed.example/files/"],
    peers: [
      { host: "203.0.113.1", port: 6881 },
      { host: "2001:db8::1", port: 6882 },
      { host: "host.example", port: 1 },
    ],
  });
});

test("a name in letters that are not encoded, or in broken escapes, is kept", (t) => {
  t.is(parseMagnet(link("&dn=Фильм%20é")).name, "Фильм é");
  t.is(parseMagnet(link("&dn=100%")).name, "100%");
  t.is(parseMagnet(link("&dn=100%+free")).name, "100% free");
  t.is(parseMagnet(link("&dn=%ff%0a%e2%80%ae")).name, "\u{fffd}");
});

test("BEP 53: `so` gives ranges of file numbers, merged; a part that is no range is left out", (t) => {
  t.deepEqual(parseMagnet(link("&so=7,0,2,4-6,5-9")).selected, [
    [0, 0],
    [2, 2],
    [4, 9],
  ]);
  const { selected, warnings } = parseMagnet(link("&so=x,3-1,-1,99999999999,1"));
  t.deepEqual(selected, [[1, 1]]);
  t.deepEqual(warnings, ["4 file ranges left out: a range is two numbers, the smaller one first"]);
  t.is(parseMagnet(link("&so=")).selected, undefined);
});

test("EX18: a link names a torrent of version 2 by a multihash, alone or beside that of version 1", (t) => {
  const v2 = "ab".repeat(32);
  const topic = `xt=urn:btmh:1220${v2.toUpperCase()}`;
  const alone = parseMagnet(`magnet:?${topic}`);
  t.deepEqual(alone.infoHashes, { v2 });
  t.is(String(alone.infoHash), v2.slice(0, 40));
  t.deepEqual(parseMagnet(v2.toUpperCase()).infoHashes, { v2 });
  const both = parseMagnet(`magnet:?${topic}&xt=urn:btih:${hash}`);
  t.deepEqual(both.infoHashes, { v1: hash, v2 });
  t.is(both.infoHash, hash);
  t.is(
    formatMagnet({ infoHashes: both.infoHashes }),
    `magnet:?xt=urn:btih:${hash}&xt=urn:btmh:1220${v2}`,
  );
  t.is(formatMagnet({ infoHashes: alone.infoHashes }), `magnet:?xt=urn:btmh:1220${v2}`);
  for (const wrong of [
    v2,
    `1220${v2}0`,
    `1220${v2.slice(2)}`,
    `1114${v2}`,
    `1220${"g".repeat(64)}`,
  ])
    refuses(t, "magnet-malformed", () => parseMagnet(`magnet:?xt=urn:btmh:${wrong}`));
  refuses(t, "magnet-malformed", () =>
    parseMagnet(`magnet:?${topic}&xt=urn:btmh:1220${"cd".repeat(32)}`),
  );
});

test("a link without an info-hash is refused", (t) => {
  t.is(parseMagnet(link(`&xt=urn:btih:${base32}`)).infoHash, hash);
  refuses(t, "magnet-malformed", () => parseMagnet(link(`&xt=urn:btih:${"f".repeat(40)}`)));
  for (const text of ["magnet:", "magnet:?", "magnet:?dn=x", "magnet:?xt=urn:sha1:x"]) {
    refuses(t, "magnet-malformed", () => parseMagnet(text));
    t.true(isMagnetText(text));
  }
  for (const text of ["", "x", `${hash}0`, "magnet:?xt=urn:btih:xyz"]) {
    refuses(t, "info-hash-malformed", () => parseMagnet(text));
  }
});

test("lists and length of a link are bounded", (t) => {
  const many = (name: string, count: number, value: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => `&${name}=${value(i)}`).join("");
  const full = parseMagnet(
    link(
      many("tr", 201, (i) => `udp://t${i}.example`) +
        many("ws", 21, (i) => `http://w${i}.example`) +
        many("x.pe", 21, (i) => `192.0.2.1:${i + 1}`),
    ),
  );
  t.deepEqual([full.trackers.length, full.webSeeds.length, full.peers.length], [200, 20, 20]);
  t.deepEqual(full.warnings, [
    "1 tracker left out: the link has more than 200",
    "1 web seed left out: the link has more than 20",
    "1 peer left out: the link has more than 20",
  ]);
  const longest = link("&dn=").padEnd(maxMagnetLength, "a");
  t.is(parseMagnet(longest).name?.length, 255);
  refuses(t, "magnet-malformed", () => parseMagnet(`${longest}a`));
});

test("URLs and peers that cannot be used are left out, with a reason; a repeated one counts once", (t) => {
  const magnet = parseMagnet(
    link(
      "&tr=wss%3A%2F%2Fa&tr=http://u:p@b/&tr=nonsense&tr=http://c.example/&tr=http://c.example/&ws=udp://d:1&x.pe=e&x.pe=1.2.3.4:0",
    ),
  );
  t.deepEqual(magnet.trackers, ["http://c.example/"]);
  t.deepEqual([magnet.webSeeds, magnet.peers], [[], []]);
  t.deepEqual(magnet.warnings, [
    "1 tracker left out: the URL is not http, https or udp",
    "1 tracker left out: the URL names a user",
    "1 tracker left out: the URL is no URL",
    "1 web seed left out: the URL is not http or https",
    "2 peers left out: the address is not host:port",
  ]);
});

/** @param hex 40 digits. */
function base32Of(hex: string): string {
  const digits = BigInt(`0x${hex}`).toString(32).padStart(32, "0");
  return digits.replaceAll(
    /./g,
    (digit) => "abcdefghijklmnopqrstuvwxyz234567"[parseInt(digit, 32)] ?? "",
  );
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const ofV1 = bytes(20).map((digest) => parseInfoHash(Buffer.from(digest).toString("hex")));
const ofV2 = bytes(32).map(infoHashV2);
const namedHashes = fc.oneof(
  ofV1.map((v1) => ({ v1 })),
  ofV2.map((v2) => ({ v2 })),
  fc.tuple(ofV1, ofV2).map(([v1, v2]) => ({ v1, v2 })),
);
const urlsOf = (...schemes: string[]) =>
  fc.uniqueArray(anyUrl({ schemes, hasQuery: true }), { maxLength: 5 });

test("B03: any link of ours is read as it was written", (t) => {
  const names = fc.stringMatching(/^[\w&=%+#?é€]{1,40}$/);
  const links = fc
    .tuple(namedHashes, names, urlsOf("http", "udp"), urlsOf("http", "https"))
    .map(([infoHashes, name, trackers, webSeeds]) => ({ infoHashes, name, trackers, webSeeds }));
  fc.assert(
    fc.property(links, (written) => {
      const read = parseMagnet(formatMagnet(written));
      const { infoHashes, name, trackers, webSeeds } = read;
      t.deepEqual({ infoHashes, name, trackers, webSeeds }, written);
      t.deepEqual(read.warnings, []);
    }),
  );
});

test("B03: hashes in both spellings, trackers, web seeds, peers and chosen files are read, in any order of their kinds", (t) => {
  const host = fc.ipV4().map((address) => `${address}:6881`);
  const links = fc.record({
    digest: bytes(20),
    v2: ofV2,
    isBase32: fc.boolean(),
    trackers: urlsOf("http", "udp"),
    webSeeds: urlsOf("http", "https"),
    peers: fc.uniqueArray(host, { maxLength: 5 }),
    files: fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 9 }),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
  });
  fc.assert(
    fc.property(links, ({ digest, v2, isBase32, trackers, webSeeds, peers, files, order }) => {
      const v1 = Buffer.from(digest).toString("hex");
      const kinds = [
        [`xt=urn:btih:${isBase32 ? base32Of(v1) : v1}`],
        [`xt=urn:btmh:1220${v2}`],
        trackers.map((url) => `tr=${encodeURIComponent(url)}`),
        webSeeds.map((url) => `ws=${encodeURIComponent(url)}`),
        peers.map((peer) => `x.pe=${peer}`),
        [`so=${files.join()}`],
      ];
      const read = parseMagnet(`magnet:?${order.flatMap((kind) => kinds[kind] ?? []).join("&")}`);
      t.deepEqual(read.infoHashes, { v1: v1 as InfoHash, v2 });
      t.deepEqual([read.trackers, read.webSeeds], [trackers, webSeeds]);
      t.deepEqual(
        read.peers.map((peer) => `${peer.host}:${peer.port}`),
        peers,
      );
      t.deepEqual(read.selected, rangesOf(files.toSorted((one, other) => one - other)));
      t.deepEqual(read.warnings, []);
    }),
  );
});

test("web seeds of a magnet are written and read again", (t) => {
  const webSeeds = ["http://a.example/d/", "https://b.example/x?y=1&z=2"];
  const read = parseMagnet(formatMagnet({ infoHashes: { v1: hash }, webSeeds }));
  t.deepEqual(read.webSeeds, webSeeds);
  const many = Array.from({ length: 30 }, (_, at) => `http://a.example/${at}`);
  t.is(parseMagnet(formatMagnet({ infoHashes: { v1: hash }, webSeeds: many })).webSeeds.length, 20);
});

test("a link of ours is within the bounds of a link, however many trackers there are", (t) => {
  const long = Array.from({ length: 60 }, (_, i) => `http://t/${i}${"a".repeat(1_500)}`);
  const short = Array.from({ length: 210 }, (_, i) => `http://t/${i}`);
  const read = parseMagnet(
    formatMagnet({ infoHashes: { v1: hash }, trackers: [...long, ...short] }),
  );
  t.true(read.trackers.length > 20);
  t.deepEqual(read.warnings, []);
  t.deepEqual(
    parseMagnet(formatMagnet({ infoHashes: { v1: hash }, trackers: short })).trackers,
    short.slice(0, 200),
  );
});

test("a link from the source of a page has `&amp;` between its parameters", (t) => {
  const trackers = ["udp://a.example:80", "http://b.example/announce?x=1&amp=2"];
  const read = parseMagnet(
    `magnet:?xt=urn:btih:${hash}&amp;dn=a&amp;${trackers.map((url) => `tr=${encodeURIComponent(url)}`).join("&AMP;")}&#038;ws=${encodeURIComponent("http://w.example/")}`,
  );
  t.deepEqual([read.infoHash, read.name, read.trackers], [hash, "a", trackers]);
  t.deepEqual(read.webSeeds, ["http://w.example/"]);
});

test("values that were encoded twice are decoded twice", (t) => {
  const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text));
  const tracker = "http://a.example:80/announce?key=a%20b";
  const read = parseMagnet(
    `magnet:?xt=${twice(`urn:btih:${hash}`)}&tr=${twice(tracker)}&ws=${twice("http://w.example/")}&x.pe=${twice("192.0.2.1:5")}`,
  );
  t.is(read.infoHash, hash);
  t.deepEqual(read.trackers, [tracker]);
  t.deepEqual(read.webSeeds, ["http://w.example/"]);
  t.deepEqual(read.peers, [{ host: "192.0.2.1", port: 5 }]);
  t.deepEqual(read.warnings, []);
  t.deepEqual(parseMagnet(link(`&tr=${encodeURIComponent(tracker)}`)).trackers, [tracker]);
});

test("any text after the scheme is read or refused", (t) => {
  const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
  const texts = fc.oneof(fc.string({ unit }), fc.stringMatching(/^(?:dn|tr|so|x\.pe)=[%&=\w]*$/));
  let accepted = 0;
  fc.assert(
    fc.property(texts, (text) => {
      acceptsOrRefuses(t, () => parseMagnet(text), text);
      acceptsOrRefuses(t, () => parseMagnet(`magnet:?${text}`), text);
      if (acceptsOrRefuses(t, () => parseMagnet(link(`&${text}`)), text)) accepted++;
    }),
  );
  t.is(accepted, 100);
});
