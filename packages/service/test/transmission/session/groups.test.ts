import test from "ava";
import { fails, TransmissionService } from "../../support/transmission.ts";
import { specGroup } from "../../support/transmission-keys.ts";

const groups = {
  films: { limits: { down: 500_000, peerUp: 1_000 }, maxPeers: 9 },
  music: {},
};

const makeService = () => new TransmissionService([], { "engine-settings": { groups } });

test("groups are told with their limits in kB/s", async (t) => {
  const service = makeService();
  const films = {
    honors_session_limits: true,
    name: "films",
    speed_limit_down: 500,
    speed_limit_down_enabled: true,
    speed_limit_up: 100,
    speed_limit_up_enabled: false,
  };
  const { group } = await service.result("group_get");
  const [first, second] = group as readonly object[];
  t.deepEqual(first, films);
  t.like(second, { name: "music", speed_limit_down_enabled: false });
  t.deepEqual(Object.keys(films).toSorted(), [...specGroup].toSorted());
  const classic = await service.classic("group-get", { group: "films" });
  t.deepEqual(classic.arguments, {
    group: [
      {
        honorsSessionLimits: true,
        name: "films",
        "speed-limit-down": 500,
        "speed-limit-down-enabled": true,
        "speed-limit-up": 100,
        "speed-limit-up-enabled": false,
      },
    ],
  });
});

test("groups are chosen by a name or a list, under both names of the argument", async (t) => {
  const service = makeService();
  for (const params of [{ group: ["music", "none"] }, { name: "music" }]) {
    const { group } = await service.result("group_get", params);
    t.deepEqual(
      (group as readonly { name: string }[]).map(({ name }) => name),
      ["music"],
    );
  }
  await fails(t, service.jsonRpc("group_get", { group: 4 }), -32_602, /group is 4/);
});

test("a change of a group keeps its other settings, and the other groups", async (t) => {
  const params = { name: " films ", speed_limit_up: 40, speed_limit_up_enabled: true };
  t.deepEqual(await makeService().commandsOf("group_set", params), [
    [
      "set-engine",
      {
        groups: {
          music: {},
          films: { limits: { down: 500_000, peerUp: 1_000, up: 40_000 }, maxPeers: 9 },
        },
      },
    ],
  ]);
});

test("a group that is set for the first time is made", async (t) => {
  const params = { name: "__proto__", speed_limit_down_enabled: true };
  const [[, given] = []] = (await makeService().commandsOf("group_set", params)) as readonly [
    string,
    { readonly groups: object },
  ][];
  t.deepEqual(Object.entries(given?.groups ?? {}).at(-1), [
    "__proto__",
    { limits: { down: 100_000 } },
  ]);
});

test("a group needs a name, and keeps the limits of the session", async (t) => {
  const service = makeService();
  await fails(t, service.jsonRpc("group_set", { name: " " }), -32_602, /No group name given/);
  const params = { name: "films", honors_session_limits: false };
  await fails(t, service.jsonRpc("group_set", params), 5, /hold for all groups/);
});
