import test from "ava";
import { playableFiles, playlistText } from "../../src/streams/playlist.ts";

function listed(torrentPath: string, changes: object = {}) {
  return {
    ...{ path: `/data/${torrentPath}`, torrentPath, lengthBytes: 5, offset: 0, priority: 1 },
    ...{ haveBytes: 0, isPadding: false, isInPartFile: false, ...changes },
  };
}

test("a playlist has the wanted files with sound or moving pictures, by their indexes", async (t) => {
  const files = [
    listed("notes.txt"),
    listed("disc 1/film.mkv"),
    listed("extra.mp4", { priority: 0 }),
    listed("pad.mp4", { isPadding: true }),
    listed("empty.mp4", { lengthBytes: 0 }),
    listed("song.flac"),
  ];
  t.deepEqual(await playableFiles(files), [
    { file: 1, name: "film.mkv" },
    { file: 5, name: "song.flac" },
  ]);
});

test("a name of a stranger brings no line into a playlist", (t) => {
  const text = playlistText([
    { name: "a\r\nhttp://evil.example/\n#EXTINF:-1,b\u2028c.mkv", url: "http://192.0.2.7/0" },
    { name: "x".repeat(10_000), url: "http://192.0.2.7/1" },
  ]);
  const lines = text.split(/[\n\r\u2028\u2029]/);
  t.deepEqual(
    lines.map((line) => line.slice(0, 18)),
    [
      "#EXTM3U",
      "#EXTINF:-1,a  http",
      "http://192.0.2.7/0",
      "#EXTINF:-1,xxxxxxx",
      "http://192.0.2.7/1",
      "",
    ],
  );
  t.true(text.length < 1_000);
});
