// Lists of an address, from a server on loopback.

import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test from "ava";
import { nodePorts } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { IpFilter } from "@troupe/messages";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { until } from "../../../../../test/support/time/until.ts";
import { IpFilterSetting } from "../../../src/api/ip-filter/ip-filter-setting.ts";
import { SavedFilter } from "../../../src/api/ip-filter/saved-filter.ts";

const hourMs = 3_600_000;

/** A server whose answers a test changes, and settings over one state folder. */
class Scene implements AsyncDisposable {
  readonly folder = temporaryFolder("ip-filter");
  readonly time = new ManualTime();
  readonly warnings: string[] = [];
  readonly filter = new IpFilter();
  answer: { readonly status: number; readonly body: Uint8Array | string } = {
    status: 200,
    body: "",
  };
  requests = 0;
  sent = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (_, response) => {
      this.requests++;
      response.statusCode = this.answer.status;
      response.end(this.answer.body);
    });
  }

  static async open(): Promise<Scene> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Scene(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/list`;
  }

  /** The setting of a start with the same state folder. */
  setting(): IpFilterSetting {
    const engine = {
      call: async (_: string, memory: object) => {
        this.sent++;
        this.filter.set(memory);
        return {};
      },
    };
    return new IpFilterSetting(
      engine as never,
      async (act) => await act(),
      {
        http: nodePorts().http,
        saved: new SavedFilter(this.folder.path),
        timers: this.time,
      },
      (message) => this.warnings.push(message),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    this.folder[Symbol.dispose]();
    await Promise.resolve();
  }
}

test("D09: the list of an address is fetched, with gzip too, and is kept for a start without the network", async (t) => {
  await using scene = await Scene.open();
  scene.answer = { status: 200, body: gzipSync("8.0.0.1\n8.0.0.9 - 8.0.0.12\n") };
  const first = scene.setting();
  await first.begin({ ipFilter: scene.url });
  t.like(first.status, { path: scene.url, ranges: 2, skippedLines: 0 });
  t.true(scene.filter.has("8.0.0.10"));
  scene.answer = { status: 503, body: "" };
  scene.filter.set({});
  const second = scene.setting();
  await second.begin({ ipFilter: scene.url });
  t.true(scene.filter.has("8.0.0.10"));
  await until("the list is refused", () => second.status?.error !== undefined);
  t.like(second.status, { ranges: 2 });
  t.deepEqual(scene.warnings, [
    `cannot use the IP filter ${scene.url}: the server answered with HTTP status 503`,
  ]);
  t.deepEqual(readdirSync(scene.folder.path), ["ip-filter.list"]);
});

test("D09: a start without a usable list of its address fails", async (t) => {
  await using scene = await Scene.open();
  scene.answer = { status: 200, body: "8.0.0.1\n" };
  await scene.setting().begin({ ipFilter: `${scene.url}?other` });
  scene.answer = { status: 200, body: "words alone\n" };
  const malformed = { code: "ip-filter-malformed" };
  await t.throwsAsync(scene.setting().begin({ ipFilter: scene.url }), malformed);
  scene.answer = { status: 404, body: "" };
  const unreadable = { code: "ip-filter-unreadable", message: /status 404/ };
  await t.throwsAsync(scene.setting().begin({ ipFilter: scene.url }), unreadable);
});

test("D09: a list is read again each so many hours, and a failure keeps it", async (t) => {
  await using scene = await Scene.open();
  scene.answer = { status: 200, body: "8.0.0.1\n" };
  const setting = scene.setting();
  await setting.begin({ ipFilter: scene.url, ipFilterHours: 6 });
  await scene.time.pass(6 * hourMs - 1);
  t.is(scene.requests, 1);
  scene.answer = { status: 200, body: "not a list\n" };
  await scene.time.pass(1);
  await until("a warning", () => scene.warnings.length === 1);
  t.true(scene.filter.has("8.0.0.1"));
  scene.answer = { status: 200, body: "8.0.0.2\n" };
  await scene.time.pass(6 * hourMs);
  await until("the second list is sent", () => scene.sent === 2);
  t.deepEqual(
    ["8.0.0.1", "8.0.0.2"].map((host) => scene.filter.has(host)),
    [false, true],
  );
  t.is(setting.status?.error, undefined);
  t.is(scene.requests, 3);
  setting.giveUp(new Error("closed"));
  t.is(scene.time.pending, 0);
});

test("D09: allowed addresses pass the list and not a ban", async (t) => {
  await using scene = await Scene.open();
  scene.answer = { status: 200, body: "8.0.0.0/8\n" };
  const setting = scene.setting();
  await setting.begin({ ipFilter: scene.url, ipFilterAllow: ["8.1.0.0/16", "8.2.0.1"] });
  const isFiltered = (host: string): boolean => scene.filter.has(host);
  t.deepEqual(["8.0.0.1", "8.1.2.3", "8.2.0.1", "8.2.0.2"].map(isFiltered), [
    ...[true, false, false, true],
  ]);
  const { allowed } = scene.filter.memory;
  scene.filter.set({ ...scene.filter.memory, ...(allowed && { bans: allowed }) });
  t.true(isFiltered("8.1.2.3"));
  const wrong = setting.begin({ ipFilterAllow: ["8.1.0.0/33"] });
  await t.throwsAsync(wrong, { code: "option-out-of-range", message: /ipFilterAllow/ });
});

test("D09: a list that cannot be kept is in force all the same, and says so", async (t) => {
  await using scene = await Scene.open();
  mkdirSync(join(scene.folder.path, "ip-filter.list"));
  writeFileSync(join(scene.folder.path, "ip-filter.list", "full"), "");
  scene.answer = { status: 200, body: "8.0.0.1\n" };
  const setting = scene.setting();
  await setting.begin({ ipFilter: scene.url });
  t.true(scene.filter.has("8.0.0.1"));
  t.regex(setting.status?.error ?? "", /^cannot keep the IP filter in the state folder: /);
  t.deepEqual(readdirSync(scene.folder.path), ["ip-filter.list"]);
});
