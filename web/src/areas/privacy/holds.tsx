import { useMutation, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Form from "antd/es/form";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Popconfirm from "antd/es/popconfirm";
import Segmented from "antd/es/segmented";
import { useState } from "react";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { ListedHold } from "../../../../src/privacy/fulfil/hold.schema.ts";
import { post } from "../../api.ts";
import { useFormats, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { PRIVACY } from "./words.ts";

type Hold = Static<typeof ListedHold>;

interface Given {
  readonly memberId: string;
  readonly ground: string;
  readonly reference: string;
}

/** Legal holds. */
export function HoldsPage() {
  const t = useWords(PRIVACY);
  const { date } = useFormats();
  const { account } = useSession();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [form] = Form.useForm<Given>();
  const [read, write] = useView();
  const open = read("open") ?? "true";
  const reload = () => void client.invalidateQueries({ queryKey: ["list", "/v1/holds"] });
  const lift = useMutation({ mutationFn: (id: string) => post(`/v1/holds/${id}/lift`), onSuccess: reload });
  const add = useMutation({
    mutationFn: (given: Given) => post("/v1/holds", given),
    onSuccess: () => {
      setAdding(false);
      form.resetFields();
      reload();
    },
  });
  const mayWrite = account.role !== "auditor";
  return (
    <PageBody
      title={t.holdsTitle}
      lead={t.holdsLead}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        )
      }
    >
      <ProblemNote error={lift.error} />
      <ServerList<Hold>
        label={t.holdsTitle}
        path="/v1/holds"
        query={{ open: open === "true" }}
        field="holds"
        rowKey={(row) => row.holdId}
        csv="holds"
        empty={t.noHolds}
        filters={
          <Segmented
            aria-label={t.standing}
            value={open}
            onChange={(value) => write("open", value)}
            options={[
              { value: "true", label: t.standing },
              { value: "all", label: t.everyHold },
            ]}
          />
        }
        columns={[
          {
            title: t.whose,
            dataIndex: "memberId",
            render: (id: string | null) =>
              id === null ? (
                "–"
              ) : (
                <Link className="mono" to={`/console/members/${id}`}>
                  …{id.slice(-12)}
                </Link>
              ),
          },
          { title: t.ground, dataIndex: "ground" },
          { title: t.reference, dataIndex: "reference" },
          { title: t.since, dataIndex: "since", render: date },
          { title: t.until, dataIndex: "until", render: date },
          {
            title: t.lifted,
            key: "lifted",
            csv: (row) => row.liftedAt,
            render: (_, row) =>
              row.liftedAt !== null ? (
                date(row.liftedAt)
              ) : mayWrite ? (
                <Popconfirm title={t.lift} description={t.liftText} onConfirm={() => lift.mutate(row.holdId)}>
                  <Button size="small">{t.lift}</Button>
                </Popconfirm>
              ) : null,
          },
        ]}
      />
      <Modal
        open={adding}
        title={t.add}
        okText={t.add}
        onCancel={() => setAdding(false)}
        onOk={() => form.submit()}
        okButtonProps={{ loading: add.isPending }}
      >
        <ProblemNote error={add.error} />
        <Form<Given> form={form} layout="vertical" onFinish={(given) => add.mutate(given)}>
          <Form.Item name="memberId" label={t.member} rules={[{ required: true }]}>
            <Input className="mono" />
          </Form.Item>
          <Form.Item name="ground" label={t.ground} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
          <Form.Item name="reference" label={t.reference} rules={[{ required: true }]}>
            <Input />
          </Form.Item>
        </Form>
      </Modal>
    </PageBody>
  );
}
