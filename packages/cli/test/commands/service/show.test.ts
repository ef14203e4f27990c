import test from "ava";
import { CommandError } from "../../../src/failure.ts";
import { peerOf, rowOf, type FakeService } from "../../support/fake-service.ts";
import { call, serviceScene } from "../../support/service-calls.ts";

function answerAll(service: FakeService): void {
  service.answers.set("files", []);
  service.answers.set("peers", [peerOf()]);
  service.answers.set("tiers", []);
  service.answers.set("swarm", { strip: "", why: { code: "complete", message: "complete" } });
}

const rows = [rowOf("1", 1), rowOf("2", 2)];

test("each torrent is shown with its sections", async (t) => {
  const { service, environment } = serviceScene(rows);
  answerAll(service);
  const { code, out } = await call(environment, "show", "2", "film 1");
  t.is(code, 0);
  t.deepEqual(out.match(/^name .*$/gm), ["name       film 2", "name       film 1"]);
  t.deepEqual(out.match(/^\d+ (?:file|peer|tracker)s?$/gm)?.slice(0, 3), [
    "0 files",
    "1 peer",
    "0 trackers",
  ]);
});

test("--json has a line for the row, the files, the peers and the trackers", async (t) => {
  const { service, environment } = serviceScene(rows);
  answerAll(service);
  const { events } = await call(environment, "show", "1", "--json");
  t.deepEqual(
    events.map(({ event, infoHash }) => [event, infoHash]),
    ["torrent", "torrent-files", "torrent-peers", "torrent-trackers"].map((name) => [
      name,
      "1".repeat(40),
    ]),
  );
  t.deepEqual(events[2]?.["peers"], [peerOf()]);
});

test("a quarantined torrent is shown without trackers", async (t) => {
  const { service, environment } = serviceScene(rows);
  answerAll(service);
  service.answers.set("tiers", new CommandError("quarantined", "it is quarantined"));
  const { code, out } = await call(environment, "show", "1");
  t.is(code, 0);
  t.regex(out, /^0 trackers$/m);
});

test("a torrent that is gone does not stop the others", async (t) => {
  const { service, environment } = serviceScene(rows);
  answerAll(service);
  service.answers.set("files", new CommandError("no-torrent", "it is gone"));
  const { code, err } = await call(environment, "show", "all");
  t.is(code, 1);
  t.is(err.match(/it is gone \[no-torrent\]/g)?.length, 2);
});
