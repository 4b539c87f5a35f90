import { type TSchema, Type } from "typebox";
import { AppError } from "../../kernel/problems.ts";
import { type Principal, type Route, type RouteResponse, route } from "../../kernel/route.ts";
import type { Requests } from "../requests/room.ts";
import { CancelledSchema, DiscoverySchema, FiledSchema, StatusSchema } from "./answers.schema.ts";
import {
  API_VERSION,
  type OpenDsrFault,
  parseOpenDsr,
  REQUEST_TYPES,
  statusOf,
  supportedIdentities,
} from "./protocol.ts";
import type { OpenDsrDeps, OpenDsrService } from "./service.ts";
import { type OpenDsrSigner, signatureHeaders } from "./signer.ts";

const BODY_LIMIT = 256 * 1024;
const controllers = { kind: "api-key", roles: ["admin", "compliance", "ingest"] } as const;
const ById = Type.Object({ id: Type.String({ maxLength: 64 }) });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const signed = (describe: string, schema: TSchema) => ({
  describe,
  schema,
  contentType: "application/json",
});

interface Dialect {
  readonly name: "opendsr" | "opengdpr";
  readonly major: 1 | 2;
  readonly base: string;
  readonly requests: string;
  readonly suffix: string;
}

/** OpenDSR 2.0 as published, and the names of OpenGDPR 1 that §10.1 asks to honour. */
const DIALECTS: readonly Dialect[] = [
  { name: "opendsr", major: 2, base: "/v2", requests: "/v2/requests", suffix: "" },
  { name: "opengdpr", major: 1, base: "/v1", requests: "/v1/opengdpr_requests", suffix: "V1" },
];

function controllerOf(principal: Principal): string {
  return principal.kind === "api-key" || principal.kind === "staff" ? principal.id : "";
}

/** The doors by which other companies' systems file requests. Every answer is signed, errors too. */
export function openDsrRoutes(deps: OpenDsrDeps, service: OpenDsrService, requests: () => Requests): Route[] {
  const signer = (): OpenDsrSigner => {
    if (deps.signer === null)
      throw new AppError("not-found", { detail: "OpenDSR is not set up here: see docs/requests.md." });
    return deps.signer;
  };
  const answer = (dialect: Dialect, status: number, content: unknown): RouteResponse => {
    const body = JSON.stringify(content);
    return { status, headers: signatureHeaders(signer(), dialect.name, body), body };
  };
  const refuse = (
    dialect: Dialect,
    code: number,
    message: string,
    faults: readonly OpenDsrFault[] = [],
  ): RouteResponse => answer(dialect, code, { error: { code, message, errors: faults } });
  const fault = (reason: string, message: string): OpenDsrFault => ({
    domain: signer().domain,
    reason,
    message,
  });

  return DIALECTS.flatMap((dialect): Route[] => {
    const status = async (principal: Principal, id: string): Promise<RouteResponse> => {
      signer();
      const found = UUID.test(id) ? await service.find(controllerOf(principal), id) : null;
      return found === null
        ? refuse(dialect, 404, "There is no request by that id.")
        : answer(dialect, 200, await service.show(found.link, found.row));
    };
    const common = { tag: "opendsr", auth: controllers } as const;
    return [
      route({
        ...common,
        auth: { kind: "public" },
        method: "GET",
        path: `${dialect.base}/discovery`,
        operationId: `discoverOpenDsr${dialect.suffix}`,
        summary: "What this processor supports (OpenDSR)",
        responses: {
          200: signed("Versions, identities, kinds of requests, the certificate.", DiscoverySchema),
        },
        handle: async () =>
          answer(dialect, 200, {
            api_version: dialect.major === 2 ? API_VERSION : "1.0",
            supported_identities: supportedIdentities(),
            supported_subject_request_types: REQUEST_TYPES,
            processor_certificate: `https://${signer().domain}${dialect.base}/certificate.pem`,
          }),
      }),
      route({
        ...common,
        auth: { kind: "public" },
        method: "GET",
        path: `${dialect.base}/certificate.pem`,
        operationId: `getOpenDsrCertificate${dialect.suffix}`,
        summary: "The certificate that signatures are checked with",
        responses: { 200: { describe: "PEM.", contentType: "application/x-pem-file" } },
        handle: async () => ({
          status: 200,
          headers: { "content-type": "application/x-pem-file" },
          body: signer().certificate,
        }),
      }),
      route({
        ...common,
        method: "POST",
        path: dialect.requests,
        operationId: `fileOpenDsr${dialect.suffix}`,
        summary: "File a request on behalf of a data subject (OpenDSR)",
        body: { kind: "raw", limit: BODY_LIMIT, describe: "An OpenDSR request as JSON." },
        responses: {
          201: signed("Received: when it will be done, and the body as it arrived.", FiledSchema),
        },
        handle: async ({ principal, body }) => {
          const { domain } = signer();
          const text = body.toString("utf8");
          const parsed = parseOpenDsr(text, domain, dialect.major);
          if (parsed.kind === "faulty")
            return refuse(dialect, 400, "The request does not have the expected form.", parsed.faults);
          const filed = await service.file(controllerOf(principal), dialect.name, text, parsed.body);
          switch (filed.kind) {
            case "other-body":
              return refuse(dialect, 400, "The request conflicts with an earlier one.", [
                fault("subject_request_id", "This id was used with another body."),
              ]);
            case "faulty":
              return refuse(dialect, 400, "The request cannot be taken.", [
                fault(filed.reason, filed.message),
              ]);
            case "filed":
              return answer(dialect, 201, {
                controller_id: filed.link.controllerId,
                expected_completion_time: filed.link.expectedAt.toISOString(),
                received_time: filed.link.receivedAt.toISOString(),
                // Made of what just arrived; it is neither stored nor logged.
                encoded_request: body.toString("base64"),
                subject_request_id: filed.link.subjectRequestId,
              });
          }
        },
      }),
      route({
        ...common,
        method: "GET",
        path: `${dialect.requests}/:id`,
        operationId: `getOpenDsr${dialect.suffix}`,
        summary: "Where a request stands (OpenDSR)",
        params: ById,
        responses: { 200: signed("The status.", StatusSchema) },
        handle: ({ principal, params }) => status(principal, params.id),
      }),
      route({
        ...common,
        method: "GET",
        path: `${dialect.base}/status/:id`,
        operationId: `getOpenDsrStatus${dialect.suffix}`,
        summary: "The same under the name that the specification demands and does not define",
        params: ById,
        responses: { 200: signed("The status.", StatusSchema) },
        handle: ({ principal, params }) => status(principal, params.id),
      }),
      route({
        ...common,
        method: "DELETE",
        path: `${dialect.requests}/:id`,
        operationId: `cancelOpenDsr${dialect.suffix}`,
        summary: "Cancel a request that is still pending (OpenDSR)",
        params: ById,
        responses: { 202: signed("Cancelled.", CancelledSchema) },
        handle: async ({ principal, params, requestId }) => {
          signer();
          const controllerId = controllerOf(principal);
          const found = UUID.test(params.id) ? await service.find(controllerId, params.id) : null;
          if (found === null) return refuse(dialect, 404, "There is no request by that id.");
          if (statusOf(found.row.state, found.row.reason) !== "pending")
            return refuse(dialect, 400, "Only a pending request can be cancelled.");
          const by = { actor: { kind: "api-key" as const, id: controllerId }, requestId };
          await requests().act(found.row.requestId, (tx, row) =>
            requests().officer.withdraw(tx, by, row, null),
          );
          return answer(dialect, 202, {
            controller_id: controllerId,
            subject_request_id: found.link.subjectRequestId,
            received_time: deps.clock.now().toISOString(),
            api_version: dialect.major === 2 ? API_VERSION : "1.0",
          });
        },
      }),
    ];
  });
}
