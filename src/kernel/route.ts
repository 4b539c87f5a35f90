import type { Readable } from "node:stream";
import type { Static, TSchema } from "typebox";
import type { KeyId } from "./ids.ts";

/** What a key may be used as. Scopes narrow it further. */
export const ROLES = [
  "admin",
  "compliance",
  "cx",
  "store",
  "analyst",
  "auditor",
  "ingest",
  "recipient",
] as const;
export type Role = (typeof ROLES)[number];

/** The roles that people have; the others belong to programs. */
export const STAFF_ROLES = [
  "admin",
  "compliance",
  "cx",
  "store",
  "analyst",
  "auditor",
] as const satisfies readonly Role[];
export type StaffRole = (typeof STAFF_ROLES)[number];

/** Who is asking. */
export type Principal =
  | {
      readonly kind: "api-key";
      readonly id: string;
      readonly name: string;
      readonly role: Role;
      /** Purposes this key may name when it reads personal data; "*" means every registered one. */
      readonly purposes: readonly string[];
      /** Route tags and operation ids to which the key is limited; absent or empty: all that its role may. */
      readonly scopes?: readonly string[];
      /** The shops to which a key of the role `store` is limited; such a key without any sees nothing of a shop. */
      readonly stores?: readonly string[];
      /** The downstream system that it belongs to; only keys of the role `recipient` have one. */
      readonly recipientId?: string;
    }
  | {
      /** Somebody who logged in to the console. */
      readonly kind: "staff";
      /** The account's id. */
      readonly id: string;
      readonly role: StaffRole;
      readonly purposes: readonly string[];
      readonly sessionId: string;
      /** The shops that store staff may see; empty for every other role. */
      readonly stores: readonly string[];
    }
  | { readonly kind: "source"; readonly sourceId: string; readonly keyId: KeyId }
  | { readonly kind: "anonymous" };

/** A caller with a role: a key, or somebody who logged in. */
export type RoleHolder = Extract<Principal, { readonly role: Role }>;

/** Whether the caller has a role at all, whatever it showed to prove it. */
export function holdsRole(principal: Principal): principal is RoleHolder {
  return principal.kind === "api-key" || principal.kind === "staff";
}

/** Whether the caller may read personal data for that purpose. */
export function mayNamePurpose(principal: Principal, purpose: string): boolean {
  return holdsRole(principal) && (principal.purposes.includes("*") || principal.purposes.includes(purpose));
}

/** The purposes to which a caller is limited; null for one who may name every purpose. */
export function ownPurposes(principal: Principal): readonly string[] | null {
  if (!holdsRole(principal)) return [];
  return principal.purposes.includes("*") ? null : principal.purposes;
}

/** The shops to which a caller is limited: whoever has the role `store` sees only its own; null for everybody else. */
export function ownStores(principal: Principal): readonly string[] | null {
  return holdsRole(principal) && principal.role === "store" ? (principal.stores ?? []) : null;
}

/** How a route recognises its caller. */
export type RouteAuth =
  /** Anyone; the handler itself verifies what the protocol prescribes (signatures, handshakes). */
  | { readonly kind: "public" }
  /** An API key of one of the roles, or somebody of that role who logged in (admin always may). */
  | { readonly kind: "api-key"; readonly roles: readonly Role[] }
  /** Somebody who logged in, of any role: what concerns their own account. No key may. */
  | { readonly kind: "session" }
  /** A source's write key, as the SDKs send it (Basic, Bearer, body or query); an admin key may name the source. */
  | { readonly kind: "write-key" };

/** How the body is taken: parsed JSON checked by its schema, raw bytes (decompressed, capped) or a stream. */
export type RouteBody =
  | { readonly kind: "json"; readonly schema: TSchema; readonly limit?: number; readonly optional?: boolean }
  | { readonly kind: "raw"; readonly limit: number; readonly describe: string; readonly schema?: TSchema }
  | { readonly kind: "stream"; readonly describe: string };

export interface RouteRequest<P = Record<string, string>, Q = Record<string, unknown>, B = unknown> {
  readonly principal: Principal;
  readonly params: P;
  readonly query: Q;
  /** Parsed JSON for `json`, Buffer for `raw`, Readable (decompressed) for `stream`, undefined without body. */
  readonly body: B;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestId: string;
}

export interface RouteResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON unless it is a Buffer, a string with a content-type header, or a stream. */
  readonly body?: unknown;
  readonly stream?: Readable;
}

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Express 5 path, such as `/v1/sources/:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly auth: RouteAuth;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: RouteBody;
  /** Schema of each success status; problems are added by the generator. */
  readonly responses: Readonly<
    Record<number, { readonly describe: string; readonly schema?: TSchema; readonly contentType?: string }>
  >;
  /** Whether browsers of any origin may call it (ingestion from web pages). */
  readonly cors?: boolean;
  /**
   * Whether a write may carry an `Idempotency-Key`, under which its success is stored for 24 hours and given again.
   * Only for answers that hold neither secrets nor personal data: they are stored as they are.
   */
  readonly idempotent?: true;
  /** Whether somebody else has to approve it first when a logged-in person asks (four eyes). Keys are not asked. */
  readonly fourEyes?: true;
  readonly handle: (request: RouteRequest) => Promise<RouteResponse>;
}

type Parsed<S, Fallback> = S extends TSchema ? Static<S> : Fallback;

interface TypedRoute<
  P extends TSchema | undefined,
  Q extends TSchema | undefined,
  B extends RouteBody | undefined,
> extends Omit<Route, "params" | "query" | "body" | "handle"> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly handle: (
    request: RouteRequest<
      Parsed<P, Record<string, string>>,
      Parsed<Q, Record<string, never>>,
      B extends { kind: "json"; schema: infer S extends TSchema }
        ? Static<S>
        : B extends { kind: "raw" }
          ? Buffer
          : B extends { kind: "stream" }
            ? Readable
            : undefined
    >,
  ) => Promise<RouteResponse>;
}

/** Declares a route; the handler's input types follow from its schemas. */
export function route<
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  const B extends RouteBody | undefined = undefined,
>(definition: TypedRoute<P, Q, B>): Route {
  return definition as unknown as Route;
}
