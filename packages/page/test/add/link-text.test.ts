import test from "ava";
import { linksIn } from "../../src/add/link-text.ts";

const hash = "ab".repeat(20);

test("G12 magnets, addresses and info-hashes are found, one a line, each torrent once", (t) => {
  const text = `magnet:?xt=urn:btih:${hash}&dn=a+film\n\n  https://a.example/x.torrent \r\n${hash.toUpperCase()}\n${"cd".repeat(20)}`;
  t.deepEqual(
    linksIn(text).map(({ kind, name }) => [kind, name]),
    [
      ["magnet", "a film"],
      ["address", "https://a.example/x.torrent"],
      ["magnet", "cd".repeat(20)],
    ],
  );
});

test("G12 peers of a magnet are kept for the torrent of its metadata", (t) => {
  const [link] = linksIn(`magnet:?xt=urn:btih:${hash}&x.pe=192.0.2.1:6881`);
  t.deepEqual(link?.kind === "magnet" && link.peers, [{ host: "192.0.2.1", port: 6_881 }]);
});

test("G12 other lines are left out", (t) => {
  const others = ["file:///etc/passwd", "javascript:alert(1)", "magnet:?dn=x", "a film", "http://"];
  t.deepEqual(linksIn(others.join("\n")), []);
});
