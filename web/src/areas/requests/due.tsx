import Tag from "antd/es/tag";
import type { Static } from "typebox";
import type { ShownRequest } from "../../../../src/privacy/requests/request.schema.ts";
import { say, useWords } from "../../i18n.ts";
import { REQUESTS } from "./words.ts";

export const KINDS = [
  "access",
  "portability",
  "rectification",
  "restriction",
  "objection",
  "erasure",
  "opt-out",
] as const;

/** A request in a list. */
export type Shown = Static<typeof ShownRequest>;

const DAY = 86_400_000;

/** Whole days until a moment; negative when it has passed. */
export function daysUntil(at: string): number {
  return Math.floor((new Date(at).getTime() - Date.now()) / DAY);
}

/** How many days are left, coloured by how near the deadline is. */
export function Due({ request }: { readonly request: Shown }) {
  const t = useWords(REQUESTS);
  if (request.closedAt !== null || request.dueAt === null) return <span className="quiet">–</span>;
  const days = daysUntil(request.dueAt);
  if (days < 0) return <Tag color="red">{say(t.overdue, { days: -days })}</Tag>;
  return <Tag color={days <= 7 ? "orange" : "green"}>{days}</Tag>;
}
