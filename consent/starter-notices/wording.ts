import type { NoticeSection } from "../notices.ts";

/** What a shop fills in once; everything else of the starter notices is ready to use. */
export interface ControllerDetails {
  readonly name: string;
  readonly address: string;
  readonly email: string;
  readonly phone: string;
  /** Contact of the data-protection officer; null when there is none. */
  readonly dataProtectionOfficer: string | null;
  /** Address of the preference centre. */
  readonly preferencesUrl: string;
  /** Where a person asks for access, correction or deletion. */
  readonly rightsUrl: string;
  /** Country or area where data is stored and used, in words. */
  readonly area: string;
  /** Supervisory authority, in words. */
  readonly authority: string;
}

/** The words of one built-in purpose in one language. `{…}` is filled from the shop and the purpose. */
export interface PurposeWording {
  readonly title: string;
  readonly ask: string;
  readonly sections: Readonly<Partial<Record<NoticeSection, string>>>;
}

export interface LocaleWording {
  /** Parts that read the same in every notice. */
  readonly shared: Readonly<Partial<Record<NoticeSection, string>>>;
  /** Added to `contact` when the shop has a data-protection officer. */
  readonly officer: string;
  readonly byPurpose: Readonly<Record<string, PurposeWording>>;
  readonly noRecipients: string;
  readonly recipientsAre: string;
  readonly retention: string;
  readonly asLongAsConsent: string;
  readonly months: (n: number) => string;
  readonly listSeparator: string;
  readonly categoryNames: Readonly<Record<string, string>>;
}
