import { assertNever } from "../../kernel/assert-never.ts";
import type { AnyRequestKind } from "./kinds.ts";

/** Where a request stands. The last five are ends; only a refusal can be opened again, by an appeal that is granted. */
export const STATES = [
  "received",
  "acknowledged",
  "identity_pending",
  "verified",
  "assessing",
  "awaiting_confirmation",
  "approved",
  "executing",
  "awaiting_recipients",
  "duplicate",
  "completed",
  "completed_with_exceptions",
  "denied",
  "withdrawn",
  "expired",
] as const;
export type RequestState = (typeof STATES)[number];

export const CLOSED: ReadonlySet<RequestState> = new Set<RequestState>([
  "duplicate",
  "completed",
  "completed_with_exceptions",
  "denied",
  "withdrawn",
  "expired",
]);

/** What can be done to a request. Each act is one line of its history and one audit entry. */
export const ACTS = [
  "acknowledge",
  "ask-identity",
  "verify",
  "mark-duplicate",
  "assess",
  "approve",
  "confirm",
  "cool-down",
  "start",
  "await-recipients",
  "finish",
  "finish-with-exceptions",
  "deny",
  "withdraw",
  "expire",
  "reopen",
  "hold",
  "release-hold",
  "extend",
  "pause",
  "resume",
  "accept-authority",
  "declare",
  "choose-delivery",
  "look-again",
  "identify-again",
  "fail",
  "retry",
] as const;
export type ActKind = (typeof ACTS)[number];

/** Acts that an officer does, each with the door it is done by; the others come of time, of the work, of the person. */
export const OFFICER_DOORS = {
  "ask-identity": "code",
  verify: "identity",
  "mark-duplicate": "duplicate",
  approve: "approve",
  confirm: "confirm",
  deny: "deny",
  withdraw: "cancel",
  hold: "hold",
  "release-hold": "release",
  extend: "extend",
  pause: "pause",
  resume: "resume",
  "accept-authority": "authority",
  declare: "declaration",
  retry: "retry",
} as const satisfies Partial<Record<ActKind, string>>;
export type OfficerAct = keyof typeof OFFICER_DOORS;
export const OFFICER_ACTS = Object.keys(OFFICER_DOORS) as readonly OfficerAct[];

/** Why an act was not done. Stable codes. */
export type ActRefusal =
  | "closed"
  | "wrong-state"
  | "wrong-kind"
  | "identity-not-proven"
  | "nobody-found"
  | "proof-of-authority-missing"
  | "declaration-missing"
  | "preview-missing"
  | "preview-changed"
  | "already-confirmed"
  | "not-confirmed"
  | "cooling-off"
  | "on-hold"
  | "not-on-hold"
  | "not-paused"
  | "not-failed";

/** What the machine looks at; the rest of a request does not matter to it. */
export interface RequestFacts {
  readonly state: RequestState;
  readonly kind: AnyRequestKind;
  /** Whether this kind needs its asker's identity proven at all. */
  readonly needsIdentity: boolean;
  /** Whether identity has been proven. */
  readonly isVerified: boolean;
  /** Whether a member was found whose data it is. */
  readonly hasMember: boolean;
  /** An agent or guardian whose proof nobody has accepted yet. */
  readonly awaitsAuthority: boolean;
  /** The law wants a declaration that has not been made. */
  readonly awaitsDeclaration: boolean;
  readonly confirmedAt: Date | null;
  readonly coolingUntil: Date | null;
  readonly isHeld: boolean;
  readonly isPaused: boolean;
  /** A step of its work was given up. */
  readonly hasFailed: boolean;
}

export interface Act {
  readonly kind: ActKind;
  /** Of `approve` of an erasure: the preview that was approved, and the one of this very moment. */
  readonly preview?: { readonly approved: string | null; readonly current: string };
}

export type ActDecision =
  /** `to` may be the same state: holds, extensions and pauses stand beside it. */
  | { readonly kind: "done"; readonly to: RequestState }
  | { readonly kind: "refused"; readonly reason: ActRefusal };

const refused = (reason: ActRefusal): ActDecision => ({ kind: "refused", reason });
const done = (to: RequestState): ActDecision => ({ kind: "done", to });

const BEFORE_DECISION: readonly RequestState[] = [
  "received",
  "acknowledged",
  "identity_pending",
  "verified",
  "assessing",
];
/** From the start of the work on, what is being erased or sent cannot be called back. */
const BEFORE_WORK: readonly RequestState[] = [...BEFORE_DECISION, "awaiting_confirmation", "approved"];
const OPEN: readonly RequestState[] = [...BEFORE_WORK, "executing", "awaiting_recipients"];

/** In which states an act may be done. */
const FROM: Readonly<Record<ActKind, readonly RequestState[]>> = {
  acknowledge: ["received"],
  "ask-identity": ["received", "acknowledged", "identity_pending"],
  verify: ["received", "acknowledged", "identity_pending"],
  // Only after verification: whoever calls a stranger's request a duplicate would skip the check.
  "mark-duplicate": ["verified", "assessing"],
  assess: ["verified"],
  approve: ["assessing"],
  confirm: ["awaiting_confirmation"],
  "cool-down": ["awaiting_confirmation"],
  start: ["approved"],
  "await-recipients": ["executing"],
  finish: ["executing", "awaiting_recipients"],
  "finish-with-exceptions": ["executing", "awaiting_recipients"],
  deny: [...BEFORE_DECISION, "awaiting_confirmation"],
  withdraw: BEFORE_WORK,
  expire: ["received", "acknowledged", "identity_pending", "awaiting_confirmation"],
  reopen: ["denied", "completed_with_exceptions"],
  hold: BEFORE_WORK,
  "release-hold": OPEN,
  extend: BEFORE_WORK,
  pause: ["received", "acknowledged", "identity_pending"],
  resume: OPEN,
  "accept-authority": BEFORE_WORK,
  declare: BEFORE_WORK,
  "choose-delivery": BEFORE_WORK,
  // What would be erased is no longer what was approved.
  "look-again": ["approved"],
  "identify-again": ["approved"],
  // A step that was given up stands beside the state, as a hold does.
  fail: ["executing", "awaiting_recipients"],
  retry: ["executing", "awaiting_recipients"],
};

/**
 * Whether an act may be done to a request, and where it leads. Pure and total: every act in every state has an answer
 * with a reason. The machine of the reference: received → acknowledged → identity_pending → verified →
 * (duplicate | assessing) → awaiting_confirmation → approved → executing → awaiting_recipients → an end.
 */
export function decideAct(request: RequestFacts, act: Act, now: Date): ActDecision {
  const { state } = request;
  if (!FROM[act.kind].includes(state)) return refused(CLOSED.has(state) ? "closed" : "wrong-state");
  switch (act.kind) {
    case "acknowledge":
      return done("acknowledged");
    case "ask-identity":
    case "identify-again":
      return done("identity_pending");
    case "verify":
      return done("verified");
    case "mark-duplicate":
      return request.isVerified ? done("duplicate") : refused("identity-not-proven");
    case "assess":
      if (request.needsIdentity && !request.isVerified) return refused("identity-not-proven");
      return done("assessing");
    case "approve":
      return decideApproval(request, act);
    case "confirm":
      return request.confirmedAt === null ? done("awaiting_confirmation") : refused("already-confirmed");
    case "cool-down":
      if (request.confirmedAt === null) return refused("not-confirmed");
      if (request.coolingUntil !== null && now < request.coolingUntil) return refused("cooling-off");
      return done("approved");
    case "start":
      return request.isHeld ? refused("on-hold") : done("executing");
    case "await-recipients":
      return done("awaiting_recipients");
    case "finish":
      return done("completed");
    case "finish-with-exceptions":
      return done("completed_with_exceptions");
    case "deny":
      return done("denied");
    case "withdraw":
      return done("withdrawn");
    case "expire":
      // A confirmed erasure does not run out while it cools down.
      return request.confirmedAt === null ? done("expired") : refused("already-confirmed");
    case "reopen":
    case "look-again":
      return done("assessing");
    case "hold":
      return request.isHeld ? refused("on-hold") : done(state);
    case "release-hold":
      return request.isHeld ? done(state) : refused("not-on-hold");
    case "retry":
      return request.hasFailed ? done(state) : refused("not-failed");
    case "extend":
    case "pause":
    case "fail":
      return done(state);
    case "declare":
      return request.awaitsDeclaration ? done(state) : refused("wrong-kind");
    case "accept-authority":
      return request.awaitsAuthority ? done(state) : refused("wrong-kind");
    case "choose-delivery":
      return request.kind === "access" || request.kind === "portability"
        ? done(state)
        : refused("wrong-kind");
    case "resume":
      return request.isPaused ? done(state) : refused("not-paused");
    default:
      return assertNever(act.kind);
  }
}

/** An approval needs a proven person, accepted authority, and of an erasure the preview that still holds. */
function decideApproval(request: RequestFacts, act: Act): ActDecision {
  if (request.needsIdentity && !request.isVerified) return refused("identity-not-proven");
  if (request.awaitsAuthority) return refused("proof-of-authority-missing");
  if (request.awaitsDeclaration) return refused("declaration-missing");
  if (request.kind === "appeal") return done("approved");
  if (!request.hasMember) return refused("nobody-found");
  if (request.kind !== "erasure") return done("approved");
  if (request.isHeld) return refused("on-hold");
  if (act.preview === undefined || act.preview.approved === null) return refused("preview-missing");
  if (act.preview.approved !== act.preview.current) return refused("preview-changed");
  return done("awaiting_confirmation");
}

/** Every act that an officer could do now: what an officer's page offers. */
export function possibleActs(request: RequestFacts, now: Date): OfficerAct[] {
  const preview = { approved: "", current: "" };
  return OFFICER_ACTS.filter((kind) => decideAct(request, { kind, preview }, now).kind === "done");
}
