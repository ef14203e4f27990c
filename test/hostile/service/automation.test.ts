// Attacks on automation: files that strangers drop into a watch folder, names that they give a torrent, and servers behind
// webhooks that hang or lead elsewhere.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test, { type ExecutionContext } from "ava";
import { temporaryFolder } from "../../support/files/temporary-folder.ts";
import { until } from "../../support/time/until.ts";
import { HearingHook } from "../../support/service/heard-events.ts";
import { buildTorrent } from "../../support/service/named-torrent.ts";
import { Served } from "../../support/service/served.ts";
import { makeFifos } from "../../support/files/fifo.ts";

const onUnix = process.platform === "win32" ? test.skip : test;

onUnix(
  "H01: a FIFO, a device, links, a folder and 33 MiB in a watch folder hold up no torrent, and lead nowhere",
  async (t) => {
    using folder = temporaryFolder("hostile-watch");
    using elsewhere = temporaryFolder("hostile-secret");
    const place = (name: string): string => join(folder.path, name);
    const secret = join(elsewhere.path, "secret.torrent");
    writeFileSync(secret, buildTorrent("secret"));
    await makeFifos(place("a-fifo.torrent"), place("b-fifo.magnet"));
    symlinkSync(secret, place("c-link.torrent"));
    symlinkSync("/dev/zero", place("d-device.torrent"));
    symlinkSync("e-loop.magnet", place("e-loop.magnet"));
    mkdirSync(place("f-folder.torrent"));
    writeFileSync(place("g-large.torrent"), buildTorrent("large"));
    truncateSync(place("g-large.torrent"), 33 * 1_024 ** 2);
    writeFileSync(place("h-path.magnet"), `${secret}\n`);
    writeFileSync(place("i-url.magnet"), "http://127.0.0.1:1/x.torrent\n");
    const hostile = readdirSync(folder.path);
    writeFileSync(place("z-good.torrent"), buildTorrent("good"));
    const messages: string[] = [];
    await using served = await Served.open({
      watchFolders: [{ path: folder.path, after: "delete", state: "stopped" }],
      warned: (_, message) => messages.push(message),
    });
    await until("the good torrent is added", async () => !existsSync(place("z-good.torrent")));
    t.deepEqual(
      served.coordinator.torrents.map(({ name }) => name),
      ["good"],
    );
    t.deepEqual(readdirSync(folder.path), hostile, "they stay");
    t.is(messages.length, hostile.length, "each is named once");
    t.true(existsSync(secret));
  },
);

onUnix(
  "H02: a torrent whose name is a command (CVE-2019-13640) runs nothing but the hook",
  async (t) => {
    using folder = temporaryFolder("hostile-names");
    const hook = new HearingHook(folder.path);
    const hooks = { all: { program: hook.program, events: ["added"] } } as const;
    await using served = await Served.open({ hooks });
    const mark = `troupe-mark-${process.pid}`;
    const names = [
      `$(touch ${mark})`,
      `\`touch ${mark}\``,
      `";touch ${mark};"`,
      `';touch ${mark};'`,
      `a\ntouch ${mark}\n`,
      `| touch ${mark}`,
    ];
    const torrents = names.map((name) => buildTorrent(name));
    for (const torrent of torrents)
      await served.run("add", { metainfo: torrent.toString("base64"), state: "stopped" });
    await until("all are heard", async () => hook.heard.length === names.length);
    const hashes = torrents.map((torrent) => parseTorrent(torrent).infoHash);
    t.deepEqual(hook.heard.map(({ torrent }) => torrent).toSorted(), hashes.toSorted());
    t.false(existsSync(mark));
    t.false(existsSync(join(folder.path, mark)));
  },
);

async function listen(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

onUnix(
  "H02: webhooks that hang, redirect and flood are named once, and hold up neither programs nor the service",
  async (t) => {
    using folder = temporaryFolder("hostile-hooks");
    const hook = new HearingHook(folder.path);
    const reached: string[] = [];
    const target = await listen(t, (request, response) => {
      reached.push(request.url ?? "");
      response.end();
    });
    const hanging = await listen(t, () => undefined);
    const redirecting = await listen(t, (_, response) => {
      response.writeHead(307, { location: `${target}private` }).end();
    });
    const flooding = await listen(t, (_, response) => {
      const chunk = Buffer.alloc(64 * 1_024, "x");
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    });
    const events = ["added"] as const;
    const messages: string[] = [];
    await using served = await Served.open({
      hooks: { all: { program: hook.program, events } },
      webhooks: {
        hanging: { url: hanging, events },
        redirecting: { url: `${redirecting}?secret`, events },
        flooding: { url: flooding, events },
      },
      warned: (_, message) => messages.push(message),
    });
    for (let index = 0; index < 20; index++)
      await served.run("add", {
        metainfo: buildTorrent(`film ${index}`).toString("base64"),
        state: "stopped",
      });
    await until("the program has heard all", async () => hook.heard.length === 20);
    await until("all webhooks have failed", async () => messages.length === 3);
    for (const name of ["hanging", "redirecting", "flooding"])
      t.is(
        messages.filter((message) => message.includes(`the webhook ${name} has failed`)).length,
        1,
      );
    t.deepEqual(
      messages.filter((message) => message.includes("secret")),
      [],
    );
    t.deepEqual(reached, [], "a redirect leads nowhere");
    t.is((await served.ask("/api/v1/torrents", { isLocal: true })).body.torrents.length, 20);
  },
);

test("hooks, webhooks, watch folders and the clock are set by no caller of the service", async (t) => {
  await using served = await Served.open();
  for (const settings of [
    { hooks: { all: { program: "/bin/sh", events: ["added"] } } },
    { webhooks: { all: { url: "http://127.0.0.1/", events: ["added"] } } },
    { watchFolders: [{ path: "/" }] },
    { pauseSchedule: [{ from: "00:00", to: "00:00" }] },
  ])
    for (const asked of [{ isLocal: true }, { headers: await served.token("control") }] as const) {
      const { body, status } = await served.run("set-engine", settings, asked);
      t.is(status, 400);
      t.is(body.error.code, "option-unknown");
    }
});
