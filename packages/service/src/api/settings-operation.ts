import { jsonResponse } from "../routes/route.ts";
import { withErrors } from "./api-answer.ts";
import { apiPrefix, type ApiOperation } from "./api-operation.ts";
import { readQuery } from "./api-query.ts";
import { answerSchema } from "./command-operations.ts";
import { settingRows, settingRowsSchema } from "./setting-rows.ts";

/** The operation that describes settings. */
export const settingsOperation: ApiOperation = {
  method: "GET",
  path: `${apiPrefix}/setting-rows`,
  id: "setting-rows",
  text: "Describes the settings of the engine and of the service: meaning, values, unit, default, and the right to change each.",
  right: "read",
  body: "none",
  query: {},
  errors: [],
  result: () => answerSchema(settingRowsSchema),
  answer: withErrors(async (request) => {
    readQuery({}, request.query);
    const { version } = await request.calls.view();
    return jsonResponse({ result: settingRows(), version });
  }),
};
