import { Type } from "typebox";
import {
  chooseLocale,
  html,
  LOCALES,
  type Locale,
  pageResponse,
  say,
  timeIn,
} from "../../../consent/index.ts";
import { stageAudit } from "../../audit/index.ts";
import { type Route, type RouteResponse, route } from "../../kernel/route.ts";
import type { FulfilDeps } from "./deps.ts";
import { tokenHashOf } from "./package-start.ts";
import { PACKAGE_WORDS } from "./package-words.ts";
import { findPackageByToken, takePackage } from "./packages.store.ts";

const ByToken = Type.Object({ token: Type.String({ pattern: "^[A-Za-z0-9_-]{32}$" }) });

/** The page from which a person fetches its package: looking changes nothing, the button takes it, once. */
export function packageRoutes(deps: FulfilDeps): Route[] {
  const ended = async (locale: Locale): Promise<RouteResponse> => {
    const words = PACKAGE_WORDS[locale];
    const { controller } = await deps.consent.snapshot();
    return pageResponse(410, {
      locale,
      title: words.title,
      company: controller.name[locale],
      body: html`<header><p class="company">${controller.name[locale]}</p></header>
<main><h1>${words.title}</h1><p class="card">${words.ended}</p></main>`,
    });
  };
  return [
    route({
      method: "GET",
      path: "/privacy/packages/:token",
      operationId: "showPackage",
      summary: "The page from which a person fetches its package; looking at it changes nothing",
      tag: "public",
      auth: { kind: "public" },
      params: ByToken,
      query: Type.Object({ lang: Type.Optional(Type.Enum(LOCALES)) }),
      responses: {
        200: { describe: "The page.", contentType: "text/html" },
        410: { describe: "The link was used or has ended.", contentType: "text/html" },
      },
      handle: async ({ params, query, headers }) => {
        const found = await findPackageByToken(deps.db, tokenHashOf(params.token));
        const locale = chooseLocale(
          query.lang,
          (found?.locale ?? null) as Locale | null,
          headers["accept-language"],
        );
        const over = found === null || found.endedAt !== null || found.expiresAt <= deps.clock.now();
        if (over) return ended(locale);
        const words = PACKAGE_WORDS[locale];
        const { controller } = await deps.consent.snapshot();
        const ready = found.state === "ready";
        return pageResponse(200, {
          locale,
          title: ready ? words.fetchTitle : words.title,
          company: controller.name[locale],
          body: html`<header><p class="company">${controller.name[locale]}</p></header>
<main><h1>${ready ? words.fetchTitle : words.title}</h1>
${
  ready
    ? html`<p class="lead">${words.fetchLead}</p>
<div class="card"><p>${words.fetchOnce}</p><p>${say(words.fetchUntil, { time: timeIn(locale, found.expiresAt) })}</p>
<form method="post" action="/privacy/packages/${params.token}"><button type="submit" class="primary">${words.fetchButton}</button></form></div>
<p>${words.fetchHow}</p>`
    : html`<p class="card">${words.notReady}</p>`
}</main>`,
        });
      },
    }),
    route({
      method: "POST",
      path: "/privacy/packages/:token",
      operationId: "fetchPackage",
      summary: "Fetch a package, for the only time; afterwards it is deleted",
      tag: "public",
      auth: { kind: "public" },
      params: ByToken,
      body: { kind: "raw", limit: 1_000, describe: "Nothing; a form may send an empty body." },
      responses: {
        200: { describe: "The OpenPGP message.", contentType: "application/pgp-encrypted" },
        410: { describe: "The link was used or has ended.", contentType: "text/html" },
      },
      handle: async ({ params, headers }) => {
        const hash = tokenHashOf(params.token);
        const taken = await deps.db.tx(async (tx) => {
          const found = await takePackage(tx, hash, deps.clock.now());
          if (found === null) return null;
          await stageAudit(tx, deps, {
            actor: { kind: "anonymous", id: "" },
            action: "package.fetched",
            targets: [{ kind: "package", id: found.packageId }],
            counts: { bytes: found.content.length },
          });
          return found;
        });
        if (taken === null) return ended(chooseLocale(undefined, null, headers["accept-language"]));
        return {
          status: 200,
          headers: {
            "content-type": "application/pgp-encrypted",
            "content-disposition": 'attachment; filename="my-data.zip.gpg"',
            "cache-control": "no-store",
          },
          body: taken.content,
        };
      },
    }),
  ];
}
