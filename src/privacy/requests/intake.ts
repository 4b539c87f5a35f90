import {
  type By,
  decideRegime,
  type Locale,
  type RegimeId,
  type RegimePacks,
} from "../../../consent/index.ts";
import { stageAudit } from "../../audit/index.ts";
import type { Tx } from "../../db/index.ts";
import { AppError } from "../../kernel/problems.ts";
import { normaliseIdentifier, type Vault } from "../../vault/index.ts";
import type { Correction, PackageDelivery } from "../fulfil/port.ts";
import type { RequestDeps } from "./deps.ts";
import { FALLBACK_REGIME, requestClock } from "./facts.ts";
import type { AnyRequestKind, Door, Filer } from "./kinds.ts";
import { newLinkToken } from "./messages.ts";
import type { Performer } from "./perform.ts";
import {
  findRequest,
  insertHistory,
  insertRequest,
  type RegimeFrom,
  type RequestRow,
} from "./requests.store.ts";
import { type Contact, EMPTY_PART, newRequestKey, type Representative, sealPart } from "./sealed-part.ts";
import { identityPolicy } from "./tier.ts";

/** What somebody files. */
export interface Filing {
  readonly kind: AnyRequestKind;
  readonly door: Door;
  readonly filer?: Filer;
  readonly locale: Locale;
  /** The country the person says to live in (ISO 3166-1 alpha-2), and its subdivision. */
  readonly country?: string | null;
  readonly region?: string | null;
  /** The law itself, where the caller names it. */
  readonly regime?: RegimeId;
  readonly contact?: Contact | null;
  /** A member that a logged-in caller or an officer names. */
  readonly memberId?: string | null;
  /** When it reached the company: a letter lies a day or two before it is typed in. */
  readonly receivedAt?: Date | null;
  readonly words?: string | null;
  readonly representative?: Representative | null;
  readonly corrections?: readonly Correction[];
  readonly purposes?: readonly string[];
  readonly delivery?: PackageDelivery | null;
  readonly declared?: boolean;
  readonly appealOf?: string | null;
}

/** A contact point in its one spelling, or null when it is none of its kind. */
export function normaliseContact(contact: Contact, regions: readonly string[]): Contact | null {
  for (const region of [undefined, ...(contact.kind === "phone" ? regions : [])]) {
    const read = normaliseIdentifier(contact.kind, contact.value, region === undefined ? {} : { region });
    if (read.kind === "ok") return { kind: contact.kind, value: read.value };
  }
  return null;
}

/** The keyed hash by which codes to one contact point are counted. */
export function contactMac(vault: Vault, contact: Contact): Buffer {
  return vault.mac("request-contact", contact.kind, contact.value);
}

/** Which law a request stands under: what the person declares, what is known of the member, the company's own. */
export function chooseRegime(
  packs: RegimePacks,
  clues: {
    readonly country: string | null;
    readonly region: string | null;
    readonly member: { readonly regime: RegimeId | null; readonly country: string | null } | null;
    readonly controllerCountry: string;
  },
): { readonly regime: RegimeId; readonly from: RegimeFrom; readonly country: string | null } {
  const declared = decideRegime({ declared: clues.country, region: clues.region }, packs);
  if (declared.regime !== null)
    return { regime: declared.regime, from: "declared", country: declared.country };
  if (clues.member?.regime != null)
    return { regime: clues.member.regime, from: "member", country: clues.member.country };
  const own = decideRegime({ declared: clues.controllerCountry }, packs);
  if (own.regime !== null) return { regime: own.regime, from: "controller", country: own.country };
  return { regime: FALLBACK_REGIME, from: "fallback", country: null };
}

const wrong = (path: string, code: string, message: string): AppError =>
  new AppError("invalid-request", { errors: [{ path, code, message }] });

/** A filing that was checked, with its key: keys commit before the data that they seal. */
export interface Prepared {
  readonly filing: Filing;
  readonly key: Awaited<ReturnType<typeof newRequestKey>>;
}

export interface Intake {
  /** Checks a filing and makes its key, before any transaction. Throws `invalid-request`. */
  prepare(filing: Filing): Promise<Prepared>;
  /** Files a request in the caller's transaction. Throws `invalid-request`, and `not-found` for a member that is not there. */
  file(tx: Tx, by: By, prepared: Prepared): Promise<RequestRow>;
}

/** Takes requests in: checks them, finds their law, their tier of identity and their dates. */
export function createIntake(deps: RequestDeps, performer: Performer): Intake {
  const { vault, clock, ids, consent } = deps;

  const check = async (filing: Filing): Promise<Filing> => {
    const contact = filing.contact == null ? null : normaliseContact(filing.contact, await deps.regions());
    if (filing.contact != null && contact === null)
      throw wrong("/contact/value", "contact", "This is not an e-mail address or phone number.");
    if (filing.kind === "rectification" && (filing.corrections ?? []).length === 0 && filing.words == null)
      throw wrong("/corrections", "required", "Say what is to be corrected.");
    if ((filing.filer ?? "self") !== "self" && filing.representative == null)
      throw wrong("/representative", "required", "An agent or guardian says who it is and what proves it.");
    if (filing.kind === "appeal" && filing.appealOf == null)
      throw wrong("/appealOf", "required", "Name the request whose decision is appealed.");
    return { ...filing, contact };
  };

  return {
    async prepare(filing) {
      return { filing: await check(filing), key: await newRequestKey(vault) };
    },

    async file(tx, by, { filing, key }) {
      const now = clock.now();
      const receivedAt = filing.receivedAt ?? now;
      if (receivedAt > now) throw wrong("/receivedAt", "time-in-future", "must not lie in the future");
      const appealed = filing.appealOf == null ? null : await findRequest(tx, filing.appealOf);
      if (filing.appealOf != null) {
        if (appealed === null) throw new AppError("not-found", { detail: "There is no request by that id." });
        if (appealed.state !== "denied" && appealed.state !== "completed_with_exceptions")
          throw wrong("/appealOf", "nothing-to-appeal", "was neither refused nor done with exceptions");
      }
      const memberId = filing.memberId ?? appealed?.memberId ?? null;
      const member =
        memberId === null ? null : ((await consent.members.subjectsOf(tx, [memberId])).get(memberId) ?? null);
      if (filing.memberId != null && member === null)
        throw new AppError("not-found", { detail: "There is no member by that id." });
      const standing = member === null ? null : (await consent.standings(tx, [member])).get(member.memberId);
      const controller = await performer.controller();
      const law =
        appealed !== null
          ? { regime: appealed.regime, from: appealed.regimeFrom, country: appealed.country }
          : filing.regime !== undefined
            ? { regime: filing.regime, from: "declared" as const, country: filing.country ?? null }
            : chooseRegime(deps.regimes, {
                country: filing.country ?? null,
                region: filing.region ?? null,
                member:
                  standing === undefined || standing === null
                    ? null
                    : { regime: standing.regime, country: standing.regimeDecision.country },
                controllerCountry: controller.country,
              });
      const pack = performer.pack(law);
      const policy = identityPolicy(filing.kind, pack);
      const requestId = ids.next();
      const link = newLinkToken();
      const contact = filing.contact ?? null;
      const base = {
        requestId,
        kind: filing.kind,
        filer: filing.filer ?? "self",
        door: filing.door,
        regime: law.regime,
        regimeFrom: law.from,
        country: law.country,
        locale: filing.locale,
        state: "received",
        tier: policy.tier,
        match: member === null ? "unknown" : "one",
        memberId: member?.memberId ?? null,
        subjects: member === null ? [] : member.subjects.map((s) => s.subjectId),
        identity: null,
        needsDeclaration: policy.declaration,
        declaredAt: filing.declared === true ? now : null,
        authorityAt: null,
        receivedAt,
        acknowledgedAt: null,
        verifiedAt: null,
        extendedAt: null,
        confirmUntil: null,
        confirmedAt: null,
        coolingUntil: null,
        startedAt: null,
        closedAt: null,
        pauses: [],
        heldAt: null,
        reason: null,
        ground: null,
        duplicateOf: null,
        appealOf: appealed?.requestId ?? null,
        fingerprint: null,
        delivery: filing.delivery?.kind ?? null,
        runId: null,
        failedStep: null,
        certificateId: null,
        contactMac: contact === null ? null : contactMac(vault, contact),
        tokenHash: link.hash,
        keyId: key.id,
        revision: 1,
      } as const;
      const dates = requestClock(pack, base, controller.country, now);
      const row: RequestRow = {
        ...base,
        ackDueAt: dates.acknowledge?.at ?? null,
        dueAt: dates.answer.at,
        dueOn: dates.answer.day,
        sealed: sealPart(vault, key, requestId, {
          ...EMPTY_PART,
          contact,
          words: filing.words ?? null,
          representative: filing.representative ?? null,
          corrections: filing.corrections ?? [],
          purposes: filing.purposes ?? [],
          delivery: filing.delivery ?? null,
          token: link.token,
        }),
      };
      await insertRequest(tx, row);
      await insertHistory(tx, {
        requestId,
        at: now,
        act: "receive",
        fromState: null,
        toState: "received",
        actorKind: by.actor.kind,
        actorId: by.actor.id,
        code: filing.door,
        note: null,
      });
      await stageAudit(tx, deps, {
        actor: by.actor,
        action: "request.received",
        targets: [
          { kind: "request", id: requestId },
          ...(row.memberId === null ? [] : [{ kind: "member", id: row.memberId }]),
        ],
        ...(by.requestId === undefined ? {} : { requestId: by.requestId }),
      });
      await deps.onChange(tx, null, row);
      return row;
    },
  };
}
