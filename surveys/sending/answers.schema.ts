import { type TSchema, Type } from "typebox";
import { LOCALES } from "../../src/i18n/index.ts";
import { ASK_STATES } from "./asks.store.ts";
import { CAMPAIGN_KINDS, CampaignSettingsSchema, SendingChannelSchema } from "./campaign.schema.ts";

const Text = Type.String();
const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Count = Type.Integer({ minimum: 0 });
const MessageKind = Type.Enum(["invitation", "reminder"] as const);
const MessageState = Type.Enum(
  ["queued", "sending", "sent", "kept", "unknown", "failed", "bounced"] as const,
  { description: "`unknown`: a process died while it was in flight; `kept`: read in the outbox." },
);
const Decision = Type.Enum(["ask", "wait", "skip"] as const);

const campaign = {
  id: Uuid,
  name: Text,
  surveyId: Text,
  kind: Type.Enum(CAMPAIGN_KINDS),
  channel: SendingChannelSchema,
  state: Type.Enum(["draft", "running", "paused", "ended"] as const),
  settings: CampaignSettingsSchema,
  wave: OrNull(Text),
  deciding: Type.Boolean(),
  nextRunAt: OrNull(Time),
  createdAt: Time,
};

/** A campaign as lists show it. */
export const CampaignSchema = Type.Object(campaign);

/** A campaign with what became of everybody and of the messages. */
export const CampaignDetailSchema = Type.Object({
  ...campaign,
  members: Type.Array(Type.Object({ state: Type.Enum(ASK_STATES), reason: OrNull(Text), n: Count })),
  messages: Type.Array(Type.Object({ kind: MessageKind, state: MessageState, n: Count })),
});

const decided = {
  decision: Decision,
  reason: OrNull(Text),
  detail: OrNull(Text),
  until: OrNull(Time),
  again: OrNull(Time),
};

/** Who would be asked now, who not, and why. */
export const SimulationSchema = Type.Object({
  members: Count,
  asked: Count,
  later: Count,
  notAsked: Count,
  reasons: Type.Array(Type.Object({ decision: Decision, reason: OrNull(Text), members: Count })),
  examples: Type.Array(Type.Object({ memberId: Uuid, ...decided })),
});

const ask = {
  id: Uuid,
  state: Type.Enum(ASK_STATES),
  reason: OrNull(Text),
  detail: OrNull(Text),
  againAt: OrNull(Time),
  dueAt: OrNull(Time),
  askedAt: OrNull(Time),
  reminders: Count,
};

/** Members that a campaign looked at. */
export const CampaignMembersSchema = Type.Object({
  items: Type.Array(Type.Object({ ...ask, subjectId: Uuid, order: OrNull(Text), store: OrNull(Text) })),
  next: OrNull(Uuid),
});

const message = {
  id: Uuid,
  kind: MessageKind,
  channel: Text,
  state: MessageState,
  error: OrNull(Text),
  at: Time,
};

/** Messages of a campaign. */
export const CampaignMessagesSchema = Type.Object({
  items: Type.Array(Type.Object({ ...message, subjectId: Uuid })),
  next: OrNull(Uuid),
});

/** Whether one member would be asked now, and what became of it before. */
export const SurveyContactSchema = Type.Object({
  memberId: Uuid,
  survey: Text,
  channels: Type.Array(Type.Object({ channel: SendingChannelSchema, timeZone: Text, ...decided })),
  asks: Type.Array(
    Type.Object({ ...ask, campaign: OrNull(Uuid), survey: Text, channel: Text, wave: OrNull(Text) }),
  ),
  messages: Type.Array(Type.Object({ ...message, survey: Text })),
});

const place = { storeId: Text, name: Text, region: OrNull(Text) };
const whereabouts = {
  timeZone: OrNull(Text),
  locale: Type.Enum(LOCALES),
  caseMail: OrNull(Text),
  escalationMail: OrNull(Text),
};

/** A store as surveys know it. */
export const PlaceSchema = Type.Object({ ...place, ...whereabouts });

/** The stores; when they sleep and whom to reach there only for those who run surveys. */
export const PlacesSchema = Type.Object({
  items: Type.Array(Type.Object({ ...place, ...Type.Partial(Type.Object(whereabouts)).properties })),
});

/** Gateways, without their secrets. */
export const GatewaysSchema = Type.Object({
  items: Type.Array(
    Type.Object({ channel: Type.Enum(["sms", "line", "wechat"] as const), url: Text, updatedAt: Time }),
  ),
});

/** A link and its QR code, for a till or a poster. */
export const QrCodeSchema = Type.Object({ url: Type.String(), svg: Type.String(), expiresAt: Type.String() });
