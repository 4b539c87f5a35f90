import { SECOND } from "../../src/kernel/clock.ts";
import { REASONS } from "../../src/kernel/verdicts.ts";
import { askedPeople, CAST } from "./consents.ts";
import {
  addCounts,
  type Doors,
  type KnownSource,
  NO_VERDICTS,
  openDoors,
  type VerdictCounts,
} from "./doors.ts";
import { generateDemo } from "./generate.ts";
import type { DemoPlan, DemoStep, TruePerson } from "./plan.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { type RightsSummary, showRights } from "./rights.ts";
import { scoreIdentities } from "./score.ts";
import { showConsents } from "./show-consents.ts";
import type { DemoSummary, ExampleMember, SourceSummary } from "./summary.ts";
import { talkTo } from "./talk.ts";
import { findSomebodyToErase } from "./to-erase.ts";

export interface DemoRun {
  readonly baseUrl: string;
  readonly adminKey: string;
  /** The year of history ends the day before. A second run over the same data takes the first run's day. */
  readonly now: Date;
  readonly seed: number;
  readonly people: number;
  readonly progress?: Progress;
  /** Look every identifier up afterwards and compare with the truth. */
  readonly score?: boolean;
}

/** The store is somebody's own: invented people must not come among theirs. */
export class NotTheDemosStore extends Error {
  constructor(sources: number) {
    super(
      `this store has ${sources} source${sources === 1 ? "" : "s"} that the demo did not register: nothing was written. Let CANDOR_DATA_DIR and DATABASE_URL name an empty one, or leave them out.`,
    );
    this.name = "NotTheDemosStore";
  }
}

/**
 * When the demo first ran over these sources; null when there are none. A store is the demo's when it has all of the
 * demo's, whatever was added since, or nothing but them, where its first run was cut short. Throws
 * {@link NotTheDemosStore} for any other.
 */
function firstRun(
  registered: readonly { readonly name: string; readonly at: Date }[],
  names: readonly string[],
): Date | null {
  const own = registered.filter((s) => names.includes(s.name));
  const others = registered.length - own.length;
  if (others > 0 && !names.every((name) => own.some((s) => s.name === name)))
    throw new NotTheDemosStore(others);
  return own.length === 0 ? null : new Date(Math.min(...own.map((s) => s.at.getTime())));
}

/** Requests on their way at once: enough to fill group commits, few enough for a small machine. */
const AT_ONCE = 32;

const GROUPS = { file: "files", batch: "batches", webhook: "webhooks" } as const;

/**
 * Generates the demo and sends it through the server's own doors. A second run with the same seed and people sends
 * the same again, which changes nothing. Resolves with what became of it, rejects when a door refuses what it should take,
 * and with {@link NotTheDemosStore}, before anything is written, where others have registered sources already.
 */
export async function runDemo(run: DemoRun): Promise<DemoSummary> {
  const doors = openDoors({ baseUrl: run.baseUrl, adminKey: run.adminKey, clock: () => new Date() });
  const options = { people: run.people, seed: run.seed };
  let plan = generateDemo({ ...options, now: run.now });
  const before = firstRun(
    await doors.registered(),
    plan.sources.map((s) => s.name),
  );
  if (before !== null) plan = generateDemo({ ...options, now: before });
  const known = await doors.registerSources(plan.sources);
  const progress = run.progress ?? silentProgress;
  const earlier = readSummary(await doors.get("/v1/summary"));
  const started = performance.now();
  const answered = await sendAll(doors, plan, known, progress);
  const seconds = (performance.now() - started) / SECOND;

  const counted = readSummary(await doors.get("/v1/summary"));
  const sources = plan.sources.map((source): SourceSummary => {
    const counts = answered.get(source.name) ?? countedSince(earlier, counted, known.get(source.name)?.id);
    return { source: source.name, kind: source.kind, counts };
  });
  const items = sources.reduce((n, s) => n + Object.values(s.counts).reduce((a, b) => a + b, 0), 0);
  const consents = await showConsents({
    baseUrl: run.baseUrl,
    adminKey: run.adminKey,
    people: plan.people,
    webShop: known.get("Web shop GB"),
  });
  const rights = await rightsOf(run, plan.people);
  // Read last: among the requests are erasures, which take people away.
  const stored = readSummary(await doors.get("/v1/summary"));
  return {
    people: plan.people.length,
    seed: run.seed,
    requests: plan.steps.length,
    seconds,
    eventsPerSecond: items / seconds,
    sources,
    members: stored.members,
    knownMembers: stored.knownMembers,
    subjects: stored.subjects,
    merges: stored.merges,
    contested: stored.contested,
    quarantined: stored.quarantined,
    consents,
    rights,
    toErase: consents === null ? null : await findSomebodyToErase(talkTo(run.baseUrl, run.adminKey), plan),
    example: await findExample(doors, run.baseUrl, plan.people),
    score: run.score === true ? await scoreIdentities(doors, plan.people) : null,
  };
}

/** Files the demo's requests; null where too few people have a card. */
async function rightsOf(
  run: Pick<DemoRun, "baseUrl" | "adminKey">,
  people: readonly TruePerson[],
): Promise<RightsSummary | null> {
  const asked = askedPeople(people);
  return asked.length < CAST ? null : showRights(talkTo(run.baseUrl, run.adminKey), asked, new Date());
}

/** Sends the steps in order, some at once; collects the verdicts that senders are told. */
async function sendAll(
  doors: Doors,
  plan: DemoPlan,
  known: ReadonlyMap<string, KnownSource>,
  progress: Progress,
): Promise<Map<string, VerdictCounts>> {
  const definitions = new Map(plan.sources.map((s) => [s.name, s]));
  const counts = new Map<string, VerdictCounts>();
  for (const door of ["file", "batch", "webhook"] as const) {
    const total = plan.steps.filter((s) => s.door === door).length;
    if (total > 0) progress.start(GROUPS[door], total);
  }
  const send = async (step: DemoStep) => {
    const source = known.get(step.source);
    const definition = definitions.get(step.source);
    if (source === undefined || definition === undefined) throw new Error(`no source ${step.source}`);
    const answer = await doors.send(step, source, definition);
    if (answer.counts !== null) {
      counts.set(step.source, addCounts(counts.get(step.source) ?? NO_VERDICTS, answer.counts));
    }
    progress.advance(GROUPS[step.door]);
  };
  let next = 0;
  let failed = false;
  const worker = async () => {
    try {
      for (let step = plan.steps[next++]; step !== undefined && !failed; step = plan.steps[next++])
        await send(step);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    progress.stop();
  }
  return counts;
}

interface StoredSummary
  extends Pick<
    DemoSummary,
    "members" | "knownMembers" | "subjects" | "merges" | "contested" | "quarantined"
  > {
  readonly events: ReadonlyMap<string, VerdictCounts>;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const count = (value: unknown) => (typeof value === "number" ? value : 0);

function readSummary(value: unknown): StoredSummary {
  const body = record(value);
  const quarantined = list(body.quarantined).map((one) => {
    const { code, count: n } = record(one);
    const because = Object.hasOwn(REASONS, String(code)) ? REASONS[code as keyof typeof REASONS] : "";
    return { code: String(code), count: count(n), because };
  });
  const events = list(body.events).map((one): [string, VerdictCounts] => {
    const e = record(one);
    return [
      String(e.source),
      {
        accepted: count(e.accepted),
        duplicate: count(e.duplicate),
        quarantined: count(e.quarantined),
        refused: count(e.refused),
      },
    ];
  });
  return {
    members: count(body.members),
    knownMembers: count(body.knownMembers),
    subjects: count(body.subjects),
    merges: count(body.merges),
    contested: count(body.contested),
    quarantined: quarantined.sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    events: new Map(events),
  };
}

/** Platforms are told nothing, so what became of their deliveries is what the server counted meanwhile. */
function countedSince(before: StoredSummary, after: StoredSummary, sourceId = ""): VerdictCounts {
  const [then, now] = [before, after].map((s) => s.events.get(sourceId) ?? NO_VERDICTS) as [
    VerdictCounts,
    VerdictCounts,
  ];
  return {
    accepted: now.accepted - then.accepted,
    duplicate: now.duplicate - then.duplicate,
    quarantined: now.quarantined - then.quarantined,
    refused: now.refused - then.refused,
  };
}

/** The person with the most identifiers who is found by the member card. */
async function findExample(
  doors: Doors,
  baseUrl: string,
  people: readonly TruePerson[],
): Promise<ExampleMember | null> {
  const candidates = people
    .filter((p) => p.identifiers.some((i) => i.kind === "member_id"))
    .sort((a, b) => b.identifiers.length - a.identifiers.length)
    .slice(0, 5);
  for (const { identifiers } of candidates) {
    const card = identifiers.find((i) => i.kind === "member_id");
    if (card === undefined) continue;
    const found = await doors.post("/v1/profiles/lookup?purpose=service", {
      kind: card.kind,
      value: card.value,
    });
    const { memberId, subjects, identifiers: named } = record(found.body);
    if (found.status !== 200 || typeof memberId !== "string") continue;
    return {
      memberId,
      subjects: list(subjects).length,
      identifiers: list(named).length,
      url: new URL(`/v1/members/${memberId}?purpose=service`, baseUrl).toString(),
    };
  }
  return null;
}
