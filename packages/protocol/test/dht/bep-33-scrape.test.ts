import test from "ava";
import { packAddress } from "../../src/address/packed-address.ts";
import {
  bloomFilterBytes,
  estimateAddresses,
  insertAddress,
  mayHaveAddress,
  uniteFilters,
} from "../../src/dht/bep-33-scrape.ts";

/** The test vector of BEP 33. */
const vector = `
F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75EE7CCBAE
FE5EEDB1FBFAFF67F6ABFF5E43DDBCA3FD9B9FFDF4FFD3E9DFF12D1BDF59DB53DBE9FA5B
7FF3B8FDFCDE1AFB8BEDD7BE2F3EE71EBBBFE93BCDEEFE148246C2BC5DBFF7E7EFDCF24F
D8DC7ADFFD8FFFDFDDFFF7A4BBEEDF5CB95CE81FC7FCFF1FF4FFFFDFE5F7FDCBB7FD79B3
FA1FC77BFE07FFF905B7B7FFC7FEFEFFE0B8370BB0CD3F5B7F2BD93FEB4386CFDD6F7FD5
BFAF2E9EBFFFFEECD67ADBF7C67F17EFD5D75EBA6FFEBA7FFF47A91EB1BFBB53E8ABFB57
62ABE8FF237279BFEFBFEEF5FFC5FEBFDFE5ADFFADFEE1FB737FFFFBFD9F6AEFFEEE76B6
FD8F72EF`.replaceAll("\n", "");

function filterOf(hosts: readonly string[]): Uint8Array {
  const filter = new Uint8Array(bloomFilterBytes);
  for (const host of hosts) insertAddress(filter, packAddress(host) ?? new Uint8Array(4));
  return filter;
}

test("C12: the addresses of BEP 33's test vector give its filter and its estimate", (t) => {
  const filter = filterOf([
    ...Array.from({ length: 256 }, (_, at) => `192.0.2.${at}`),
    ...Array.from({ length: 1_000 }, (_, at) => `2001:db8::${at.toString(16)}`),
  ]);
  t.is(Buffer.from(filter).toString("hex").toUpperCase(), vector);
  // The BEP cuts its figure off.
  t.is(Math.trunc(estimateAddresses(filter) * 1e4) / 1e4, 1_224.9308);
});

test("an empty filter has no addresses, and a full one has a finite estimate", (t) => {
  t.is(estimateAddresses(new Uint8Array(bloomFilterBytes)), 0);
  t.true(Number.isFinite(estimateAddresses(new Uint8Array(bloomFilterBytes).fill(255))));
});

test("a union has the addresses of both filters", (t) => {
  const filter = filterOf(["1.2.3.4"]);
  uniteFilters(filter, filterOf(["5.6.7.8"]));
  t.deepEqual(filter, filterOf(["5.6.7.8", "1.2.3.4"]));
  t.true(mayHaveAddress(filter, Uint8Array.of(5, 6, 7, 8)));
  t.false(mayHaveAddress(filter, Uint8Array.of(9, 9, 9, 9)));
});
