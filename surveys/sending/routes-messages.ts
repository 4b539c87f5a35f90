import { Type } from "typebox";
import { stageAudit } from "../../src/audit/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, route } from "../../src/kernel/route.ts";
import { reviveAsk } from "./bounces.store.ts";
import { type ArrivalOutcome, takeArrival, takeBounce } from "./bounces.ts";
import type { SendingDeps } from "./context.ts";
import { findMessage } from "./messages.store.ts";
import { noted } from "./routes-settings.ts";

/** Mail systems and gateways tell of messages with the key of a source. */
const reporters = { kind: "api-key", roles: ["admin", "cx", "ingest"] } as const;
const workers = { kind: "api-key", roles: ["admin", "cx"] } as const;
const ById = Type.Object({ id: Type.String({ format: "uuid" }) });

/** What becomes of messages once they have left: reports of delivery, and sending again what may not have arrived. */
export function messageRoutes(deps: SendingDeps): Route[] {
  const { db, clock, ids } = deps;
  return [
    route({
      method: "POST",
      path: "/v1/survey-bounces",
      operationId: "takeSurveyBounces",
      summary: "Tell of messages that came back, by the part of our Message-ID before the @",
      tag: "surveys",
      auth: reporters,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            bounces: Type.Array(
              Type.Object(
                {
                  messageId: Type.String({ format: "uuid" }),
                  kind: Type.Enum(["permanent", "temporary", "complaint"] as const),
                  status: Type.Optional(Type.String({ pattern: "^[245](\\.\\d{1,3}){2}$" })),
                },
                { additionalProperties: false },
              ),
              { minItems: 1, maxItems: 1_000 },
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "What was done about each.",
          schema: Type.Object({ results: Type.Array(Type.String()) }),
        },
      },
      handle: async ({ body }) => {
        const results: string[] = [];
        for (const b of body.bounces)
          results.push(
            await takeBounce(deps, { messageId: b.messageId, kind: b.kind, status: b.status ?? null }),
          );
        return { status: 200, body: { results } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/survey-arrivals",
      operationId: "takeSurveyArrivals",
      summary: "Tell of messages that a gateway has passed on, by the ids that they came with",
      tag: "surveys",
      auth: reporters,
      body: {
        kind: "json",
        schema: Type.Object(
          {
            messageIds: Type.Array(Type.String({ format: "uuid" }), { minItems: 1, maxItems: 1_000 }),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        200: {
          describe: "Of each whether it is now known to be sent (`sent`) or was already (`noted`).",
          schema: Type.Object({
            results: Type.Array(Type.Enum(["sent", "noted", "unknown-message"] as const)),
          }),
        },
      },
      handle: async ({ body }) => {
        const results: ArrivalOutcome[] = [];
        for (const id of body.messageIds) results.push(await takeArrival(deps, id));
        return { status: 200, body: { results } };
      },
    }),
    route({
      method: "POST",
      path: "/v1/survey-messages/:id/resend",
      operationId: "resendSurveyMessage",
      summary: "Ask again where it is not known whether the message arrived",
      tag: "surveys",
      auth: workers,
      params: ById,
      responses: {
        202: {
          describe: "It is due now, if nothing stands against it.",
          schema: Type.Object({ due: Type.Boolean() }),
        },
      },
      handle: async (request) => {
        const done = await db.retryingTx(async (tx) => {
          const message = await findMessage(tx, request.params.id);
          if (message === null)
            throw new AppError("not-found", { detail: "There is no message by that id." });
          if (message.state !== "unknown" || message.askId === null)
            throw new AppError("conflict", {
              detail: "Only a message of which it is not known whether it arrived is sent again.",
            });
          const due = await reviveAsk(tx, message.subjectId, message.askId, clock.now());
          await stageAudit(
            tx,
            { clock, ids },
            noted(request, "survey.message-resent", { kind: "survey-message", id: message.messageId }),
          );
          return due;
        });
        return { status: 202, body: { due: done } };
      },
    }),
  ];
}
