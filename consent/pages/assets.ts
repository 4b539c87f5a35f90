import { fileRoute } from "../../src/kernel/file-route.ts";
import type { Route } from "../../src/kernel/route.ts";

/** What the public pages load: one style sheet. */
export function assetRoutes(): Route[] {
  return [
    fileRoute({
      at: new URL("./choices.css", import.meta.url),
      path: "/assets/choices.css",
      operationId: "getChoicesStyle",
      summary: "The style sheet of the public consent pages",
      type: "text/css",
    }),
  ];
}
