import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Input from "antd/es/input";
import Modal from "antd/es/modal";
import Tag from "antd/es/tag";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Static } from "typebox";
import type {
  SavedSchema,
  SurveySchema,
  TemplatesSchema,
} from "../../../../surveys/definitions/answers.schema.ts";
import { get, post } from "../../api.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList } from "../../parts/list.tsx";
import { Loaded, PageBody } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem.tsx";
import { useSession } from "../../session.ts";
import { ImportSurvey } from "./import-survey.tsx";
import { SHORT_NAME, STATE_COLOURS } from "./survey-forms.ts";
import { VOICE } from "./words.ts";

export type Survey = Static<typeof SurveySchema>;

type Templates = Static<typeof TemplatesSchema>;
type Template = Templates["items"][number];

const nameOf = (key: "blank" | "blankText") => ({
  en: VOICE.en[key],
  "zh-CN": VOICE["zh-CN"][key],
  "zh-TW": VOICE["zh-TW"][key],
});
/** For whoever would rather begin with nothing. */
const BLANK: Template = {
  id: "my-survey",
  name: nameOf("blank"),
  about: nameOf("blankText"),
  survey: {
    class: "relational",
    definition: {
      title: {
        default: VOICE.en.blank,
        "zh-cn": VOICE["zh-CN"].blank,
        "zh-tw": VOICE["zh-TW"].blank,
      },
      pages: [{ name: "page1", elements: [] }],
    },
    metrics: [],
  },
};

/** All surveys, and a new one from a template or a file. */
export function SurveysPage() {
  const t = useWords(VOICE);
  const locale = useLocale();
  const { time } = useFormats();
  const { account } = useSession();
  const navigate = useNavigate();
  const [choosing, setChoosing] = useState(false);
  const [importing, setImporting] = useState(false);
  return (
    <PageBody
      title={t.surveys}
      lead={t.surveysLead}
      actions={
        (account.role === "admin" || account.role === "cx") && (
          <>
            <Button onClick={() => setImporting(true)}>{t.importFile}</Button>
            <Button type="primary" onClick={() => setChoosing(true)}>
              {t.template}
            </Button>
          </>
        )
      }
    >
      <ServerList<Survey>
        label={t.surveys}
        path="/v1/surveys"
        rowKey={(row) => row.id}
        empty={t.noSurveys}
        csv="surveys"
        onOpen={(row) => void navigate(`/console/surveys/${row.id}`)}
        columns={[
          {
            title: t.name,
            key: "name",
            render: (_, row) => (
              <>
                {row.name[locale]} {row.anonymous && <Tag>{t.anonymous}</Tag>}
              </>
            ),
            csv: (row) => row.name[locale],
          },
          { title: t.kind, dataIndex: "class", render: (v: Survey["class"]) => t[v] },
          {
            title: t.state,
            dataIndex: "state",
            render: (v: Survey["state"]) => <Tag color={STATE_COLOURS[v]}>{t[v]}</Tag>,
          },
          { title: t.version, dataIndex: "version", align: "right" },
          { title: t.updated, dataIndex: "updatedAt", render: time },
        ]}
      />
      {choosing && <Gallery onClose={() => setChoosing(false)} />}
      {importing && <ImportSurvey onClose={() => setImporting(false)} />}
    </PageBody>
  );
}

function Gallery({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(VOICE);
  const locale = useLocale();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Template | null>(null);
  const [id, setId] = useState("");
  const templates = useQuery({
    queryKey: ["survey-templates"],
    queryFn: () => get<Templates>("/v1/surveys/templates"),
    select: ({ items }) => [...items, BLANK],
  });
  const create = useMutation({
    mutationFn: (template: Template) =>
      post<Static<typeof SavedSchema>>("/v1/surveys", {
        id,
        name: template.name,
        ...template.survey,
      }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["list", "/v1/surveys"] });
      void navigate(`/console/surveys/${made.id}?tab=questions`);
    },
  });
  return (
    <Modal
      open
      width={860}
      title={t.template}
      okText={t.create}
      onCancel={onClose}
      okButtonProps={{
        disabled: chosen === null || !SHORT_NAME.test(id),
        loading: create.isPending,
      }}
      onOk={() => chosen !== null && create.mutate(chosen)}
    >
      <ProblemNote error={create.error} />
      <Loaded query={templates}>
        {(items) => (
          <div className="stack">
            <div className="grid">
              {items.map((template) => (
                <Card
                  key={template.id}
                  hoverable
                  size="small"
                  role="button"
                  tabIndex={0}
                  aria-pressed={chosen?.id === template.id}
                  title={template.name[locale]}
                  style={chosen?.id === template.id ? { borderColor: "#0f6e63" } : {}}
                  onClick={() => {
                    setChosen(template);
                    setId(template.id);
                  }}
                  onKeyDown={(event) => {
                    if (event.key !== "Enter" && event.key !== " ") return;
                    setChosen(template);
                    setId(template.id);
                  }}
                >
                  <span className="quiet">{template.about[locale]}</span>
                </Card>
              ))}
            </div>
            <Input
              value={id}
              onChange={(event) => setId(event.target.value)}
              aria-label={t.id}
              addonBefore={t.id}
            />
          </div>
        )}
      </Loaded>
    </Modal>
  );
}
