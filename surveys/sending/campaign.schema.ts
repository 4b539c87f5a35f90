import { type Static, Type } from "typebox";
import { ANSWER_CHANNELS } from "../port.ts";

const Words = Type.String({ minLength: 1, maxLength: 2_000 });
const Spoken = Type.Object({ en: Words, "zh-CN": Words, "zh-TW": Words }, { additionalProperties: false });
const Codes = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 1_000 });

/** Channels by which Candor itself reaches somebody: mail by its own server, the others by a gateway. */
export const SENDING_CHANNELS = ["email", "sms", "line", "wechat"] as const;
export type SendingChannel = (typeof SENDING_CHANNELS)[number];
export const SendingChannelSchema = Type.Enum(SENDING_CHANNELS);
export const AnswerChannelSchema = Type.Enum(ANSWER_CHANNELS);

export const AudienceSchema = Type.Union([
  Type.Object({ kind: Type.Literal("everybody") }, { additionalProperties: false }),
  Type.Object(
    { kind: Type.Literal("segment"), segmentId: Type.String({ minLength: 1, maxLength: 64 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: Type.Literal("list"),
      memberIds: Type.Array(Type.String({ format: "uuid" }), { minItems: 1, maxItems: 10_000 }),
    },
    { additionalProperties: false },
  ),
]);
export type Audience = Static<typeof AudienceSchema>;

/** A purchase that brings a question about it. */
export const TriggerSchema = Type.Object(
  {
    event: Type.Literal("order.completed"),
    stores: Type.Optional(Codes),
    channels: Type.Optional(Codes),
    categories: Type.Optional(Codes),
    /** Hours after the purchase. */
    afterHours: Type.Integer({ minimum: 0, maximum: 2_160 }),
    unlessReturned: Type.Boolean(),
    /** Hours after the purchase from which on it is too late to ask. */
    latestHours: Type.Integer({ minimum: 1, maximum: 4_320 }),
  },
  { additionalProperties: false },
);
export type Trigger = Static<typeof TriggerSchema>;

/** What a campaign asks, whom, when and how. */
export const CampaignSettingsSchema = Type.Object(
  {
    audience: AudienceSchema,
    /** Share of the audience that is asked, by a draw that never changes for a round. */
    sample: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    trigger: Type.Optional(TriggerSchema),
    /** A recurring campaign begins a round every so many days. */
    everyDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    startsAt: Type.Optional(Type.String({ format: "date-time" })),
    /** Whether whoever has answered may be asked again. */
    again: Type.Enum(["never", "per-wave", "always"]),
    expiresDays: Type.Integer({ minimum: 1, maximum: 365 }),
    reminders: Type.Boolean(),
    mail: Type.Optional(
      Type.Object(
        { subject: Type.Optional(Spoken), intro: Type.Optional(Spoken) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type CampaignSettings = Static<typeof CampaignSettingsSchema>;

export const CAMPAIGN_KINDS = ["once", "recurring", "event"] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];

export const CampaignInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    surveyId: Type.String({ pattern: "^[a-z][a-z0-9-]{0,62}$" }),
    kind: Type.Enum(CAMPAIGN_KINDS),
    channel: SendingChannelSchema,
    settings: Type.Object(
      {
        ...CampaignSettingsSchema.properties,
        again: Type.Optional(CampaignSettingsSchema.properties.again),
        expiresDays: Type.Optional(CampaignSettingsSchema.properties.expiresDays),
        reminders: Type.Optional(CampaignSettingsSchema.properties.reminders),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
