import { Type } from "typebox";
import { fileRoute } from "../../src/kernel/file-route.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, type RouteResponse, route } from "../../src/kernel/route.ts";
import type { SurveyRegistry } from "../definitions/registry.ts";
import { brandStyle } from "./brand.ts";

/** What the answering pages load, all of it from here. */
export function surveyAssetRoutes(registry: SurveyRegistry): Route[] {
  const params = Type.Object({ id: Type.String({ maxLength: 64 }) });
  const brandOf = async (id: string) => {
    const brand = (await registry.standing(id))?.access.brand;
    if (brand === undefined) throw new AppError("not-found");
    return brand;
  };
  return [
    fileRoute({
      at: new URL("./survey.css", import.meta.url),
      path: "/assets/survey.css",
      operationId: "getSurveyCss",
      summary: "The style sheet of the answering pages",
      type: "text/css",
    }),
    fileRoute({
      at: new URL("./survey.js", import.meta.url),
      path: "/assets/survey.js",
      operationId: "getSurveyJs",
      summary: "What makes answering pages livelier; they work without it",
      type: "text/javascript",
    }),
    fileRoute({
      at: new URL("./widget.js", import.meta.url),
      path: "/assets/survey-widget.js",
      operationId: "getSurveyWidgetJs",
      summary: "What shops put into their own pages to ask there",
      type: "text/javascript",
      anywhere: true,
    }),
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
