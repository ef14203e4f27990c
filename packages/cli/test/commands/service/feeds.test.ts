import test from "ava";
import { call, serviceScene } from "../../support/service-calls.ts";

const feed = {
  ...{ name: "shows", url: "http://127.0.0.1:9696/feed", state: "waiting" },
  ...{ lookedMs: 1, nextMs: 2, items: 40, taken: 3 },
} as const;
const error = { code: "feed-malformed", message: "cannot read the feed" };

test("feeds are listed: a line with tabs, a table on a terminal, or JSON", async (t) => {
  const rows = [feed, { ...feed, name: "films", error }];
  const pipe = serviceScene();
  pipe.service.feedRows = rows;
  t.is(
    (await call(pipe.environment, "feeds")).out,
    "shows\twaiting\t40\t3\t\nfilms\twaiting\t40\t3\tcannot read the feed [feed-malformed]\n",
  );
  const terminal = serviceScene();
  terminal.service.feedRows = rows;
  terminal.environment.stdout.isTTY = true;
  t.regex((await call(terminal.environment, "feeds")).out, /^name +state +items +taken +error\n/);
  const json = serviceScene();
  json.service.feedRows = rows;
  const { events } = await call(json.environment, "feeds", "--json");
  t.deepEqual(events, [
    { event: "feed", infoHash: null, ...feed },
    { event: "feed", infoHash: null, ...feed, name: "films", error },
  ]);
});

test("a service without feeds says so on a terminal, and takes no words", async (t) => {
  const { environment } = serviceScene();
  environment.stdout.isTTY = true;
  const { err, out } = await call(environment, "feeds");
  t.regex(err + out, /the service has no feed/);
  t.is((await call(serviceScene().environment, "feeds", "shows")).code, 2);
});
