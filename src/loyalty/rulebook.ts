import { Type } from "typebox";
import { chooseLocale, html, LANGUAGE_NAMES, LOCALES, type Locale, type Markup, say } from "../i18n/index.ts";
import { fileRoute } from "../kernel/file-route.ts";
import { type Route, type RouteResponse, route } from "../kernel/route.ts";
import { RULEBOOK_WORDS } from "./rulebook-words.ts";
import type { Rules, TierStructure } from "./rules.ts";
import type { Versions } from "./versions.ts";

/** Nothing but our own style sheet is loaded; there is no script to allow. */
const POLICY = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";

/** The published rulebook: a page for members, generated from the rules in force. */
export function rulebookRoutes(deps: { readonly versions: Versions }): Route[] {
  return [
    route({
      method: "GET",
      path: "/loyalty/rules",
      operationId: "showLoyaltyRulebook",
      summary: "The rules of the loyalty programme as a page for members, in three languages",
      tag: "public",
      auth: { kind: "public" },
      query: Type.Object({ lang: Type.Optional(Type.String({ maxLength: 20 })) }),
      responses: { 200: { describe: "The page.", contentType: "text/html" } },
      handle: async ({ query, headers }) => {
        const { rules, rulesVersion } = await deps.versions.scoring();
        const locale = chooseLocale(query.lang, null, headers["accept-language"]);
        return page(locale, rules, rulesVersion);
      },
    }),
    fileRoute({
      at: new URL("./rulebook.css", import.meta.url),
      path: "/assets/rulebook.css",
      operationId: "getRulebookStyle",
      summary: "The style sheet of the loyalty rulebook",
      type: "text/css",
    }),
  ];
}

function page(locale: Locale, rules: Rules, version: number): RouteResponse {
  const w = RULEBOOK_WORDS[locale];
  const links = LOCALES.filter((l) => l !== locale).map(
    (l) => html`<a href="?lang=${l}" lang="${l}" hreflang="${l}">${LANGUAGE_NAMES[l]}</a> `,
  );
  const { markup } = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${w.title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/rulebook.css">
</head>
<body>
<header><nav aria-label="${w.languages}">${links}</nav><h1>${w.title}</h1><p>${w.lead}</p></header>
<main>
${rules.structures.map((s) => structureSection(locale, rules, s))}
${scoreSection(locale, rules)}
${conditionSection(locale, rules)}
<section><h2>${w.rightsTitle}</h2><ul>${w.rights.map((r) => html`<li>${r}</li>`)}</ul></section>
</main>
<footer><p>${say(w.version, { version: String(version) })}</p></footer>
</body>
</html>
`;
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-language": locale,
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      vary: "accept-language",
    },
    body: markup,
  };
}

function structureSection(locale: Locale, rules: Rules, s: TierStructure): Markup {
  const w = RULEBOOK_WORDS[locale];
  const params = {
    margin: String(s.margin),
    months: String(s.holdMonths),
    breaches: String(s.breaches),
    days: String(s.graceDays),
    half: String(rules.behaviour.provisionalDays),
  };
  return html`<section>
<h2>${s.name[locale]}</h2>
<p>${w.basis[s.basis]}</p>
<table><thead><tr><th scope="col">${w.tier}</th><th scope="col">${w.from}</th><th scope="col">${w.visits}</th></tr></thead>
<tbody>
<tr><th scope="row">${s.base.name[locale]}</th><td>–</td><td>–</td></tr>
${s.tiers.map(
  (t) => html`<tr><th scope="row">${t.name[locale]}</th><td>${t.cut}</td><td>${t.visits}</td></tr>`,
)}
</tbody></table>
<ul>
<li>${say(w.hold, params)}</li>
<li>${say(w.breach, params)}</li>
<li>${w.reversal}</li>
<li>${s.upwardOnly ? w.upward : w.noAttitude}</li>
</ul>
</section>`;
}

function scoreSection(locale: Locale, rules: Rules): Markup {
  const w = RULEBOOK_WORDS[locale];
  const percent = (v: number) => `${Math.round(v * 1_000) / 10} %`;
  const b = rules.behaviour.weights;
  const a = rules.attitude;
  return html`<section>
<h2>${w.scoreTitle}</h2>
<p>${w.score}</p>
<h3>${w.behaviourTitle}</h3>
<ul>
<li>${say(w.alive, { weight: percent(b.alive) })}</li>
<li>${say(w.rate, { weight: percent(b.rate) })}</li>
<li>${say(w.spend, { weight: percent(b.spend) })}</li>
</ul>
<h3>${w.attitudeTitle}</h3>
<p>${say(w.attitude, { days: String(a.halfLifeDays) })}</p>
<table><thead><tr><th scope="col">${w.answer}</th><th scope="col">${w.weight}</th></tr></thead><tbody>
${(["npsRelational", "comparative", "csat", "npsTransactional", "ces"] as const).map(
  (k) => html`<tr><th scope="row">${w.answers[k]}</th><td>${a.weights[k]}</td></tr>`,
)}
</tbody></table>
</section>`;
}

function conditionSection(locale: Locale, rules: Rules): Markup {
  const w = RULEBOOK_WORDS[locale];
  const cell = (name: keyof Rules["conditions"]) => html`<td>${rules.conditions[name][locale]}</td>`;
  return html`<section>
<h2>${w.conditionTitle}</h2>
<p>${say(w.condition, { attitude: String(rules.attitude.high), behaviour: String(rules.behaviour.high) })}</p>
<table><thead><tr><td></td><th scope="col">${w.buysMuch}</th><th scope="col">${w.buysLittle}</th></tr></thead><tbody>
<tr><th scope="row">${w.content}</th>${cell("true")}${cell("latent")}</tr>
<tr><th scope="row">${w.notContent}</th>${cell("spurious")}${cell("none")}</tr>
</tbody></table>
</section>`;
}
