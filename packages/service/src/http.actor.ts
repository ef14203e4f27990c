// The actor `http`: listens, keeps the view of all torrents, and answers requests.

import type { Actor } from "@troupe/actor-runtime";
import { HttpService } from "./http-service.ts";
import type { HttpOptions, HttpProtocol } from "./service.messages.ts";

/** Serves its owner, which has the engine. */
export const httpActor: Actor<HttpProtocol, HttpOptions, HttpService> = {
  name: "http",
  start: (context, options) => HttpService.start(context, options),
  stop: (service) => service.stop(),
  linked: (service, role) => {
    if (role === "owner") service.tellPlaces();
  },
  handlers: {
    "change-rows": (service, changes) => service.changeRows(changes),
    "note-events": (service, batch) => service.noteEvents(batch),
    "set-tls": (service, files) => service.setTls(files),
  },
};
