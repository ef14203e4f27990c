import type { Timers } from "@troupe/actor-runtime";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import type { EventRing } from "./event-ring.ts";
import { streamEvents } from "./event-stream.ts";

/** The operation of the stream of events. */
export function eventOperation(
  ring: EventRing,
  timers: Pick<Timers, "after" | "every">,
): ApiOperation {
  return {
    method: "GET",
    path: `${apiPrefix}/events`,
    id: "events",
    text: "Sends events while the connection lasts: `rows` with changed torrents, `reset` where some were missed, and those of torrents and commands.",
    right: "read",
    body: "none",
    query: {},
    errors: [],
    result: () => ({ type: "string" }),
    mediaType: "text/event-stream",
    answer: withErrors(async (request) => {
      readQuery({}, request.query);
      const view = await request.calls.view();
      const lastEventId = request.header("last-event-id");
      return {
        status: 200,
        headers: {
          "Content-Type": "text/event-stream",
          // nginx else keeps events until it has some kilobytes.
          "X-Accel-Buffering": "no",
        },
        body: (sink) => streamEvents({ sink, ring, view, timers }, lastEventId),
      };
    }),
  };
}
