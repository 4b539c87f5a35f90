import { readFileSync } from "node:fs";
import { type Route, route } from "./route.ts";

/**
 * The route of one file that public pages load, such as a style sheet: read once, now, and kept by browsers for an
 * hour. Pages of other origins may load it only when it is said to be for anywhere.
 */
export function fileRoute(file: {
  readonly at: URL;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly type: "text/css" | "text/javascript";
  readonly anywhere?: boolean;
}): Route {
  const body = readFileSync(file.at);
  return route({
    method: "GET",
    path: file.path,
    operationId: file.operationId,
    summary: file.summary,
    tag: "public",
    auth: { kind: "public" },
    responses: { 200: { describe: "The file.", contentType: file.type } },
    handle: async () => ({
      status: 200,
      headers: {
        "content-type": `${file.type}; charset=utf-8`,
        "cache-control": "public, max-age=3600",
        "cross-origin-resource-policy": file.anywhere === true ? "cross-origin" : "same-origin",
      },
      body,
    }),
  });
}
