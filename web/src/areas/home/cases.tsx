import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { Link } from "react-router";
import { address, get } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import type { ListPage } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { useStoreName } from "../../parts/stores.ts";
import type { Case } from "../voice/case.tsx";
import { VOICE } from "../voice/words.ts";
import { ASKING, inWords } from "../voice/words-asking.ts";
import { HOME } from "./words.ts";

const SHOWN = 8;

/** Open cases, those whose clock runs out first on top. */
export function CasesByClock() {
  const t = useWords(HOME);
  const voice = useWords(VOICE);
  const asking = useWords(ASKING);
  const storeOf = useStoreName();
  const { time } = useFormats();
  const soonest = useQuery({
    queryKey: ["home", "cases"],
    queryFn: () =>
      get<ListPage<Case>>(address("/v1/survey-cases", { state: "open", sort: "due", limit: SHOWN })),
  });
  return (
    <Card title={t.cases} extra={<Link to="/console/cases">{t.all}</Link>}>
      <Loaded query={soonest}>
        {({ items }) => (
          <Table<Case>
            aria-label={t.cases}
            rowKey="id"
            size="small"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={[...items]}
            locale={{ emptyText: <Empty description={voice.noCases} /> }}
            columns={[
              {
                title: voice.due,
                key: "due",
                render: (_, row) => (
                  <>
                    {time(row.dueAt)} {row.late && <Tag color="red">{voice.late}</Tag>}
                  </>
                ),
              },
              {
                title: voice.why,
                key: "why",
                render: (_, row) => (
                  <Link to={`/console/cases?case=${row.id}`}>
                    {row.reasons.map((r) => inWords(asking, r)).join(", ")}
                  </Link>
                ),
              },
              { title: voice.store, dataIndex: "store", render: storeOf },
              { title: voice.owner, dataIndex: "owner", render: (owner: string | null) => owner ?? "–" },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
