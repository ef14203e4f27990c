// The OpenAPI document, held to the routes and to the rules of OpenAPI 3.1.

import test, { type ExecutionContext } from "ava";
import { Ajv2020 } from "ajv/dist/2020.js";
import { apiRoutes } from "../../src/api/api-routes.ts";
import { documentPath } from "../../src/api/openapi.ts";
import { apiParts, apiRoute } from "../support/api.ts";
import { exampleRow } from "../support/example-row.ts";
import { RecordedCalls } from "../support/recorded-calls.ts";
import { answerOf, jsonOf } from "../support/request.ts";
import { textOf } from "../support/response-text.ts";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: object;
}

type Content = Readonly<Record<string, { readonly schema: object }>>;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Content }>
  >;
  readonly security?: readonly object[];
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, { readonly type: string }>>;
  };
}

const response = await answerOf(apiRoute("GET", "openapi.json"), new RecordedCalls(), {
  url: "/api/v1/openapi.json",
});
const document = jsonOf(response) as unknown as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function schemasOf({ parameters = [], requestBody, responses }: Operation): object[] {
  const contents = [
    ...(requestBody === undefined ? [] : [requestBody.content]),
    ...Object.values(responses).map(({ content }) => content),
  ];
  return [
    ...parameters.map(({ schema }) => schema),
    ...contents.flatMap((content) => Object.values(content).map(({ schema }) => schema)),
  ];
}

/** Values of a key anywhere in a document. */
function valuesOf(key: string, part: unknown): unknown[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(key, value),
  ]);
}

test("each route has an operation, and each operation a route", (t) => {
  const routes = apiRoutes(apiParts()).map(({ method, path }) => `${method} ${documentPath(path)}`);
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  t.is(new Set(routes).size, routes.length);
  t.deepEqual(documented.toSorted(), routes.toSorted());
  t.true(routes.length > 70);
});

test("the document has the fields that OpenAPI 3.1 requires", (t) => {
  t.is(document.openapi, "3.1.0");
  t.deepEqual([document.info.title, document.info.version], ["Troupe", "0.1.0"]);
  for (const { path, method, operation } of operations) {
    t.regex(path, /^\//);
    t.true(["get", "post"].includes(method));
    t.regex(operation.operationId, /^[a-z-]+$/);
    t.regex(operation.summary, /\.$/);
    t.true("200" in operation.responses && "default" in operation.responses);
    for (const { description } of Object.values(operation.responses)) t.not(description, "");
    t.is(operation.requestBody !== undefined, method === "post");
  }
  const ids = operations.map(({ operation }) => operation.operationId);
  t.is(new Set(ids).size, ids.length);
});

test("the parameters of a path are those of its operation, and are required", (t) => {
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((each) => each.in === "path");
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    t.deepEqual(
      inPath.map(({ name }) => name),
      named,
      path,
    );
    t.true(inPath.every(({ required }) => required));
    const places = (operation.parameters ?? []).map(({ in: place, name }) => `${place} ${name}`);
    t.is(new Set(places).size, places.length, path);
  }
});

test("each reference resolves, and each scheme of security is there", (t) => {
  const references = valuesOf("$ref", document);
  t.true(references.length > 80);
  for (const each of references) {
    const [, name = ""] = /^#\/components\/schemas\/(\w+)$/.exec(String(each)) ?? [];
    t.true(Object.hasOwn(document.components.schemas, name), String(each));
  }
  const asked = [document.security, ...operations.map(({ operation }) => operation.security ?? [])];
  for (const name of asked.flat().flatMap((each) => Object.keys(each)))
    t.true(Object.hasOwn(document.components.securitySchemes, name), name);
});

/** Checks values by a schema of the document. */
function checkerOf(schema: object): (value: unknown) => boolean {
  const ajv = new Ajv2020({ allowUnionTypes: true, strict: false, logger: false });
  return ajv.compile({ ...schema, components: document.components });
}

test("each schema is a valid JSON Schema", (t) => {
  let count = 0;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schemas = [
    ...Object.values(document.components.schemas),
    ...operations.flatMap(({ operation }) => schemasOf(operation)),
  ];
  for (const schema of schemas) {
    t.true(ajv.validateSchema(schema), JSON.stringify(ajv.errors));
    count++;
  }
  t.true(count > 200, `${count} schemas`);
});

function bodySchema(path: string): object {
  const schema = document.paths[path]?.["post"]?.requestBody?.content["application/json"]?.schema;
  if (schema === undefined) throw new Error(`no body of ${path}`);
  return schema;
}

function takes(t: ExecutionContext, path: string, right: object[], wrong: object[]): void {
  const check = checkerOf(bodySchema(path));
  for (const value of right) t.true(check(value), JSON.stringify(value));
  for (const value of wrong) t.false(check(value), JSON.stringify(value));
}

test("the schema of a command's body takes its arguments and settings", (t) => {
  takes(
    t,
    "/commands/add",
    [{}, { source: "aa".repeat(20), labels: ["a"], goals: { ratio: 2 } }],
    [{ sources: "x" }, { goals: { ratios: 2 } }, { labels: null }],
  );
  takes(
    t,
    "/commands/set",
    [{ torrent: "aa".repeat(20), labels: null, goals: { ratio: null } }],
    [{}, { torrent: "aa" }, { torrent: "aa".repeat(20), data: true }],
  );
  takes(t, "/commands/set-engine", [{ maxPeers: 3 }, { maxPeers: null }], [{ torrent: "x" }]);
  takes(t, "/commands/totals", [{}], [{ torrent: "x" }]);
});

for (const query of ["", "fields=name,peers", "since=0", "since=1"]) {
  test(`a list of torrents with ${query || "no parameters"} is as its schema says`, async (t) => {
    const calls = new RecordedCalls([exampleRow()]);
    const page = await answerOf(apiRoute("GET", "torrents"), calls, {
      url: `/api/v1/torrents?${query}`,
    });
    const schema = document.paths["/torrents"]?.["get"]?.responses["200"]?.content;
    const check = checkerOf(schema?.["application/json"]?.schema ?? {});
    t.true(check(jsonOf(page)), textOf(page));
    t.false(check({ ...jsonOf(page), version: "1" }));
  });
}

test("health and logins need no credential by the document, and all other operations do", (t) => {
  const open = operations.filter(({ operation }) => operation.security?.length === 0);
  t.deepEqual(
    open.map(({ path }) => path),
    ["/health", "/session", "/session/open"],
  );
});
