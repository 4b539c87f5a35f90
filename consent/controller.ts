import { type Static, Type } from "typebox";
import type { ReceiptParty } from "./receipts/facts.ts";
import type { ControllerDetails } from "./starter-notices/wording.ts";
import { LOCALES, type Locale } from "./vocabulary.ts";

const Words = Type.String({ minLength: 1, maxLength: 500 });
const LocaleWords = Type.Object(
  { en: Words, "zh-CN": Words, "zh-TW": Words },
  { additionalProperties: false },
);
const Country = Type.String({ pattern: "^[A-Z]{2}$" });
const Url = Type.String({ pattern: "^https?://[^\\s<>\"']+$", maxLength: 500 });

/** The company that answers for the data, as notices, receipts and public pages name it. */
export const ControllerSchema = Type.Object(
  {
    name: LocaleWords,
    address: LocaleWords,
    country: Country,
    email: Type.String({ pattern: "^[^@\\s]+@[^@\\s]+$", maxLength: 200 }),
    phone: Type.String({ minLength: 3, maxLength: 40 }),
    dataProtectionOfficer: Type.Optional(Type.Union([Words, Type.Null()])),
    /** Where the public pages of this server are reached, without a trailing slash. */
    publicUrl: Type.Union([Url, Type.Null()]),
    /** Where a person asks for access, correction or deletion. */
    rightsUrl: Url,
    /** Where data is stored and used, in words. */
    area: LocaleWords,
    /** The supervisory authority, in words. */
    authority: LocaleWords,
    storageCountries: Type.Array(Country, { minItems: 1, uniqueItems: true }),
    processingCountries: Type.Array(Country, { minItems: 1, uniqueItems: true }),
  },
  { additionalProperties: false },
);
export type Controller = Static<typeof ControllerSchema>;

/** The same as it is read: before anybody has said who the company is, no country is named. */
export const ShownControllerSchema = Type.Object({
  ...ControllerSchema.properties,
  storageCountries: Type.Array(Country),
  processingCountries: Type.Array(Country),
});

/**
 * What stands in the notices before anybody has said who the company is. The linter reports each of these places as
 * not filled in.
 */
export const UNKNOWN_CONTROLLER: Controller = {
  name: { en: "[COMPANY NAME]", "zh-CN": "[COMPANY NAME]", "zh-TW": "[COMPANY NAME]" },
  address: { en: "[ADDRESS]", "zh-CN": "[ADDRESS]", "zh-TW": "[ADDRESS]" },
  country: "ZZ",
  email: "[EMAIL]@invalid",
  phone: "[PHONE]",
  dataProtectionOfficer: null,
  publicUrl: null,
  rightsUrl: "https://[ADDRESS].invalid",
  area: { en: "[COUNTRY]", "zh-CN": "[COUNTRY]", "zh-TW": "[COUNTRY]" },
  authority: { en: "[AUTHORITY]", "zh-CN": "[AUTHORITY]", "zh-TW": "[AUTHORITY]" },
  storageCountries: [],
  processingCountries: [],
};

/** The company as the words of the starter notices take it, one for each language. */
export function noticeDetails(controller: Controller): Readonly<Record<Locale, ControllerDetails>> {
  const link = controller.publicUrl === null ? controller.rightsUrl : `${controller.publicUrl}/preferences`;
  return Object.fromEntries(
    LOCALES.map((locale) => [
      locale,
      {
        name: controller.name[locale],
        address: controller.address[locale],
        email: controller.email,
        phone: controller.phone,
        dataProtectionOfficer: controller.dataProtectionOfficer ?? null,
        preferencesUrl: link,
        rightsUrl: controller.rightsUrl,
        area: controller.area[locale],
        authority: controller.authority[locale],
      },
    ]),
  ) as Record<Locale, ControllerDetails>;
}

/** The company as a receipt in one language names it. */
export function receiptParty(controller: Controller, locale: Locale): ReceiptParty {
  return {
    id: controller.publicUrl ?? "urn:candor:controller",
    name: controller.name[locale],
    contact: controller.dataProtectionOfficer ?? controller.email,
    address: { streetAddress: controller.address[locale], addressCountry: controller.country },
    email: controller.email,
    phone: controller.phone,
    url: controller.publicUrl,
  };
}
