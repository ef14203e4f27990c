import test from "ava";
import { diskOfFolder } from "../../../src/engine/base/disk-handles.ts";
import { endActor, hangActor } from "../../../src/engine/start/engine-start.ts";
import { fakeSupervisor } from "../../support/engine-fakes.ts";
import { makeScene } from "../../support/engine-scene.ts";

test("a name of chaos ends the actors that exist, and not the engine", async (t) => {
  const { engine } = makeScene();
  const met: string[] = [];
  engine.supervision.supervisor = {
    ...fakeSupervisor([]),
    kill: (name) => void met.push(`end ${name}`),
    hang: (name) => void met.push(`hang ${name}`),
  };
  await diskOfFolder(engine, "/1");
  for (const name of ["file", "records", "peer-0"]) {
    endActor(engine, { name });
    hangActor(engine, { name });
  }
  t.deepEqual(met, ["end file-0", "hang file-0", "end peer-0", "hang peer-0"]);
});
