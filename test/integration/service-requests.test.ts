// Requests that are odd or hostile, over real sockets: each ends alone, and the actor `http` goes on.

import { writeFileSync, readFileSync, mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { isLong } from "../support/lanes.ts";
import { Served } from "../support/service/served.ts";
import { until } from "../support/time/until.ts";

/** Far more than a message of the service takes. */
const events = isLong ? 2_000 : 600;
const localhost = "host: localhost\r\n";

/** Sends text, and reads until the service closes the connection. */
async function answerTo(served: Served, text: string): Promise<string> {
  const socket = connect(served.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(text);
  let got = "";
  try {
    for await (const chunk of socket) got += String(chunk);
  } catch {
    // A reset: the text until then counts.
  }
  return got;
}

async function restarts(served: Served): Promise<number | undefined> {
  const { children = [] } = await served.coordinator.actors();
  return children.find(({ name }) => name === "service")?.children?.[0]?.restarts;
}

/** The service of the refused requests. */
let served: Served;

test.before(async () => {
  served = await Served.open();
});

test.after.always(async () => await served[Symbol.asyncDispose]());

async function refuses(t: ExecutionContext, head: string, status: number): Promise<void> {
  const got = await answerTo(served, `${head}connection: close\r\n\r\n`);
  t.true(got.startsWith(`HTTP/1.1 ${status} `), got.slice(0, 200));
  t.is((await served.ask("/api/v1/health")).status, 200);
  t.is(await restarts(served), 0);
}

test("the target * is no path", refuses, `OPTIONS * HTTP/1.1\r\n${localhost}`, 401);
test("a backslash in a path", refuses, `GET /api\\v1 HTTP/1.1\r\n${localhost}`, 401);
test("an absolute target that is no URL", refuses, `GET http://[ HTTP/1.1\r\n${localhost}`, 401);
test("an absolute target", refuses, `GET http://x/api/v1/health HTTP/1.1\r\n${localhost}`, 200);
test(
  "the host of an absolute target does not count",
  refuses,
  `GET http://localhost/api/v1/health HTTP/1.1\r\nhost: evil.example\r\n`,
  421,
);
test("a host that is none", refuses, "GET /api/v1/health HTTP/1.1\r\nhost: a/b\r\n", 421);
test("a target without a slash", refuses, `GET api HTTP/1.1\r\n${localhost}`, 400);
test(
  "two slashes are another path",
  refuses,
  `GET //api/v1/torrents HTTP/1.1\r\n${localhost}`,
  401,
);
test("a percent sign without digits", refuses, `GET /api/v1/%zz HTTP/1.1\r\n${localhost}`, 401);
test(
  "an encoded path is guarded as the plain one",
  refuses,
  `GET /api/v1/%74orrents HTTP/1.1\r\n${localhost}`,
  401,
);
test(
  "an upgrade is a plain request",
  refuses,
  `GET /api/v1/torrents HTTP/1.1\r\n${localhost}upgrade: websocket\r\n`,
  401,
);
test("a method that is not known", refuses, `PURGE /api/v1/torrents HTTP/1.1\r\n${localhost}`, 401);

test("a body in chunks over the limit is answered 413", async (t) => {
  const { authorization } = await served.token("control");
  const chunk = "y".repeat(600_000);
  const got = await answerTo(
    served,
    `POST /api/v1/commands/bans HTTP/1.1\r\n${localhost}authorization: ${authorization}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${`${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(2)}0\r\n\r\n`,
  );
  t.true(got.startsWith("HTTP/1.1 413 "), got.slice(0, 100));
});

test("a refused request with a small body leaves its connection open", async (t) => {
  const body = "y".repeat(100_000);
  const got = await answerTo(
    served,
    `POST /api/v1/commands/bans HTTP/1.1\r\n${localhost}content-length: ${body.length}\r\n\r\n${body}GET /api/v1/health HTTP/1.1\r\n${localhost}connection: close\r\n\r\n`,
  );
  t.deepEqual(got.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 401", "HTTP/1.1 200"]);
});

test("a client that waits for 100 gets the refusal in its place", async (t) => {
  const got = await answerTo(
    served,
    `POST /api/v1/commands/bans HTTP/1.1\r\n${localhost}content-length: 5000000\r\nexpect: 100-continue\r\n\r\n`,
  );
  t.deepEqual(got.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 401"]);
});

test("HEAD of the events ends at once", async (t) => {
  const { authorization } = await served.token("read");
  const got = await answerTo(
    served,
    `HEAD /api/v1/events HTTP/1.1\r\n${localhost}authorization: ${authorization}\r\n\r\nHEAD /api/v1/health HTTP/1.1\r\n${localhost}connection: close\r\n\r\n`,
  );
  t.deepEqual(got.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 200"]);
});

test("a call without arguments is an error of the call alone", async (t) => {
  for (const text of ["null", "[]", "1", '"x"']) {
    const headers = { "content-type": "application/json" };
    const { status } = await served.ask("/api/v1/commands/stop", { isLocal: true, text, headers });
    t.is(status, 400, text);
  }
  t.is(await restarts(served), 0);
  t.is((await served.run("bans", {})).status, 200);
});

test(`${events} events at once end no actor`, async (t) => {
  const sources = Array.from({ length: events }, (_, index) =>
    index.toString(16).padStart(40, "0"),
  );
  await Promise.all(sources.map((source) => served.coordinator.add(source, { state: "stopped" })));
  t.is((await served.run("bans", {})).status, 200);
  await until("all events", () => served.events.length >= events);
  const { body } = await served.ask("/api/v1/torrents?limit=1", { isLocal: true });
  t.is(body.torrents.length, 1);
  t.is(await restarts(served), 0);
});

test("a file at the place of a socket is kept", async (t) => {
  using folder = temporaryFolder("socket-file");
  mkdirSync(join(folder.path, "data"));
  const path = join(folder.path, "data/letter");
  writeFileSync(path, "dear");
  await t.throwsAsync(
    async () => await Served.open({ folder: folder.path, listen: [`unix:${path}`] }),
  );
  t.is(readFileSync(path, "utf8"), "dear");
});
