import test from "ava";
import { writeUint32 } from "../../src/bytes/index.ts";
import { deliverFast } from "../../src/frames/deliver-fast.ts";
import type { PieceIndex } from "../../src/units.ts";
import { FastMessageId } from "../../src/peer/bep-06-fast.ts";
import { RecordingSink } from "../support/recording-sink.ts";

/** The fields 7, 16,384 and 100, behind a byte. */
const fields = new Uint8Array(13);
writeUint32(fields, 1, 7);
writeUint32(fields, 5, 16_384);
writeUint32(fields, 9, 100);

function eventsOf(...ids: readonly number[]): readonly string[] {
  const sink = new RecordingSink();
  const rules = { checkPiece: (piece: number) => (piece + 1) as PieceIndex };
  for (const id of ids) deliverFast(sink, rules, fields, 1, id);
  return sink.events;
}

test("the sink hears of each message of the fast extension, with its fields", (t) => {
  const { allowedFast, haveAll, haveNone, reject, suggest } = FastMessageId;
  t.is(eventsOf(haveAll, haveNone).length, 2);
  t.deepEqual(eventsOf(suggest), ["suggest 8"], "the piece is checked");
  t.is(eventsOf(allowedFast).length, 1);
  t.deepEqual(eventsOf(reject), ["reject 7 16384 100"]);
});
