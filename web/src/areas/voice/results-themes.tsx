import { useQuery } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { ThemeCommentsSchema, ThemesSchema } from "../../../../surveys/metrics/answers.schema.ts";
import { address, get } from "../../api.ts";
import { say, useFormats, useLocale, useWords } from "../../i18n.ts";
import { usePages } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { lastPurpose, PurposeSelect } from "../../parts/purpose.tsx";
import { PARTS } from "../../parts/words.ts";
import { VOICE } from "./words.ts";

type Themes = Static<typeof ThemesSchema>;
type Theme = Themes["themes"][number];
type Comments = Static<typeof ThemeCommentsSchema>;
type Said = Comments["comments"][number];

/** What comments speak of, down to the phrases, and for a purpose down to the comments themselves. */
export function Themes(props: { readonly surveyId: string; readonly from: string }) {
  const t = useWords(VOICE);
  const locale = useLocale();
  const { number, percent, range } = useFormats();
  const themes = useQuery({
    queryKey: ["survey-themes", props.surveyId, props.from],
    queryFn: () => get<Themes>(address(`/v1/surveys/${props.surveyId}/themes`, { from: props.from })),
  });
  return (
    <Card title={t.themes} styles={{ body: { padding: 16 } }}>
      <Loaded query={themes}>
        {(found) => (
          <Table<Theme>
            aria-label={t.themes}
            rowKey="theme"
            size="small"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={found.themes}
            locale={{ emptyText: <Empty description={t.noThemes} /> }}
            expandable={{
              expandedRowRender: (row) => <ThemeComments {...props} theme={row.theme} />,
            }}
            columns={[
              { title: t.theme, key: "theme", render: (_, row) => row.name[locale] ?? row.theme },
              { title: t.comments, dataIndex: "comments", align: "right", render: (n: number) => number(n) },
              {
                title: t.share,
                key: "share",
                render: (_, { share }) =>
                  share !== null && (
                    <>
                      <strong>{percent(share.value / 100)}</strong>{" "}
                      <span className="quiet">
                        {range(percent(share.low / 100), percent(share.high / 100))}
                      </span>
                    </>
                  ),
              },
              {
                title: t.mood,
                key: "mood",
                render: (_, row) => (
                  <>
                    <Tag color="green">{say(t.good, { count: number(row.positive) })}</Tag>
                    <Tag color="red">{say(t.bad, { count: number(row.negative) })}</Tag>
                  </>
                ),
              },
              {
                title: t.phrases,
                key: "phrases",
                render: (_, row) => (
                  <div className="quiet" style={{ maxWidth: 420, whiteSpace: "normal" }}>
                    {row.phrases.join(", ")}
                  </div>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

function ThemeComments(props: { readonly surveyId: string; readonly theme: string; readonly from: string }) {
  const [purpose, setPurpose] = useState(lastPurpose);
  return (
    <div className="stack">
      <PurposeSelect value={purpose} onChange={setPurpose} />
      {purpose !== undefined && <CommentPages {...props} purpose={purpose} />}
    </div>
  );
}

function CommentPages(props: {
  readonly surveyId: string;
  readonly theme: string;
  readonly from: string;
  readonly purpose: string;
}) {
  const t = useWords(VOICE);
  const parts = useWords(PARTS);
  const { date } = useFormats();
  const { surveyId, theme, from, purpose } = props;
  const { list, pages, rows } = usePages<Said, Comments>({
    path: `/v1/surveys/${surveyId}/themes/${theme}/comments`,
    query: { from, purpose },
    field: "comments",
  });
  return (
    <Loaded query={{ data: pages[0], error: list.error, isPending: list.isPending }}>
      {({ withheld }) => (
        <>
          {rows.length === 0 ? (
            <span className="quiet">{withheld === undefined ? t.noComments : t.withheld}</span>
          ) : (
            <dl className="kv">
              {rows.map((comment) => (
                <Comment key={`${comment.answeredOn} ${comment.text}`} {...comment} date={date} />
              ))}
            </dl>
          )}
          {list.hasNextPage && (
            <div className="more">
              <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                {parts.more}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

function Comment(props: Said & { readonly date: (at: string) => string }) {
  return (
    <>
      <dt>{props.date(props.answeredOn)}</dt>
      <dd>
        <Marked text={props.text} phrases={props.phrases} />
      </dd>
    </>
  );
}

/** A comment with the phrases by which its theme was found set off; `*` at a phrase's end stands for any ending. */
function Marked({ text, phrases }: { readonly text: string; readonly phrases: readonly string[] }) {
  const found = phrases
    .map((phrase) => phrase.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "\\p{L}*"))
    .filter((phrase) => phrase !== "");
  if (found.length === 0) return <>{text}</>;
  const parts = text.split(new RegExp(`(${found.join("|")})`, "giu"));
  // Every second part is what stood between the brackets of the expression.
  return (
    <>
      {parts.map((part, i) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
        i % 2 === 1 ? <mark key={i}>{part}</mark> : part,
      )}
    </>
  );
}
