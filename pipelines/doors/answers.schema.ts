import { Type } from "typebox";
import { SOURCE_KINDS } from "../adapter.ts";

const Text = Type.String();
const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const AnyValue = Type.Unknown({ description: "A JSON value, as it came." });
/** What a reason is about, so that it can be told in the reader's language. */
const Concern = {
  field: Type.Optional(Type.String({ description: "The field of the mapping that it is about." })),
  column: Type.Optional(Type.String({ description: "The column, or columns, from which that is read." })),
};
const Reason = Type.Object({
  code: Text,
  count: Type.Integer(),
  firstLine: Type.Integer(),
  detail: Text,
  ...Concern,
});
const Missing = Type.Object({ column: Text, uses: Type.Array(Text), isFatal: Type.Boolean() });
const Verdicts = {
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  quarantined: Type.Integer(),
  refused: Type.Integer(),
};
const file = {
  format: Text,
  encoding: OrNull(Text),
  separator: OrNull(Text),
  unmappedColumns: Type.Array(Text),
  missingColumns: Type.Array(Missing),
};

/** What an import did. */
export const FileReportSchema = Type.Object({
  rows: Type.Integer(),
  counts: Type.Object(Verdicts),
  reasons: Type.Array(Reason),
  rejected: Type.Array(
    Type.Object({
      line: Type.Integer(),
      status: Text,
      code: Text,
      detail: Text,
      ...Concern,
      quarantineId: OrNull(Uuid),
    }),
  ),
  ...file,
});

/** What an import would do. */
export const FilePreviewSchema = Type.Object({
  ...file,
  columns: Type.Array(Text),
  mapping: OrNull(Type.Record(Text, AnyValue)),
  rows: Type.Array(
    Type.Object({
      line: Type.Integer(),
      mapped: OrNull(
        Type.Object({
          type: Text,
          name: OrNull(Text),
          messageId: Text,
          occurredAt: Text,
          storeId: OrNull(Text),
          identifiers: Type.Array(
            Type.Object({ kind: Text, issuer: Text, masked: Text, verified: Type.Boolean() }),
          ),
          traits: Type.Array(Text),
          unset: Type.Array(Text),
          properties: Type.Array(Text),
          order: OrNull(Type.Record(Text, AnyValue)),
        }),
      ),
      problems: Type.Array(Type.Object({ code: Text, detail: Text, ...Concern })),
    }),
  ),
  problems: Type.Array(Reason),
  rowsRead: Type.Integer(),
  isWhole: Type.Boolean(),
});

export const ReplaySchema = Type.Object({
  tried: Type.Integer(),
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  quarantined: Type.Integer(),
  results: Type.Array(
    Type.Object({
      id: Uuid,
      status: Type.Enum(["accepted", "duplicate", "quarantined", "refused"] as const),
      code: Type.Optional(Text),
      detail: Type.Optional(Text),
    }),
    { description: "The first thousand; the counts are whole." },
  ),
});

const QuarantineItem = Type.Object({
  id: Uuid,
  sourceId: Uuid,
  eventId: OrNull(Text),
  code: Text,
  detail: Text,
  door: Type.Enum(["http", "file", "social"] as const),
  place: OrNull(Text),
  state: Type.Enum(["open", "replayed", "discarded"] as const),
  attempts: Type.Integer(),
  receivedAt: Time,
  expiresAt: Time,
  resolvedAt: OrNull(Time),
});

/** Items that were not stored, without what they hold. */
export const QuarantineSchema = Type.Object({ items: Type.Array(QuarantineItem), next: OrNull(Text) });

/** One of them as it came. */
export const QuarantinedSchema = Type.Object({
  ...QuarantineItem.properties,
  because: OrNull(Text),
  payload: AnyValue,
});

export const SummarySchema = Type.Object({
  subjects: Type.Integer(),
  members: Type.Integer(),
  knownMembers: Type.Integer(),
  merges: Type.Integer(),
  contested: Type.Integer(),
  quarantined: Type.Array(Type.Object({ code: Text, count: Type.Integer(), more: Type.Boolean() }), {
    description: "What waits, by reason, counted up to 10,000 of each; `more`: beyond that.",
  }),
  events: Type.Array(Type.Object({ source: Uuid, name: Text, kind: Type.Enum(SOURCE_KINDS), ...Verdicts })),
});

/** How each source does: what arrived in the last days, and when anything last did. */
export const SourceHealthSchema = Type.Object({
  days: Type.Integer({ description: "Over how many days, today among them, verdicts are counted." }),
  items: Type.Array(
    Type.Object({
      source: Uuid,
      lastDay: Type.String({ format: "date", description: "When anything last arrived, in UTC." }),
      ...Verdicts,
    }),
  ),
});

const Switch = Type.Object({
  __default: Type.Object({ enabled: Type.Boolean(), integrations: Type.Object({}) }),
});

/** What analytics.js 2 reads at its start. */
export const ScriptSettingsSchema = Type.Object({
  integrations: Type.Object({
    "Segment.io": Type.Object({
      apiKey: Text,
      apiHost: Text,
      protocol: Text,
      unbundledIntegrations: Type.Array(Text),
      addBundledMetadata: Type.Boolean(),
    }),
  }),
  plan: Type.Object({ track: Switch, identify: Switch, group: Switch }),
  enabledMiddleware: Type.Object({}),
  metrics: Type.Object({ sampleRate: Type.Number() }),
  analyticsNextEnabled: Type.Boolean(),
  legacyVideoPluginsEnabled: Type.Boolean(),
});
