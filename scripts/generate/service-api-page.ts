// docs/service-api.md: the operations of the own API.

import { allowedText } from "@troupe/control";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { ApiOperation, QueryRows } from "../../packages/service/src/api/api-operation.ts";
import { apiOperations } from "../../packages/service/src/api/api-routes.ts";
import { StreamLinks } from "../../packages/service/src/guard/stream-links.ts";
import { EventRing } from "../../packages/service/src/api/event-ring.ts";
import { listQuery } from "../../packages/service/src/api/list-query.ts";
import { markdownTable } from "./markdown-table.ts";
import { defaultText } from "./row-parts.ts";

const head = `# API of the service

\`pnpm generate\` writes this page from the operations in \`packages/service/src/api\`. \`/api/v1/openapi.json\` describes the same
operations for programs, with the schemas of all arguments and results (OpenAPI 3.1).

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:9091/api/v1/torrents?state=active&sort=-upBytesPerSecond&limit=10"
curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:9091/api/v1/commands/start --json '{"torrents":["HASH"]}'
\`\`\`

Each command of [settings.md](settings.md) is a \`POST\` with a JSON object of its arguments; settings are arguments as there. A
question is a \`GET\` too, with its arguments in the query. The answer is \`{"result": …, "version": n}\`. The version is that of the
list of torrents after the command. Questions about a torrent by its path share an answer a second.

An error is \`{"error": {"code", "message", "details"?}}\`; [errors.md](errors.md) has the codes. The status is 400 for wrong arguments
and for commands that fail, 401 and 403 for callers that may not, 404 for what is not there, 409 for a torrent that is there already,
503 with \`Retry-After\` while torrents are restored and while the engine restarts, and 504 for a command that still runs after 10 s.`;

const listText = `A page has 500 torrents at most. The \`cursor\` of a page leads to the next one. A torrent that stays and keeps the value that it
is sorted by is in exactly one page, whatever others do meanwhile. \`version\` is that of the first page: ask for what changed
\`since\` it when the last page has come. With \`since\` the first page has \`removed\`, too: torrents that are gone, or that no longer pass
the filter. A version that is not known gives all torrents, and the first page says \`"reset": true\`: forget the others.`;

const eventText = `\`/api/v1/events\` sends server-sent events while the connection lasts. Each has an id \`incarnation-number-version\`; a reader that
sends the last one in \`Last-Event-ID\`, as \`EventSource\` does, gets what it missed.

| event | when | data |
| --- | --- | --- |
| \`reset\` | first, and where more was missed than the last 10,000 events or 8 MiB of them, or where the service has restarted | \`version\`: get all torrents; the stream has what changes after this version |
| \`rows\` | torrents changed, within 100 ms | \`version\` that is reached, \`rows\` (whole), \`removed\` (hashes), \`long\` (hashes of torrents with more than 32 KiB: get them by their path) |
| \`worker\` | a thread of the engine crashed, or runs again | \`name\`, \`state\`, \`restarts\`, and \`error\` of a crash |
| others | an event of a torrent, the end of a command that outlasted its 10 s, a warning | by the event; \`{"leftOutBytes": n}\` for more than 32 KiB |

A reader that is slow has 256 KiB on their way at most. It misses states of torrents in between, and gets the latest.
A comment comes every 15 s.`;

/** The text of docs/service-api.md. */
export function serviceApiPage(): string {
  const timers = new ManualTime();
  const links = new StreamLinks(new Uint8Array(), timers, (key) => key);
  const history = { read: () => Promise.reject(new Error("no history here")) };
  const ring = new EventRing("0");
  const operations = apiOperations({ version: "", ring, history, timers, links });
  const sections = [
    head,
    `## The list of torrents\n\n${listText}\n\n${parameterTable(listQuery)}`,
    `## Events\n\n${eventText}`,
    `## All routes\n\n${routeTable(operations)}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function parameterTable(rows: QueryRows): string {
  const lines = Object.entries(rows).map(([name, row]) => {
    const isLong = name === "sort" || name === "fields";
    const values = isLong ? "names of fields, as of the command `status`" : allowedText(row.gate);
    return [`\`${name}\``, values, defaultText(row), row.text ?? ""];
  });
  return markdownTable(["parameter", "values", "default", "meaning"], lines);
}

function routeTable(operations: readonly ApiOperation[]): string {
  const lines = operations.map(({ method, path, right, query = {}, text, ...operation }) => {
    const names = Object.keys(query).map((name) => `\`${name}\``);
    const body = operation.arguments === undefined ? "" : "arguments as JSON";
    return [`\`${method} ${path}\``, right, body || names.join(", "), text];
  });
  return markdownTable(["route", "right", "body or parameters", "action"], lines);
}
