// Packets of a download whose sockets are bound to an interface and to one of its two addresses of each family, counted by the
// kernel: 0 leave by another interface, and 0 from another address.

import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import {
  bound,
  isAnswer,
  noneOutside,
  TunnelScene,
  withoutKoffi,
} from "../support/clients/tunnel-scene.ts";
import type { Tunnel } from "../support/tunnel.ts";

/** The numbers of our addresses, and one that we lack. The system chooses the first of IPv4, and the second of IPv6. */
const [first, second, lacking] = [2, 5, 9];
const oursOf = (tunnel: Tunnel): readonly [ip4: string, ip6: string] => [
  tunnel.hostsAt(second)[0],
  tunnel.hostsAt(first)[1],
];
const bindsTo = (hosts: readonly string[]): readonly string[] =>
  hosts.flatMap((host) => ["--bind", host]);

/** A tunnel with two addresses of each family. */
async function openScene(): Promise<TunnelScene> {
  const scene = await TunnelScene.start();
  await scene.tunnel.open(first);
  await scene.tunnel.addAddresses(second);
  return scene;
}

for (const [hold, within] of [
  ["device", []],
  ["guard", withoutKoffi],
] as const) {
  test.serial(
    `D08: with the ${hold} a download from an address of the interface sends from it alone, by the interface alone`,
    async (t) => {
      await using scene = await openScene();
      const ours = oursOf(scene.tunnel);
      const outside = await scene.tunnel.countOutside();
      const sent = await scene.tunnel.countFrom(ours);
      const words = [...bound, ...bindsTo(ours)];
      const download = await scene.download(words, within);
      t.is((await download.event("listening"))["bound"], hold);
      for (const tracker of scene.trackers)
        await download.event("tracker", (event) => isAnswer(event) && event["url"] === tracker);
      await scene.letPayload();
      await download.finished();
      await assertSameFiles(t, scene.payload, scene.target);
      await noneOutside(t, outside);
      const [ours4 = 0, ours6 = 0, ...others] = await sent();
      t.true(ours4 > 0 && ours6 > 0, `${ours4} and ${ours6} packets`);
      t.deepEqual(others, [0, 0]);
    },
  );
}

test.serial(
  "D08: an address that the interface lacks is refused, also one of the outer interface: nothing leaves",
  async (t) => {
    await using scene = await openScene();
    const ours = oursOf(scene.tunnel);
    const outside = await scene.tunnel.countOutside();
    const sent = await scene.tunnel.countFrom(ours);
    for (const host of [scene.tunnel.hostsAt(lacking)[0], scene.ours.ip4]) {
      const refused = await scene.download([...bound, ...bindsTo([host])]);
      const { status } = await refused.ended();
      t.not(status, 0);
      t.true(refused.tail().includes("[address-not-available]"), refused.tail());
      t.true(refused.tail().includes(`${host}: it is no address of the interface`));
    }
    await noneOutside(t, outside);
    t.deepEqual(await sent(), [0, 0, 0, 0]);
  },
);

test.serial(
  "D08: an address that leaves the interface is waited for, while the interface has another: nothing leaves",
  async (t) => {
    await using scene = await openScene();
    const ours = oursOf(scene.tunnel);
    const outside = await scene.tunnel.countOutside();
    const sent = await scene.tunnel.countFrom(ours);
    const download = await scene.download([...bound, ...bindsTo(ours)]);
    await download.event("peer", ({ connected }) => connected === true);
    for (const host of ours) await scene.tunnel.removeAddress(host);
    const { message } = await download.event("why", ({ code }) => code === "interface-down");
    t.true(String(message).includes("has no address of bind"), String(message));
    await noneOutside(t, outside);
    for (const host of ours) await scene.tunnel.addAddress(host);
    await scene.letPayload();
    await download.finished();
    await assertSameFiles(t, scene.payload, scene.target);
    await noneOutside(t, outside);
    const [, , ...others] = await sent();
    t.deepEqual(others, [0, 0]);
  },
);
