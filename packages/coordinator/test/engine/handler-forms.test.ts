import test from "ava";
import type { TorrentId } from "@troupe/messages";
import {
  forContent,
  forJob,
  fromFile,
  fromPeer,
  fromPeerForContent,
} from "../../src/engine/handler-forms.ts";
import { drawMetainfo, makeScene } from "../support/engine-scene.ts";

const unknown = 99 as TorrentId;
const closed = { refused: "closed" };

test("a handler gets the torrent that its message is about", (t) => {
  const { engine, addJob } = makeScene();
  const job = addJob();
  const handle = forJob((_engine, { id }, { word }: { readonly word: string }) => [id, word]);
  t.deepEqual(handle(engine, { torrent: job.id, word: "go" }), [job.id, "go"]);
});

test("a message about a torrent that was removed calls no handler", (t) => {
  const { engine } = makeScene();
  const fail = () => t.fail();
  t.is(forJob(fail)(engine, { torrent: unknown }), undefined);
  t.is(forJob(fail, closed)(engine, { torrent: unknown }), closed);
  t.is(fromPeer(fail, closed)(engine, { torrent: unknown }, { name: "peer-0", epoch: 1 }), closed);
});

test("a handler of messages about pieces is called once the content is there", (t) => {
  const { engine, addJobWithoutContent } = makeScene();
  const job = addJobWithoutContent();
  const torrent = job.id;
  const from = { name: "peer-0", epoch: 1 };
  let calls = 0;
  const count = forContent((_engine, { content }) => content.ledger.missingCount, closed);
  const countFromPeer = fromPeerForContent((_engine, { content }) => {
    calls += content.ledger.missingCount;
  });
  t.is(count(engine, { torrent: unknown }), closed);
  t.is(count(engine, { torrent }), closed);
  countFromPeer(engine, { torrent }, from);
  job.setContent({ metainfo: drawMetainfo({ pieces: 4 }) }, engine.context.random);
  t.is(count(engine, { torrent }), 4);
  countFromPeer(engine, { torrent }, from);
  t.is(calls, 4);
});

test("a handler of peer-workers gets the worker that sent the message", (t) => {
  const { engine, addJob, peerWorker } = makeScene({ workers: 2 });
  const torrent = addJob().id;
  const handle = fromPeer((_engine, _job, from) => from, closed);
  t.is(handle(engine, { torrent }, { name: "peer-1", epoch: 1 }), peerWorker(1));
  t.is(handle(engine, { torrent }, { name: "peer-2", epoch: 1 }), closed);
});

test("a handler of file-workers is called for a removed torrent too", (t) => {
  const { engine, disk } = makeScene();
  const seen: unknown[] = [];
  const handle = fromFile((_engine, from, { torrent }: { readonly torrent: TorrentId }) => {
    seen.push(from, torrent);
  });
  handle(engine, { torrent: unknown }, { name: "file-0", epoch: 1 });
  t.deepEqual(seen, [disk, unknown]);
  const peer = { name: "peer-0", epoch: 1 };
  t.throws(() => handle(engine, { torrent: unknown }, peer), { message: /is no file-worker/ });
});
