import type { IdentifierClass } from "../kernel/identifier.ts";
import type { ResolutionLimits, ResolutionRule } from "./rules.ts";

/** A subject as resolution sees it: its canonical name and the identifier that anchors it. */
export interface SubjectNode {
  /** The anchor's blind index in hex: the same on every installation with the same keys, unlike a minted id. */
  readonly ref: string;
  readonly anchor: {
    readonly bi: string;
    readonly kind: string;
    readonly issuer: string;
    readonly class: IdentifierClass;
  };
  /** When its anchor was seen; needed only where no evidence row says so and the anchor's kind ages. */
  readonly firstSeenDay?: Date;
  readonly lastSeenDay?: Date;
}

/**
 * "This subject was named together with this identifier", as one source saw it between two times. The grain (an instant,
 * a day, a month) is the caller's, as long as it is the same however the events arrived.
 */
export interface EvidenceEdge {
  /** Ref of the subject. */
  readonly subject: string;
  /** Blind index of the identifier in hex. `user_id` and `member_id` share a space, so one bi may have two kinds. */
  readonly bi: string;
  readonly kind: string;
  readonly issuer: string;
  readonly class: IdentifierClass;
  readonly sourceId: string;
  readonly firstDay: Date;
  readonly lastDay: Date;
  /** The source declares values of this kind as shared by design (a kiosk's device): the edge never links. */
  readonly shared?: boolean;
}

/** Staff signed that two subjects are different people. */
export interface CannotLink {
  readonly left: string;
  readonly right: string;
}

/** Staff confirmed that two subjects are the same person. */
export interface MustLink {
  readonly left: string;
  readonly right: string;
}

/** An identifier that is evidence for nobody else from some class on: too many share it, or staff blocked it. */
export interface ClosedIdentifier {
  readonly bi: string;
  readonly from: number;
}

export interface ResolveInput {
  readonly subjects: readonly SubjectNode[];
  readonly evidence: readonly EvidenceEdge[];
  readonly cannotLinks: readonly CannotLink[];
  readonly mustLinks: readonly MustLink[];
  /**
   * Identifiers that were closed before, whose holders may not all be here: they link nobody at `from` and weaker
   * classes. Only a closing that is found anew is reported.
   */
  readonly closed?: readonly ClosedIdentifier[];
  /** The moment asked about: decides which edges have expired, and nothing else. */
  readonly at: Date;
  readonly limits: ResolutionLimits;
}

/** An identifier that links nothing at `class` and below, and why. */
export interface ContestedIdentifier {
  readonly bi: string;
  readonly kind: string;
  readonly issuer: string;
  /** The level at which it was contested; at stronger levels it may still have linked. */
  readonly class: IdentifierClass;
  readonly rule: ResolutionRule;
  /** Refs of live subjects on it, sorted, at most `limits.partiesListed`. */
  readonly parties: readonly string[];
  /** How many live subjects are on it in all. */
  readonly count: number;
  /** Whether a person should look: not for devices, and not where signed decisions already answer it. */
  readonly review: boolean;
}

/** An identifier that links its subjects: the explanation of a merge. */
export interface Join {
  readonly bi: string;
  readonly kind: string;
  readonly issuer: string;
  /** The level at which it linked these; a value seen at several strengths gives one entry for each. */
  readonly class: IdentifierClass;
  /** Refs, sorted; two or more. Those of one entry are in one group. */
  readonly subjects: readonly string[];
}

/** A staff confirmation that could not be followed. */
export interface RefusedMustLink {
  readonly left: string;
  readonly right: string;
  readonly rule: ResolutionRule;
}

export interface ResolveResult {
  /** A partition of the subjects: refs sorted within each group, groups sorted by their first ref. */
  readonly groups: readonly (readonly string[])[];
  /** Sorted by bi, then class. A value may be closed at one level and in conflict at a stronger one. */
  readonly contested: readonly ContestedIdentifier[];
  /** Sorted by class, then bi, then first subject. */
  readonly joins: readonly Join[];
  readonly refusedMustLinks: readonly RefusedMustLink[];
  /** Until then, the same input gives the same groups and contested values; null: for ever. */
  readonly nextChangeAt: Date | null;
}
