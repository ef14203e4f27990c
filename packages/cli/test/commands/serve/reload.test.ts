import test from "ava";
import { GivenAgain } from "../../../src/commands/serve/reload.ts";
import { ServiceLog } from "../../../src/commands/serve/service-log.ts";
import type { Reporter } from "../../../src/report/reporter.ts";
import { readGivenSettings } from "../../../src/settings/given-settings.ts";
import { FakeEngine } from "../../support/fake-engine.ts";
import { FakeEnvironment } from "../../support/fake-environment.ts";

const path = "/s.yaml";

/** A service that has started with a settings file. */
async function scene(
  file: string,
  { remoteSettings = [] as string[], named = [] as string[] } = {},
) {
  const environment = new FakeEnvironment(new FakeEngine());
  environment.textFiles.set(path, file);
  const given = await readGivenSettings(path, environment);
  const again = new GivenAgain(given, { environment, settingsFile: path, named });
  const lines: string[] = [];
  const changes: unknown[] = [];
  const reporter = { note: (line: string) => void lines.push(line) };
  const log = new ServiceLog(reporter as Pick<Reporter, "note"> as Reporter, {
    variables: { JOURNAL_STREAM: "8:1" },
  });
  const reload = async (text: string): Promise<void> => {
    environment.textFiles.set(path, text);
    await again.reload({
      engine: { set: (change) => void changes.push(change) },
      service: { reloadTls: () => Promise.resolve(), remoteSettings },
      log,
    });
  };
  return { again, changes, lines, reload };
}

test("G15: a SIGHUP changes what changes at run time, and names what a remote has set and what wants a restart", async (t) => {
  const { changes, lines, reload } = await scene("maxPeers: 30\n", {
    remoteSettings: ["limits.up"],
    named: ["limits.down"],
  });
  await reload("maxPeers: 40\nlimits: { up: 5k, down: 6k }\nmemory: 128M\n");
  t.deepEqual(changes, [{ maxPeers: 40 }]);
  t.deepEqual(lines, [
    "<6>troupe: the settings file was read again: maxPeers changed",
    "<6>troupe: a remote has set: limits.up",
    "<4>troupe: a restart is needed for: memory",
  ]);
});

test("a setting that is gone from the file has its default again", async (t) => {
  const { again, changes, reload } = await scene("maxPeers: 30\nlimits: { down: 1k }\n");
  await reload("limits: { down: 1k }\n");
  t.deepEqual(changes, [{ maxPeers: null }]);
  t.deepEqual(again.live, { "limits.down": 1_024 });
});

test("an error in the file changes nothing, and one line of the log says where it is", async (t) => {
  const { again, changes, lines, reload } = await scene("maxPeers: 30\n");
  await reload("maxPeers: 40\nmemory: x\n");
  t.deepEqual(changes, []);
  t.is(lines.length, 1);
  t.regex(
    lines[0] ?? "",
    /^<4>troupe: nothing was changed: \/s\.yaml:2:9: memory is "x".*\[settings-malformed\]$/,
  );
  t.deepEqual(again.live, { maxPeers: 30 });
});
