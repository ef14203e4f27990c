import test from "ava";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine } from "../../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../../support/fake-environment.ts";

test("the first password is shown with the name of its user", async (t) => {
  const engine = new FakeEngine();
  engine.firstPassword = "one-two-three";
  const environment = new FakeEnvironment(engine);
  void runTroupe(["serve", "--state-dir", "S"], environment);
  await settle();
  t.regex(environment.stderr.text, /the user troupe has the password one-two-three/);
});
