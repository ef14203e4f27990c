import test from "ava";
import { addTorrent } from "../../../src/api/commands/add-torrent.ts";
import type { CheckedCall } from "../../../src/api/commands/checked-call.ts";

const source = "ab".repeat(20);

/** The state that a torrent is added with. */
async function startOf(
  startAdded: boolean | undefined,
  given: object,
): Promise<{ readonly start?: boolean; readonly state?: string }> {
  let added = {};
  const session = {
    settings: { values: { ...(startAdded !== undefined && { startAdded }) } },
    options: {},
    add: (_: unknown, options: object) => {
      added = options;
      return Promise.resolve({ info: { infoHash: source } });
    },
  };
  const call = { arguments: { source, ...given }, settings: {}, caller: { right: "local" } };
  await addTorrent({ session } as never, call as CheckedCall<"add">);
  return added;
}

test("a torrent whose call names no state starts, unless `startAdded` is false", async (t) => {
  t.is((await startOf(undefined, {})).start, undefined);
  t.is((await startOf(true, {})).start, undefined);
  t.false((await startOf(false, {})).start);
});

test("the state of a call comes before `startAdded`", async (t) => {
  t.true((await startOf(false, { start: true })).start);
  t.like(await startOf(false, { state: "started" }), { state: "started", start: undefined });
});
