import { Type } from "typebox";
import {
  type Consent,
  chooseLocale,
  ELSEWHERE,
  type EnrolmentError,
  type EnrolmentForm,
  enrolmentDone,
  enrolmentEnded,
  enrolmentPage,
  enrolmentSnippet,
  type PreferenceDeps,
  reachesAll,
  readEnrolmentLink,
  recordEnrolment,
  signEnrolmentLink,
  ticksOf,
} from "../../consent/index.ts";
import { actorOf, stageAudit } from "../../src/audit/index.ts";
import { AppError } from "../../src/kernel/problems.ts";
import { type Route, type RouteRequest, route } from "../../src/kernel/route.ts";
import { entryOf } from "../ingest/read-item.ts";
import { parseWebItem } from "../sources/web/index.ts";
import { type DoorDeps, parseDepsOf } from "./deps.ts";

export interface EnrolmentDeps extends DoorDeps {
  readonly consent: Consent;
  readonly requestConfirmation?: PreferenceDeps["requestConfirmation"];
}

const ByToken = Type.Object({ token: Type.String({ maxLength: 1_200 }) });
const FORM_LIMIT = 16 * 1024;
const LONGEST_FIELD = 200;
const publicDoor = { tag: "public", auth: { kind: "public" } } as const;
const page = { describe: "A page.", contentType: "text/html" } as const;
/** Consents that a form asks for unless it says which. */
const USUAL = ["marketing", "analytics", "personalisation", "profiling"];

/** The doors of the enrolment form: made by staff for a web source, shown to and sent by anybody. */
export function enrolmentRoutes(deps: EnrolmentDeps): Route[] {
  const { consent, db } = deps;
  const open = async (token: string) => {
    const link = readEnrolmentLink(deps.vault, token);
    if (link === null) return null;
    const source = await deps.registry.get(link.sourceId).catch(() => null);
    return source === null || source.row.state !== "active" || source.row.kind !== "web"
      ? null
      : { link, source };
  };
  const localeOf = (request: Pick<RouteRequest, "headers">, asked: unknown) =>
    chooseLocale(asked, null, request.headers["accept-language"]);
  const ended = async (request: Pick<RouteRequest, "headers">, asked: unknown) =>
    enrolmentEnded(await consent.snapshot(), localeOf(request, asked));

  return [
    route({
      method: "POST",
      path: "/v1/sources/:id/enrolment-form",
      operationId: "makeEnrolmentForm",
      summary: "Make an enrolment form of a web source: a page of its own and a snippet for the shop's site",
      tag: "consent",
      auth: { kind: "api-key", roles: ["admin", "compliance"] },
      params: Type.Object({ id: Type.String({ format: "uuid" }) }),
      body: {
        kind: "json",
        optional: true,
        schema: Type.Object(
          {
            purposes: Type.Optional(
              Type.Array(Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }), {
                minItems: 1,
                maxItems: 12,
                uniqueItems: true,
              }),
            ),
          },
          { additionalProperties: false },
        ),
      },
      responses: {
        201: {
          describe: "The form's address; it ends with its source.",
          schema: Type.Object({ url: Type.String(), path: Type.String(), snippet: Type.String() }),
        },
      },
      handle: async ({ principal, requestId, params, body }) => {
        const source = await deps.registry.get(params.id);
        const { rules, controller } = await consent.snapshot();
        const purposes = body?.purposes ?? USUAL.filter((id) => rules.purposes.has(id));
        const errors = purposes.flatMap((id, i) =>
          rules.purposes.has(id)
            ? []
            : [{ path: `/purposes/${i}`, code: "unknown-purpose", message: "Is not a registered purpose." }],
        );
        if (source.row.kind !== "web")
          errors.push({
            path: "/id",
            code: "source-kind",
            message: "An enrolment form belongs to a source of the kind web.",
          });
        if (errors.length > 0) throw new AppError("invalid-request", { errors });
        const path = `/e/${signEnrolmentLink(deps.vault, { sourceId: params.id, purposes })}`;
        await db.tx((tx) =>
          stageAudit(tx, deps, {
            actor: actorOf(principal),
            action: "enrolment-form.made",
            targets: [{ kind: "source", id: params.id }],
            requestId,
          }),
        );
        return {
          status: 201,
          body: { url: `${controller.publicUrl ?? ""}${path}`, path, snippet: `${path}?format=snippet` },
        };
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/e/:token",
      operationId: "openEnrolmentForm",
      summary:
        "The enrolment form, or with format=snippet the bare form for the shop's own page; changes nothing",
      params: ByToken,
      query: Type.Object({
        lang: Type.Optional(Type.String({ maxLength: 20 })),
        format: Type.Optional(Type.Literal("snippet")),
        done: Type.Optional(Type.String({ maxLength: 20 })),
      }),
      responses: { 200: page, 410: page },
      handle: async (request) => {
        const { token } = request.params;
        const found = await open(token);
        if (found === null) return ended(request, request.query.lang);
        const registry = await consent.snapshot();
        const locale = localeOf(request, request.query.lang);
        if (request.query.done !== undefined) return enrolmentDone(registry, locale, request.query.done);
        const { purposes } = found.link;
        if (request.query.format !== "snippet")
          return enrolmentPage({ locale, registry, purposes, action: `/e/${token}` });
        const action = `${registry.controller.publicUrl ?? ""}/e/${token}`;
        return enrolmentSnippet({ locale, registry, purposes, action });
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/e/:token",
      operationId: "enrol",
      summary: "Join: makes the member and records what was agreed to, with the words that were shown",
      params: ByToken,
      body: { kind: "raw", limit: FORM_LIMIT, describe: "The form." },
      responses: { 303: { describe: "To the page that says so." }, 400: page, 410: page },
      handle: async (request) => {
        const { token } = request.params;
        const fields = new URLSearchParams(request.body.toString("utf8"));
        const found = await open(token);
        if (found === null) return ended(request, fields.get("lang"));
        const { link, source } = found;
        const registry = await consent.snapshot();
        const locale = localeOf(request, fields.get("lang"));
        const form = readForm(fields);
        const ticks = ticksOf(registry, link.purposes, form.yes);
        const again = (...errors: EnrolmentError[]) =>
          enrolmentPage({
            locale,
            registry,
            purposes: link.purposes,
            action: `/e/${token}`,
            errors,
            typed: form,
          });
        const wrong: EnrolmentError[] = [
          ...(form.email === "" && form.phone === "" ? (["needContact"] as const) : []),
          ...(form.country === "" ? (["needCountry"] as const) : []),
          ...(reachesAll(ticks, form) ? [] : (["needChannel"] as const)),
        ];
        if (wrong.length > 0) return again(...wrong);
        // Every enrolment is an account of its own: what is typed here proves nothing about an older one.
        const userId = deps.ids.next();
        const arrival = { receivedAt: deps.clock.now(), sentAt: null };
        const raw = {
          type: "identify",
          userId,
          messageId: `enrolment-${userId}`,
          timestamp: arrival.receivedAt.toISOString(),
          traits: traitsOf(form),
          context: { locale },
        };
        // A number without a country code is read in the country that was stated, or in that of the shop.
        const settings =
          form.country === ELSEWHERE
            ? source.settings
            : { ...source.settings, region: form.country.slice(0, 2) };
        const parsed = parseWebItem(raw, settings, arrival, parseDepsOf(deps));
        if (parsed.kind === "rejected" || lost(parsed.event.identifiers, form)) return again("badContact");
        const [outcome] = await deps.queue.submit([
          entryOf(deps.vault, source.settings, parsed, { door: "http", place: null, raw, arrival }),
        ]);
        if (outcome?.status !== "accepted") return again("badContact");
        const person = await consent.members.find(db, { kind: "user_id", value: userId });
        if (person.kind !== "member") throw new AppError("internal-error");
        // A consent stands under a law; where none of ours reaches, nothing can be agreed to, and the page says so.
        const elsewhere = form.country === ELSEWHERE;
        const { waiting } = await recordEnrolment(
          deps,
          { actor: { kind: "anonymous", id: "enrolment-form" }, requestId: request.requestId },
          {
            sourceId: link.sourceId,
            subjectId: person.subjectId,
            locale,
            form,
            ticks: elsewhere ? [] : ticks,
          },
        );
        const done = elsewhere && ticks.length > 0 ? "without-consents" : waiting ? "waiting" : "yes";
        const said = new URLSearchParams({ lang: locale, done });
        return { status: 303, headers: { location: `/e/${token}?${said.toString()}` } };
      },
    }),
  ];
}

function readForm(fields: URLSearchParams): EnrolmentForm {
  const text = (name: string): string => (fields.get(name) ?? "").trim().slice(0, LONGEST_FIELD);
  const country = text("country");
  return {
    firstName: text("firstName"),
    lastName: text("lastName"),
    email: text("email"),
    phone: text("phone"),
    country: /^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(country) ? country : "",
    birthYear: text("birthYear"),
    yes: fields.getAll("yes").slice(0, 100),
  };
}

function traitsOf({ firstName, lastName, email, phone, country }: EnrolmentForm): Record<string, string> {
  const stated = {
    firstName,
    lastName,
    email,
    phone,
    country: country === ELSEWHERE ? "" : country.slice(0, 2),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== ""));
}

/** Whether an address or number that was typed could not be read as one. */
function lost(identifiers: readonly { readonly kind: string }[], form: EnrolmentForm): boolean {
  const has = (kind: string): boolean => identifiers.some((i) => i.kind === kind);
  return (form.email !== "" && !has("email")) || (form.phone !== "" && !has("phone"));
}
