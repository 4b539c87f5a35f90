import { group, sealed, shaped } from "./marks.ts";
import { LOCALE_PATTERN, TRAITS } from "./traits.ts";

const LABEL_PATTERN = "^[@A-Za-z][\\w@\\-./]{0,63}$";
const VERSION_PATTERN = "^v?\\d{1,5}(\\.\\d{1,6}){0,3}([-+][0-9A-Za-z.-]{1,24})?$";

/** The circumstances of an event, with their marks. */
export const CONTEXT = group("unclassified", {
  ip: sealed("online"),
  userAgent: sealed("online"),
  userAgentData: sealed("online"),
  device: sealed("online"),
  os: sealed("online"),
  network: sealed("online"),
  screen: sealed("online"),
  app: sealed("online"),
  page: sealed("online"),
  referrer: sealed("online"),
  campaign: sealed("online"),
  sessionId: sealed("online"),
  sharedIdentifiers: sealed("online"),
  timezone: sealed("location"),
  location: sealed("location"),
  externalIds: sealed("identity"),
  consent: sealed("preference"),
  globalPrivacyControl: sealed("preference"),
  tcfString: sealed("preference"),
  traits: TRAITS,
  locale: shaped("online", LOCALE_PATTERN),
  library: group("online", {
    name: shaped("online", LABEL_PATTERN),
    version: shaped("online", VERSION_PATTERN),
  }),
});
