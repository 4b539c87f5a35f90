import { fileRoute } from "../../src/kernel/file-route.ts";
import type { Route } from "../../src/kernel/route.ts";

/** What the public pages load: what all of them share, and the consent pages' own. */
export function assetRoutes(): Route[] {
  return [
    fileRoute({
      at: new URL("./page.css", import.meta.url),
      path: "/assets/page.css",
      operationId: "getPageStyle",
      summary: "What the style of all public pages has in common",
      type: "text/css",
    }),
    fileRoute({
      at: new URL("./choices.css", import.meta.url),
      path: "/assets/choices.css",
      operationId: "getChoicesStyle",
      summary: "The style sheet of the public consent pages",
      type: "text/css",
    }),
  ];
}
