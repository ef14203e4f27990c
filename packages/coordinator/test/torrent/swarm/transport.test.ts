import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { ProxyLimits } from "../../../src/engine/base/proxy-limits.ts";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { warnUtpOff } from "../../../src/torrent/swarm/transport.ts";
import { peerScene } from "../../support/peer-scene.ts";

const rule = { protocol: "socks5", host: "192.0.2.9", port: 1_080, use: "all" } as const;

test("a torrent that starts with uTP alone and without a UDP port gets the warning utp-off", async (t) => {
  const { engine, events, gather, job } = peerScene();
  warnUtpOff(engine, job);
  await settle();
  gather();
  t.false(events().some(({ event }) => event === "warning"));
  changeSettings(engine, { changes: { transport: "utp" } });
  await engine.network.udpTried;
  engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 6_881 }];
  warnUtpOff(engine, job);
  await settle();
  gather();
  t.false(events().some(({ event }) => event === "warning"));
  engine.network.udpSockets = [];
  warnUtpOff(engine, job);
  await settle();
  gather();
  t.like(events().at(-1), { event: "warning", code: "utp-off" });
});

test("D06: behind a proxy the warning utp-off waits for the proxy, and comes only where it carries no UDP", async (t) => {
  for (const carriesUdp of [false, true]) {
    const { engine, events, gather, job } = peerScene();
    Object.assign(engine.network, { proxyLimits: new ProxyLimits(engine.context, rule) });
    changeSettings(engine, { changes: { transport: "utp" } });
    await engine.network.udpTried;
    const opening = Promise.withResolvers<void>();
    engine.network.udpTried = opening.promise;
    warnUtpOff(engine, job);
    await settle();
    gather();
    t.false(events().some(({ event }) => event === "warning"));
    if (carriesUdp) engine.network.udpSockets = [{ family: 4, host: "0.0.0.0", port: 0 }];
    opening.resolve();
    await settle();
    gather();
    const warnings = events().filter(({ event }) => event === "warning");
    t.is(warnings.length, carriesUdp ? 0 : 1);
    t.is(JSON.stringify(warnings).includes("the proxy carries no UDP"), !carriesUdp);
  }
});
