import test from "ava";
import { checkGate, passes } from "../../src/gates/check-gate.ts";
import {
  address,
  base64,
  bytes,
  duration,
  either,
  figure,
  flag,
  list,
  map,
  path,
  nameServer,
  proxyAddress,
  rate,
  ratio,
  record,
  text,
  url,
  whole,
  word,
  type Gate,
} from "../../src/gates/gate.ts";

const code = "option-out-of-range";
const pair = record({ host: text("[a-z]+", "a name"), port: whole(1, 9) }, ["host"]);

const byName = map(text("[a-z_]+", "a name"), whole(1, 9), 2);

const cases: readonly (readonly [Gate, readonly unknown[], readonly unknown[]])[] = [
  [flag, [true, false], [1, "true", null, undefined]],
  [whole(1, 3), [1, 3], [0, 4, 1.5, "2", NaN, Infinity]],
  [whole(1, 3, { isEndless: true }), [1, Infinity], [-Infinity, 4]],
  [ratio(2), [0.001, 2], [0, -1, 2.1, NaN, "1"]],
  [figure, [0, 0.5, 7], [-1, NaN, Infinity, "1"]],
  [base64(2), ["", "QQ==", "QUI="], ["QQ", "QUJD", "Q===", "QQ=A", "QQ-=", "Q\n==", 7]],
  [bytes(2, 4), [2, 4], [1, 5, "2"]],
  [rate(1_000, 2_000), [0, 1_000, 2_000], [1, 999, 2_001, 1_000.5]],
  [duration(1, 60), [1, 60], [0, 61, 1.5]],
  [proxyAddress, ["socks5://h:1", "http://a:b@h"], ["h:1", "ftp://h", "socks5://h/x", 1]],
  [word("a", "b"), ["a", "b"], ["c", "", 1]],
  [text("[0-9]{2}", "two digits"), ["01"], ["1", "012", "a1", 12]],
  [address, ["127.0.0.1", "::1", "fe80::1%eth0"], ["%eth0", "localhost", "1.2.3", 7, ""]],
  [
    nameServer,
    ["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353"],
    ["dns.example", "192.0.2.1:0", "192.0.2.1:65536", "[192.0.2.1]:53", "192.0.2.1:", 7, ""],
  ],
  [path("folder"), ["", "/a"], ["a\0b", 7]],
  [path("file"), ["a"], ["", "a\0b"]],
  [url, ["http://a.test/"], ["ftp://a.test/", "a", 7, "http://user@a.test/"]],
  [list(whole(1, 3), 2, 1), [[1], [1, 2]], [[], [1, 2, 3], [4], "1", { length: 1 }]],
  [pair, [{ host: "a" }, { host: "a", port: 2 }], [{}, { host: "a", port: 0 }, [], null]],
  [byName, [{}, { a: 1, b: 9 }, { a: undefined }], [{ a: 0 }, { A: 1 }, { a: 1, b: 1, c: 1 }, []]],
  [either(word("all"), whole(1, 9)), ["all", 1], ["any", 0, null]],
];

test("a value passes its gate, or is refused with what was seen and what is allowed", (t) => {
  for (const [gate, right, wrong] of cases) {
    for (const value of right) {
      t.true(passes(gate, value), `${gate.kind} ${String(value)}`);
    }
    for (const value of wrong) {
      const seen = `${gate.kind} ${String(value)}`;
      t.false(passes(gate, value), seen);
    }
  }
});

test("an error names the option, the value seen and the values allowed", (t) => {
  const refusals: readonly (readonly [Gate, unknown, string])[] = [
    [whole(1, 3), 4, "option x is 4; allowed is a whole number from 1 to 3"],
    [whole(1, 3), "2", 'option x is "2"; allowed is a whole number from 1 to 3'],
    [word("a", "b"), "c", "option x is c; allowed is a, b"],
    [list(flag, 2), [1, 2, 3], "option x is a list of 3; allowed is a list of 2 at most"],
    [list(flag, 2), [1], "option x is 1; allowed is true or false"],
    [pair, { host: 7 }, "option x.host is 7; allowed is a name"],
    [
      either(word("all"), whole(1, 9)),
      0,
      "option x is 0; allowed is all, or a whole number from 1 to 9",
    ],
    [either(flag, pair), { host: "A" }, 'option x.host is "A"; allowed is a name'],
    [byName, { a: 0 }, "option x.a is 0; allowed is a whole number from 1 to 9"],
    [byName, { A: 1 }, 'option x is an object with the name "A"; allowed is a name'],
    [
      byName,
      { a: 1, b: 1, c: 1 },
      "option x is an object with 3 names; allowed is an object with at most 2 names",
    ],
  ];
  for (const [gate, value, message] of refusals)
    t.throws(() => checkGate(gate as typeof flag, "x", value), { code, message });
});

test("a misspelt field is refused, and the nearest name is suggested", (t) => {
  t.throws(() => checkGate(pair, "x", { hots: "a" }), {
    code: "option-unknown",
    message: 'there is no option "hots"; there are host, port; did you mean host?',
  });
});

test("an open record keeps its known fields alone, and a URL gets its plain form", (t) => {
  const open = { ...pair, isOpen: true } as const;
  t.deepEqual(checkGate(open, "x", { host: "a", family: 4 }), { host: "a" });
  t.is(checkGate(url, "x", " http://a.test/é#x "), "http://a.test/%C3%A9");
});

test("a map may have the name `__proto__`, which changes no prototype", (t) => {
  const value: unknown = JSON.parse('{"__proto__": 3}');
  const checked = checkGate(byName, "x", value);
  t.deepEqual(Object.entries(checked), [["__proto__", 3]]);
  t.is(Object.getPrototypeOf(checked), Object.prototype);
});

test("choices that an item does not pass spell no refusal, and a wrong item spells one", (t) => {
  let spelled = 0;
  const counted: Gate = {
    ...text("[a-z]+", ""),
    get allowed() {
      spelled++;
      return "a name";
    },
  };
  const gate = list(either(counted, list(counted, 2), whole(0, 9)), 10_000);
  t.true(
    passes(
      gate,
      Array.from({ length: 10_000 }, () => 7),
    ),
  );
  t.is(spelled, 0);
  t.false(passes(gate, [10]));
  t.is(spelled, 0);
  t.throws(() => checkGate(gate, "x", [10]), { code, message: /allowed is a name/ });
  t.is(spelled, 1);
});

test("each item of a list is read once, whatever choices it passes through", (t) => {
  let reads = 0;
  const item = {
    get port() {
      reads++;
      return 7;
    },
  };
  const inner = either(flag, record({ port: whole(1, 9) }));
  const checked = checkGate(list(either(word("all"), inner), 100), "x", Array(100).fill(item));
  t.deepEqual(checked[99], { port: 7 });
  t.is(reads, 100);
});

test("a wrong field deep in choices is named with all keys before it", (t) => {
  const gate = record({ nodes: either(flag, record({ first: pair })) });
  const value = { nodes: { first: { host: "a", port: 0 } } };
  t.throws(() => checkGate(gate, "dht", value), {
    code,
    message: /^option dht\.nodes\.first\.port is 0;/,
  });
  t.throws(() => checkGate(gate, "", value), { code, message: /^option nodes\.first\.port is 0;/ });
});
