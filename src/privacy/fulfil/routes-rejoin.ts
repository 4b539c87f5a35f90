import { Type } from "typebox";
import { actorOf, stageAudit } from "../../audit/index.ts";
import { standardKind } from "../../kernel/identifier.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import { countSuppressions, markRejoined, readSuppressions, suppressionMacs } from "../../members/index.ts";
import { normaliseIdentifier } from "../../vault/index.ts";
import type { FulfilDeps } from "./deps.ts";
import { READERS } from "./route-parts.ts";

const JOINERS = { kind: "api-key", roles: ["admin", "compliance", "cx"] } as const;

/** Who is kept out, in numbers, and the way back in. */
export function rejoinRoutes(deps: FulfilDeps): Route[] {
  const { db, clock } = deps;
  return [
    route({
      method: "GET",
      path: "/v1/suppressions",
      operationId: "countSuppressions",
      summary: "How many erased people are kept from coming back, and how many joined again",
      tag: "privacy",
      auth: READERS,
      responses: {
        200: {
          describe: "Counts; the list itself is used for nothing but keeping people erased.",
          schema: Type.Object({
            entries: Type.Integer(),
            people: Type.Integer(),
            rejoined: Type.Integer(),
          }),
        },
      },
      handle: async () => ({ status: 200, body: await countSuppressions(db) }),
    }),
    route({
      method: "POST",
      path: "/v1/suppressions/rejoin",
      operationId: "joinAgain",
      summary:
        "Let somebody who was erased join again, because they ask for it; only later events are admitted",
      tag: "privacy",
      auth: JOINERS,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            identifiers: Type.Array(
              Type.Object(
                {
                  kind: Type.String({ minLength: 1, maxLength: 100 }),
                  value: Type.String({ minLength: 1, maxLength: 1_000 }),
                  issuer: Type.Optional(Type.String({ maxLength: 200 })),
                  region: Type.Optional(Type.String({ pattern: "^[A-Z]{2}$" })),
                },
                { additionalProperties: false },
              ),
              { minItems: 1, maxItems: 20 },
            ),
            method: Type.Enum(["in-person", "form", "letter", "telephone"] as const),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "From when on events are admitted.",
          schema: Type.Object({ admittedFrom: Type.String(), identifiers: Type.Integer() }),
        },
      },
      handle: async ({ body, principal, requestId }) => {
        const macs = body.identifiers.flatMap((asked, i) => {
          const kind = standardKind(asked.kind);
          const read = normaliseIdentifier(
            kind,
            asked.value,
            asked.region === undefined ? {} : { region: asked.region },
          );
          if (read.kind !== "ok") {
            throw new AppError("invalid-request", {
              errors: [
                {
                  path: `/identifiers/${i}/value`,
                  code: "identifier",
                  message: "This is not a value that an identifier of that kind can have.",
                },
              ],
            });
          }
          return suppressionMacs(deps.vault, { kind, issuer: asked.issuer ?? "", value: read.value });
        });
        const at = clock.now();
        const returned: string[] = [];
        const changed = await db.tx(async (tx) => {
          returned.length = 0;
          const found = await readSuppressions(
            tx,
            macs.map((m) => m.toString("hex")),
          );
          const runs = [...new Set(found.map((f) => f.runId))];
          if (runs.length === 0)
            throw new AppError("not-found", { detail: "Nobody by these identifiers is kept out." });
          const n = await markRejoined(tx, runs, at);
          returned.push(...runs);
          await stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "suppression.rejoined",
            targets: runs.map((id) => ({ kind: "run", id })),
            counts: { identifiers: n, [body.method]: 1 },
            requestId,
          });
          return n;
        });
        // After the commit: a list that came back from the ledger too early would keep out, and never let in.
        await deps.vault.erasures.noteRejoined(returned, at);
        return { status: 200, body: { admittedFrom: at.toISOString(), identifiers: changed } };
      },
    }),
  ];
}
