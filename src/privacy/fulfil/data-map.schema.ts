import { type Static, Type } from "typebox";

const Texts = Type.Immutable(Type.Array(Type.String()));
const MaybeString = Type.Union([Type.String(), Type.Null()]);
const LocaleWords = Type.Object({ en: Type.String(), "zh-CN": Type.String(), "zh-TW": Type.String() });

/** The record of processing activities (GDPR Art. 30; PIPL Art. 55; PDPA Enforcement Rules Art. 12). */
export const DataMapSchema = Type.Object({
  controller: Type.Object({
    name: LocaleWords,
    email: Type.String(),
    dataProtectionOfficer: MaybeString,
    country: Type.String(),
  }),
  madeAt: Type.String({ format: "date-time" }),
  peopleConcerned: Texts,
  purposes: Type.Immutable(
    Type.Array(
      Type.Object({
        id: Type.String(),
        name: LocaleWords,
        lawfulBasis: Type.String(),
        categories: Texts,
        channels: Texts,
        retention: Type.String(),
        recipients: Texts,
      }),
    ),
  ),
  recipients: Type.Immutable(
    Type.Array(
      Type.Object({
        id: Type.String(),
        name: Type.String(),
        role: Type.String(),
        country: MaybeString,
        purposes: Texts,
        categories: Texts,
      }),
    ),
  ),
  sources: Type.Immutable(Type.Array(Type.Object({ name: Type.String(), kind: Type.String() }))),
  storageCountries: Texts,
  processingCountries: Texts,
  security: Texts,
  tables: Type.Immutable(
    Type.Array(
      Type.Object({
        table: Type.String(),
        name: LocaleWords,
        holds: Type.String(),
        leadsTo: Type.String(),
        categories: Texts,
        retention: Type.String(),
        inExport: Type.String(),
        onErasure: Type.Enum(["erase", "pseudonymise", "keep", "not personal"]),
        ground: MaybeString,
        sealedColumns: Texts,
        words: Type.Object(
          { holds: LocaleWords, leadsTo: LocaleWords, retention: LocaleWords, inExport: LocaleWords },
          { description: "The sentences of the same names in every language." },
        ),
      }),
    ),
  ),
});
export type DataMap = Static<typeof DataMapSchema>;
