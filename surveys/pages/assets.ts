import { readFileSync } from "node:fs";
import { Type } from "typebox";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, type RouteResponse, route } from "../../src/kernel/route.ts";
import type { SurveyRegistry } from "../definitions/registry.ts";
import { brandStyle } from "./brand.ts";

const CACHED = { "cache-control": "public, max-age=3600" } as const;

function asset(name: string, type: string, options: { readonly anywhere?: boolean } = {}): Route {
  const body = readFileSync(new URL(`./${name}`, import.meta.url));
  const file = name === "widget.js" ? "survey-widget.js" : name;
  return route({
    method: "GET",
    path: `/assets/${file}`,
    operationId: `get${file.replace(/[-.](\w)/g, (_, c: string) => c.toUpperCase()).replace(/^s/, "S")}`,
    summary: "A file of the answering pages",
    tag: "public",
    auth: { kind: "public" },
    responses: { 200: { describe: "The file.", contentType: type } },
    handle: async () => ({
      status: 200,
      headers: {
        "content-type": `${type}; charset=utf-8`,
        ...CACHED,
        "cross-origin-resource-policy": options.anywhere === true ? "cross-origin" : "same-origin",
      },
      body,
    }),
  });
}

/** What the answering pages load, all of it from here. */
export function surveyAssetRoutes(registry: SurveyRegistry): Route[] {
  const params = Type.Object({ id: Type.String({ maxLength: 64 }) });
  const brandOf = async (id: string) => {
    const brand = (await registry.standing(id))?.access.brand;
    if (brand === undefined) throw new AppError("not-found");
    return brand;
  };
  return [
    asset("survey.css", "text/css"),
    asset("survey.js", "text/javascript"),
    // Shops put it into their own pages.
    asset("widget.js", "text/javascript", { anywhere: true }),
    route({
      method: "GET",
      path: "/assets/surveys/:id/brand.css",
      operationId: "getSurveyBrandStyle",
      summary: "The brand's colours",
      tag: "public",
      auth: { kind: "public" },
      params,
      responses: { 200: { describe: "The style sheet.", contentType: "text/css" } },
      handle: async ({ params: { id } }): Promise<RouteResponse> => {
        const { accent } = await brandOf(id);
        return {
          status: 200,
          headers: { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=300" },
          body: Buffer.from(accent === undefined ? "" : brandStyle(accent)),
        };
      },
    }),
    route({
      method: "GET",
      path: "/assets/surveys/:id/logo",
      operationId: "getSurveyLogo",
      summary: "The brand's logo",
      tag: "public",
      auth: { kind: "public" },
      params,
      responses: { 200: { describe: "The picture.", contentType: "image/png" } },
      handle: async ({ params: { id } }): Promise<RouteResponse> => {
        const { logo } = await brandOf(id);
        const match = /^data:(image\/[a-z]+);base64,(.+)$/.exec(logo ?? "");
        if (match === null) throw new AppError("not-found");
        return {
          status: 200,
          headers: { "content-type": match[1] as string, "cache-control": "public, max-age=300" },
          body: Buffer.from(match[2] as string, "base64"),
        };
      },
    }),
  ];
}
