import type { DemoPlan, FileStep } from "./plan.ts";
import type { Talk } from "./talk.ts";

/** Somebody on whom an erasure can be watched from end to end (docs/tour-erasure.md). */
export interface SomebodyToErase {
  readonly memberId: string;
  /** Verified before any request, so that a code to it proves who asks. */
  readonly email: string;
  readonly card: string;
  /** The till files in which the card stands, and the source that sent them. */
  readonly source: string;
  readonly files: readonly string[];
}

const RECIPIENTS = [
  { id: "demo-mailer", purpose: "marketing" },
  { id: "demo-bi", purpose: "analytics" },
] as const;

/** British files first: they are plain UTF-8, which whoever follows the tour can read. */
const MARKETS = ["gb", "tw", "cn"] as const;

const isTillFile = (step: DemoPlan["steps"][number]): step is FileStep =>
  step.door === "file" && step.source.startsWith("Tills ");

/** The till files, each once, by name. */
export function tillFiles(plan: Pick<DemoPlan, "steps">): ReadonlyMap<string, Buffer> {
  return new Map(plan.steps.filter(isTillFile).map((s) => [s.fileName, s.body]));
}

/**
 * The first person whom both recipients hold, whose e-mail address is verified and who bought at a till;
 * null when there is nobody like that, as after they all were erased.
 */
export async function findSomebodyToErase(
  talk: Talk,
  plan: Pick<DemoPlan, "steps" | "people">,
): Promise<SomebodyToErase | null> {
  const files = [...tillFiles(plan)];
  const people = MARKETS.flatMap((market) => plan.people.filter((p) => p.market === market));
  for (const { market, identifiers } of people) {
    const named = (kind: string) => identifiers.find((i) => i.kind === kind)?.value;
    const [card, email] = [named("member_id"), named("email")];
    if (card === undefined || email === undefined) continue;
    // Cards are ASCII in every encoding of the demo's tills.
    const mentions = files.filter(([, body]) => body.includes(card)).map(([name]) => name);
    if (mentions.length === 0) continue;
    const found = await talk("POST", "/v1/profiles/lookup?purpose=service", {
      body: { kind: "email", value: email },
      expect: [200, 404, 409],
    });
    if (found.status !== 200) continue;
    const memberId = String(found.body.memberId);
    const known = found.body.identifiers as readonly { readonly kind: string; readonly verified: boolean }[];
    if (!known.some((i) => i.kind === "email" && i.verified)) continue;
    const held = await Promise.all(
      RECIPIENTS.map(async ({ id, purpose }) => {
        const view = await talk("GET", `/v1/recipients/${id}/members/${memberId}?purpose=${purpose}`);
        return view.body.held === true;
      }),
    );
    if (held.every(Boolean))
      return { memberId, email, card, source: `Tills ${market.toUpperCase()}`, files: mentions };
  }
  return null;
}
