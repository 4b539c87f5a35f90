import Card from "antd/es/card";
import Segmented from "antd/es/segmented";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import { say, useFormats, useWords } from "../../i18n.ts";
import { DIMENSIONS, type Dimension, useGroupName } from "./group-names.ts";
import { type Group, isShown, type Results } from "./results.ts";
import { VOICE } from "./words.ts";
import { RESULTS } from "./words-results.ts";

/** What a group is sorted by; those without a figure come first. */
const figureOf = (group: Group): number =>
  (isShown(group) ? group.estimate?.value : undefined) ?? -Number.MAX_VALUE;

/** The figure by store, region and so on, each group against the others; small ones are withheld. */
export function Groups(props: { readonly results: Results; readonly show: (n: number) => string }) {
  const t = useWords(VOICE);
  const { number, percent, range } = useFormats();
  const nameOf = useGroupName();
  const words = useWords(RESULTS);
  const { results, show } = props;
  const has = DIMENSIONS.filter((d) => results.by[d].groups.length > 0);
  const [by, setBy] = useState<Dimension>(has[0] ?? "store");
  const { weighted } = results.by[by];
  return (
    <Card title={t.by} styles={{ body: { padding: 16 } }}>
      <div className="scroll" style={{ marginBottom: 12 }}>
        <Segmented
          aria-label={t.by}
          value={by}
          onChange={setBy}
          options={has.map((value) => ({ value, label: t[value] }))}
        />
      </div>
      <Table<Group>
        rowKey="key"
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={results.by[by].groups}
        columns={[
          {
            title: t.group,
            dataIndex: "key",
            render: (key: string) => nameOf(by, key),
          },
          {
            title: t.figure,
            key: "figure",
            sorter: (a, b) => figureOf(a) - figureOf(b),
            render: (_, row) => {
              if (!isShown(row)) return <span className="quiet">{t.withheld}</span>;
              if (row.estimate === null) return "–";
              const { value, low, high, n } = row.estimate;
              return (
                <>
                  <strong>{show(value)}</strong>{" "}
                  <span className="quiet">
                    {range(show(low), show(high))} · n {number(n)}
                  </span>
                </>
              );
            },
          },
          {
            title: t.against,
            key: "against",
            render: (_, row) =>
              isShown(row) &&
              row.againstOthers?.significant === true && <Tag color="purple">{t.significant}</Tag>,
          },
          {
            title: t.rate,
            key: "rate",
            align: "right",
            render: (_, row) => {
              const mix = results.by[by].mix.find((m) => m.key === row.key);
              return (
                <>
                  {mix?.skewed === true && (
                    <Tag
                      color="gold"
                      title={`${words.mix}: ${percent(mix.invitedShare, 1)} · ${percent(mix.answeredShare, 1)}`}
                    >
                      {mix.gap > 0 ? words.answersMore : words.answersLess}
                    </Tag>
                  )}
                  {percent(isShown(row) ? row.responseRate : null, 1)}
                </>
              );
            },
          },
        ]}
      />
      {weighted !== null && (
        <p className="quiet">
          {say(words.weighted, {
            value: show(weighted.value),
            low: show(weighted.low),
            high: show(weighted.high),
          })}
        </p>
      )}
      {results.withheldGroups > 0 && (
        <p className="quiet">{say(t.withheldCount, { count: number(results.withheldGroups) })}</p>
      )}
    </Card>
  );
}
