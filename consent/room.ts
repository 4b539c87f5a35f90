/** The stateful half of the room: registries, ledger, decisions over stored members, doors. */
export { type Controller, ControllerSchema } from "./controller.ts";
export {
  type Disclosure,
  disclosuresWrite,
  noteDisclosures,
  readDisclosures,
  readGivenTo,
} from "./disclosure.store.ts";
export {
  type EnrolmentForm,
  reachesAll,
  readEnrolmentLink,
  recordEnrolment,
  signEnrolmentLink,
  ticksOf,
} from "./enrolment.ts";
export { maySignal } from "./event-signals.ts";
export { consentHoldings } from "./holder.ts";
export {
  type ConsentIntake,
  createIntake,
  type IntakeItem,
  type IntakeVerdict,
  type KnownIntakeItem,
} from "./intake.ts";
export { eraseLedger, insertCertificate, isAnyoneFlagged } from "./ledger.store.ts";
export { deleteOldOptInTokens } from "./opt-in.store.ts";
export { assetRoutes } from "./pages/assets.ts";
export { confirmationMail } from "./pages/confirmation-mail.ts";
export {
  type EnrolmentError,
  enrolmentDone,
  enrolmentEnded,
  enrolmentPage,
  enrolmentSnippet,
} from "./pages/enrolment-page.ts";
export {
  chooseLocale,
  dayIn,
  html,
  type Markup,
  PAGE_WORDS,
  type Page,
  pageResponse,
  say,
  timeIn,
} from "./pages/html.ts";
export { countryChoices, ELSEWHERE } from "./pages/places.ts";
export { pageFooter, pageHeader } from "./pages/preference-page.ts";
export type { PreferenceDeps } from "./preferences.ts";
export { type Basis, openReadGate, type ReadGate, reachesBy, type Withheld } from "./read-gate.ts";
export { receiptFacts, signedReceipt } from "./receipt-of.ts";
export type { Registry } from "./registry.ts";
export type { CategoryTarget, RegistrySnapshot, SourceCategories } from "./registry-snapshot.ts";
export { askingRoutes } from "./routes-asking.ts";
export { consentRoutes } from "./routes-consents.ts";
export { importRoutes } from "./routes-import.ts";
export { messageLinkRoutes } from "./routes-messages.ts";
export { preferenceRoutes } from "./routes-preferences.ts";
export { receiptRoutesOfConsent } from "./routes-receipts.ts";
export { regimeRoutes } from "./routes-regimes.ts";
export { registryRoutes } from "./routes-registry.ts";
export {
  type By,
  type Consent,
  type ConsentDeps,
  type ConsentMembers,
  createConsent,
  type FoundPerson,
  type PersonIdentifier,
} from "./service.ts";
export { type ConsentMember, provingSubject, type Standing } from "./standing.ts";
export type { Statement } from "./statement.ts";
export { type LinkToken, signLink } from "./tokens.ts";
