import Input from "antd/es/input";
import Segmented from "antd/es/segmented";
import Tag from "antd/es/tag";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { useStoreName } from "../../parts/stores.ts";
import { MemberFilter } from "../members/member-filter.tsx";
import { type Case, CaseDrawer, COLOURS } from "./case.tsx";
import { VOICE } from "./words.ts";
import { ASKING, inWords } from "./words-asking.ts";

/** The board of cases, the late ones marked. */
export function CasesPage() {
  const t = useWords(VOICE);
  const asking = useWords(ASKING);
  const { time } = useFormats();
  const [read, write] = useView();
  const storeOf = useStoreName();
  const locale = useLocale();
  const open = read("case");
  const state = read("state") ?? "open";
  return (
    <PageBody title={t.cases} lead={t.casesLead}>
      <ServerList<Case>
        label={t.cases}
        path="/v1/survey-cases"
        query={{
          state: state === "all" ? undefined : state,
          sort: "due",
          store: read("store"),
          member: read("member"),
        }}
        rowKey={(row) => row.id}
        empty={t.noCases}
        csv="cases"
        onOpen={(row) => write("case", row.id)}
        filters={
          <>
            <MemberFilter />
            <Segmented
              aria-label={t.state}
              value={state}
              onChange={(value) => write("state", value)}
              options={(["open", "contacted", "closed", "all"] as const).map((value) => ({
                value,
                label: t[value],
              }))}
            />
            <Input.Search
              allowClear
              aria-label={t.store}
              placeholder={t.store}
              defaultValue={read("store") ?? ""}
              onSearch={(value) => write("store", value.trim())}
              style={{ width: 150 }}
            />
          </>
        }
        columns={[
          {
            title: t.due,
            key: "due",
            sort: "due",
            render: (_, row) => (
              <>
                {time(row.dueAt)} {row.late && <Tag color="red">{t.late}</Tag>}
              </>
            ),
            csv: (row) => row.dueAt,
          },
          {
            title: t.why,
            key: "why",
            render: (_, row) => row.reasons.map((r) => inWords(asking, r)).join(", "),
            csv: (row) => row.reasons.map((r) => inWords(asking, r)).join(", "),
          },
          { title: t.store, dataIndex: "store", render: storeOf, csv: (row) => storeOf(row.store) },
          { title: t.owner, dataIndex: "owner", render: (owner: string | null) => owner ?? "–" },
          {
            title: t.state,
            dataIndex: "state",
            render: (v: Case["state"], row) => (
              <>
                <Tag color={COLOURS[v]}>{t[v]}</Tag> {inWords(asking, row.outcome)}
              </>
            ),
          },
          {
            title: t.survey,
            key: "survey",
            render: (_, row) => row.surveyName?.[locale] ?? row.surveyId,
            csv: (row) => row.surveyName?.[locale] ?? row.surveyId,
          },
          { title: t.opened, dataIndex: "openedAt", sort: "opened", render: time },
        ]}
      />
      {open !== undefined && <CaseDrawer id={open} onClose={() => write("case", undefined)} />}
    </PageBody>
  );
}
