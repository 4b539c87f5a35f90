import { Type } from "typebox";
import { AppError } from "../src/kernel/problems.ts";
import { type Route, route } from "../src/kernel/route.ts";
import { regimeSha256 } from "./regimes/history.ts";
import { RegimeName, RegimeNames, RegimePackSchema } from "./regimes/regime.schema.ts";
import { BUILT_IN_REGIMES } from "./regimes/regimes.ts";
import type { Consent } from "./service.ts";

const readers = { kind: "api-key", roles: ["admin", "compliance", "auditor"] } as const;
/** Whoever is shown a law is told its name. */
const namers = {
  kind: "api-key",
  roles: ["admin", "compliance", "cx", "auditor", "analyst", "store"],
} as const;

const ListedRegime = Type.Object({
  id: RegimeName,
  version: Type.Integer(),
  reviewedOn: Type.String(),
  origin: Type.Enum(["built-in", "own"] as const, {
    description: "Whether it comes with Candor, or from the operator's folder.",
  }),
  laws: Type.Array(Type.String()),
  name: RegimeNames,
  sha256: Type.String({ description: "Of the pack's canonical JSON." }),
});

/** The doors at which the packs in force are looked at; they are changed as files, before the server starts. */
export function regimeRoutes(consent: Pick<Consent, "rules">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/regimes",
      operationId: "listRegimes",
      summary: "The regime packs in force",
      tag: "consent",
      auth: namers,
      responses: {
        200: { describe: "By id.", schema: Type.Object({ regimes: Type.Array(ListedRegime) }) },
      },
      handle: async () => {
        const packs = [...(await consent.rules()).regimes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
        return {
          status: 200,
          body: {
            regimes: packs.map((pack) => ({
              id: pack.id,
              version: pack.version,
              reviewedOn: pack.reviewedOn,
              origin: BUILT_IN_REGIMES.get(pack.id) === pack ? "built-in" : "own",
              laws: pack.laws,
              name: pack.name,
              sha256: regimeSha256(pack).toString("hex"),
            })),
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/regimes/:id",
      operationId: "getRegime",
      summary: "A regime pack: every value with its source",
      tag: "consent",
      auth: readers,
      params: Type.Object({ id: RegimeName }),
      query: Type.Object({
        at: Type.Optional(
          Type.String({ format: "date-time", description: "The pack that was in force at that moment." }),
        ),
      }),
      responses: { 200: { describe: "The pack, as its file holds it.", schema: RegimePackSchema } },
      handle: async ({ params, query }) => {
        const { regimes } = await consent.rules(query.at === undefined ? null : new Date(query.at));
        const pack = regimes.get(params.id);
        if (pack === undefined)
          throw new AppError("not-found", { detail: "There is no regime pack by that id." });
        return { status: 200, body: pack };
      },
    }),
  ];
}
