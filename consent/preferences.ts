import type { Db } from "../src/db/index.ts";
import type { Clock } from "../src/kernel/clock.ts";
import { AppError } from "../src/kernel/problems.ts";
import type { Vault } from "../src/vault/index.ts";
import type { ConsentRecord } from "./ledger.ts";
import { listChoices, type PurposeChoices } from "./pages/choices.ts";
import { basisUnder } from "./purposes.ts";
import { placeDraft, recordEntries } from "./record.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import type { By, Consent, ConsentDeps, PendingConfirmation } from "./service.ts";
import { gpcEntry } from "./signals/gpc.ts";
import { adviseLoyaltyPrompt, loyaltyPromptEntries, openLoyaltyQuestions } from "./signals/loyalty-prompt.ts";
import type { ConsentMember, Standing } from "./standing.ts";
import type { Statement } from "./statement.ts";
import { type LinkToken, readLink } from "./tokens.ts";
import {
  ALL_PURPOSES,
  CONTACT_CHANNELS,
  type ContactChannel,
  isOwnBasis,
  type Locale,
  SEPARATE_CONSENTS,
  type SeparateConsent,
} from "./vocabulary.ts";

export interface PreferenceDeps {
  readonly consent: Consent;
  readonly record: Omit<ConsentDeps, "members" | "db">;
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Sends the message that asks for a confirmation, in the transaction that recorded the yes. */
  readonly requestConfirmation?: (
    tx: Parameters<Consent["say"]>[0],
    asked: {
      readonly record: ConsentRecord;
      readonly confirmation: PendingConfirmation;
      readonly registry: RegistrySnapshot;
      readonly locale: Locale;
    },
  ) => Promise<void>;
}

/** What the holder of a link sees: the person, what is recorded and what can be decided. */
export interface OpenedLink {
  readonly token: LinkToken;
  readonly member: ConsentMember;
  readonly standing: Standing;
  readonly registry: RegistrySnapshot;
  readonly choices: readonly PurposeChoices[];
  readonly history: readonly ConsentRecord[];
  /** Purposes that a loyalty programme needs and a signal ends: the person is asked which of the two shall count. */
  readonly questions: readonly string[];
}

/** Opens a link: null when it is not ours, has expired, or its person is not here any more. Changes nothing. */
export async function openLink(
  deps: PreferenceDeps,
  text: string,
  kind: LinkToken["kind"],
): Promise<OpenedLink | null> {
  const check = readLink(deps.vault, text, deps.clock.now());
  if (check.kind !== "good" || check.token.kind !== kind) return null;
  const { token } = check;
  const registry = await deps.consent.snapshot();
  const member = (await deps.consent.members.subjectsOf(deps.db, [token.subjectId])).get(token.subjectId);
  if (member === undefined) return null;
  const standing = (await deps.consent.standings(deps.db, [member])).get(member.memberId);
  if (standing === undefined) return null;
  const history = await deps.consent.history(
    deps.db,
    member.subjects.map((s) => s.subjectId),
  );
  return {
    token,
    member,
    standing,
    registry,
    choices: listChoices(registry, standing, { byGuardian: token.guardian != null }),
    history,
    // Whether a child's data is sold or shared is no question to put beside the child's own signal.
    questions: token.guardian != null ? [] : openLoyaltyQuestions(registry.rules, standing),
  };
}

/** One turn of a switch, as a form or the JSON door brings it. */
export interface Turn {
  readonly on: boolean;
  readonly purpose: string;
  readonly channel: ContactChannel | null;
  readonly separate: SeparateConsent | null;
  readonly recipient: string | null;
  /** The notice that was on the page, as `id/version`; needed to turn on. */
  readonly notice: string | null;
  readonly conflictShown: boolean;
}

/** Reads the fields of a turn; throws `invalid-request` for what no page of ours sends. */
export function parseTurn(fields: Readonly<Record<string, unknown>>): Turn {
  const text = (name: string): string | null => {
    const value = fields[name];
    return typeof value === "string" && value !== "" && value.length <= 100 ? value : null;
  };
  const purpose = text("purpose");
  const turn = fields.on === true ? "on" : fields.on === false ? "off" : text("turn");
  if (purpose === null || (turn !== "on" && turn !== "off")) {
    throw new AppError("invalid-request", {
      errors: [{ path: "", code: "required", message: "Name a purpose and whether it is on or off." }],
    });
  }
  return {
    on: turn === "on",
    purpose,
    channel: CONTACT_CHANNELS.find((c) => c === text("channel")) ?? null,
    separate: SEPARATE_CONSENTS.find((s) => s === text("separate")) ?? null,
    recipient: text("recipient"),
    notice: text("notice"),
    conflictShown: text("conflict") === "shown",
  };
}

function turnStatement(opened: OpenedLink, turn: Turn, locale: Locale): Statement {
  const { registry, standing, token } = opened;
  const purpose = registry.rules.purposes.get(turn.purpose);
  if (purpose === undefined || isOwnBasis(basisUnder(purpose, standing.regime))) {
    throw new AppError("invalid-request", {
      errors: [
        { path: "/purpose", code: "no-choice", message: "There is nothing to choose for this purpose." },
      ],
    });
  }
  const common = {
    purpose: turn.purpose,
    channel: turn.channel,
    separateConsent: turn.separate,
    recipient: turn.recipient,
    method: "preference-centre",
    ...(token.guardian == null
      ? {}
      : { guardian: token.guardian, actor: { kind: "guardian" as const, ref: token.guardian.ref } }),
  } as const;
  if (turn.on) {
    const [id, version] = (turn.notice ?? "").split("/");
    return {
      ...common,
      state: "given",
      notice: id === undefined || id === "" ? null : { id, version: Number(version), locale },
      // A link that came by a message to this very address has proven it.
      confirmed: turn.channel !== null && token.channel === turn.channel,
      conflictShown: turn.conflictShown,
    };
  }
  const objects = basisUnder(purpose, standing.regime) === "legitimate-interest" && turn.separate === null;
  const wasGiven = opened.history.some(
    (r) => r.state === "given" && r.purposeId === turn.purpose && r.channel === turn.channel,
  );
  return { ...common, state: objects ? "objected" : wasGiven ? "withdrawn" : "refused" };
}

const BY_MEMBER: By = { actor: { kind: "anonymous", id: "preference-link" } };

/** Records one turn of a switch. `waiting`: the address still has to be confirmed. */
export async function takeTurn(
  deps: PreferenceDeps,
  opened: OpenedLink,
  turn: Turn,
  context: { readonly locale: Locale; readonly gpc: boolean; readonly requestId: string },
): Promise<"on" | "off" | "waiting"> {
  const statement = turnStatement(opened, turn, context.locale);
  const records = await deps.db.retryingTx(async (tx) => {
    await noteSignal(tx, deps, opened, context);
    const written = await deps.consent.say(
      tx,
      opened.registry,
      { ...BY_MEMBER, requestId: context.requestId },
      opened.member,
      [statement],
      { proving: opened.token.subjectId },
    );
    for (const record of written) {
      if (record.proof.doubleOptIn !== "pending" || deps.requestConfirmation === undefined) continue;
      const confirmation = await deps.consent.openConfirmation(tx, record);
      await deps.requestConfirmation(tx, {
        record,
        confirmation,
        registry: opened.registry,
        locale: context.locale,
      });
    }
    return written;
  });
  if (records.some((r) => r.proof.doubleOptIn === "pending")) return "waiting";
  return turn.on ? "on" : "off";
}

/** An answer to the question whether the signal or the programme shall count. */
export interface LoyaltyAnswer {
  readonly purpose: string;
  readonly outcome: "affirmed" | "not-affirmed";
}

/** Reads an answer from a form or the JSON door; null when it holds none. */
export function parseLoyaltyAnswer(fields: Readonly<Record<string, unknown>>): LoyaltyAnswer | null {
  const { purpose, loyalty } = fields;
  if (typeof purpose !== "string" || (loyalty !== "affirmed" && loyalty !== "not-affirmed")) return null;
  return { purpose, outcome: loyalty };
}

/**
 * Records the answer: the signal stands and the purpose is withdrawn for good, or the programme goes on in spite of
 * it. Answers null, and records nothing, when nobody asked (any more).
 */
export async function answerLoyaltyQuestion(
  deps: PreferenceDeps,
  opened: OpenedLink,
  { purpose, outcome }: LoyaltyAnswer,
  requestId: string,
): Promise<"on" | "off" | null> {
  const { registry, standing, member, token } = opened;
  const programme = registry.rules.purposes.get(purpose)?.programme ?? null;
  if (programme === null || !opened.questions.includes(purpose)) return null;
  const { signalRecordId } = adviseLoyaltyPrompt(registry.rules, standing, purpose);
  await deps.db.retryingTx((tx) =>
    recordEntries(
      tx,
      deps.record,
      { ...BY_MEMBER, requestId },
      loyaltyPromptEntries(programme, purpose, outcome, signalRecordId).flatMap((draft) =>
        placeDraft(member, draft, { proving: token.subjectId }),
      ),
    ),
  );
  return outcome === "affirmed" ? "off" : "on";
}

/** Ends every consent on every channel at once, in one step. */
export async function turnEverythingOff(
  deps: PreferenceDeps,
  opened: OpenedLink,
  context: { readonly gpc: boolean; readonly requestId: string },
): Promise<void> {
  await deps.db.retryingTx(async (tx) => {
    await noteSignal(tx, deps, opened, context);
    await deps.consent.say(
      tx,
      opened.registry,
      { ...BY_MEMBER, requestId: context.requestId },
      opened.member,
      [
        {
          state: "withdrawn",
          purpose: ALL_PURPOSES,
          method: "preference-centre",
          ...(opened.token.guardian == null
            ? {}
            : { actor: { kind: "guardian", ref: opened.token.guardian.ref } }),
        },
      ],
      { proving: opened.token.subjectId },
    );
  });
}

/** Notes where the person says they live, so that the right law is known. */
export async function sayCountry(deps: PreferenceDeps, opened: OpenedLink, country: string): Promise<void> {
  if (!/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(country)) {
    throw new AppError("invalid-request", {
      errors: [{ path: "/country", code: "pattern", message: "Must be a country." }],
    });
  }
  const month = `${deps.clock.now().toISOString().slice(0, 7)}-01`;
  await deps.db.tx((tx) =>
    deps.consent.noteClues(tx, [
      {
        subjectId: opened.token.subjectId,
        clue: "declared",
        value: country,
        firstOn: month,
        lastOn: month,
      },
    ]),
  );
}

/** Ends the messages of an unsubscribe link: one purpose, one channel. */
export async function unsubscribe(
  deps: PreferenceDeps,
  opened: OpenedLink,
  requestId: string,
): Promise<void> {
  const { token, registry } = opened;
  await deps.db.retryingTx((tx) =>
    deps.consent.say(
      tx,
      registry,
      { actor: { kind: "anonymous", id: "unsubscribe-link" }, requestId },
      opened.member,
      [
        {
          state: "withdrawn",
          purpose: token.purposeId ?? ALL_PURPOSES,
          channel: token.channel,
          method: "unsubscribe-link",
        },
      ],
      { proving: token.subjectId },
    ),
  );
}

/** A browser that sends the opt-out signal while it changes something has sent it to us: once a day is enough. */
async function noteSignal(
  tx: Parameters<Consent["say"]>[0],
  deps: PreferenceDeps,
  opened: OpenedLink,
  context: { readonly gpc: boolean; readonly requestId: string },
): Promise<void> {
  if (!context.gpc) return;
  const day = deps.clock.now().toISOString().slice(0, 10);
  await recordEntries(
    tx,
    deps.record,
    { ...BY_MEMBER, requestId: context.requestId },
    placeDraft(opened.member, gpcEntry(null), {
      proving: opened.token.subjectId,
      dedupeKey: `gpc - ${day}`,
    }),
    { skipFaulty: true },
  );
}
