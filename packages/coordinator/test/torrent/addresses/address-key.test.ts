import test from "ava";
import { addressKey } from "../../../src/torrent/addresses/address-key.ts";

test("an IPv6 address stands in brackets before its port", (t) => {
  t.is(addressKey("8.0.0.1", 5), "8.0.0.1:5");
  t.is(addressKey("2001:db8::1", 5), "[2001:db8::1]:5");
});
