// Files of torrents over HTTP by a service, with real engines, sockets and files.

import { truncateSync } from "node:fs";
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import test from "ava";
import {
  StreamedSwarm,
  streamedFiles,
  type StreamAnswer,
} from "../support/service/streamed-swarm.ts";
import { until } from "../support/time/until.ts";

const policy = "sandbox; default-src 'none'; media-src 'self'";
const filmBytes = streamedFiles[0].lengthBytes;

/** Waits for a state that only asking tells. */
async function comes(isThere: () => boolean | Promise<boolean>): Promise<void> {
  await until(isThere.toString(), async () => await Promise.resolve(isThere()));
}

/**
 * Stops the torrent when its record vouches for the first bytes. A sync that outlasts the stop of a busy machine leaves
 * pieces that only the next start hashes.
 */
async function stopWith(scene: StreamedSwarm, lengthBytes: number): Promise<void> {
  const { torrent } = scene;
  await comes(async () => {
    await torrent.stop();
    const range = `bytes=0-${lengthBytes - 1}`;
    const { bytes } = await scene.get(scene.path(0), { range });
    if (bytes.length === lengthBytes) return true;
    torrent.start();
    await comes(() => torrent.state === "active");
    return false;
  });
}

/** A stream whose client takes nothing beyond its first bytes. */
async function openStream(scene: StreamedSwarm): Promise<[ClientRequest, IncomingMessage]> {
  const sent = request({
    ...{ host: "127.0.0.1", port: scene.served.port, path: scene.path(0), agent: false },
    headers: scene.reader,
  });
  sent.on("error", () => undefined);
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  sent.on("response", (response) => {
    response.pause();
    response.on("error", () => undefined);
    resolve(response);
  });
  sent.end();
  return [sent, await promise];
}

test("G11: a whole file comes with its type, its tag and the policy for strangers' bytes", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const { bytes, headers, status } = await scene.get(scene.path(0));
  t.is(status, 200);
  t.true(bytes.equals(scene.content(0)));
  t.like(headers, {
    "content-type": "video/x-matroska",
    "content-length": String(filmBytes),
    "accept-ranges": "bytes",
    etag: `"${scene.torrent.infoHash}-0"`,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-disposition": "inline; filename*=UTF-8''film.mkv",
  });
});

test("G11: 100 random ranges are equal to the file", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const content = scene.content(0);
  let wrong = 0;
  for (let count = 0; count < 100; count++) {
    const start = Math.floor(Math.random() * filmBytes);
    const end = Math.min(filmBytes, start + 1 + Math.floor(Math.random() * 200_000));
    const range = `bytes=${start}-${end - 1}`;
    const { bytes, headers, status } = await scene.get(scene.path(0), { range });
    const isRight = status === 206 && bytes.equals(content.subarray(start, end));
    if (!isRight || headers["content-range"] !== `bytes ${start}-${end - 1}/${filmBytes}`) wrong++;
  }
  t.is(wrong, 0);
});

test("G11: HEAD has the length and no bytes; If-Range and a range behind the end are answered by the RFC", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const head = await scene.get(scene.path(0), {}, "HEAD");
  t.is(head.status, 200);
  t.is(head.headers["content-length"], String(filmBytes));
  t.is(head.bytes.length, 0);
  const range = "bytes=10-19";
  const same = await scene.get(scene.path(0), { range, "if-range": head.headers.etag ?? "" });
  t.is(same.status, 206);
  t.true(same.bytes.equals(scene.content(0).subarray(10, 20)));
  const other = await scene.get(scene.path(0), { range, "if-range": '"another"' });
  t.is(other.status, 200);
  const behind = await scene.get(scene.path(0), { range: `bytes=${filmBytes}-` });
  t.is(behind.status, 416);
  t.is(behind.headers["content-range"], `bytes */${filmBytes}`);
  t.is(behind.headers["content-security-policy"], policy);
});

test("G11: missing bytes are waited for, and come from two unequal peers", async (t) => {
  await using scene = await StreamedSwarm.open();
  const { swarm, torrent } = scene;
  const shut = await swarm.pacedSeeder({ isShut: true });
  torrent.addPeer(shut);
  const whole = scene.get(scene.path(0));
  const seek = scene.get(scene.path(0), { range: "bytes=2500000-2599999" });
  await comes(() => shut.sockets.size > 0);
  torrent.addPeer(await swarm.pacedSeeder({ bytesPerSecond: 500_000 }));
  shut.open();
  const [film, part] = await Promise.all([whole, seek]);
  t.true(film.bytes.equals(scene.content(0)));
  t.true(part.bytes.equals(scene.content(0).subarray(2_500_000, 2_600_000)));
});

test("G11: a stopped torrent gives what is on the disk, and 409 for the rest, also after a restart of the engine", async (t) => {
  await using scene = await StreamedSwarm.open({ sequential: true });
  const { swarm, torrent } = scene;
  torrent.addPeer(await swarm.pacedSeeder({ vanishesAfterBytes: 1_500_000 }));
  await comes(() => torrent.progress.finished >= 20);
  await stopWith(scene, 1_000_000);
  for (const restarts of [0, 1]) {
    if (restarts === 1) {
      const { coordinator } = scene.served;
      const revived = new Promise<void>((resolve) => {
        coordinator.on("worker", ({ name, state }) => {
          if (name === "engine" && state === "running") resolve();
        });
      });
      scene.served.kill("engine");
      await revived;
    }
    const { bytes, status } = await scene.get(scene.path(0), { range: "bytes=0-999999" });
    t.is(status, 206);
    t.true(bytes.equals(scene.content(0).subarray(0, 1_000_000)));
    const missing = { range: "bytes=2900000-2999999" };
    const refused = await scene.get(scene.path(0), missing);
    t.is(refused.status, 409);
    t.is(JSON.parse(refused.bytes.toString()).error.code, "torrent-stopped");
    t.is(refused.headers["content-security-policy"], policy);
    t.is((await scene.get(scene.path(0), missing, "HEAD")).status, 409);
    const cut = await scene.get(scene.path(0));
    t.true(cut.isCut);
    t.true(cut.bytes.length >= 1_000_000);
    t.true(cut.bytes.equals(scene.content(0).subarray(0, cut.bytes.length)));
  }
  t.is(torrent.state, "stopped");
});

test("a file that has changed under a stopped torrent is not streamed, and its torrent can be removed with its data", async (t) => {
  await using scene = await StreamedSwarm.whole();
  const { torrent } = scene;
  await stopWith(scene, filmBytes);
  truncateSync(torrent.files[0]?.path ?? "", 2_000_000);
  t.is((await scene.get(scene.path(0))).status, 409);
  const removed = await scene.served.run("remove", { torrent: torrent.infoHash, data: true });
  t.is(removed.status, 200);
  t.is((await scene.get(scene.path(0))).status, 404);
});

test("a file that is not wanted is 409, and what is unknown 404", async (t) => {
  await using scene = await StreamedSwarm.open({ priorities: [0, 1, 1, 1, 1, 1] });
  const unwanted = await scene.get(scene.path(0));
  t.is(unwanted.status, 409);
  t.is(JSON.parse(unwanted.bytes.toString()).error.code, "file-not-wanted");
  const unknown = [scene.path(6), scene.path("01"), scene.path("x"), `/stream/${"a".repeat(40)}/0`];
  for (const path of [...unknown, "/stream", "/stream/", "/stream/a/b/c"]) {
    const { bytes, headers, status } = await scene.get(path);
    t.is(status, 404, path);
    t.is(headers["content-security-policy"], policy, path);
    t.is(headers["content-disposition"], "attachment", path);
    t.is(typeof JSON.parse(bytes.toString()).error.code, "string");
  }
  t.is((await scene.ask(scene.path(1))).status, 401);
  t.is((await scene.get(scene.path(1), {}, "POST")).status, 405);
});

test("a magnet without metadata is 409 metadata-unknown", async (t) => {
  await using scene = await StreamedSwarm.open();
  const torrent = "b".repeat(40);
  await scene.served.run("add", { source: torrent, state: "stopped" });
  const { bytes, status } = await scene.get(`/stream/${torrent}/0`);
  t.is(status, 409);
  t.is(JSON.parse(bytes.toString()).error.code, "metadata-unknown");
});

test("a reader that goes away ends the reading, and gives back its place of 32", async (t) => {
  await using scene = await StreamedSwarm.open();
  const open = await Promise.all(Array.from({ length: 32 }, () => openStream(scene)));
  t.true(open.every(([, response]) => response.statusCode === 200));
  // An address has 32 connections at most.
  const beside = async (method: string): Promise<StreamAnswer> =>
    await scene.ask(scene.path(0), scene.reader, method, "127.0.0.2");
  const refused = await beside("GET");
  t.is(refused.status, 503);
  t.is(JSON.parse(refused.bytes.toString()).error.code, "too-many-streams");
  t.is(refused.headers["retry-after"], "1");
  t.is((await beside("HEAD")).status, 200, "HEAD takes no place");
  const list = await scene.served.ask("/api/v1/torrents", {
    headers: scene.reader,
    from: "127.0.0.2",
  });
  t.is(list.status, 200);
  for (const [sent] of open) sent.destroy();
  scene.torrent.addPeer(await scene.swarm.pacedSeeder());
  // The service may still have the connections of readers that are gone.
  await comes(async () => {
    const answer = await scene.get(scene.path(0)).catch(() => undefined);
    return answer?.status === 200;
  });
  await scene.torrent.completed;
  t.pass();
});

test("a stream ends with the token that proved its caller", async (t) => {
  await using scene = await StreamedSwarm.open();
  const [, response] = await openStream(scene);
  const closed = new Promise((resolve) => response.once("close", resolve));
  response.resume();
  const { body } = await scene.served.ask("/api/v1/tokens", { isLocal: true });
  const [{ id }] = body.tokens;
  await scene.served.ask("/api/v1/tokens/revoke", { isLocal: true, body: { id } });
  await closed;
  t.false(response.complete);
});

test("G11: a playlist names the files that can be played, with links that need no credential", async (t) => {
  await using scene = await StreamedSwarm.whole({ basePath: "/troupe" });
  const host = `localhost:${scene.served.port}`;
  const headers = { ...scene.reader, host };
  const base = `/troupe/stream/${scene.torrent.infoHash}`;
  const { bytes, headers: fields, status } = await scene.ask(`${base}/playlist.m3u8`, headers);
  t.is(status, 200);
  t.is(fields["content-type"], "application/vnd.apple.mpegurl");
  const lines = bytes.toString().split("\n");
  t.deepEqual(
    lines.filter((line) => line.startsWith("#")),
    ["#EXTM3U", "#EXTINF:-1,film.mkv", "#EXTINF:-1,song.mp3"],
  );
  const urls = lines.filter((line) => line.startsWith("http"));
  t.is(urls.length, 2);
  t.true(urls.every((url) => url.startsWith(`http://${host}${base}/`)));
  const song = new URL(urls[1] ?? "");
  const played = await scene.ask(song.pathname + song.search);
  t.true(played.bytes.equals(scene.content(4)));
  const path = `/troupe/api/v1/torrents/${scene.torrent.infoHash}/stream-link`;
  const { body } = await scene.served.ask(path, { headers });
  t.true(String(body.result.url).startsWith(`http://${host}${base}/playlist.m3u8?`));
  const { pathname, search, searchParams } = new URL(body.result.url);
  const listed = await scene.ask(pathname + search);
  t.is(listed.status, 200);
  const ends = listed.bytes.toString().matchAll(/expires=(\d+)/g);
  t.true(
    [...ends].every(([, end]) => end === searchParams.get("expires")),
    "no longer time",
  );
});

test("a crash of the actor http ends its streams, and the next one gives others", async (t) => {
  await using scene = await StreamedSwarm.open();
  const [, response] = await openStream(scene);
  const closed = new Promise((resolve) => response.once("close", resolve));
  response.resume();
  scene.served.kill("http");
  await closed;
  scene.torrent.addPeer(await scene.swarm.pacedSeeder());
  await comes(async () => {
    const answer = await scene.get(scene.path(0)).catch(() => undefined);
    return answer?.status === 200 && answer.bytes.length === filmBytes;
  });
  t.pass();
});
