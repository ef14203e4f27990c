// The calls that steer a running service, as processes, beside a small server at the socket of a state folder.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test, { type ExecutionContext } from "ava";
import { torrentBytes } from "../../packages/cli/test/support/torrents.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Command, runCommand } from "../support/programs/command.ts";
import { SmallService } from "../support/web/small-service.ts";

const bytes = torrentBytes({ name: "film", files: { "film.mkv": 20_000 } });
const { infoHash } = parseTorrent(bytes);

/** A state folder with a .torrent in it, and a service at its socket. */
async function scene(t: ExecutionContext) {
  const folder = temporaryFolder("service-commands");
  t.teardown(() => folder[Symbol.dispose]());
  const torrent = join(folder.path, "film.torrent");
  writeFileSync(torrent, bytes);
  const service = new SmallService();
  t.teardown(() => service.close());
  await service.listen(join(folder.path, "service", "socket"));
  const run = async (...words: string[]) =>
    await runCommand([...words, "--state-dir", folder.path], folder.path);
  return { service, torrent, run, folder };
}

test("a torrent is added, listed, shown, stopped, changed and removed", async (t) => {
  const { service, run } = await scene(t);
  t.like(await run("add", "film.torrent", "--label", "new", "--dir", "data"), {
    status: 0,
    stdout: "film: added as number 1\n",
    stderr: "",
  });
  const listed = await run("list");
  t.is(listed.stdout, "1\t100\t1000000\t0\t0\t0.00\t0\tseeding\tfilm\n");
  t.regex((await run("show", "1")).stdout, /^name +film\n(?:.*\n)+0 trackers\n$/);
  t.is((await run("stop", infoHash.slice(0, 6))).stdout, "film: stopped\n");
  t.is((await run("set", "film", "limits.down=5M")).stdout, "film: set\n");
  t.regex((await run("remove", "1")).stdout, /^film: removed, its files stay in /);
  t.is((await run("list")).stdout, "");
  const changes = service.commands.filter(([name]) => name.startsWith("POST"));
  t.like(changes, [
    ["POST add", { labels: ["new"] }],
    ["POST stop", { torrents: [infoHash] }],
    ["POST set", { torrent: infoHash, limits: { down: 5 * 1_024 ** 2 } }],
    ["POST remove", { torrent: infoHash, data: false }],
  ]);
});

test("--json ends with the exit code, also without a service", async (t) => {
  using folder = temporaryFolder("service-commands");
  const { status, stdout, stderr } = await runCommand([
    ...["list", "--json", "--state-dir", folder.path],
  ]);
  t.is(status, 1);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  const message = `no service is running; \`troupe serve --state-dir ${folder.path}\` starts one`;
  t.like(events, [
    { event: "error", code: "no-service", message },
    { event: "end", exitCode: 1 },
  ]);
  t.is(stderr, `troupe: ${message} [no-service]\n`);
});

test("watch prints changes as they come, and ends at a signal with 130", async (t) => {
  const { service, run, folder } = await scene(t);
  await run("add", "film.torrent");
  using command = new Command(["watch", "--json", "--state-dir", folder.path]);
  await command.event("torrent");
  await service.streaming;
  const [row] = service.rows;
  if (row === undefined) return t.fail("no row");
  service.put({ ...row, peers: 12 });
  await command.until("the change", () => command.latest("torrent")?.["peers"] === 12);
  command.signal("SIGINT");
  t.is((await command.ended).status, 130);
  return undefined;
});

test("a remote service gets the token of a file, and refuses another one", async (t) => {
  const { service, run, folder } = await scene(t);
  await run("add", "film.torrent");
  const remote = new SmallService();
  t.teardown(() => remote.close());
  const url = `${await remote.listen()}/base`;
  remote.rows = service.rows;
  remote.token = "troupe_secret";
  const file = join(folder.path, "token");
  writeFileSync(file, "troupe_secret\n");
  const words = ["list", "--url", url];
  t.regex((await runCommand([...words, "--token-file", file])).stdout, /\tfilm\n$/);
  const wrong = await runCommand([...words, "--token", "troupe_wrong"]);
  t.is(wrong.status, 1);
  t.regex(wrong.stderr, /\[login-needed\]\n {2}Name a token by TROUPE_TOKEN/);
  t.false(wrong.stderr.includes("troupe_wrong"));
});

test("tokens and the password are printed alone", async (t) => {
  const { run } = await scene(t);
  t.is((await run("token", "create", "phone")).stdout, "troupe_phone\n");
  t.is((await run("token", "list")).stdout, "id-phone\tread\tphone\n");
  t.is((await run("token", "revoke", "phone")).stdout, "phone: revoked\n");
  t.is((await run("password")).stdout, "made\n");
});
