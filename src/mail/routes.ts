import { Type } from "typebox";
import type { Db } from "../db/index.ts";
import { cutOrdered, OrderCursor, readOrder, sortBy } from "../kernel/list-order.ts";
import { isMasked, maskValue, RevealQuery, type RevealReason } from "../kernel/mask.ts";
import { AppError } from "../kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../kernel/route.ts";
import { MailSchema, MailStateSchema, OutboxSchema } from "./answers.schema.ts";
import { listMail, MAIL_ORDERS } from "./mail.store.ts";
import type { Mailer } from "./mailer.ts";

/** The doors of the outbox: what was sent or waits, and, where no mail server is set, the messages themselves. */
export function mailRoutes(deps: {
  readonly db: Db;
  readonly mailer: Mailer;
  /** Notes in the audit log that a message was opened, and why. */
  readonly noteOpened: (
    request: Pick<RouteRequest, "principal" | "requestId">,
    mailId: string,
    reason: RevealReason,
  ) => Promise<void>;
}): Route[] {
  const auth = { kind: "api-key", roles: ["admin"] } as const;
  return [
    route({
      method: "GET",
      path: "/v1/outbox",
      operationId: "listMail",
      summary:
        "Mail that waits, was sent, failed, or is kept because no mail server is set; without its text",
      tag: "mail",
      auth,
      query: Type.Object(
        {
          state: Type.Optional(MailStateSchema),
          sort: sortBy(MAIL_ORDERS, "-created"),
          cursor: OrderCursor,
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        },
        { additionalProperties: false },
      ),
      responses: {
        200: {
          describe: "A page.",
          schema: OutboxSchema,
        },
      },
      handle: async ({ query }) => {
        const limit = query.limit ?? 100;
        const order = readOrder(MAIL_ORDERS, query.sort ?? "-created", query.cursor);
        const found = await listMail(deps.db, {
          limit: limit + 1,
          ...(query.state === undefined ? {} : { state: query.state }),
          order,
        });
        const { page, next } = cutOrdered(found, limit, order, (m) => ({ value: null, id: m.mailId }));
        return {
          status: 200,
          body: {
            items: page.map((m) => ({
              id: m.mailId,
              template: m.template,
              state: m.state,
              attempts: m.attempts,
              lastError: m.lastError,
              createdAt: m.createdAt.toISOString(),
              endedAt: m.endedAt?.toISOString() ?? null,
            })),
            next,
          },
        };
      },
    }),
    route({
      method: "GET",
      path: "/v1/outbox/:id",
      operationId: "openMail",
      summary: "Read a message that has not been sent",
      tag: "mail",
      auth,
      params: Type.Object({ id: Type.String({ format: "uuid" }) }),
      query: Type.Object(RevealQuery),
      responses: {
        200: {
          describe: "The message; to people who gave no reason its subject alone.",
          schema: MailSchema,
        },
      },
      handle: async ({ params, query, principal, requestId }) => {
        const mail = await deps.mailer.open(params.id);
        if (mail === null)
          throw new AppError("not-found", { detail: "There is no such message, or its text is gone." });
        if (isMasked(principal, query.reveal))
          return {
            status: 200,
            body: { masked: true, to: maskValue(mail.to), subject: mail.subject, text: "" },
          };
        if (query.reveal !== undefined)
          await deps.noteOpened({ principal, requestId }, params.id, query.reveal);
        return { status: 200, body: { ...mail, masked: false } };
      },
    }),
  ];
}
