import test from "ava";
import { rowOf } from "../../support/fake-service.ts";
import { call, serviceScene } from "../../support/service-calls.ts";

const rows = [rowOf("1", 1), rowOf("2", 2)];

test("settings of a torrent are sent in the folders of options, and null ends one", async (t) => {
  const { service, environment } = serviceScene(rows);
  const words = ["set", "2", "limits.down=1M", "labels=a", "--unset", "limits.up"];
  const { code, out } = await call(environment, ...words);
  t.is(code, 0);
  const given = { limits: { down: 1_048_576, up: null }, labels: ["a"] };
  t.deepEqual(service.calls, [["set", { torrent: "2".repeat(40), ...given }]]);
  t.is(out, "film 2: set\n");
});

test("all are all torrents, one after the other", async (t) => {
  const { service, environment } = serviceScene(rows);
  await call(environment, "set", "all", "maxPeers=3");
  t.deepEqual(
    service.calls.map(([, given]) => given),
    rows.map(({ torrent }) => ({ torrent, maxPeers: 3 })),
  );
});

test("settings of the engine are sent in one call", async (t) => {
  const { service, environment } = serviceScene();
  const { events } = await call(
    environment,
    "set",
    "--engine",
    "limits.up=1M",
    "maxActiveDownloads=3",
    "--json",
  );
  const given = { limits: { up: 1_048_576 }, maxActiveDownloads: 3 };
  t.deepEqual(service.calls, [["set-engine", given]]);
  t.deepEqual(events, [{ event: "changed", infoHash: null, command: "set" }]);
});

test("a setting of the engine that a remote has set is dropped by null", async (t) => {
  const { service, environment } = serviceScene();
  const words = ["set", "--engine", "--unset", "limits.down", "--unset", "maxPeers"];
  t.is((await call(environment, ...words)).code, 0);
  t.deepEqual(service.calls, [["set-engine", { limits: { down: null }, maxPeers: null }]]);
});

test("a path of this machine begins in the current folder, one of another machine stays as written", async (t) => {
  const { service, environment } = serviceScene(rows);
  await call(environment, "set", "1", "moveTo=done");
  await call(environment, "set", "1", "moveTo=done", "--url", "http://h");
  t.deepEqual(
    service.calls.map(([, given]) => (given as { moveTo?: string }).moveTo),
    ["/here/done", "done"],
  );
});
