import test from "ava";
import { RecordingRef } from "@troupe/actor-runtime/testing";
import type { AddTorrent, ApiProtocol, TorrentId } from "@troupe/messages";
import { MetadataListeners } from "../../src/api/metadata-listeners.ts";

function scene(request: Partial<AddTorrent> = {}) {
  const engine = new RecordingRef<ApiProtocol>("engine");
  const torrent = {
    id: 7 as TorrentId,
    info: { hasMetadata: false },
    isHeard: false,
    events: { isHeard: () => torrent.isHeard },
    services: { engine, request: request as AddTorrent },
  };
  const listeners = new MetadataListeners(torrent);
  const hear = (isHeard: boolean): void => {
    torrent.isHeard = isHeard;
    listeners.changed();
  };
  return { torrent, listeners, hear, told: () => engine.casts("set-metadata-wait") };
}

test("the engine learns once that a program has begun or ceased to listen", (t) => {
  const { listeners, hear, told } = scene();
  hear(false);
  t.deepEqual(told(), []);
  hear(true);
  hear(true);
  t.is(listeners.wait, "listener");
  hear(false);
  t.deepEqual(
    told().map(({ torrent, wait }) => [torrent as number, wait]),
    [
      [7, "listener"],
      [7, "none"],
    ],
  );
});

test("a listener that came while a new engine got the torrent is told to that engine", (t) => {
  const { torrent, listeners, hear, told } = scene();
  const sent = listeners.wait;
  hear(true);
  torrent.id = 8 as TorrentId;
  listeners.engineHas(sent);
  t.like(told().at(-1), { torrent: 8, wait: "listener" });
  listeners.engineHas("listener");
  t.is(told().length, 2);
});

test("code that asks for the promise of the metadata counts as a listener", (t) => {
  const { listeners, hear, told } = scene();
  listeners.promiseTaken();
  hear(false);
  t.is(listeners.wait, "listener");
  t.is(told().length, 1);
});

test("a function of priorities is waited for, whoever listens", (t) => {
  const { listeners, hear, told } = scene({ metadataWait: "function" });
  hear(true);
  t.is(listeners.wait, "function");
  t.deepEqual(told(), []);
});

test("nothing is told once the metadata is known", (t) => {
  const { torrent, hear, told } = scene();
  torrent.info.hasMetadata = true;
  hear(true);
  t.deepEqual(told(), []);
});
