// A service over real sockets: who may do what, reads after writes, and crashes of the actor `http`.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { TroupeError } from "@troupe/coordinator";
import { isLong } from "../support/lanes.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { httpRestarts, Served, type Asked } from "../support/service/served.ts";
import { found, until } from "../support/time/until.ts";

/** Torrents that come and go, one after the other. */
const changed = isLong ? 50 : 6;
const magnet = (digit: string): string => `magnet:?xt=urn:btih:${digit.repeat(40)}`;
const hashes = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => index.toString(16).padStart(40, "0"));

/** Ends the actor `http` as a crash does, and waits for the next one. */
async function crashHttp(served: Served): Promise<void> {
  served.kill("http");
  await until("the actor http runs again", async () => (await httpRestarts(served)) === 1);
  await found("the service answers", () => served.ask("/api/v1/health").catch(() => undefined));
}

test("the first password is in a file until the first login", async (t) => {
  await using served = await Served.open();
  const { password } = served;
  const path = join(served.folder, "state/service/first-password");
  t.is(statSync(path).mode & 0o777, 0o600);
  t.is((await served.ask("/api/v1/torrents")).status, 401);
  t.true(existsSync(path));
  t.is((await served.ask("/api/v1/torrents", { headers: served.basic(password) })).status, 200);
  await until("the file is gone", () => !existsSync(path));
  const guess = () => served.ask("/api/v1/torrents", { headers: served.basic("wrong") });
  let delayed = await guess();
  t.is(delayed.status, 401);
  // The first wait is a second, and each further guess that is checked doubles it: a slow machine checks more of them.
  let longestS = 1;
  for (; delayed.status === 401; longestS *= 2) delayed = await guess();
  t.is(delayed.status, 429);
  const waitS = Number(delayed.headers["retry-after"]);
  t.true(waitS >= 1 && waitS < longestS, `${waitS} s, of ${longestS / 2}`);
  t.false(readFileSync(join(served.folder, "state/service/password"), "utf8").includes(password));
});

test("G14: a password alone may read and not write; a token that may control writes", async (t) => {
  await using served = await Served.open();
  const basic = served.basic();
  const source = magnet("a");
  const refused = await served.run("add", { source }, { headers: basic });
  t.is(refused.status, 403);
  t.is(refused.body.error.code, "read-only-credential");
  const reading = await served.run("add", { source }, { headers: await served.token("read") });
  t.is(reading.status, 403);
  const added = await served.run("add", { source }, { headers: await served.token("control") });
  t.is(added.body.result, "a".repeat(40));
});

test("a revoked token, and a changed password, count no longer", async (t) => {
  await using served = await Served.open();
  const basic = served.basic();
  const token = await served.token("control");
  const { body } = await served.ask("/api/v1/tokens", { isLocal: true });
  const [{ id }] = body.tokens;
  t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 200);
  await served.ask("/api/v1/tokens/revoke", { isLocal: true, body: { id } });
  t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 401);
  t.is((await served.ask("/api/v1/torrents", { headers: basic })).status, 200);
  await served.ask("/api/v1/password", { isLocal: true, body: { password: "another password" } });
  t.is((await served.ask("/api/v1/torrents", { headers: basic })).status, 401);
});

test("passwords and tokens are changed by the socket in the state folder alone", async (t) => {
  await using served = await Served.open();
  const headers = await served.token("control");
  const answers = [
    await served.ask("/api/v1/tokens", { headers }),
    await served.ask("/api/v1/tokens", { headers, body: { name: "x", right: "control" } }),
    await served.ask("/api/v1/password", { headers, body: { password: "of a stranger" } }),
  ];
  t.deepEqual(
    answers.map(({ status, body }) => [status, body.error.code]),
    answers.map(() => [403, "not-permitted"]),
  );
});

test("case 91: CVE-2018-5702: a name that is bound to this machine is refused, with a password too", async (t) => {
  await using served = await Served.open();
  const headers = { ...served.basic(), host: "evil.example:9091" };
  const { status, body } = await served.ask("/api/v1/torrents", { headers });
  t.is(status, 421);
  t.true(body.error.message.includes("--host evil.example"));
  for (const host of ["localhost", "127.0.0.1", "[::1]:9091"]) {
    const answer = await served.ask("/api/v1/torrents", { headers: { ...served.basic(), host } });
    t.is(answer.status, 200);
  }
});

test("a page of another site is refused on every route, whatever proves the caller", async (t) => {
  await using served = await Served.open();
  const token = await served.token("control");
  const paths = ["/api/v1/health", "/api/v1/torrents", "/api/v1/commands/add", "/nothing"];
  const strangers = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: `http://127.0.0.1:${served.port + 1}` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const path of paths) {
    for (const stranger of strangers) {
      const { status } = await served.ask(path, { headers: { ...token, ...stranger }, text: "{}" });
      t.is(status, 403, `${path} ${JSON.stringify(stranger)}`);
    }
  }
  t.is(served.coordinator.torrents.length, 0);
});

test(`a torrent is in the list at once after its adding, and gone after its removal, each of ${changed}`, async (t) => {
  await using served = await Served.open();
  const listed = async (): Promise<string[]> => {
    const { body } = await served.ask("/api/v1/torrents?limit=500", { isLocal: true });
    return body.torrents.map(({ torrent }: { torrent: string }) => torrent);
  };
  for (const torrent of hashes(changed)) {
    await served.run("add", { source: torrent, state: "stopped" });
    t.true((await listed()).includes(torrent));
    await served.run("set", { torrent, labels: ["seen"] });
    const status = await served.run("status", { torrent });
    t.deepEqual(status.body.result.labels, ["seen"]);
    await served.run("remove", { torrent });
    t.false((await listed()).includes(torrent));
  }
});

test("a token that was revoked while the disk took no write stays revoked after a crash of the actor http", async (t) => {
  await using served = await Served.open();
  const token = await served.token("control");
  const { body } = await served.ask("/api/v1/tokens", { isLocal: true });
  const [{ id }] = body.tokens;
  mkdirSync(join(served.folder, "state/service/tokens.json.new"));
  const revoked = await served.ask("/api/v1/tokens/revoke", { isLocal: true, body: { id } });
  t.is(revoked.status, 503);
  t.is(revoked.body.error.code, "secret-not-saved");
  const made = await served.ask("/api/v1/tokens", {
    isLocal: true,
    body: { name: "n", right: "read" },
  });
  t.is(made.status, 503);
  await crashHttp(served);
  t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 401);
  t.deepEqual((await served.ask("/api/v1/tokens", { isLocal: true })).body.tokens, []);
});

test("a password that is set removes the file of the first one", async (t) => {
  await using served = await Served.open();
  const path = join(served.folder, "state/service/first-password");
  t.true(existsSync(path));
  await served.ask("/api/v1/password", { isLocal: true, body: { password: "another password" } });
  await until("the file is gone", () => !existsSync(path));
  t.is(
    (await served.ask("/api/v1/torrents", { headers: served.basic("another password") })).status,
    200,
  );
});

test("settings that could not be saved are in force, and the answer says so", async (t) => {
  await using served = await Served.open();
  mkdirSync(join(served.folder, "state/service/settings.json.new"));
  const { status, body } = await served.run("set-engine", { maxPeers: 70 });
  t.is(status, 503);
  t.is(body.error.code, "settings-not-saved");
  t.like((await served.run("engine-settings", {})).body.result, { maxPeers: 70 });
});

test("after a crash the actor http listens at its port again, and at a place that could not be opened once it can", async (t) => {
  using folder = temporaryFolder("places");
  const sockets = join(folder.path, "sockets");
  const path = join(sockets, "s");
  mkdirSync(sockets);
  await using served = await Served.open({ listen: ["127.0.0.1:0", `unix:${path}`] });
  const { port } = served;
  rmSync(sockets, { recursive: true });
  await crashHttp(served);
  t.is((await served.ask("/api/v1/health")).status, 200);
  t.is(served.port, port);
  await until("a warning", () => served.warnings.length > 0);
  t.deepEqual(served.warnings, ["place-closed"]);
  mkdirSync(sockets);
  const connects = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(path, () => resolve(socket.destroy() !== undefined));
      socket.once("error", () => resolve(false));
    });
  await until("the socket is open again", connects);
  t.pass();
});

test("a list waits for the restore, and is never a part", async (t) => {
  await using served = await Served.open({ isRestored: false });
  let isAnswered = false;
  const waiting = served.ask("/api/v1/torrents", { isLocal: true }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  t.is((await served.ask("/api/v1/health")).status, 200);
  t.false(isAnswered);
  await served.coordinator.add(magnet("b"));
  served.service.restored();
  t.is((await waiting).body.torrents.length, 1);
});

test("a list is whole after a crash of the actor http, and its version goes on", async (t) => {
  await using served = await Served.open();
  for (const torrent of hashes(20)) await served.run("add", { source: torrent, state: "stopped" });
  const before = (await served.ask("/api/v1/torrents", { isLocal: true })).body;
  await crashHttp(served);
  const after = await served.ask("/api/v1/torrents", { isLocal: true });
  t.deepEqual(
    after.body.torrents.map(({ torrent }: { torrent: string }) => torrent),
    before.torrents.map(({ torrent }: { torrent: string }) => torrent),
  );
  t.true(after.body.version > before.version);
});

test("a caller elsewhere names folders below the roots alone", async (t) => {
  await using served = await Served.open();
  const headers = await served.token("control");
  const source = magnet("c");
  for (const directory of [join(homedir(), ".ssh"), "/", join(served.folder, "state"), "../x"]) {
    const { status, body } = await served.run("add", { source, directory }, { headers });
    t.is(status, 403, directory);
    t.is(body.error.code, "not-permitted");
  }
  const below = join(served.folder, "data/films");
  t.is((await served.run("add", { source, directory: below }, { headers })).status, 200);
});

test("roots that hold the state folder, a home folder or everything are refused", async (t) => {
  using folder = temporaryFolder("roots");
  for (const root of ["/", homedir(), folder.path]) {
    const error = await t.throwsAsync(
      async () => await Served.open({ roots: [root], folder: folder.path }),
      { instanceOf: TroupeError },
    );
    t.is(error.code, "option-out-of-range", root);
  }
});

test("G14: a base path is before all addresses, but not at the socket in the state folder", async (t) => {
  await using served = await Served.open({ basePath: "/troupe" });
  const status = async (path: string, asked: Asked = {}): Promise<number> =>
    (await served.ask(path, asked)).status;
  const headers = await served.token("read");
  t.is(await status("/troupe/api/v1/health"), 200);
  t.is(await status("/api/v1/torrents", { headers }), 404);
  t.is(await status("/api/v1/torrents", { isLocal: true }), 200);
  t.is(await status("/troupe/api/v1/torrents", { isLocal: true }), 404);
});

test("one service runs on a state folder", async (t) => {
  await using served = await Served.open();
  const error = await t.throwsAsync(async () => await Served.open({ folder: served.folder }), {
    instanceOf: TroupeError,
  });
  t.is(error.code, "service-running");
});

test("without a password the service listens on this machine alone", async (t) => {
  const error = await t.throwsAsync(
    async () => await Served.open({ auth: false, listen: ["0.0.0.0:0"] }),
    { instanceOf: TroupeError },
  );
  t.is(error.code, "option-out-of-range");
  await using served = await Served.open({ auth: false });
  t.is((await served.run("add", { source: magnet("d") }, {})).status, 200);
});

test("settings that a remote sets are in force after the next start, and dropped by null", async (t) => {
  using folder = temporaryFolder("settings");
  const limits = async (served: Served): Promise<unknown> => {
    const { directory, ...others } = (await served.run("engine-settings", {})).body.result;
    t.is(directory, join(served.folder, "data"));
    return others;
  };
  {
    await using served = await Served.open({ folder: folder.path });
    const headers = await served.token("control");
    await served.run("set-engine", { limits: { down: 5_000_000 }, maxPeers: 70 }, { headers });
    await served.run("set-engine", { maxPeers: null }, { headers });
  }
  await using served = await Served.open({ folder: folder.path });
  t.deepEqual(await limits(served), { limits: { down: 5_000_000 } });
  await using other = await Served.open({ fixedSettings: ["limits.down"] });
  t.deepEqual(await limits(other), {});
});

test("a data folder that a remote has set is below the roots after the next start, too", async (t) => {
  using folder = temporaryFolder("set-folder");
  {
    await using served = await Served.open({ folder: folder.path });
    const headers = await served.token("control");
    const outside = await served.run("set-engine", { directory: ".." }, { headers });
    t.is(outside.status, 403);
    await served.run("set-engine", { directory: "films" }, { headers });
  }
  await using served = await Served.open({ folder: folder.path });
  const headers = await served.token("control");
  await served.run("add", { source: magnet("a"), state: "stopped" }, { headers });
  const { body } = await served.ask("/api/v1/torrents?fields=directory", { isLocal: true });
  t.is(body.torrents[0].directory, join(folder.path, "data/films"));
});

test("a request that is no HTTP, and a head of 16 KiB, end their connections alone", async (t) => {
  await using served = await Served.open();
  const answerTo = async (text: string): Promise<string> => {
    const socket = connect(served.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(text);
    let got = "";
    for await (const chunk of socket) got += String(chunk);
    return got;
  };
  t.regex(await answerTo("\0\r\n\r\n"), /^HTTP\/1\.1 400/);
  const long = `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${"y".repeat(20_000)}\r\n\r\n`;
  t.regex(await answerTo(long), /^HTTP\/1\.1 431/);
  t.is((await served.ask("/api/v1/health")).status, 200);
});

test("closed connections count no longer: one address opens 100, one after the other", async (t) => {
  await using served = await Served.open();
  const headers = served.basic();
  for (let count = 0; count < 100; count++)
    t.is((await served.ask("/api/v1/torrents", { headers })).status, 200, `${count}`);
});

test("bodies are JSON that is not too deep, and not compressed", async (t) => {
  await using served = await Served.open();
  const headers = { "content-type": "application/json" };
  const status = async (text: string, more: Record<string, string> = {}): Promise<number> =>
    (
      await served.ask("/api/v1/commands/bans", {
        isLocal: true,
        text,
        headers: { ...headers, ...more },
      })
    ).status;
  t.is(await status("{}"), 200);
  t.is(await status("{"), 400);
  t.is(await status(`${"[".repeat(40)}${"]".repeat(40)}`), 400);
  t.is(await status("{}", { "content-encoding": "gzip" }), 415);
  t.is(await status("{}", { "content-type": "text/plain" }), 415);
});
