import test from "ava";
import { trackerHosts } from "../../src/torrent/stranger-hosts.ts";
import { makeScene } from "../support/engine-scene.ts";

const named = "http://tracker.example/announce";
const numeric = "udp://127.0.0.1:80";

function scene(
  settings: object,
  defaultTrackers: readonly string[],
  listed: readonly string[] = [],
) {
  const { engine, addJob } = makeScene();
  Object.assign(engine.settings.values, { defaultTrackers, listedTrackers: listed });
  const job = addJob({ settings });
  return (url: string) => trackerHosts(engine, job, url)?.("127.0.0.1", "tracker.example") ?? true;
}

test("a tracker of all torrents leads to no local address by its name, and by its own address", (t) => {
  const mayBeLocal = scene({}, [named, numeric]);
  t.false(mayBeLocal(named));
  t.true(mayBeLocal(numeric));
});

test("a tracker that the torrent or the user's list names too may be local", (t) => {
  t.true(scene({ trackers: [named] }, [named])(named));
  t.true(scene({ trackerTiers: [[named]] }, [named])(named));
  t.true(scene({}, [named], [named])(named));
  t.true(scene({}, [])(named));
});

test("with `useLocalHosts` off no tracker leads to a local address", (t) => {
  const mayBeLocal = scene({ useLocalHosts: false, trackers: [named] }, [numeric]);
  for (const url of [named, numeric]) t.false(mayBeLocal(url));
});
