import { secretRoutes } from "../api/secret-routes.ts";
import { jsonResponse, type Route } from "./route.ts";

/** All routes. */
export function serviceRoutes(): readonly Route[] {
  return [
    ...secretRoutes,
    {
      method: "GET",
      path: "/api/v1/health",
      body: "none",
      isOpen: true,
      answer: () => jsonResponse({ status: "ok" }),
    },
    {
      method: "GET",
      path: "/api/v1/torrents",
      body: "none",
      answer: async ({ calls }) => {
        const { version, rows } = await calls.view();
        return jsonResponse({ version, torrents: rows });
      },
    },
    {
      method: "POST",
      path: "/api/v1/commands/:name",
      body: "add",
      answer: async ({ calls, params, body }) =>
        jsonResponse({
          result: await calls.run(
            params["name"] as "list",
            body.kind === "json" ? (body.value as object) : {},
          ),
        }),
    },
  ];
}
