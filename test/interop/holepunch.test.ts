// Two peers behind home routers meet through a relay of the internet (BEP 55), with ours and libtorrent in each role:
//
//   seed ── router 2 ── relay 1 ── router 3 ── leech
//
// The relay downloads slowly: it is no seed before the leech. Both sides ask it and obey it, in any order. A relay of libtorrent
// finds a peer by the port that its connection comes from alone, which is the named port over uTP, and not over TCP.

import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { writePayload } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { HomeMachine } from "../support/home-router.ts";
import { Network } from "../support/network.ts";

const pieceLengthBytes = 1 << 18;
/** So fast that a request to relay does not wait long behind the blocks on its way. */
const relayBytesPerSecond = 20_000;

/** A client of the test: where it runs, and whether it is ours. */
interface Place {
  readonly isOurs: boolean;
  readonly transport: "both" | "utp";
  readonly torrent: string;
  readonly folder: string;
  readonly within: readonly string[];
}

/** Dials the relay. */
interface HomePlace extends Place {
  readonly host: string;
  readonly relay: { readonly host: string; readonly port: number };
}

/** Settles when the download has ended. @returns The addresses of its peers that other peers named. */
type Download = () => Promise<readonly string[]>;

const roles = [true, false].flatMap((relay) =>
  [true, false].flatMap((seed) => [true, false].map((leech) => ({ relay, seed, leech }))),
);
const nameOf = (isOurs: boolean): string => (isOurs ? "ours" : "libtorrent");

for (const { relay, seed, leech } of roles.filter((role) => Object.values(role).some(Boolean))) {
  const title = `B07: behind routers, ${nameOf(leech)} downloads from ${nameOf(seed)} through the relay ${nameOf(relay)}`;
  test.serial(title, async (t) => {
    await using network = await Network.of(3);
    const [internet, seeder, leecher] = network.clients;
    if (!internet || !seeder || !leecher) return t.fail();
    await using stack = new AsyncDisposableStack();
    const folder = (): string =>
      stack.adopt(temporaryFolder("holepunch"), (made) => made.remove()).path;
    const files = 32 * pieceLengthBytes;
    const payload = writePayload({ name: "payload", folder: folder(), pieceLengthBytes, files });
    const torrent = writeTorrentFile({ ...payload, folder: folder() }, []).path;
    const transport: Place["transport"] = relay ? "both" : "utp";
    const hub = { host: internet.ip4, port: 0 };
    const { within } = internet;
    hub.port = await startRelay(
      stack,
      { isOurs: relay, transport, torrent, folder: folder(), within },
      hub.host,
    );
    const homes = [
      stack.use(await HomeMachine.behind(seeder)),
      stack.use(await HomeMachine.behind(leecher)),
    ] as const;
    const at = ({ ip4, within: words }: HomeMachine) => ({
      host: ip4,
      within: words,
      transport,
      torrent,
      relay: hub,
    });
    await startSeed(stack, { ...at(homes[0]), isOurs: seed, folder: payload.folder });
    const target = folder();
    const download = await startLeech(stack, { ...at(homes[1]), isOurs: leech, folder: target });
    const named = await download();
    await assertSameFiles(t, payload, target);
    t.true(
      named.some((address) => address.startsWith(`${seeder.ip4}:`)),
      named.join(" "),
    );
  });
}

/** @returns The port that it listens on. */
async function startRelay(
  stack: AsyncDisposableStack,
  { isOurs, ...place }: Place,
  host: string,
): Promise<number> {
  if (isOurs) {
    const words = ["--down", String(relayBytesPerSecond)];
    const relay = stack.use(await Troupe.download({ ...place, arguments: words }));
    return Number((await relay.event("listening"))["port"]);
  }
  const downLimit = relayBytesPerSecond;
  const relay = await Libtorrent.leech({ ...place, host, downLimit });
  return await stack.use(relay).port();
}

async function startSeed(
  stack: AsyncDisposableStack,
  { isOurs, relay, ...place }: HomePlace,
): Promise<void> {
  const words = ["--peer", `${relay.host}:${relay.port}`, "--transport", place.transport];
  if (isOurs) stack.use(await Troupe.seed({ ...place, arguments: words }));
  else stack.use(await Libtorrent.seed({ ...place, peer: relay }));
}

async function startLeech(
  stack: AsyncDisposableStack,
  { isOurs, relay, ...place }: HomePlace,
): Promise<Download> {
  if (!isOurs) {
    const leech = stack.use(await Libtorrent.leech({ ...place, peer: relay }));
    return async () => {
      await leech.finished();
      return (await leech.figures()).exchanged;
    };
  }
  const peer = ["--peer", `${relay.host}:${relay.port}`, "--transport", place.transport];
  const words = [...peer, "--json-events", "peer,complete"];
  const leech = stack.use(await Troupe.download({ ...place, arguments: words }));
  return async () => {
    await leech.finished();
    const peers = leech.all("peer").filter(({ transport }) => transport === "utp");
    return peers.map(({ address }) => String(address));
  };
}
