import test from "ava";
import { runTroupe } from "../../src/main.ts";
import { FakeEngine, FakeTorrent } from "../support/fake-engine.ts";
import { FakeEnvironment } from "../support/fake-environment.ts";

async function state(words: readonly string[], missing: readonly string[] = []) {
  const engine = new FakeEngine(new FakeTorrent("job"));
  engine.missing = missing;
  const environment = new FakeEnvironment(engine);
  const exitCode = await runTroupe(["state", ...words], environment);
  const { stdout, stderr } = environment;
  return { exitCode, carried: engine.carried, stdout: stdout.text, stderr: stderr.text };
}

test("L20: paths of this machine are from the current folder, those of the other stay", async (t) => {
  const words = ["import", "f.tar", "--map", "/old=new", "--map", "/x=/y", "--state-dir", "s"];
  const { carried, exitCode, stdout } = await state(words);
  t.is(exitCode, 0);
  t.is(carried[0]?.file, "/here/f.tar");
  t.like(carried[0]?.options, {
    stateDirectory: "/here/s",
    paths: [
      { from: "/old", to: "/here/new" },
      { from: "/x", to: "/y" },
    ],
  });
  t.is(stdout.trim(), "imported 3 jobs into /here/s");
});

test("L20: an import names the data folders that are not here", async (t) => {
  const { stdout } = await state(["import", "f"], ["/a", "/b"]);
  t.regex(stdout, /these data folders are not here:\n {2}\/a\n {2}\/b\n/);
});

test("L20: an export says what it has", async (t) => {
  const { carried, stdout } = await state(["export", "f.tar", "--json"]);
  t.is(carried[0]?.file, "/here/f.tar");
  t.like(JSON.parse(stdout.split("\n")[0] ?? ""), {
    event: "state-exported",
    file: "/here/f.tar",
    jobs: 3,
  });
});

test("L20: wrong words of troupe state are refused", async (t) => {
  for (const words of [
    [],
    ["exprot", "f"],
    ["export"],
    ["import", "a", "b"],
    ["export", "f", "--map", "/a=/b"],
    ["import", "f", "--map", "/a"],
    ["import", "f", "--map", "a=b=c"],
  ])
    t.is((await state(words)).exitCode, 2, words.join(" "));
});
