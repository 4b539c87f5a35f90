import { readFileSync } from "node:fs";
import { type Route, route } from "../../src/kernel/route.ts";

/** What the public pages load: one style sheet, read once. */
export function assetRoutes(): Route[] {
  const css = readFileSync(new URL("./choices.css", import.meta.url));
  return [
    route({
      method: "GET",
      path: "/assets/choices.css",
      operationId: "getChoicesStyle",
      summary: "The style sheet of the public consent pages",
      tag: "public",
      auth: { kind: "public" },
      responses: { 200: { describe: "The style sheet.", contentType: "text/css" } },
      handle: async () => ({
        status: 200,
        headers: {
          "content-type": "text/css; charset=utf-8",
          "cache-control": "public, max-age=3600",
          "cross-origin-resource-policy": "same-origin",
        },
        body: css,
      }),
    }),
  ];
}
