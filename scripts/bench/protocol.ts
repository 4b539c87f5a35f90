import type { Fulfilled } from "./fulfil.ts";
import type { StatementTime } from "./timed-db.ts";

/** What the cost part can leave out of a run. */
export const FEATURES = ["keystore", "refold", "feed"] as const;
export type Feature = (typeof FEATURES)[number];

/** How the measured server is started; the rest comes from its environment, as with any Candor. */
export interface ServerOptions {
  /** Counts the time of every statement; costs a little, so it is off where rates are measured. */
  readonly instrument: boolean;
  /** The embedded engine's own default: commits are written, not synced. */
  readonly embeddedWithoutSync: boolean;
}

export interface LimitResult {
  readonly method: string;
  readonly rows: number;
  /** Rows a second of each run. */
  readonly rates: readonly number[];
}

export interface Measured {
  readonly seconds: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** Processor seconds of the server's process; the embedded engine's thread is within it. */
  readonly cpuSeconds: number;
  /** Of that the main thread's: the rest is garbage collection, compilation, files and the embedded engine. */
  readonly mainThreadSeconds: number | null;
  /** Share of the window in which the main thread's event loop was busy. */
  readonly loopBusy: number;
  readonly statements: readonly StatementTime[];
  /** Statements that were left out, by feature: a feature with none was not left out at all. */
  readonly skipped: Readonly<Partial<Record<Feature, number>>>;
  readonly profile: ProfileSummary | null;
}

export interface ProfileSummary {
  /** Where the whole profile was written, for a viewer such as a browser's developer tools. */
  readonly file: string;
  /** By own time, and Candor's own functions by time with all they call; shares are of the time that was not idle. */
  readonly functions: readonly FunctionTime[];
  readonly inclusive: readonly FunctionTime[];
}

export interface FunctionTime {
  readonly name: string;
  readonly place: string;
  readonly ms: number;
  readonly share: number;
}

export interface RotationFacts {
  readonly state: "running" | "done";
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

export interface Facts {
  readonly engineVersion: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly events: number;
  readonly subjects: number;
  readonly joined: number;
  /** Stagings that the sequencer has not numbered yet. */
  readonly unnumbered: number;
}

export interface Commands {
  seed: {
    ask: { sourceId: string; members: number; guests: number };
    answer: { events: number; seconds: number };
  };
  /** Counts the tables for the planner and has what was written before put on disk, so that no window pays for it. */
  rest: { ask: null; answer: null };
  /** Waits until everything that follows from events has been worked out, and says how long that took and what it cost. */
  settle: { ask: null; answer: { seconds: number; cpuSeconds: number; behind: number } };
  start: { ask: { profileInto: string | null }; answer: null };
  stop: { ask: null; answer: Measured };
  leaveOut: { ask: { features: readonly Feature[] }; answer: null };
  limit: { ask: { rows: number; runs: number }; answer: LimitResult };
  /** Starts a rotation of the wrapping key; `rotated` says how far it is. */
  rotate: { ask: null; answer: RotationFacts };
  rotated: { ask: null; answer: RotationFacts };
  facts: { ask: null; answer: Facts };
  memberIds: { ask: null; answer: readonly string[] };
  /** Invites members to a running survey; answers the paths of their links. */
  invite: {
    ask: { surveyId: string; version: number; memberIds: readonly string[] };
    answer: readonly string[];
  };
  /** Multiplies the members that are there; see grow.ts. */
  grow: { ask: { from: number; to: number }; answer: { seconds: number } };
  /** Carries out a request for each of these members, to the certificate. */
  fulfil: { ask: { kind: "access" | "erasure"; memberIds: readonly string[] }; answer: Fulfilled };
  backends: { ask: null; answer: readonly number[] };
  close: { ask: null; answer: null };
}

export type CommandName = keyof Commands;

export interface Ask<C extends CommandName = CommandName> {
  readonly id: number;
  readonly command: C;
  readonly ask: Commands[C]["ask"];
}

export type Reply =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };
