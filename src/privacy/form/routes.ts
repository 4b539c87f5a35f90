import { randomInt } from "node:crypto";
import { Type } from "typebox";
import { type By, chooseLocale, type Locale } from "../../../consent/index.ts";
import { DAY } from "../../kernel/clock.ts";
import { AppError } from "../../kernel/problems.ts";
import { type Route, type RouteRequest, type RouteResponse, route } from "../../kernel/route.ts";
import { ProvenCertificate } from "../fulfil/certificate.schema.ts";
import { certificatePage } from "../fulfil/certificate-page.ts";
import type { PackageDelivery } from "../fulfil/port.ts";
import type { RequestDeps } from "../requests/deps.ts";
import { requestClock } from "../requests/facts.ts";
import { contactMac, normaliseContact } from "../requests/intake.ts";
import { hashLinkToken } from "../requests/messages.ts";
import { countFiled, findByToken, type RequestRow, readHistory } from "../requests/requests.store.ts";
import type { Requests } from "../requests/room.ts";
import type { Contact } from "../requests/sealed-part.ts";
import { type FormFaults, formPage, OFFERED, type PageOf, sentencePage } from "./pages.ts";
import { codePage, passphrasePage, SAID, type Said, statusPage } from "./status-page.ts";
import { FORM_WORDS } from "./words.ts";

const FORM_LIMIT = 64 * 1024;
/** Requests that one address may file in a day by the form. */
const MOST_A_DAY = 8;
/** Letters and digits that nobody mistakes for one another: 31 of them, 20 make 99 bits. */
const PASSPHRASE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789";

const publicDoor = { tag: "public", auth: { kind: "public" } } as const;
const page = { describe: "A page.", contentType: "text/html" } as const;
const ByToken = Type.Object({ token: Type.String({ maxLength: 100 }) });
const PageQuery = Type.Object({
  lang: Type.Optional(Type.String({ maxLength: 20 })),
  said: Type.Optional(Type.String({ maxLength: 20 })),
  kind: Type.Optional(Type.String({ maxLength: 20 })),
});

/** The person, whoever it is. */
const BY_PERSON = (requestId: string): By => ({ actor: { kind: "anonymous", id: "requester" }, requestId });

function formOf(body: Buffer): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
}

function newPassphrase(): string {
  const sign = () => PASSPHRASE_SIGNS[randomInt(PASSPHRASE_SIGNS.length)] as string;
  return Array.from({ length: 5 }, () => Array.from({ length: 4 }, sign).join("")).join("-");
}

/** The public doors of the person who asks: the form, and the page of one request. */
export function formRoutes(deps: RequestDeps, requests: Requests): Route[] {
  const { performer, officer } = requests;
  const pageOf = async (request: Pick<RouteRequest, "headers">, asked: unknown): Promise<PageOf> => ({
    controller: await performer.controller(),
    locale: chooseLocale(asked, null, request.headers["accept-language"]),
  });
  const nothingHere = async (request: Pick<RouteRequest, "headers">, asked: unknown) => {
    const of = await pageOf(request, asked);
    const words = FORM_WORDS[of.locale];
    return sentencePage(404, of, { title: words.goneTitle, text: words.goneText, path: "/privacy" });
  };
  const found = (token: string): Promise<RequestRow | null> => findByToken(deps.db, hashLinkToken(token));

  const file = async (request: RouteRequest<Record<string, string>, unknown, Buffer>) => {
    const form = formOf(request.body);
    const of = await pageOf(request, form.lang);
    const words = FORM_WORDS[of.locale];
    const picked = { kind: form.kind ?? null, country: form.country ?? null, filer: form.filer ?? null };
    const kind = OFFERED.find((k) => k === form.kind);
    const filer = form.filer === "agent" || form.filer === "guardian" ? form.filer : "self";
    const contact = await contactIn(form);
    const text = (form.words ?? "").trim();
    const [name, proof] = [(form.name ?? "").trim(), (form.proof ?? "").trim()];
    const faults: FormFaults = {
      kind: kind === undefined,
      contact: contact === null,
      details: kind === "rectification" && text === "",
      representative: filer !== "self" && (name === "" || proof === ""),
    };
    if (kind === undefined || contact === null || faults.details || faults.representative)
      return formPage(400, { ...of, regimes: deps.regimes }, picked, faults);
    const since = new Date(deps.clock.now().getTime() - DAY);
    if ((await countFiled(deps.db, contactMac(deps.vault, contact), since)) >= MOST_A_DAY)
      return sentencePage(429, of, { title: words.title, text: words.tooMany, path: "/privacy" });
    const [country, region] = (form.country ?? "").split("-");
    const row = await requests.file(
      BY_PERSON(request.requestId),
      {
        kind,
        door: "form",
        filer,
        locale: of.locale,
        country: /^[A-Z]{2}$/.test(country ?? "") ? (country ?? null) : null,
        region: region ?? null,
        contact,
        words: text === "" ? null : text.slice(0, 4_000),
        representative: filer === "self" ? null : { name: name.slice(0, 200), proof: proof.slice(0, 1_000) },
      },
      // Whose address it is gets looked up after this answer has left, so that its time tells nothing.
      { quiet: true },
    );
    if (row.tier === "none") return seeOther(`/privacy/thanks?lang=${of.locale}`);
    const { token } = await performer.part(row);
    return seeOther(`/privacy/r/${token ?? ""}?lang=${of.locale}`);
  };

  const contactIn = async (form: Readonly<Record<string, string>>): Promise<Contact | null> => {
    const regions = await deps.regions();
    const email = (form.email ?? "").trim();
    if (email !== "") return normaliseContact({ kind: "email", value: email }, regions);
    const phone = (form.phone ?? "").trim();
    return phone === "" ? null : normaliseContact({ kind: "phone", value: phone }, regions);
  };

  const show = async (row: RequestRow, of: PageOf, path: string, said: Said | null) => {
    const view = { ...of, row, path, said };
    if (row.verifiedAt === null && row.closedAt === null) return codePage(view);
    const pack = performer.pack(row);
    const clock = requestClock(pack, row, of.controller.country, deps.clock.now());
    return statusPage({
      ...view,
      pack,
      part: await performer.part(row),
      history: await readHistory(deps.db, row.requestId),
      dueWords: clock.answer.words[of.locale],
    });
  };

  /** Only who was proven is shown what came of it. */
  const certificateOf = async (row: RequestRow | null) =>
    row === null || row.verifiedAt === null || row.certificateId === null
      ? null
      : deps.fulfilment().readCertificate(row.certificateId);

  const doAct = async (
    request: RouteRequest<{ token: string }, unknown, Buffer>,
    row: RequestRow,
    form: Readonly<Record<string, string>>,
    of: PageOf,
  ): Promise<RouteResponse> => {
    const by = BY_PERSON(request.requestId);
    const path = `/privacy/r/${request.params.token}`;
    const back = (said: Said, to = path) => seeOther(`${to}?lang=${of.locale}&said=${said}`);
    const isProven = row.verifiedAt !== null;
    switch (form.action) {
      case "code": {
        const outcome = await requests.takeCode(by, row.requestId, (form.code ?? "").slice(0, 20));
        if (outcome.kind === "wrong") return back("wrong");
        return back("done", outcome.kind === "verified" ? `/privacy/r/${outcome.token}` : path);
      }
      case "resend":
        if (!isProven && row.closedAt === null)
          await requests.act(row.requestId, (tx, r) => requests.identity.sendCode(tx, by, r));
        return back("sent");
      case "withdraw":
        await requests.act(row.requestId, (tx, r) => officer.withdraw(tx, by, r, null));
        return back("done");
    }
    if (!isProven) return back("wrong");
    switch (form.action) {
      case "confirm":
        await requests.act(row.requestId, (tx, r) => officer.confirm(tx, by, r, null));
        return back("done");
      case "declare":
        await requests.act(row.requestId, (tx, r) => officer.declare(tx, by, r));
        return back("done");
      case "delivery":
        return chooseDelivery(by, row, form, { ...of, path });
      case "appeal": {
        const words = (form.words ?? "").trim().slice(0, 4_000);
        const appeal = await requests.appeal(by, row, words === "" ? null : words);
        const { token } = await performer.part(appeal);
        return back("done", `/privacy/r/${token ?? ""}`);
      }
      default:
        throw new AppError("invalid-request", { detail: "This page has no such button." });
    }
  };

  const chooseDelivery = async (
    by: By,
    row: RequestRow,
    form: Readonly<Record<string, string>>,
    view: PageOf & { readonly path: string },
  ): Promise<RouteResponse> => {
    const isKey = form.by === "openpgp";
    const passphrase = newPassphrase();
    const delivery: PackageDelivery = isKey
      ? { kind: "openpgp", publicKey: (form.publicKey ?? "").slice(0, 20_000) }
      : { kind: "passphrase", passphrase };
    const here = (said: Said) => seeOther(`${view.path}?lang=${view.locale}&said=${said}`);
    if (isKey && !(form.publicKey ?? "").includes("BEGIN PGP PUBLIC KEY BLOCK")) return here("key");
    try {
      await requests.act(row.requestId, (tx, r) => officer.chooseDelivery(tx, by, r, delivery));
    } catch (error) {
      if (isKey && error instanceof AppError && error.code === "invalid-request") return here("key");
      throw error;
    }
    return isKey ? here("done") : passphrasePage({ ...view, row, said: null }, passphrase);
  };

  return [
    route({
      ...publicDoor,
      method: "GET",
      path: "/privacy",
      operationId: "openRequestForm",
      summary: "The page on which a person files a request about their data; changes nothing",
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const of = await pageOf(request, request.query.lang);
        const kind = OFFERED.find((k) => k === request.query.kind) ?? null;
        return formPage(200, { ...of, regimes: deps.regimes }, { kind, country: null, filer: null }, null);
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/privacy",
      operationId: "fileRequestByForm",
      summary: "File a request from the page's own form",
      body: { kind: "raw", limit: FORM_LIMIT, describe: "The form of the page." },
      responses: { 303: { describe: "On to the page of the request." } },
      handle: file,
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/privacy/thanks",
      operationId: "thankForRequest",
      summary: "What is said after a request that needs no proof of identity",
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const of = await pageOf(request, request.query.lang);
        const words = FORM_WORDS[of.locale];
        return sentencePage(200, of, {
          title: words.thanksTitle,
          text: words.thanksText,
          path: "/privacy/thanks",
        });
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/privacy/r/:token",
      operationId: "openRequestStatus",
      summary: "Where a request stands, by the link of its asker; changes nothing",
      params: ByToken,
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const row = await found(request.params.token);
        if (row === null) return nothingHere(request, request.query.lang);
        const locale: Locale = chooseLocale(request.query.lang, row.locale, undefined);
        const said = SAID.find((s) => s === request.query.said) ?? null;
        const of = { controller: await performer.controller(), locale };
        return show(row, of, `/privacy/r/${request.params.token}`, said);
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/privacy/r/:token/certificate",
      operationId: "openOwnCertificate",
      summary: "The certificate of a request that has ended, for its asker to read or print",
      params: ByToken,
      query: PageQuery,
      responses: { 200: page },
      handle: async (request) => {
        const row = await found(request.params.token);
        const own = await certificateOf(row);
        if (row === null || own === null) return nothingHere(request, request.query.lang);
        return certificatePage(
          own.certificate,
          own.since,
          chooseLocale(request.query.lang, row.locale, undefined),
          deps.regimes,
        );
      },
    }),
    route({
      ...publicDoor,
      method: "GET",
      path: "/privacy/r/:token/certificate.json",
      operationId: "fetchOwnCertificate",
      summary: "The same as a signed file, with its proof: `candor verify` checks it offline",
      params: ByToken,
      responses: { 200: { describe: "The certificate.", schema: ProvenCertificate } },
      handle: async (request) => {
        const own = await certificateOf(await found(request.params.token));
        if (own === null) throw new AppError("not-found", { detail: "There is no certificate here." });
        return { status: 200, body: own };
      },
    }),
    route({
      ...publicDoor,
      method: "POST",
      path: "/privacy/r/:token",
      operationId: "actOnOwnRequest",
      summary: "Enter a code, confirm, withdraw, choose an encryption, appeal: the page's own forms",
      params: ByToken,
      body: { kind: "raw", limit: FORM_LIMIT, describe: "A form of the page." },
      responses: { 303: { describe: "Back to the page, which tells what was done." } },
      handle: async (request) => {
        const form = formOf(request.body);
        const row = await found(request.params.token);
        if (row === null) return nothingHere(request, form.lang);
        const of = {
          controller: await performer.controller(),
          locale: chooseLocale(form.lang, row.locale, undefined),
        };
        try {
          return await doAct(request, row, form, of);
        } catch (error) {
          // A button of a page that has grown old: the page as it is now says why it is gone.
          if (!(error instanceof AppError) || error.code !== "conflict") throw error;
          return seeOther(`/privacy/r/${request.params.token}?lang=${of.locale}`);
        }
      },
    }),
  ];
}

function seeOther(location: string): RouteResponse {
  return { status: 303, headers: { location, "referrer-policy": "no-referrer" } };
}
