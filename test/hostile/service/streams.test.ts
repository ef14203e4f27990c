// Attacks by files of a torrent, and by links to them.

import test from "ava";
import { StreamedSwarm } from "../../support/service/streamed-swarm.ts";

const policy = "sandbox; default-src 'none'; media-src 'self'";

test("a torrent's HTML, SVG and PDF are saved, and run nothing in the page's origin", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const kinds = [
    [1, "page.html", "text/html; charset=utf-8"],
    [2, "picture.svg", "image/svg+xml"],
    [3, "paper.pdf", "application/pdf"],
  ] as const;
  for (const [file, name, type] of kinds) {
    for (const headers of [{}, { range: "bytes=0-9" }, { range: "bytes=99999999-" }]) {
      const { headers: fields } = await scene.get(scene.path(file), headers);
      t.like(fields, {
        "content-type": type,
        "content-disposition": `attachment; filename*=UTF-8''${name}`,
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
      });
    }
  }
  const subtitles = await scene.get(scene.path(5));
  t.like(subtitles.headers, {
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": "inline; filename*=UTF-8''film.srt",
  });
});

test("a link that was changed by one bit, at any place, leads nowhere", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const link = await scene.link(4);
  t.true((await scene.ask(link)).bytes.equals(scene.content(4)));
  const start = "/stream/".length;
  const statuses = new Set<number>();
  for (let at = start; at < link.length; at++) {
    const changed = String.fromCharCode(link.charCodeAt(at) ^ 1);
    // A fragment is never sent, and a line end is no request.
    if (!/[\w.~!$&'()*+,;=:@/?-]/.test(changed)) continue;
    const { bytes, status } = await scene.ask(link.slice(0, at) + changed + link.slice(at + 1));
    statuses.add(status);
    t.true(status === 401 || status === 403 || status === 404, `${at}: ${status}`);
    t.false(bytes.equals(scene.content(4)));
  }
  t.true(statuses.has(403));
});

test("a link opens its own file of its own torrent by GET and HEAD, and nothing else", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const link = await scene.link(4);
  const query = link.slice(link.indexOf("?"));
  const { infoHash } = scene.torrent;
  const others = [
    scene.path(0),
    scene.path("playlist.m3u8"),
    `/stream/${"a".repeat(40)}/4`,
    `/api/v1/torrents`,
    `/api/v1/torrents/${infoHash}`,
    `/api/v1/torrents/${infoHash}/stream-link`,
    `/metrics`,
    `/stream/${infoHash}/4/`,
    `/stream/${infoHash}/./4/../0`,
    `/stream/${infoHash}/%34`,
  ];
  for (const path of others) {
    const { status } = await scene.ask(path + query);
    t.true(status === 401 || status === 403 || status === 404, `${path}: ${status}`);
  }
  t.is((await scene.ask(link, {}, "HEAD")).status, 200);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
    t.true((await scene.ask(link, {}, method)).status >= 400, method);
});

test("a link does not pass the rules of hosts and of pages of other sites", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const link = await scene.link(4);
  t.is((await scene.ask(link, { host: "evil.example" })).status, 421);
  const cross = { "sec-fetch-site": "cross-site" };
  const embedded = { ...cross, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "video" };
  t.is((await scene.ask(link, embedded)).status, 403);
  t.is((await scene.ask(link, { origin: "http://evil.example" })).status, 403);
  const followed = { ...cross, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  t.is((await scene.ask(link, followed)).status, 200);
  t.is((await scene.get(scene.path(4), followed)).status, 403, "a credential is for our page");
});
