import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { StreamLinks, streamTarget, type StreamTarget } from "../../src/guard/stream-links.ts";
import { refused } from "../support/refused.ts";
import { hmacSha256 } from "../support/secrets.ts";

const torrent = "ab".repeat(20);
const daySeconds = 86_400;

function scene(key = 1) {
  const time = new ManualTime();
  return { time, links: new StreamLinks(new Uint8Array(32).fill(key), time, hmacSha256) };
}

/** The path and the query of a link. */
function parts(link: string): [path: string, query: URLSearchParams] {
  const { pathname, searchParams } = new URL(link, "http://service.test");
  return [pathname, searchParams];
}

const targets: readonly StreamTarget[] = [
  { torrent, file: 0 },
  { torrent, file: 12 },
  { torrent, file: "playlist" },
  { torrent: "cd".repeat(20), file: 0 },
];

test("a link is verified for a day, and names its end", (t) => {
  const { links, time } = scene();
  const end = links.nextExpiry;
  t.is(end, 1_700_001_000 + daySeconds);
  for (const target of targets) {
    const link = parts(links.make(target, end));
    t.deepEqual(links.verify(...link), { expires: end });
  }
  time.advance((daySeconds - 1) * 1_000);
  t.deepEqual(links.verify(...parts(links.make({ torrent, file: 0 }, end))), { expires: end });
  time.advance(1_000);
  refused(t, links.verify(...parts(links.make({ torrent, file: 0 }, end))), "link-not-valid", 403);
});

test("a signature holds for its own file, torrent, time and key alone", (t) => {
  const { links } = scene();
  const end = links.nextExpiry;
  const made = targets.map((target) => links.make(target, end));
  for (const one of made) {
    for (const other of made.filter((each) => each !== one)) {
      const [path] = parts(other);
      const [, query] = parts(one);
      refused(t, links.verify(path, query), "link-not-valid", 403);
    }
    const [path, query] = parts(one);
    refused(t, scene(2).links.verify(path, query), "link-not-valid", 403);
    query.set("expires", String(end + 1));
    refused(t, links.verify(path, query), "link-not-valid", 403);
  }
});

test("a signature with one bit changed, cut or longer is refused", (t) => {
  const { links } = scene();
  const [path, query] = parts(links.make({ torrent, file: 3 }, links.nextExpiry));
  const signature = Buffer.from(query.get("signature") ?? "", "base64url");
  t.is(signature.length, 32);
  for (let bit = 0; bit < 256; bit++) {
    const changed = Buffer.from(signature);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    query.set("signature", changed.toString("base64url"));
    refused(t, links.verify(path, query), "link-not-valid", 403);
  }
  for (const text of ["", "=", signature.subarray(1).toString("base64url"), "A".repeat(10_000)]) {
    query.set("signature", text);
    refused(t, links.verify(path, query), "link-not-valid", 403);
  }
});

test("a request without a signature has no link", (t) => {
  const { links } = scene();
  t.is(links.verify(`/stream/${torrent}/0`, new URLSearchParams("expires=1")), undefined);
});

test("a path names a file or the playlist, in one spelling of its index", (t) => {
  t.deepEqual(streamTarget(`/stream/${torrent.toUpperCase()}/7`), { torrent, file: 7 });
  t.deepEqual(streamTarget(`/stream/${torrent}/playlist.m3u8`), { torrent, file: "playlist" });
  const wrong = ["", "00", "01", "-1", "1.0", "1e3", "x", "0/", "0/a.mkv", "12345678", "playlist"];
  for (const name of wrong) t.is(streamTarget(`/stream/${torrent}/${name}`), undefined, name);
  t.is(streamTarget(`/stream/${torrent.slice(1)}/0`), undefined);
  t.is(streamTarget(`/api/stream/${torrent}/0`), undefined);
});
