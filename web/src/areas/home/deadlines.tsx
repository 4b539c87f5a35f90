import { useQuery } from "@tanstack/react-query";
import Card from "antd/es/card";
import Empty from "antd/es/empty";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { Link } from "react-router";
import { address, get } from "../../api.ts";
import { useRegimes } from "../../codes/regimes.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useWords } from "../../i18n.ts";
import type { ListPage } from "../../parts/list.tsx";
import { Loaded } from "../../parts/page.tsx";
import { Due, type Shown } from "../requests/due.tsx";
import { REQUESTS } from "../requests/words.ts";
import { HOME } from "./words.ts";

const SHOWN = 8;

/** The open requests whose deadline is nearest, overdue ones first. */
export function Deadlines() {
  const t = useWords(HOME);
  const asked = useWords(REQUESTS);
  const { nameOf: regimeOf } = useRegimes();
  const stateOf = useCodes(STATES);
  const { date } = useFormats();
  const soonest = useQuery({
    queryKey: ["home", "requests"],
    queryFn: () => get<ListPage<Shown>>(address("/v1/dsr", { open: true, limit: SHOWN })),
  });
  return (
    <Card title={t.deadlines} extra={<Link to="/console/requests">{t.all}</Link>}>
      <Loaded query={soonest}>
        {({ items }) => (
          <Table<Shown>
            aria-label={t.deadlines}
            rowKey="id"
            size="small"
            pagination={false}
            scroll={{ x: "max-content" }}
            dataSource={[...items]}
            locale={{ emptyText: <Empty description={t.noDeadlines} /> }}
            columns={[
              { title: asked.left, key: "left", render: (_, row) => <Due request={row} /> },
              { title: asked.due, dataIndex: "dueOn", render: date },
              {
                title: asked.kind,
                key: "kind",
                render: (_, row) => <Link to={`/console/requests/${row.id}`}>{asked[row.kind]}</Link>,
              },
              { title: asked.law, dataIndex: "regime", render: regimeOf },
              { title: asked.state, dataIndex: "state", render: (s: string) => <Tag>{stateOf(s)}</Tag> },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
