import test, { type ExecutionContext } from "ava";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { anonymousIdentity, ownIdentity } from "@troupe/protocol/client-identity";
import { encodeTorrent, parseTorrent, maxTorrentBytes } from "@troupe/protocol/metainfo";
import { keyOf } from "@troupe/protocol/identity";
import { loadMetainfo, loadSource } from "../../../src/api/job/load-metainfo.ts";
import { hostsForStrangers, nodePorts } from "@troupe/actor-runtime";
import { freePort } from "../../../../../test/support/programs/free-port.ts";
import { SavedTorrents } from "../../../src/api/job/saved-torrents.ts";

async function folder(t: ExecutionContext): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "load-metainfo-"));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

async function server(t: ExecutionContext, listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  await new Promise<void>((resolve) => {
    made.listen(0, "127.0.0.1", resolve);
  });
  t.teardown(() => made.closeAllConnections());
  t.teardown(() => made.close());
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}/job.torrent`;
}

test("bytes are taken as they are", async (t) => {
  const bytes = Uint8Array.of(1, 2, 3);
  t.is(await loadMetainfo(bytes), bytes);
});

test("a file is read by its path or its file: address", async (t) => {
  const path = join(await folder(t), "job.torrent");
  await writeFile(path, "d4:infodee");
  for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
    t.deepEqual(await loadMetainfo(source), new Uint8Array(Buffer.from("d4:infodee")));
  }
});

test("a missing file and an unreadable file have different codes", async (t) => {
  const here = await folder(t);
  const missing = join(here, "none.torrent");
  await t.throwsAsync(loadMetainfo(missing), {
    code: "torrent-not-found",
    message: `there is no file ${missing}`,
  });
  await t.throwsAsync(loadMetainfo(here), { code: "torrent-unreadable" });
});

test("an address that a stranger has named is fetched from no local host", async (t) => {
  let requests = 0;
  const url = await server(t, (_, response) => {
    requests++;
    response.end("d4:infodee");
  });
  await t.throwsAsync(loadSource(url, { mayDial: hostsForStrangers(nodePorts().interfaces) }), {
    code: "torrent-not-fetched",
  });
  t.is(requests, 0);
  t.is((await loadSource(url)).kind, "metainfo");
});

test("text that only begins like a file: address is refused with a sentence", async (t) => {
  for (const source of ["file://%", "file://[", "file://host/x", "file:///%00"]) {
    await t.throwsAsync(loadMetainfo(source), { code: "torrent-unreadable" }, source);
  }
});

test("a file or bytes over the limit are refused unread", async (t) => {
  const path = join(await folder(t), "huge.torrent");
  await writeFile(path, "");
  await truncate(path, maxTorrentBytes + 1);
  await t.throwsAsync(loadMetainfo(path), { code: "torrent-too-large" });
  await t.throwsAsync(loadMetainfo(new Uint8Array(maxTorrentBytes + 1)), {
    code: "torrent-too-large",
  });
});

test("a file is fetched from an http address", async (t) => {
  const url = await server(t, (_request, response) => void response.end("d4:infodee"));
  t.deepEqual(Buffer.from(await loadMetainfo(url)).toString(), "d4:infodee");
  t.deepEqual(Buffer.from(await loadMetainfo(new URL(url))).toString(), "d4:infodee");
});

test("the error quotes a server that has no such file", async (t) => {
  const url = await server(t, (_request, response) => void response.writeHead(404).end());
  await t.throwsAsync(loadMetainfo(url), { code: "torrent-not-fetched", message: /404/ });
});

test("the error of an address that refuses connections names it once", async (t) => {
  const url = `http://127.0.0.1:${await freePort()}/a.torrent`;
  await t.throwsAsync(loadMetainfo(url), {
    code: "torrent-not-fetched",
    message: `cannot fetch ${url}: connection refused`,
  });
});

test("an unreadable file is refused with the system's words", async (t) => {
  const path = "/proc/self/mem";
  await t.throwsAsync(loadMetainfo(path), {
    code: "torrent-unreadable",
    message: `cannot read ${path}: i/o error`,
  });
});

test("a server that sends too much is cut off", async (t) => {
  const url = await server(t, (_request, response) => {
    response.end(Buffer.alloc(maxTorrentBytes + 1));
  });
  await t.throwsAsync(loadMetainfo(url), { code: "torrent-not-fetched" });
});

test("a fetch can be aborted", async (t) => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const url = await server(t, () => controller.abort(reason));
  const given = await t.throwsAsync(loadMetainfo(url, { signal: controller.signal }));
  t.is(given, reason, "told as what it is: no fault of the address");
});

test("an address that is neither http nor https is not taken for a path", async (t) => {
  for (const source of ["ftp://host/a.torrent", "udp://host:80/announce"]) {
    const error = await t.throwsAsync(loadMetainfo(source), { code: "source-not-supported" });
    t.regex(error?.message ?? "", /only http and https addresses are allowed$/);
  }
});

test("the .torrent of a magnet that is not saved is refused with what to do", async (t) => {
  const stateDirectory = await folder(t);
  const code = "metadata-unknown";
  for (const source of ["f".repeat(40), `magnet:?xt=urn:btih:${"f".repeat(40)}`]) {
    const error = await t.throwsAsync(loadMetainfo(source, { stateDirectory }), { code });
    t.true(error?.message.includes(`the state folder "${stateDirectory}" has no .torrent of it`));
    await t.throwsAsync(loadMetainfo(source), { code, message: /; fetch its metadata first/ });
  }
});

test("a file of another kind is refused as not a .torrent file, before any other rule", async (t) => {
  const path = join(await folder(t), "image.iso");
  for (const [content, code] of [
    ["hello", "bencode-malformed"],
    ["", "bencode-malformed"],
    ["d3:abci1ee", "field-missing"],
  ] as const) {
    await writeFile(path, content);
    const error = await t.throwsAsync(loadMetainfo(path), { code });
    t.true(error?.message.startsWith(`${path} is not a .torrent file: `), error?.message);
  }
});

test("a source of a wrong type is refused by its type", async (t) => {
  for (const source of [undefined, 5, null, {}]) {
    await t.throwsAsync(loadMetainfo(source as string), { code: "option-out-of-range" });
  }
});

test("a magnet link and both forms of an info-hash are magnets", async (t) => {
  const sources = [
    `magnet:?xt=urn:btih:${"a".repeat(40)}&dn=name`,
    new URL(`magnet:?xt=urn:btih:${"a".repeat(40)}&dn=name`),
    "0123456789abcdefABCD".repeat(2),
    "abcdefgh234567AB".repeat(2),
  ];
  for (const source of sources) {
    const loaded = await loadSource(source);
    t.like(loaded, { kind: "magnet", magnet: String(source), source: "file" });
    t.is(loaded.link?.infoHash.length, 40);
  }
});

test("a broken magnet link is refused with the code of its parser", async (t) => {
  const hash = "a".repeat(40);
  await t.throwsAsync(loadSource("magnet:?dn=name"), { code: "magnet-malformed" });
  await t.throwsAsync(loadSource(`magnet:?xt=urn:btmh:1220${hash}`), { code: "magnet-malformed" });
});

const known = encodeTorrent({
  name: "known",
  pieceLengthBytes: 16_384,
  pieceHashes: new Uint8Array(20),
  lengthBytes: 5,
});
const { infoHash, infoHashes } = parseTorrent(known);
const key = keyOf(infoHashes);

test("a torrent that was added before is found by its info-hash", async (t) => {
  const stateDirectory = await folder(t);
  await new SavedTorrents(stateDirectory).save(key, known);
  for (const source of [infoHash, infoHash.toUpperCase(), base32(infoHash)]) {
    t.deepEqual(await loadMetainfo(source, { stateDirectory }), new Uint8Array(known));
  }
  await t.throwsAsync(loadMetainfo("f".repeat(40), { stateDirectory }), {
    code: "metadata-unknown",
  });
});

test("a saved .torrent that is damaged or of another torrent is not used", async (t) => {
  const stateDirectory = await folder(t);
  const copies = new SavedTorrents(stateDirectory);
  await copies.save(key, known.subarray(0, 20));
  await copies.save("f".repeat(40), known);
  for (const source of [infoHash, "f".repeat(40)]) {
    await t.throwsAsync(loadMetainfo(source, { stateDirectory }), { code: "metadata-unknown" });
  }
});

test("the saved .torrent of a magnet link comes with the trackers and peers that only the link has", async (t) => {
  const stateDirectory = await folder(t);
  const [own, other] = ["http://own.test/announce", "http://other.test/announce"];
  const fields = { pieceLengthBytes: 16_384, pieceHashes: new Uint8Array(20), lengthBytes: 5 };
  for (const isPrivate of [false, true]) {
    const saved = encodeTorrent({ name: "known", ...fields, isPrivate, trackers: [[own]] });
    const savedKey = keyOf(parseTorrent(saved).infoHashes);
    await new SavedTorrents(stateDirectory).save(savedKey, saved);
    const trackers = [own, other].map((url) => `&tr=${encodeURIComponent(url)}`).join("");
    const link = `magnet:?xt=urn:btih:${savedKey}${trackers}&x.pe=192.0.2.1:80`;
    const loaded = await loadSource(link, { stateDirectory });
    t.like(loaded, { kind: "metainfo", metainfo: new Uint8Array(saved), source: "file" });
    t.deepEqual(loaded.link?.trackers, isPrivate ? [] : [other]);
    t.deepEqual(loaded.link?.peers, [{ host: "192.0.2.1", port: 80 }]);
  }
});

test("bytes from a server have the source network, bytes from the disk the source file", async (t) => {
  const url = await server(t, (_request, response) => void response.end("d4:infodee"));
  t.is((await loadSource(url)).source, "network");
  t.is((await loadSource(known)).source, "file");
});

/** The other way to write an info-hash (RFC 4648). */
function base32(hex: string): string {
  const digits = "abcdefghijklmnopqrstuvwxyz234567";
  const bits = Array.from(hex).map((digit) =>
    Number.parseInt(digit, 16).toString(2).padStart(4, "0"),
  );
  return (bits.join("").match(/.{5}/g) ?? [])
    .map((five) => digits[Number.parseInt(five, 2)])
    .join("");
}

test("L12: an address is fetched without our name in anonymous mode", async (t) => {
  const seen: (string | undefined)[] = [];
  const url = await server(t, ({ headers }, response) => {
    seen.push(headers["user-agent"]);
    response.writeHead(404).end();
  });
  for (const anonymous of [false, true])
    await t.throwsAsync(loadMetainfo(url, { anonymous }), { code: "torrent-not-fetched" });
  t.deepEqual(seen, [ownIdentity.userAgent, anonymousIdentity.userAgent]);
});
