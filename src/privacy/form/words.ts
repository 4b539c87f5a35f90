import type { Locale } from "../../../consent/index.ts";
import type { AnyRequestKind } from "../requests/kinds.ts";
import { EN_FORM } from "./words-en.ts";
import { ZH_CN_FORM } from "./words-zh-cn.ts";
import { ZH_TW_FORM } from "./words-zh-tw.ts";

/** Kinds that the public form offers; an appeal is made on the page of the request that it is about. */
export type OfferedKind = Exclude<AnyRequestKind, "appeal">;

/** Every text of the public request pages, in one language. */
export interface FormWords {
  readonly title: string;
  readonly lead: string;
  readonly kindHeading: string;
  readonly kinds: Readonly<Record<OfferedKind, { readonly name: string; readonly hint: string }>>;
  readonly contactHeading: string;
  readonly email: string;
  readonly emailHint: string;
  readonly phone: string;
  readonly phoneHint: string;
  readonly country: string;
  readonly countryElse: string;
  readonly details: string;
  readonly detailsHint: string;
  readonly whoHeading: string;
  readonly self: string;
  readonly agent: string;
  readonly guardian: string;
  readonly representative: string;
  readonly proof: string;
  readonly proofHint: string;
  readonly declaration: string;
  readonly submit: string;
  readonly wrongHeading: string;
  readonly wrongContact: string;
  readonly wrongKind: string;
  readonly wrongDetails: string;
  readonly wrongRepresentative: string;
  readonly tooMany: string;
  readonly thanksTitle: string;
  readonly thanksText: string;
  readonly codeTitle: string;
  readonly codeText: string;
  readonly code: string;
  readonly codeButton: string;
  readonly resend: string;
  readonly withdraw: string;
  readonly saidWrong: string;
  readonly saidSent: string;
  readonly saidDone: string;
  readonly review: string;
  readonly statusTitle: string;
  readonly asked: string;
  readonly state: string;
  readonly received: string;
  readonly due: string;
  readonly number: string;
  readonly historyHeading: string;
  readonly confirmHeading: string;
  readonly confirmText: string;
  readonly confirmButton: string;
  readonly coolingText: string;
  readonly deliveryHeading: string;
  readonly deliveryText: string;
  readonly byPassphrase: string;
  readonly byPassphraseHint: string;
  readonly byKey: string;
  readonly byKeyHint: string;
  readonly publicKey: string;
  readonly deliveryButton: string;
  readonly deliveryChosen: string;
  readonly wrongKey: string;
  readonly passphraseTitle: string;
  readonly passphraseText: string;
  readonly back: string;
  readonly download: string;
  readonly downloadText: string;
  readonly declareText: string;
  readonly declareButton: string;
  readonly certificate: string;
  readonly certificateFile: string;
  readonly refusedBecause: string;
  readonly appealHeading: string;
  readonly appealText: string;
  readonly appealWords: string;
  readonly appealButton: string;
  readonly complain: string;
  readonly goneTitle: string;
  readonly goneText: string;
}

export const FORM_WORDS: Readonly<Record<Locale, FormWords>> = {
  en: EN_FORM,
  "zh-CN": ZH_CN_FORM,
  "zh-TW": ZH_TW_FORM,
};
