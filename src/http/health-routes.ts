import { Type } from "typebox";
import { SECOND } from "../kernel/clock.ts";
import { AppError, type FieldProblem } from "../kernel/problems.ts";
import { type Route, route } from "../kernel/route.ts";
import { ReadySchema } from "./health.schema.ts";

/** Which parts answer: `{store: true, keystore: false}`. The parts keystore and store have problem codes of their own. */
export type Readiness = () => Promise<Readonly<Record<string, boolean>>>;

export interface HealthDeps {
  readonly readiness: Readiness;
  readonly isClosing: () => boolean;
  readonly renderMetrics?: () => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly openApi: () => string;
}

/** A part that takes longer than this to answer is as good as away. */
const PATIENCE = 3 * SECOND;

async function askReadiness(readiness: Readiness): Promise<Readonly<Record<string, boolean>>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ store: boolean }>((resolve) => {
    timer = setTimeout(() => resolve({ store: false }), PATIENCE);
  });
  try {
    return await Promise.race([readiness(), late]);
  } catch {
    return { store: false };
  } finally {
    clearTimeout(timer);
  }
}

/** The doors every server has: is it alive, is it ready, what does it measure, what can it do. */
export function healthRoutes(deps: HealthDeps): Route[] {
  const about = { method: "GET", tag: "system", auth: { kind: "public" } } as const;
  const Alive = Type.Object({ status: Type.Literal("alive") });
  const routes: Route[] = [
    route({
      ...about,
      path: "/healthz",
      operationId: "isAlive",
      summary: "Whether the process is alive.",
      responses: { 200: { describe: "It is.", schema: Alive } },
      handle: async () => ({ status: 200, body: { status: "alive" } }),
    }),
    route({
      ...about,
      path: "/readyz",
      operationId: "isReady",
      summary:
        "Whether the store, the keystore and the holder of the root key answer; 503 otherwise and while shutting down.",
      responses: { 200: { describe: "They do.", schema: ReadySchema } },
      handle: async () => {
        if (deps.isClosing())
          throw new AppError("store-unavailable", { detail: "The server is shutting down." });
        const parts = await askReadiness(deps.readiness);
        const errors: FieldProblem[] = Object.entries(parts)
          .filter(([, answers]) => !answers)
          .map(([part]) => ({ path: `/${part}`, code: "unavailable", message: "does not answer" }));
        if (errors.length === 0) return { status: 200, body: { status: "ready", parts } };
        const onlyKeystore = errors.every((e) => e.path === "/keystore" || e.path === "/root-key");
        throw new AppError(onlyKeystore ? "keystore-unavailable" : "store-unavailable", { errors });
      },
    }),
    route({
      ...about,
      path: "/openapi.json",
      operationId: "getOpenApi",
      summary: "This interface as OpenAPI 3.1.",
      responses: { 200: { describe: "The document.", schema: Type.Object({}) } },
      handle: async () => ({
        status: 200,
        headers: { "content-type": "application/json; charset=utf-8" },
        body: deps.openApi(),
      }),
    }),
  ];
  const { renderMetrics } = deps;
  if (renderMetrics !== undefined) {
    routes.push(
      route({
        ...about,
        path: "/metrics",
        operationId: "getMetrics",
        summary: "Measurements in the Prometheus text format.",
        responses: { 200: { describe: "The measurements.", contentType: "text/plain" } },
        handle: async () => {
          const { contentType, body } = await renderMetrics();
          return { status: 200, headers: { "content-type": contentType }, body };
        },
      }),
    );
  }
  return routes;
}
