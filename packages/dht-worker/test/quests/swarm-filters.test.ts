import test from "ava";
import { seededRandom } from "@troupe/actor-runtime/testing";
import { bloomFilterBytes, type ScrapeFilters } from "@troupe/protocol/dht";
import { SwarmFilters } from "../../src/quests/swarm-filters.ts";
import { idOf, QueryScene } from "../support/query-scene.ts";

const target = idOf(0xaa);

/** Nodes that each know some of the peers, of which a quarter are seeds. */
function filtersOfNodes(peers: number, seed: number): readonly (ScrapeFilters | undefined)[] {
  const random = seededRandom(seed);
  const scenes = Array.from({ length: 16 }, () => new QueryScene());
  for (let peer = 0; peer < peers; peer++) {
    const host = `${20 + (peer >> 16)}.${(peer >> 8) & 255}.${peer & 255}.9`;
    // Each peer announces to eight nodes or fewer, of which some are not asked.
    const first = random.integer(scenes.length);
    for (let at = 0; at <= random.integer(8); at++) {
      const { peers: store } = scenes[(first + at) % scenes.length]?.serving ?? {};
      store?.announce(target, host, 6_881, 0, peer % 4 === 0);
    }
  }
  return scenes.map(
    (scene) => scene.answer({ method: "get_peers", target, wantsScrape: true }).scrape,
  );
}

for (const peers of [40, 400, 2_000]) {
  test(`C12: nodes of which each knows a part of ${peers} peers give the swarm within 20 %`, (t) => {
    for (let seed = 1; seed <= 10; seed++) {
      const filters = new SwarmFilters();
      for (const scrape of filtersOfNodes(peers, seed))
        filters.heard({ id: target, ...(scrape !== undefined && { scrape }) });
      const { seeds, leechers } = filters.swarm ?? { seeds: 0, leechers: 0 };
      const within = (count: number, right: number): boolean =>
        Math.abs(count - right) <= 0.2 * right;
      t.true(within(seeds, peers / 4), `${seeds} seeds`);
      t.true(within(leechers, (3 * peers) / 4), `${leechers} leechers`);
    }
  });
}

test("C12: nothing is known before a node has told it", (t) => {
  const filters = new SwarmFilters();
  filters.heard({ id: target });
  t.is(filters.swarm, undefined);
});

test("C12: a nearly full filter of a liar is left out", (t) => {
  const filters = new SwarmFilters();
  const full = new Uint8Array(bloomFilterBytes).fill(255);
  filters.heard({ id: target, scrape: { seeds: full, leechers: full } });
  t.is(filters.swarm, undefined);
});

test("C12: peers of nodes without filters count as leechers, unless a filter has them as seeds", (t) => {
  const scene = new QueryScene();
  scene.serving.peers.announce(target, "45.10.1.1", 6_881, 0, true);
  const { scrape } = scene.answer({ method: "get_peers", target, wantsScrape: true });
  const filters = new SwarmFilters();
  filters.heard({
    id: target,
    values: Uint8Array.of(45, 10, 1, 1, 26, 225, 45, 10, 1, 2, 26, 225),
  });
  filters.heard({ id: target, ...(scrape !== undefined && { scrape }) });
  t.deepEqual(filters.swarm, { seeds: 1, leechers: 1 });
});
