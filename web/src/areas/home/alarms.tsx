import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Tag from "antd/es/tag";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { StaleNoticesSchema } from "../../../../consent/answers.schema.ts";
import type { QueuesSchema } from "../../../../src/app/answers.schema.ts";
import type { LateSchema } from "../../../../src/recipients/answers.schema.ts";
import { get } from "../../api.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { Figure } from "../../parts/figure.tsx";
import type { ListPage } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { Pair } from "../../parts/pair.tsx";
import { usePurposeName } from "../../parts/purpose.tsx";
import { useSession } from "../../session.ts";
import { HOME } from "./words.ts";

/** What went wrong by itself: recipients that are late, notices that no longer fit, work that was given up. */
export function Alarms() {
  const { account } = useSession();
  const watchesJobs = account.role === "admin" || account.role === "compliance";
  return (
    <>
      {watchesJobs && (
        <div className="grid">
          <FailedJobs />
          <Approvals />
        </div>
      )}
      <div className="halves">
        <LateRecipients />
        <StaleNotices />
      </div>
    </>
  );
}

function FailedJobs() {
  const t = useWords(HOME);
  const { number } = useFormats();
  const jobs = useQuery({
    queryKey: ["jobs"],
    queryFn: () => get<Static<typeof QueuesSchema>>("/v1/jobs"),
  });
  const failed = jobs.data?.items.reduce((sum, queue) => sum + queue.failed, 0);
  return <Figure label={t.failedJobs} value={number(failed)} note={t.failedJobsText} to="/console/jobs" />;
}

/** So many acts that wait are counted; nobody would have decided more. */
const COUNTED = 200;

function Approvals() {
  const t = useWords(HOME);
  const { number } = useFormats();
  const asked = useQuery({
    queryKey: ["approvals", "waiting"],
    queryFn: () => get<ListPage<unknown>>("/v1/approvals", { waiting: true, limit: COUNTED }),
  });
  const waiting = asked.data?.items.length;
  const value = asked.data?.next == null ? number(waiting) : say(t.moreThan, { n: number(waiting) });
  return (
    <Figure label={t.approvals} value={value} note={t.approvalsText} to="/console/approvals?waiting=true" />
  );
}

function LateRecipients() {
  const t = useWords(HOME);
  const { date, number } = useFormats();
  const late = useQuery({
    queryKey: ["late"],
    queryFn: () => get<Static<typeof LateSchema>>("/v1/recipients/late"),
  });
  return (
    <Card title={t.late}>
      <Loaded query={late}>
        {({ items }) =>
          items.length === 0 ? (
            <span className="quiet">{t.lateNone}</span>
          ) : (
            <dl className="kv">
              {items.map((item) => (
                <Pair
                  key={item.recipient}
                  term={<Link to={`/console/recipients/${item.recipient}`}>{item.recipient}</Link>}
                >
                  {say(t.notices, { count: number(item.notices), date: date(item.oldestDueAt) })}
                </Pair>
              ))}
            </dl>
          )
        }
      </Loaded>
    </Card>
  );
}

function StaleNotices() {
  const t = useWords(HOME);
  const nameOf = usePurposeName();
  const stale = useQuery({
    queryKey: ["stale-notices"],
    queryFn: () => get<Static<typeof StaleNoticesSchema>>("/v1/notices/stale"),
  });
  const why = { "no-notice": t.noNotice, "purpose-changed": t.purposeChanged, "lacks-something": t.lacks };
  return (
    <Card title={t.stale} extra={<Link to="/console/notices">{t.all}</Link>}>
      <Loaded query={stale}>
        {({ items }) =>
          items.length === 0 ? (
            <span className="quiet">{t.staleNone}</span>
          ) : (
            <dl className="kv">
              {items.map((item) => (
                <Pair key={item.purposeId} term={nameOf(item.purposeId)}>
                  {say(why[item.reason], { count: item.errors })}{" "}
                  {item.notice !== null && <Tag>{`${item.notice.id} ${item.notice.version}`}</Tag>}
                </Pair>
              ))}
            </dl>
          )
        }
      </Loaded>
    </Card>
  );
}
