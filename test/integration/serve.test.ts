// `troupe serve` as a process, and the calls of the command that steer it.

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test, { type ExecutionContext } from "ava";
import { torrentBytes } from "../../packages/cli/test/support/torrents.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Command, runCommand, type CommandEnd } from "../support/programs/command.ts";
import { longTest } from "../support/long-test.ts";
import { savePassword } from "../support/service/saved-password.ts";
import { quietWords } from "../support/swarm/quiet.ts";

const bytes = torrentBytes({ name: "film", files: { "film.mkv": 20_000 } });
const { infoHash } = parseTorrent(bytes);

/** A folder with a .torrent, in which services run one after the other. */
class Scene {
  readonly folder: string;

  constructor(t: ExecutionContext) {
    const folder = temporaryFolder("serve");
    t.teardown(() => folder[Symbol.dispose]());
    this.folder = folder.path;
    writeFileSync(join(this.folder, "film.torrent"), bytes);
    savePassword(this.state);
  }

  /** Starts a service, and waits until it listens. */
  async serve(...words: string[]): Promise<Command> {
    const command = new Command(this.#words(words), this.folder);
    await command.until("its places", () => command.stderr.includes("remotes connect to"));
    return command;
  }

  /** Runs a service that ends by itself. */
  async serveToEnd(...words: string[]): Promise<CommandEnd> {
    return await runCommand(this.#words(words), this.folder);
  }

  async run(...words: string[]): Promise<CommandEnd> {
    return await runCommand([...words, "--state-dir", this.state], this.folder);
  }

  get state(): string {
    return join(this.folder, "state");
  }

  #words(words: readonly string[]): string[] {
    const places = ["--dir", "data", "--state-dir", this.state, "--listen", "127.0.0.1:0"];
    return ["serve", ...places, "--port", "0", "--bind", "127.0.0.1", ...quietWords, ...words];
  }
}

async function stop(command: Command): Promise<CommandEnd> {
  command.signal("SIGTERM");
  return await command.ended;
}

test("the first start makes a password, a second service on the state folder ends with 75, and after a signal the next one brings back torrents and settings", async (t) => {
  const scene = new Scene(t);
  rmSync(scene.state, { recursive: true });
  {
    using command = await scene.serve();
    await assertFirstPassword(t, scene.state, command);
    const second = await scene.serveToEnd();
    t.is(second.status, 75, second.stderr);
    t.regex(second.stderr, /\[service-running\]/);
    t.is((await scene.run("add", "film.torrent", "--stopped", "--label", "new")).status, 0);
    t.is((await scene.run("set", "--engine", "limits.down=5M")).status, 0);
    t.is((await stop(command)).status, 0);
  }
  using command = await scene.serve();
  const listed = await scene.run("list", "--json");
  const [row] = listed.stdout.split("\n").map((line) => JSON.parse(line || "{}") as object);
  t.like(row, { infoHash, state: "stopped", labels: ["new"] });
  const path = join(scene.state, "service/settings.json");
  t.deepEqual(JSON.parse(readFileSync(path, "utf8")), {
    version: 1,
    settings: { "limits.down": 5 * 1_024 ** 2 },
  });
  t.regex((await stop(command)).stderr, /1 torrents? w(?:as|ere) brought back/);
});

/** The password that a service made at its first start is the one that it takes, and is kept at the full cost of scrypt. */
async function assertFirstPassword(
  t: ExecutionContext,
  state: string,
  command: Command,
): Promise<void> {
  const [record, first] = ["password", "first-password"].map((name) =>
    readFileSync(join(state, "service", name), "utf8").trim(),
  );
  t.regex(record ?? "", /^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  const [, port] = /remotes connect to 127\.0\.0\.1:(\d+)/.exec(command.stderr) ?? [];
  const ask = async (password: string | undefined): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`troupe:${password}`).toString("base64")}`;
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/torrents`, {
      headers: { authorization },
    });
    return answer.status;
  };
  t.is(await ask(first), 200);
  t.is(await ask("another-password"), 401);
}

// packages/service/test/guard/password-store.test.ts has the refusal of such a record.
longTest("a service whose saved password has a lower cost does not start", async (t) => {
  const scene = new Scene(t);
  const path = join(scene.state, "service/password");
  writeFileSync(path, readFileSync(path, "utf8").replace("$15$", "$4$"));
  const { status, stderr } = await scene.serveToEnd();
  t.is(status, 1);
  t.regex(stderr, /cannot read the saved password/);
});

test("a plain download stays its own, a SIGHUP reads the settings file again, and the service after a kill takes over the socket, and with --adopt the download", async (t) => {
  const scene = new Scene(t);
  const words = ["film.torrent", "--dir", "data", "--port", "0", "--bind", "127.0.0.1"];
  using plain = new Command(
    [...words, ...quietWords, "--state-dir", scene.state, "--json"],
    scene.folder,
  );
  await plain.event("progress");
  plain.signal("SIGINT");
  await plain.ended;

  const file = join(scene.folder, "settings.yaml");
  writeFileSync(file, "maxPeers: 50\n");
  using first = await scene.serve("--settings", file);
  t.is((await scene.run("list")).stdout, "");
  writeFileSync(file, "maxPeers: 60\n");
  first.signal("SIGHUP");
  await first.until("the change", () => first.stderr.includes("maxPeers changed"));
  writeFileSync(file, "maxPeers: many\n");
  first.signal("SIGHUP");
  await first.until("the fault", () => first.stderr.includes("nothing was changed"));
  t.regex(first.stderr, /settings\.yaml:1:11/);

  // A kill leaves the socket, which the next service takes over.
  const socket = join(scene.state, "service/socket");
  t.is(statSync(socket).mode & 0o777, 0o600);
  t.is(statSync(join(scene.state, "service")).mode & 0o777, 0o700);
  first.signal("SIGKILL");
  await first.ended;
  t.true(existsSync(socket));

  // With --adopt it takes the plain download as well, stopped.
  using second = await scene.serve("--adopt");
  await second.until("the restore", () => second.stderr.includes("brought back"));
  t.regex((await scene.run("list")).stdout, /\tstopped\tfilm\n$/);
  await stop(second);
});
