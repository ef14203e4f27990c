import test from "ava";
import fc from "fast-check";
import { addressOf, parsePlace, type Place } from "../src/router.ts";

const torrent = "ab".repeat(20);

test("G12 each place has an address that leads to it", (t) => {
  const places: readonly Place[] = [
    { view: "list" },
    { view: "torrent", torrent, tab: "files" },
    { view: "settings" },
    { view: "supervision" },
    { view: "add", magnets: [] },
    { view: "add", magnets: ["magnet:?xt=urn:btih:aa&dn=a%20b", "magnet:?xt=urn:btih:bb#&?"] },
  ];
  for (const place of places) t.deepEqual(parsePlace(addressOf(place)), place);
});

test("G12 addresses that lead nowhere lead to the list", (t) => {
  for (const hash of ["", "#", "#/", "#/nowhere", "#/torrents", "#/torrents/../files", "#//"])
    t.deepEqual(parsePlace(hash), { view: "list" }, hash);
});

test("G12 a torrent without a tab, or with a strange one, shows its overview", (t) => {
  for (const end of ["", "/", "/<script>", `/${"a".repeat(30)}`]) {
    const place = parsePlace(`#/torrents/${torrent}${end}`);
    t.deepEqual(place, { view: "torrent", torrent, tab: "overview" });
  }
});

test("G12 the add dialogue takes magnets alone from an address, twenty at most", (t) => {
  const others = "magnet=https://a.example/&magnet=javascript:alert(1)";
  const many = "&magnet=magnet:?xt=a".repeat(30);
  const place = parsePlace(`#/add?${others}${many}`);
  t.is(place.view === "add" && place.magnets.length, 20);
});

test("G12 any text after # is a place", (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const place = parsePlace(`#${text}`);
      t.deepEqual(parsePlace(addressOf(place)), place);
    }),
  );
  t.pass();
});
