// A service behind nginx, with TLS and a base path: the clients that people have.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { QBittorrent } from "@ctrl/qbittorrent";
import { Transmission } from "@ctrl/transmission";
import test from "ava";
import { authority, startNginxProxy } from "../support/clients/nginx-proxy.ts";
import { assertTransmissionrpc } from "../support/clients/transmissionrpc.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runProcess, startProcess } from "../support/programs/process.ts";
import { ServedProcess } from "../support/service/served-process.ts";
import { SmallSwarm } from "../support/service/small-swarm.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const hash = "a".repeat(40);
const magnet = `magnet:?xt=urn:btih:${hash}&dn=film`;

/** A service behind nginx, at a path. */
async function scene(trust: readonly string[] = ["--trusted-proxy", "127.0.0.1"]) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder("behind-nginx"));
  const proxied = ["--base-path", "/troupe", ...trust];
  const service = stack.use(await ServedProcess.start({ folder: folder.path, arguments: proxied }));
  const { host } = stack.use(await startNginxProxy(service.port));
  const { password } = service;
  const url = `https://${host}/troupe`;
  const curl = async (...words: readonly string[]): Promise<string> =>
    (await runProcess(["curl", "--silent", "--show-error", "--cacert", authority, ...words])).join(
      "\n",
    );
  const own = stack.move();
  return {
    ...{ service, host, url, password, curl },
    [Symbol.asyncDispose]: async () => await own.disposeAsync(),
  };
}

test("transmission-remote adds, lists and removes a torrent through nginx, with TLS and a base path", async (t) => {
  await using behind = await scene();
  const { password, service, url } = behind;
  const remote = async (...words: readonly string[]): Promise<string> => {
    const line = ["transmission-remote", `${url}/transmission`, "-n", `troupe:${password}`];
    return (await runProcess([...line, ...words])).join("\n");
  };
  t.regex(await remote("-a", magnet), /success/);
  t.regex(await remote("-l"), /film/);
  t.regex(await service.call("list"), /\tfilm\n$/);
  t.regex(await remote("-t", "1", "-r"), /success/);
  t.is(await service.call("list"), "");
});

test("curl and qBittorrent's login go through nginx; the cookie is for the base path and for TLS alone", async (t) => {
  await using behind = await scene();
  const { curl, host, password, service, url } = behind;
  t.regex(await curl(`${url}/api/v1/health`), /"ok"/);
  const form = ["--data-urlencode", "username=troupe", "--data-urlencode", `password=${password}`];
  const login = await curl("--include", ...form, `${url}/api/v2/auth/login`);
  t.regex(login, /Ok\.$/);
  t.regex(login, /^set-cookie: SID=[^;]+; (?=.*Path=\/troupe\/)(?=.*Secure).*HttpOnly/im);
  const [, session = ""] = /SID=([^;]+)/.exec(login) ?? [];
  const cookie = ["--cookie", `SID=${session}`];
  t.is(await curl(...cookie, `${url}/api/v2/app/version`), "v4.5.2");
  const add = [...cookie, "--form", `urls=${magnet}`, "--form", "paused=true"];
  t.is(await curl(...add, `${url}/api/v2/torrents/add`), "Ok.");
  t.regex(await service.call("list"), /\tfilm\n$/);
  const status = async (origin: string, ...more: readonly string[]): Promise<string> =>
    await curl(
      ...more,
      ...["--output", "/dev/null", "--write-out", "%{http_code}", "--header", `Origin: ${origin}`],
      ...[...cookie, `${url}/api/v2/app/version`],
    );
  t.is(await status(`https://${host}`), "200", "the page of the service itself");
  t.is(await status(`http://${host}`), "403", "another scheme");
  t.is(await status("https://127.0.0.1"), "403", "another port");
  t.is(await status(`https://127.0.0.1:${service.port}`), "403", "the port behind the proxy");
  const plain = ["--header", "X-Forwarded-Proto: http"];
  t.is(
    await status(`http://${host}`, ...plain),
    "403",
    "the proxy replaces the scheme of the caller",
  );
  t.is(await status("https://evil.example"), "403");
});

test("events come through nginx at once, while the answer lasts; a reader that comes back gets those it missed", async (t) => {
  await using behind = await scene();
  const { password, service, url } = behind;
  const words = ["--silent", "--no-buffer", "--cacert", authority, "--user", `troupe:${password}`];
  await using events = await startProcess(["curl", ...words, `${url}/api/v1/events`]);
  const comes = async (text: string): Promise<boolean> =>
    await events.lineWhere(text, (line) => line.includes(text) || undefined);
  t.true(await comes("event: reset"));
  await service.call("add", magnet, "--stopped");
  t.true(await comes(`"torrent":"${hash}"`));
  const id = await events.lineWhere("an id", (line) => /^id: (\S+)/.exec(line)?.[1]);
  await service.call("remove", "film", "--yes");
  t.true(await comes(`"removed":["${hash}"]`));
  t.false(events.hasExited);
  const missed = ["--header", `Last-Event-ID: ${id}`];
  await using again = await startProcess(["curl", ...words, ...missed, `${url}/api/v1/events`]);
  const gone = `"removed":["${hash}"]`;
  t.true(await again.lineWhere("what it missed", (line) => line.includes(gone) || undefined));
  t.false(again.lines.some((line) => line.includes("event: reset")));
});

test("a proxy that is not trusted may not name the scheme: browsers are refused, programs are not", async (t) => {
  await using behind = await scene([]);
  const { curl, host, password, url } = behind;
  const login = [
    "--user",
    `troupe:${password}`,
    "--output",
    "/dev/null",
    "--write-out",
    "%{http_code}",
  ];
  const status = async (...more: readonly string[]): Promise<string> =>
    await curl(...login, ...more, `${url}/api/v1/torrents`);
  t.is(await status(), "200");
  t.is(await status("--header", `Origin: https://${host}`), "403");
});

/** A service of a small swarm behind nginx, at a path. */
async function swarmBehindNginx() {
  await using stack = new AsyncDisposableStack();
  const options = { basePath: "/troupe", trustedProxies: ["127.0.0.1"] };
  const swarm = stack.use(await SmallSwarm.open(options));
  const { host } = stack.use(await startNginxProxy(swarm.served.port));
  const own = stack.move();
  const login = { username: "troupe", password: swarm.served.password, timeout: 30_000 };
  return {
    ...{ swarm, host, login },
    [Symbol.asyncDispose]: async () => await own.disposeAsync(),
  };
}

test.before(() => {
  const known = getCACertificates("default");
  setDefaultCACertificates([...known, readFileSync(authority, "utf8")]);
});

test.serial(
  "python3-transmissionrpc makes all its calls through nginx, with TLS and a base path",
  async (t) => {
    await using behind = await swarmBehindNginx();
    const address = `https://${behind.host}/troupe/transmission/rpc`;
    await assertTransmissionrpc(t, behind.swarm, address, { SSL_CERT_FILE: authority });
  },
);

test.serial(
  "@ctrl/transmission adds, limits, stops and removes a torrent through nginx",
  async (t) => {
    await using behind = await swarmBehindNginx();
    const { served, metainfo, torrent } = behind.swarm;
    const places = { baseUrl: `https://${behind.host}/`, path: "/troupe/transmission/rpc" };
    const client = new Transmission({ ...behind.login, ...places });
    const place = { "download-dir": join(served.folder, "data"), paused: true };
    await client.addTorrent(metainfo, place);
    await client.setTorrent(torrent.infoHash, { downloadLimit: 30, downloadLimited: true });
    const { torrents } = await client.getAllData();
    t.like(torrents, [{ name: "payload", state: "paused" }]);
    t.like((await served.run("settings", { torrent: torrent.infoHash })).body.result, {
      limits: { down: 30_000 },
    });
    await client.removeTorrent(torrent.infoHash, true);
    t.is(served.coordinator.torrents.length, 0);
  },
);

test.serial(
  "@ctrl/qbittorrent logs in, adds, limits and removes a torrent through nginx",
  async (t) => {
    await using behind = await swarmBehindNginx();
    const { served, metainfo, torrent } = behind.swarm;
    const client = new QBittorrent({ ...behind.login, baseUrl: `https://${behind.host}/troupe/` });
    t.true(await client.addTorrent(metainfo, { paused: "true" }));
    await client.setTorrentDownloadLimit(torrent.infoHash, 30_000);
    t.like(await client.getTorrent(torrent.infoHash), { name: "payload", state: "paused" });
    t.like((await served.run("settings", { torrent: torrent.infoHash })).body.result, {
      limits: { down: 30_000 },
    });
    await client.removeTorrent(torrent.infoHash, true);
    t.is(served.coordinator.torrents.length, 0);
  },
);

test.serial(
  "troupe adds, lists and removes a torrent with --url and a token through nginx",
  async (t) => {
    await using behind = await scene();
    const made = await behind.service.call("token", "create", "remote", "--right", "control");
    const environment = { NODE_EXTRA_CA_CERTS: authority, TROUPE_TOKEN: made.trim() };
    const troupe = async (...words: readonly string[]): Promise<string> => {
      const line = [process.execPath, command, ...words, "--url", behind.url];
      return (await runProcess(line, { environment })).join("\n");
    };
    await troupe("add", magnet, "--stopped");
    t.regex(await troupe("list"), /\tfilm$/);
    await troupe("remove", "film", "--yes");
    t.is(await troupe("list"), "");
    t.is(await behind.service.call("list"), "");
  },
);
