import test from "ava";
import type { Grant } from "../../../src/engine/port-mapping/gateway-client.ts";
import { renewPublicPort, setPublicPort } from "../../../src/engine/port-mapping/public-port.ts";
import { makeScene } from "../../support/engine-scene.ts";

const grant: Grant = {
  transport: "tcp",
  externalPort: 40_000,
  lifetimeMs: 3_600_000,
  externalHost: "45.10.1.1",
};

test("the gateway's port goes to the user, to handshakes and to announces, until the mapping is lost", (t) => {
  const { engine, ref, addJob } = makeScene({ workers: 2 });
  const job = addJob({ trackers: [["http://a/announce"]] });
  let changes = 0;
  job.announcer = { portChanged: () => changes++ } as unknown as typeof job.announcer;
  const sent = (index: number) =>
    ref(index).sent.flatMap(({ name, message }) => (name === "set-public-port" ? [message] : []));
  setPublicPort(engine, grant);
  t.is(engine.network.publicPort, 40_000);
  setPublicPort(engine, { ...grant, externalHost: "45.10.1.2" });
  setPublicPort(engine, undefined);
  t.is(engine.network.publicPort, 6_881);
  for (const worker of [0, 1]) t.deepEqual(sent(worker), [{ port: 40_000 }, { port: 6_881 }]);
  t.is(changes, 2);
});

test("L10: the port of the settings comes before that of the gateway", (t) => {
  const { engine, ref } = makeScene({ workers: 1 });
  engine.settings.values = { announcePort: 50_000 };
  setPublicPort(engine, grant);
  t.is(engine.network.publicPort, 50_000);
  engine.settings.values = {};
  renewPublicPort(engine);
  t.is(engine.network.publicPort, 40_000);
  const sent = ref(0).sent.filter(({ name }) => name === "set-public-port");
  t.deepEqual(
    sent.map(({ message }) => message),
    [{ port: 50_000 }, { port: 40_000 }],
  );
});
