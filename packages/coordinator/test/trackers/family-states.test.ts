import test from "ava";
import { initialState, nextState } from "../../src/trackers/announce-state.ts";
import { statusOf } from "../../src/trackers/family-states.ts";

test("the status of a tracker that refuses has the code of the refusal", (t) => {
  const failure = {
    code: "tracker-refused",
    message: "the tracker refused the announce: not registered",
    mayHaveArrived: false,
    isFamilyMissing: false,
    retryInSeconds: undefined,
  };
  const moment = { nowMs: 0, chance: 0.5 };
  const refused = nextState(initialState, { change: "failure", failure, ...moment });
  t.like(statusOf([refused]), { error: failure.message, errorCode: "tracker-refused" });
  const reply = { intervalSeconds: 60, peers: [] };
  const working = nextState(refused, { change: "reply", event: "started", reply, ...moment });
  t.false("errorCode" in statusOf([working]));
});
