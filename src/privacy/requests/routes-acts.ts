import { type TSchema, Type } from "typebox";
import type { By } from "../../../consent/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, route } from "../../kernel/route.ts";
import type { RequestDeps } from "./deps.ts";
import { DeliverySchema, IdentityBody, ShownRequest } from "./request.schema.ts";
import type { RequestRow } from "./requests.store.ts";
import type { Requests } from "./room.ts";
import { ById, byOf, OFFICERS } from "./routes.ts";
import { showRequest } from "./show.ts";
import { OFFICER_DOORS, type OfficerAct } from "./state.ts";

const Words = Type.String({ minLength: 1, maxLength: 4_000 });
const Nothing = Type.Object({}, { additionalProperties: false });
const Reason = Type.Object({ reason: Words }, { additionalProperties: false });
const MaybeNote = Type.Object({ note: Type.Optional(Words) }, { additionalProperties: false });

/** The doors by which a request is decided, each one act of the machine of states. */
export function requestActRoutes(deps: RequestDeps, requests: Requests): Route[] {
  const { officer } = requests;
  const act = <B extends TSchema>(options: {
    readonly act: OfficerAct;
    readonly operationId: string;
    readonly summary: string;
    readonly body: B;
    readonly optional?: true;
    readonly fourEyes?: true;
    readonly handle: (by: By, id: string, body: unknown) => Promise<RequestRow>;
  }): Route =>
    route({
      method: "POST",
      path: `/v1/dsr/:id/${OFFICER_DOORS[options.act]}`,
      operationId: options.operationId,
      summary: options.summary,
      tag: "requests",
      auth: OFFICERS,
      ...(options.fourEyes === true ? { fourEyes: true as const } : {}),
      params: ById,
      body: { kind: "json", schema: options.body, ...(options.optional === true ? { optional: true } : {}) },
      responses: { 200: { describe: "The request as it stands now.", schema: ShownRequest } },
      handle: async (request) => {
        const row = await options.handle(byOf(request), request.params.id, request.body ?? {});
        return { status: 200, body: showRequest(row, deps.clock.now()) };
      },
    });
  const noteOf = (body: unknown): string | null => (body as { note?: string }).note ?? null;
  const reasonOf = (body: unknown): string => (body as { reason: string }).reason;

  return [
    act({
      act: "ask-identity",
      operationId: "sendRequestCode",
      summary: "Send a code to the person's own address",
      body: Nothing,
      optional: true,
      handle: (by, id) => requests.act(id, (tx, row) => requests.identity.sendCode(tx, by, row)),
    }),
    act({
      act: "verify",
      operationId: "verifyRequestIdentity",
      summary:
        "State whose request it is and how that was established, or take the code that the person read out",
      body: IdentityBody,
      handle: async (by, id, given) => {
        const { method, memberId, code, note } = given as {
          method: string;
          memberId?: string;
          code?: string;
          note?: string;
        };
        if (method === "code") {
          const outcome = await requests.takeCode(by, id, code ?? "");
          if (outcome.kind === "wrong")
            throw new AppError("conflict", {
              detail: "The code is wrong, used or too old.",
              errors: [{ path: "/code", code: "wrong-code", message: "is wrong, used or too old" }],
            });
          return outcome.row;
        }
        return requests.act(id, async (tx, row) => {
          const member = memberId ?? row.memberId;
          if (member === null) {
            throw new AppError("invalid-request", {
              errors: [{ path: "/memberId", code: "required", message: "Say whose request it is." }],
            });
          }
          const verified = await requests.identity.verifyByStaff(tx, by, row, {
            memberId: member,
            method,
            ...(note === undefined ? {} : { note }),
          });
          return officer.advance(tx, by, verified);
        });
      },
    }),
    act({
      act: "declare",
      operationId: "recordDeclaration",
      summary: "Record the person's declaration where the law wants one",
      body: Nothing,
      optional: true,
      handle: (by, id) => requests.act(id, (tx, row) => officer.declare(tx, by, row)),
    }),
    act({
      act: "accept-authority",
      operationId: "acceptAuthority",
      summary: "Accept the proof of an agent or guardian",
      body: Type.Object({ note: Words }, { additionalProperties: false }),
      handle: (by, id, body) =>
        requests.act(id, (tx, row) => officer.acceptAuthority(tx, by, row, noteOf(body) ?? "")),
    }),
    act({
      act: "approve",
      operationId: "approveRequest",
      summary: "Approve. An erasure is approved with the fingerprint of its preview",
      body: Type.Object(
        {
          fingerprint: Type.Optional(Type.String({ maxLength: 200 })),
          delivery: Type.Optional(DeliverySchema),
        },
        { additionalProperties: false },
      ),
      optional: true,
      // What leaves for good, and what leaves the house, two people decide.
      fourEyes: true,
      handle: (by, id, body) => requests.approve(by, id, body as Parameters<Requests["approve"]>[2]),
    }),
    act({
      act: "deny",
      operationId: "denyRequest",
      summary:
        "Refuse on a legal ground of the request's law; the person is told the ground, the authority and the appeal",
      body: Type.Object(
        { ground: Type.String({ maxLength: 64 }), words: Type.Optional(Words) },
        { additionalProperties: false },
      ),
      handle: (by, id, body) => {
        const { ground, words } = body as { ground: string; words?: string };
        return requests.act(id, (tx, row) =>
          officer.deny(tx, by, row, { ground, ...(words === undefined ? {} : { words }) }),
        );
      },
    }),
    act({
      act: "extend",
      operationId: "extendRequest",
      summary: "Extend the deadline where the law lets it, with a reason that the person is told",
      body: Reason,
      handle: (by, id, body) => requests.act(id, (tx, row) => officer.extend(tx, by, row, reasonOf(body))),
    }),
    act({
      act: "pause",
      operationId: "pauseRequest",
      summary: "Stop the clock while identity is awaited, where the law lets it",
      body: Type.Object({ reason: Type.Optional(Words) }, { additionalProperties: false }),
      optional: true,
      handle: (by, id, body) =>
        requests.act(id, (tx, row) =>
          officer.pause(tx, by, row, (body as { reason?: string }).reason ?? null),
        ),
    }),
    act({
      act: "resume",
      operationId: "resumeRequest",
      summary: "Let the clock run again",
      body: Nothing,
      optional: true,
      handle: (by, id) => requests.act(id, (tx, row) => officer.resume(tx, by, row)),
    }),
    act({
      act: "hold",
      operationId: "holdRequest",
      summary: "Keep the work from starting: a claim, an order. The clock runs on",
      body: Reason,
      handle: (by, id, body) =>
        requests.act(id, (tx, row) => officer.hold(tx, by, row, true, reasonOf(body))),
    }),
    act({
      act: "release-hold",
      operationId: "releaseRequest",
      summary: "End a hold",
      body: Reason,
      handle: (by, id, body) =>
        requests.act(id, (tx, row) => officer.hold(tx, by, row, false, reasonOf(body))),
    }),
    act({
      act: "confirm",
      operationId: "confirmRequest",
      summary: "Record the person's second confirmation of an erasure that came by another way than the page",
      body: Type.Object(
        {
          note: Words,
          atOnce: Type.Optional(
            Type.Boolean({ description: "The person waives the time to think again; the note says how." }),
          ),
        },
        { additionalProperties: false },
      ),
      handle: (by, id, body) =>
        requests.act(id, (tx, row) =>
          officer.confirm(tx, by, row, noteOf(body), {
            atOnce: (body as { atOnce?: boolean }).atOnce ?? false,
          }),
        ),
    }),
    act({
      act: "mark-duplicate",
      operationId: "markDuplicate",
      summary: "Answer a verified request together with another of the same person and kind",
      body: Type.Object({ of: Type.String({ format: "uuid" }) }, { additionalProperties: false }),
      handle: (by, id, body) =>
        requests.act(id, (tx, row) => officer.markDuplicate(tx, by, row, (body as { of: string }).of)),
    }),
    act({
      act: "retry",
      operationId: "retryRequest",
      summary: "Try a step of the work that has failed again, at once",
      body: Nothing,
      optional: true,
      handle: (by, id) => requests.act(id, (tx, row) => officer.retry(tx, by, row)),
    }),
    act({
      act: "withdraw",
      operationId: "cancelRequest",
      summary: "Withdraw a request because its asker wants so",
      body: MaybeNote,
      optional: true,
      handle: (by, id, body) => requests.act(id, (tx, row) => officer.withdraw(tx, by, row, noteOf(body))),
    }),
  ];
}
