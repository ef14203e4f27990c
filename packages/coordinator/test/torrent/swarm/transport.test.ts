import test from "ava";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { warnUtpOff } from "../../../src/torrent/swarm/transport.ts";
import { peerScene } from "../../support/peer-scene.ts";

test("a torrent that starts with uTP alone and without a UDP port gets the warning utp-off", (t) => {
  const { engine, events, gather, job } = peerScene();
  warnUtpOff(engine, job);
  gather();
  t.false(events().some(({ event }) => event === "warning"));
  changeSettings(engine, { changes: { transport: "utp" } });
  engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 6_881 }];
  warnUtpOff(engine, job);
  gather();
  t.false(events().some(({ event }) => event === "warning"));
  engine.network.udpSockets = [];
  warnUtpOff(engine, job);
  gather();
  t.like(events().at(-1), { event: "warning", code: "utp-off" });
});
