import type { Sql, Tx } from "../src/db/index.ts";

/** A survey's own name in addresses and on the command line, such as `after-purchase`. */
export type SurveyId = string;

/**
 * What kind of asking a survey is. Relational and transactional scores are never pooled: one asks about the whole
 * relationship, the other about a single visit.
 */
export const SURVEY_CLASSES = ["relational", "transactional", "research"] as const;
export type SurveyClass = (typeof SURVEY_CLASSES)[number];

/** How an answer came: by whose message, or by which door. */
export const ANSWER_CHANNELS = [
  "email",
  "sms",
  "line",
  "wechat",
  "weibo",
  "app",
  "call",
  "qr",
  "link",
  "widget",
  "kiosk",
] as const;
export type AnswerChannel = (typeof ANSWER_CHANNELS)[number];

/**
 * Questions that are counted. NPS is 0 to 10 and nothing else, CSAT 1 to 5, CES 1 to 7; a comparative question states
 * its own scale; a comment is read for themes. They are declared, never guessed from a question's form.
 */
export const METRIC_KINDS = ["nps", "csat", "ces", "comparative", "comment"] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** Which question of a definition is a metric. */
export interface MetricQuestion {
  /** The question's name in the definition. */
  readonly question: string;
  readonly kind: MetricKind;
  /** The ends of the scale; null for a comment. */
  readonly scale: readonly [min: number, max: number] | null;
}

/** Closed, coarse facts about the occasion. They are plain and stand on every score, so that results can be grouped. */
export interface AnswerContext {
  readonly store?: string;
  readonly region?: string;
  /** Product category. */
  readonly category?: string;
  /** Loyalty level. */
  readonly level?: string;
  /** How long somebody has been a member, as a band such as `1-2y`. */
  readonly tenure?: string;
}

/** A published version of a survey as other parts need it. */
export interface PublishedSurvey {
  readonly surveyId: SurveyId;
  readonly version: number;
  readonly name: Readonly<Record<"en" | "zh-CN" | "zh-TW", string>>;
  readonly surveyClass: SurveyClass;
  /** No row may link an answer to a person. Such surveys are asked with tickets, not with invitations. */
  readonly anonymous: boolean;
  readonly metrics: readonly MetricQuestion[];
  /** Languages in which every text is there; the first is the definition's default. */
  readonly locales: readonly string[];
  /** The first question, for a mail that asks it: null unless it is one choice among at most eleven. */
  readonly firstQuestion: FirstQuestion | null;
  /** SurveyJS JSON as it was given. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** The first question of a survey as a row of links in a message. */
export interface FirstQuestion {
  readonly name: string;
  readonly title: Readonly<Record<string, string>>;
  readonly choices: readonly {
    readonly value: string | number;
    readonly text: Readonly<Record<string, string>>;
  }[];
  readonly minText: Readonly<Record<string, string>>;
  readonly maxText: Readonly<Record<string, string>>;
}

export interface InvitationInput {
  readonly surveyId: SurveyId;
  readonly version: number;
  /** Whom it is for; null for a link that any one person may use once, such as that on a receipt. */
  readonly subjectId: string | null;
  /** The member that the subject belonged to when it was asked. */
  readonly memberId: string | null;
  readonly channel: AnswerChannel;
  readonly locale: string | null;
  /** Which round of a recurring survey it is, such as `2026-Q4`. */
  readonly wave: string | null;
  readonly context: AnswerContext;
  /** The order that the question is about (an order key of the profile), for the case that an answer may open. */
  readonly orderKey: string | null;
  readonly expiresAt: Date;
}

export interface Invitation extends InvitationInput {
  readonly invitationId: string;
  readonly createdAt: Date;
  readonly openedAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedAs: InvitationEnd | null;
}
export type InvitationEnd = "answered" | "declined" | "cancelled";

/** An invitation with its secret, which exists nowhere else: only its hash is kept. */
export interface MadeInvitation {
  readonly invitationId: string;
  /** 43 characters, base64url. */
  readonly token: string;
  /** `/s/<token>`; for a link per answer add `?a=<value>`. */
  readonly path: string;
}

export interface TicketInput {
  readonly surveyId: SurveyId;
  readonly version: number;
  readonly channel: AnswerChannel;
  readonly wave: string | null;
  readonly context: AnswerContext;
  readonly expiresAt: Date;
}

/** What a signed open link carries: a poster, a till, a kiosk, a page with the widget. It names no person. */
export interface OpenLink {
  readonly surveyId: SurveyId;
  readonly channel: AnswerChannel;
  readonly context: AnswerContext;
  readonly expiresAt: Date;
}

/** One counted answer. */
export interface AnsweredMetric extends MetricQuestion {
  /** Null for a comment. */
  readonly value: number | null;
}

/** A complete answer, at the moment it is stored. */
export interface AnsweredResponse {
  /** A time-ordered id; a random one (version 4) for an anonymous answer. */
  readonly responseId: string;
  readonly surveyId: SurveyId;
  readonly version: number;
  readonly surveyClass: SurveyClass;
  readonly anonymous: boolean;
  readonly invitationId: string | null;
  readonly subjectId: string | null;
  readonly memberId: string | null;
  readonly channel: AnswerChannel;
  readonly locale: string;
  readonly wave: string | null;
  readonly context: AnswerContext;
  readonly orderKey: string | null;
  /** Of an anonymous answer: midnight UTC of its day, and nothing finer. */
  readonly answeredAt: Date;
  readonly metrics: readonly AnsweredMetric[];
  /** Texts of the questions declared as comments, in the clear, for this transaction only: never store or log them. */
  readonly comments: readonly { readonly question: string; readonly text: string }[];
  /** Whether the person asked to be contacted about this answer. */
  readonly contactWanted: boolean;
}

/** What the sending half gives to the answering half; called inside the transaction that stores what they tell of. */
export interface AnswerListeners {
  /** What follows complete answers: reminders stop, cases open. */
  answered(responses: readonly AnsweredResponse[]): AnswerConsequences;
  /** The person said no. */
  declined(tx: Tx, invitation: Invitation): Promise<void>;
}

export interface AnswerConsequences {
  /** Writes that need nothing of those of the answers: they go in one statement with them. */
  readonly writes: readonly (Sql | null)[];
  /** The rest, once the answers are written. */
  finish(tx: Tx): Promise<void>;
}

/** What the answering half gives to the sending half. */
export interface AnswerDoors {
  /** The version in force; null when the survey is not running. */
  published(surveyId: SurveyId): Promise<PublishedSurvey | null>;
  /** The version that was published last, also of a survey that has ended; null when none ever was. */
  latest(surveyId: SurveyId): Promise<PublishedSurvey | null>;
  /** A version that was published once, for what was sent under it; null when there is none. */
  version(surveyId: SurveyId, version: number): Promise<PublishedSurvey | null>;
  /**
   * Makes invitations in the acting transaction, in the order of the inputs. Throws `conflict` for an anonymous survey,
   * whose answers nobody may be named with.
   */
  createInvitations(tx: Tx, inputs: readonly InvitationInput[]): Promise<MadeInvitation[]>;
  /** Ends an invitation that has not ended; false when it had. */
  cancelInvitation(tx: Tx, invitationId: string): Promise<boolean>;
  /**
   * Makes `count` tickets of an anonymous survey, in random order. No row tells who was given which: hand them out and
   * forget it. Answers their paths, `/s/<token>`.
   */
  createTickets(tx: Tx, input: TicketInput, count: number): Promise<string[]>;
  /** `/f/<signed link>`; what it carries cannot be changed on the way. */
  openLinkPath(link: OpenLink): string;
  /**
   * Notes what happened in the acting transaction; a worker puts it on the member's profile soon after. `properties` hold
   * ids, codes and counts only: they wait in the clear. Noting one message id twice changes nothing.
   */
  noteEvents(tx: Tx, events: readonly SurveyEvent[]): Promise<void>;
  /**
   * How the person said to be reached about this answer, where the survey asks for it: null when it does not, when the
   * person did not want it, or when it is gone. An anonymous answer has nothing else that leads to somebody.
   */
  openContact(tx: Pick<Tx, "query">, responseId: string): Promise<string | null>;
  /**
   * Opens the stored answers of complete responses, each by question name. Missing: those whose key is destroyed or
   * that were erased.
   */
  openAnswers(
    tx: Pick<Tx, "query">,
    responseIds: readonly string[],
  ): Promise<Map<string, Readonly<Record<string, unknown>>>>;
}

/**
 * What happens around surveys, as events on the member's profile. `survey.answered` is the event of a survey source:
 * one for each metric answer, with the fields of an item of such a source.
 */
export interface SurveyEvent {
  readonly subjectId: string;
  /** The same for every attempt: for an answer `<response id>:<question>`. */
  readonly messageId: string;
  readonly type: SurveyEventType;
  readonly occurredAt: Date;
  readonly surveyId: SurveyId;
  readonly storeId: string | null;
  /** Further properties, in the words of the survey source: `question_id`, `score`, `comment`, `relational`… */
  readonly properties: Readonly<Record<string, unknown>>;
}
export const SURVEY_EVENT_TYPES = [
  "survey.invited",
  "survey.opened",
  "survey.answered",
  "survey.declined",
  "survey.bounced",
  "survey.case-opened",
  "survey.case-closed",
] as const;
export type SurveyEventType = (typeof SURVEY_EVENT_TYPES)[number];

/**
 * Stores events through the ingestion queue, after commit; sending one again changes nothing. Wired by the composition.
 * Answers for each, in order, whether it is settled (stored, a duplicate, or turned away for good).
 */
export type SubmitSurveyEvents = (events: readonly SurveyEvent[]) => Promise<boolean[]>;
