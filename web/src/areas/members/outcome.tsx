import Tag from "antd/es/tag";
import type { Static } from "typebox";
import type { OutcomeSchema } from "../../../../src/members/profile.schema.ts";
import { IDENTIFIERS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { MEMBERS } from "./words.ts";

/** What a decision about who is who does, or would do. */
export type Outcome = Static<typeof OutcomeSchema>;
type Side = Outcome["before"][number];

/** The end of an id, by which people tell two of them apart. */
export const short = (id: string) => `…${id.slice(-6)}`;

/** Whether an id is one that nobody reads out, rather than a name that somebody chose. */
export const isUuid = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);

/** A kind of identifier with whoever issues it; the id of a source of ours would tell nobody anything. */
export const issued = (kind: string, issuer: string) =>
  issuer === "" || isUuid(issuer) ? kind : `${kind} · ${issuer}`;

/** Colours of accounts; the ends of their ids tell them apart where colours do not. */
const COLOURS = ["#0f6e63", "#9a5b00", "#0a4fb8", "#5b21a6", "#a8131f", "#1c6b16", "#55605d", "#8a1c6b"];

/** Draws a decision before it is made: which accounts form which members now, and which they would form. */
export function OutcomePicture({ outcome }: { readonly outcome: Outcome }) {
  const t = useWords(MEMBERS);
  const accounts = [
    ...new Set([...outcome.before, ...outcome.after].flatMap((side) => side.subjects)),
  ].sort();
  const known = new Set(outcome.before.map((side) => side.memberId));
  const spelt = (sides: readonly Side[]) =>
    new Set(sides.map((side) => `${side.memberId} ${[...side.subjects].sort().join()}`));
  const [now, then] = [spelt(outcome.before), spelt(outcome.after)];
  const moves = (side: Side) => {
    const [own] = spelt([side]);
    return own === undefined || !(now.has(own) && then.has(own));
  };
  const staying = outcome.before.filter((side) => !moves(side)).length;
  if (staying === outcome.before.length) return <p className="quiet">{t.nothingMoves}</p>;
  const column = (title: string, sides: readonly Side[]) => (
    <section className="stack" aria-label={title}>
      <strong>{title}</strong>
      {sides.map((side) => (
        <Member key={side.memberId} side={side} accounts={accounts} isNew={!known.has(side.memberId)} />
      ))}
    </section>
  );
  return (
    <>
      <div className="outcome">
        {column(t.beforeIt, outcome.before.filter(moves))}
        <span className="outcome-arrow" aria-hidden="true">
          →
        </span>
        {column(t.afterIt, outcome.after.filter(moves))}
      </div>
      {staying > 0 && <p className="quiet">{say(t.staying, { count: staying })}</p>}
    </>
  );
}

function Member(props: {
  readonly side: Side;
  readonly accounts: readonly string[];
  readonly isNew: boolean;
}) {
  const t = useWords(MEMBERS);
  const identifierOf = useCodes(IDENTIFIERS);
  const { number } = useFormats();
  const { side, accounts } = props;
  return (
    <div className="boxed stack" style={{ gap: 8 }}>
      <div className="row" style={{ justifyContent: "space-between" }}>
        <span>
          {t.oneMember} <span className="mono">{short(side.memberId)}</span>
        </span>
        {props.isNew && <Tag color="blue">{t.newMember}</Tag>}
      </div>
      <div className="row" style={{ gap: 6 }}>
        {side.subjects.map((subject) => {
          const place = accounts.indexOf(subject);
          return (
            <span
              key={subject}
              className="account mono"
              style={{ background: COLOURS[place % COLOURS.length] }}
            >
              {short(subject)}
            </span>
          );
        })}
      </div>
      {side.identifiers !== undefined && (
        <ul className="identifiers">
          {side.identifiers.map((identifier) => (
            <li key={`${identifier.kind} ${identifier.issuer} ${identifier.value}`}>
              <span className="quiet">{identifierOf(identifier.kind)}</span>{" "}
              <span className="mono">{identifier.value}</span>{" "}
              {identifier.shared && <Tag color="gold">{t.shared}</Tag>}
            </li>
          ))}
        </ul>
      )}
      {side.orders != null && (
        <span className="quiet">{say(t.sideOrders, { count: number(side.orders) })}</span>
      )}
    </div>
  );
}
