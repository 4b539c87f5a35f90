import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Modal from "antd/es/modal";
import Table from "antd/es/table";
import Tag from "antd/es/tag";
import { useState } from "react";
import type { Static } from "typebox";
import type { CampaignSchema, SimulationSchema } from "../../../../surveys/sending/answers.schema.ts";
import { post } from "../../api.ts";
import { CHANNELS, KINDS } from "../../codes/kinds.ts";
import { ASK_WORDS } from "../../codes/reasons.ts";
import { STATES } from "../../codes/states.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { say, useFormats, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { Became } from "./campaign-became.tsx";
import { NewCampaign } from "./campaign-form.tsx";
import { CampaignMessages } from "./campaign-messages.tsx";
import { OpenLinks } from "./open-links.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";

type Campaign = Static<typeof CampaignSchema>;
type Simulation = Static<typeof SimulationSchema>;

/** Asking: links and QR codes, and campaigns whose effect is seen before they start. */
export function SendTab({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const stateOf = useCodes(STATES);
  const kindOf = useCodes(KINDS);
  const channelOf = useCodes(CHANNELS);
  const askOf = useCodes(ASK_WORDS);
  const { number } = useFormats();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [looked, setLooked] = useState<Campaign | null>(null);
  const simulate = useMutation({
    mutationFn: (campaign: Campaign) => post<Simulation>(`/v1/survey-campaigns/${campaign.id}/simulate`),
  });
  const move = useMutation({
    mutationFn: (given: { id: string; door: "start" | "pause" }) =>
      post(`/v1/survey-campaigns/${given.id}/${given.door}`),
    onSuccess: () => {
      void message.success(t.started);
      setLooked(null);
      void client.invalidateQueries({ queryKey: ["list", "/v1/survey-campaigns"] });
    },
  });
  return (
    <div className="stack">
      <OpenLinks survey={survey} />
      <Card
        title={t.campaigns}
        extra={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t.newCampaign}
          </Button>
        }
        styles={{ body: { padding: 16 } }}
      >
        <ProblemNote error={simulate.error ?? move.error} />
        <ServerList<Campaign>
          bare
          label={t.campaigns}
          path="/v1/survey-campaigns"
          query={{ survey: survey.id }}
          rowKey={(row) => row.id}
          csv="campaigns"
          empty={t.noCampaigns}
          expanded={(row) => <Became campaign={row} />}
          columns={[
            { title: t.name, dataIndex: "name" },
            { title: t.kind, dataIndex: "kind", render: kindOf },
            { title: t.channelOf, dataIndex: "channel", render: channelOf },
            { title: t.state, dataIndex: "state", render: (v: string) => <Tag>{stateOf(v)}</Tag> },
            {
              title: "",
              key: "act",
              render: (_, row) => (
                <span className="row">
                  <Button
                    size="small"
                    loading={simulate.isPending && simulate.variables?.id === row.id}
                    onClick={() => {
                      setLooked(row);
                      simulate.mutate(row);
                    }}
                  >
                    {t.simulate}
                  </Button>
                  <CampaignMessages id={row.id} name={row.name} />
                  {row.state === "running" && (
                    <Button size="small" onClick={() => move.mutate({ id: row.id, door: "pause" })}>
                      {t.pause}
                    </Button>
                  )}
                </span>
              ),
            },
          ]}
        />
      </Card>
      <Modal
        open={looked !== null && simulate.data !== undefined}
        title={looked?.name}
        okText={t.start}
        okButtonProps={{ disabled: looked?.state === "running", loading: move.isPending }}
        onOk={() => looked !== null && move.mutate({ id: looked.id, door: "start" })}
        onCancel={() => setLooked(null)}
      >
        {simulate.data !== undefined && (
          <>
            <p>
              <strong>
                {say(t.simulated, {
                  asked: number(simulate.data.asked),
                  later: number(simulate.data.later),
                  not: number(simulate.data.notAsked),
                })}
              </strong>
            </p>
            <Table
              rowKey={(row) => `${row.decision} ${row.reason}`}
              size="small"
              pagination={false}
              dataSource={simulate.data.reasons}
              columns={[
                { title: t.decision, dataIndex: "decision", render: stateOf },
                { title: t.reason, dataIndex: "reason", render: askOf },
                { title: t.members, dataIndex: "members", align: "right", render: (n: number) => number(n) },
              ]}
            />
          </>
        )}
      </Modal>
      {adding && <NewCampaign survey={survey} onClose={() => setAdding(false)} />}
    </div>
  );
}
