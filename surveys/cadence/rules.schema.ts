import { type Static, Type } from "typebox";

const Days = Type.Integer({ minimum: 0, maximum: 3_650 });
const Count = Type.Integer({ minimum: 1, maximum: 100 });
const Clock = Type.String({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$" });
const Values = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 50 });

/** How often a member may be asked. Days are spans of 24 hours; clock times are the member's own. */
export const CadenceRulesSchema = Type.Object(
  {
    /** One invitation of a class in so many days. */
    classDays: Type.Object(
      { relational: Days, transactional: Days, research: Days },
      { additionalProperties: false },
    ),
    /** At most `invitations` of any class, and at most `messages` (reminders counted), in `days`, on all channels. */
    global: Type.Object({ days: Days, invitations: Count, messages: Count }, { additionalProperties: false }),
    /** What becomes of whoever a cap stands against: not asked at all, or asked once it is over. */
    quarantine: Type.Union([
      Type.Object({ kind: Type.Literal("block") }, { additionalProperties: false }),
      Type.Object({ kind: Type.Literal("delay"), maxDays: Days }, { additionalProperties: false }),
    ]),
    quietHours: Type.Union([
      Type.Object({ from: Clock, to: Clock }, { additionalProperties: false }),
      Type.Null(),
    ]),
    /** Days after the invitation at which a reminder follows. */
    reminderDays: Type.Array(Type.Integer({ minimum: 1, maximum: 90 }), { maxItems: 5 }),
    /** Only members known for so long, and seen lately. */
    eligible: Type.Object(
      { memberForDays: Type.Optional(Days), seenWithinDays: Type.Optional(Days) },
      { additionalProperties: false },
    ),
    /** Rules for some members: the first whose conditions all hold replaces what it names. */
    attributeRules: Type.Array(
      Type.Object(
        {
          when: Type.Object(
            {
              level: Type.Optional(Values),
              region: Type.Optional(Values),
              country: Type.Optional(Values),
            },
            { additionalProperties: false, minProperties: 1 },
          ),
          classDays: Type.Optional(Days),
          globalDays: Type.Optional(Days),
          never: Type.Optional(Type.Literal(true)),
        },
        { additionalProperties: false },
      ),
      { maxItems: 50 },
    ),
  },
  { additionalProperties: false },
);
export type CadenceRules = Static<typeof CadenceRulesSchema>;

/**
 * Our defaults: relational every 90 days, one invitation in 30, reminders on days 3 and 7, nothing between nine in the
 * evening and nine in the morning.
 */
export const DEFAULT_CADENCE: CadenceRules = {
  classDays: { relational: 90, transactional: 30, research: 90 },
  global: { days: 30, invitations: 1, messages: 3 },
  quarantine: { kind: "block" },
  quietHours: { from: "21:00", to: "09:00" },
  reminderDays: [3, 7],
  eligible: {},
  attributeRules: [],
};
