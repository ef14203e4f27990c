import test from "ava";
import { untriedAddress } from "../../../src/torrent/addresses/known-address.ts";
import { UntriedAddresses } from "../../../src/torrent/addresses/untried-addresses.ts";

function address(port: number) {
  return untriedAddress("8.0.0.1", port);
}

test("a removed address has no turn, and counts for none of its origins", (t) => {
  const untried = new UntriedAddresses();
  const [first, second, third] = [address(1), address(2), address(3)];
  for (const known of [first, second, third]) untried.add("a", known);
  untried.add("b", second);
  t.deepEqual([untried.size, untried.countOf("a"), untried.countOf("b")], [3, 3, 1]);
  untried.remove(second);
  untried.remove(second);
  t.deepEqual([untried.size, untried.countOf("a"), untried.countOf("b")], [2, 2, 0]);
  t.deepEqual([untried.next(), untried.next(), untried.next()], [first, third, undefined]);
  t.is(untried.countOf("a"), 0);
});

test("an origin whose addresses leave by other turns keeps few of them", (t) => {
  const untried = new UntriedAddresses();
  for (let n = 0; n < 10_000; n++) {
    const known = address(n);
    untried.add("a", known);
    if (n % 100 !== 0) untried.remove(known);
  }
  t.is(untried.size, 100);
  const order = Array.from({ length: 100 }, () => untried.next()?.port);
  t.deepEqual(
    order,
    Array.from({ length: 100 }, (_, n) => 100 * n),
  );
});

test("origins take turns while addresses come and go", (t) => {
  const untried = new UntriedAddresses();
  for (let n = 0; n < 3; n++) untried.add("a", address(n));
  for (let n = 10; n < 13; n++) untried.add("b", address(n));
  const ports = [untried.next()?.port, untried.next()?.port];
  untried.add("c", address(20));
  for (let n = 0; n < 4; n++) ports.push(untried.next()?.port);
  t.deepEqual(ports, [0, 10, 1, 11, 20, 2]);
});
